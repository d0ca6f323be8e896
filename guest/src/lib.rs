//! The rules of the onboarding API.
//!
//! Each noun has a file with its rules: pure functions of inputs. A rule returns a reply and the list of changes, or a refusal.
//! Rules call no import and know no clock, no randomness and no HTTP. They refuse in the order of their lines. Only the shells
//! in `exports` call imports: they read the inputs, call the rule and return its result.
//!
//! This crate is the component when it is built for `wasm32-unknown-unknown`. Natively it is an ordinary library: tests run the
//! rules, and the host takes codes, roles and limits from it for its documents.

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
pub mod passwords;
pub mod refusals;
pub mod roles;
pub mod screening;
pub mod users;

mod exports;
#[cfg(target_arch = "wasm32")]
mod heap;

mod bindings {
    #![expect(missing_docs, reason = "generated from wit/, which has the documentation")]
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
