//! The rules of the onboarding API.
//!
//! A file a noun holds its rules: pure functions of facts, which reply, and list the changes they want, or refuse. They
//! call no import, know no clock, no randomness and no HTTP; the order of refusals is the order of their lines. The
//! shells in `exports` are the only ones that call imports: they read the facts, call the rule and return what it says.
//!
//! Natively this is an ordinary library (the host links [`refusals`] and [`roles`] for its documents, tests run the
//! rules); for `wasm32-unknown-unknown` the same crate is the component.

pub mod access;
pub mod accounts;
pub mod banks;
pub mod consumers;
pub mod currency;
pub mod customers;
pub mod entitlements;
pub mod error_codes;
pub mod kyc;
pub mod limits;
pub mod meetings;
pub mod refusals;
pub mod roles;
pub mod screening;
pub mod users;

mod exports;
#[cfg(target_arch = "wasm32")]
mod heap;

mod bindings {
    #![expect(missing_docs, reason = "generated from wit/, where the documentation is")]
    #![cfg_attr(
        target_arch = "wasm32",
        expect(unsafe_code, clippy::allow_attributes, clippy::allow_attributes_without_reason, reason = "generated")
    )]
    wit_bindgen::generate!({
        path: "../wit",
        world: "onboarding",
        generate_all,
        additional_derives: [Clone, PartialEq],
    });
    #[cfg(target_arch = "wasm32")]
    export!(Component with_types_in self);
    #[cfg(target_arch = "wasm32")]
    use crate::exports::Component;
}

pub use bindings::obp::onboarding::{
    accounts_types, banks_types, caller, changes, consumers_types, customers_types, entitlements_types, kyc_types,
    meeting_provider, meetings_types, problem, screening as screening_types, timestamp, users_types,
};
