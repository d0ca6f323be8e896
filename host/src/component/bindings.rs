//! The host's side of the WIT package, generated once, here. Records carry serde, so that the API's JSON and the WIT
//! records cannot drift apart.

#![expect(missing_docs, reason = "generated from wit/, where the documentation is")]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "onboarding",
    imports: { default: async | trappable },
    exports: { default: async },
    additional_derives: [serde::Serialize, serde::Deserialize, PartialEq],
    with: {
        "obp:onboarding/timestamp": crate::component::timestamp,
        "obp:onboarding/kyc-storage.kyc-check-list": crate::component::KycCheckList,
        "obp:onboarding/kyc-storage.kyc-document-list": crate::component::KycDocumentList,
        "obp:onboarding/kyc-storage.kyc-media-list": crate::component::KycMediaList,
        "obp:onboarding/kyc-storage.kyc-status-list": crate::component::KycStatusList,
        "wasi": wasmtime_wasi::p2::bindings,
    },
});

pub use self::obp::onboarding::changes::Change;
pub use self::obp::onboarding::{
    accounts_storage, accounts_types, banks_storage, banks_types, caller, changes, consumers_storage, consumers_types,
    credentials, customers_storage, customers_types, entitlements_storage, entitlements_types, kyc_storage, kyc_types,
    meeting_provider, meetings_storage, meetings_types, problem, screening, users_storage, users_types,
};
