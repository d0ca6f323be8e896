//! The host's side of the WIT package in `wit/`: its types, the traits that answer its imports, and a typed [`Call`] of each
//! export. Records implement serde's traits, so the API's JSON has the fields of the WIT.

#![expect(missing_docs, reason = "generated from wit/, where the documentation is")]

mod call;
pub mod extensions;
mod lists;
pub mod records;
pub mod samples;
pub mod timestamp;

pub use self::call::{Call, Export};
pub use self::lists::{
    AccountList, ConsumerList, EntitlementOfUserList, EntitlementRequestList, KycCheckList, KycDocumentList,
    KycMediaList, KycStatusList, RecordList, VisibleAccountList,
};

wasmtime::component::bindgen!({
    path: "../../../wit",
    world: "onboarding",
    imports: { default: async | trappable },
    exports: { default: async },
    additional_derives: [serde::Serialize, serde::Deserialize, PartialEq],
    with: {
        "obp:onboarding/timestamp": crate::timestamp,
        "obp:onboarding/accounts-storage.account-list": crate::AccountList,
        "obp:onboarding/accounts-storage.visible-account-list": crate::VisibleAccountList,
        "obp:onboarding/consumers-storage.consumer-list": crate::ConsumerList,
        "obp:onboarding/entitlements-storage.entitlement-of-user-list": crate::EntitlementOfUserList,
        "obp:onboarding/entitlements-storage.entitlement-request-list": crate::EntitlementRequestList,
        "obp:onboarding/kyc-storage.kyc-check-list": crate::KycCheckList,
        "obp:onboarding/kyc-storage.kyc-document-list": crate::KycDocumentList,
        "obp:onboarding/kyc-storage.kyc-media-list": crate::KycMediaList,
        "obp:onboarding/kyc-storage.kyc-status-list": crate::KycStatusList,
        "wasi": wasmtime_wasi::p2::bindings,
    },
});

/// Typed calls of the exports, with one module for each interface.
#[expect(clippy::type_complexity, reason = "generated: the type of a call names its arguments and its answer")]
pub mod calls {
    include!(concat!(env!("OUT_DIR"), "/calls.rs"));
}

pub use self::obp::onboarding::changes::Change;
pub use self::obp::onboarding::{
    accounts_storage, accounts_types, banks_storage, banks_types, caller, changes, consumers_storage, consumers_types,
    credentials, customers_storage, customers_types, entitlements_storage, entitlements_types, kyc_storage, kyc_types,
    meeting_provider, meetings_storage, meetings_types, problem, screening, users_storage, users_types,
};
