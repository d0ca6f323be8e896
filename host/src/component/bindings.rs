//! The host's side of the WIT package, generated once, here. Records carry serde, so that the API's JSON and the WIT
//! records cannot drift apart.

#![expect(
    missing_docs,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    reason = "generated from wit/, where the documentation is"
)]

wasmtime::component::bindgen!({
    path: "../wit",
    world: "onboarding",
    imports: { default: async | trappable },
    exports: { default: async },
    additional_derives: [serde::Serialize, serde::Deserialize, PartialEq],
    with: {
        "obp:onboarding/timestamp": crate::component::timestamp,
        "wasi": wasmtime_wasi::p2::bindings,
    },
});

pub use self::exports::obp::onboarding::kyc;
pub use self::obp::onboarding::changes::Change;
pub use self::obp::onboarding::{
    caller, changes, entitlements_storage, kyc_storage, kyc_types, problem, screening, users_types,
};
