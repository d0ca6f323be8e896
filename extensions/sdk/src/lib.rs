//! The SDK for extensions of the onboarding server.
//!
//! An extension is a crate that implements one trait, [`Screener`] or [`MeetingProvider`], and exports the type that implements it:
//!
//! ```
//! use onboarding_extension::{Screener, Subject, Verdict, export_screening, log};
//!
//! /// Rejects a status without a customer number.
//! pub struct NumberRequired;
//!
//! impl Screener for NumberRequired {
//!     fn screen(subject: Subject) -> Verdict {
//!         match subject {
//!             Subject::KycStatus(entry) if entry.status.customer_number.is_empty() => {
//!                 Verdict::Reject("A status needs a customer number.".to_owned())
//!             }
//!             _ => {
//!                 log::info("accepted");
//!                 Verdict::Accept
//!             }
//!         }
//!     }
//! }
//!
//! export_screening!(NumberRequired);
//! ```
//!
//! Each call gets an instance of its own, so nothing in memory survives a call. A panic is allowed: it is logged and ends the
//! call. The operator decides what happens to the request then (`on_failure` in the manifest).
//!
//! The imports exist only in the component, so native tests must not call them. Put each decision into a function of inputs, which
//! `cargo test` can run. Let the function of the trait read settings and the clock, and call it.

mod date;
#[cfg(all(target_arch = "wasm32", feature = "heap"))]
// The guest's own file, not a copy: an instance of either lives for one call.
#[path = "../../../guest/src/heap.rs"]
mod heap;
pub mod http;
pub mod log;

/// Bindings generated from `wit/`, which has the documentation.
#[doc(hidden)]
pub mod bindings {
    pub mod screening {
        wit_bindgen::generate!({
            path: "../../wit",
            world: "screening-extension",
            generate_all,
            pub_export_macro: true,
            additional_derives: [Clone, PartialEq],
            additional_derives_ignore: ["stream-error"],
        });
    }

    pub mod meeting_provider {
        wit_bindgen::generate!({
            path: "../../wit",
            world: "meeting-provider-extension",
            with: {
                "obp:onboarding/logging@0.1.0": super::screening::obp::onboarding::logging,
                "obp:onboarding/settings@0.1.0": super::screening::obp::onboarding::settings,
                "wasi:clocks/monotonic-clock@0.2.0": super::screening::wasi::clocks::monotonic_clock,
                "wasi:clocks/wall-clock@0.2.0": super::screening::wasi::clocks::wall_clock,
                "wasi:http/outgoing-handler@0.2.0": super::screening::wasi::http::outgoing_handler,
                "wasi:http/types@0.2.0": super::screening::wasi::http::types,
                "wasi:io/error@0.2.0": super::screening::wasi::io::error,
                "wasi:io/poll@0.2.0": super::screening::wasi::io::poll,
                "wasi:io/streams@0.2.0": super::screening::wasi::io::streams,
                "wasi:random/random@0.2.0": super::screening::wasi::random::random,
            },
            pub_export_macro: true,
            additional_derives: [Clone, PartialEq],
        });
    }
}

use bindings::screening::obp::onboarding::settings;
use bindings::screening::wasi::clocks::wall_clock;
use bindings::screening::wasi::random::random;

pub use bindings::meeting_provider::exports::obp::onboarding::meeting_provider::{
    Access, Guest as MeetingProvider, Participant, Party, SessionRequest, Unavailable,
};
pub use bindings::screening::exports::obp::onboarding::screening::{Guest as Screener, Subject, Verdict};
pub use bindings::screening::obp::onboarding::accounts_types::Account;
pub use bindings::screening::obp::onboarding::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus, KycStatusEntry};
pub use bindings::screening::obp::onboarding::timestamp::Timestamp;
pub use bindings::screening::obp::onboarding::users_types::User;
pub use date::{Date, NoDate};

/// The setting with this name in the manifest's `[settings]`, as text.
#[must_use]
pub fn setting(name: &str) -> Option<String> {
    settings::get(name)
}

/// The secret with this name in the manifest's `[secrets]`. Do not log it.
#[must_use]
pub fn secret(name: &str) -> Option<String> {
    settings::secret(name)
}

/// The setting with this name as a whole number, or `default` if the manifest has no such setting.
///
/// Any other value ends the call: a wrong setting must not change the decision unnoticed.
#[must_use]
pub fn number(name: &str, default: i64) -> i64 {
    setting(name).map_or(default, |text| {
        text.trim().parse().unwrap_or_else(|_| fail(&format!("the setting {name} is not a whole number: {text}")))
    })
}

/// Logs the reason and ends the call, like a panic.
pub fn fail(reason: &str) -> ! {
    log::critical(reason);
    std::process::abort()
}

/// The time of the request. It does not change during a call.
#[must_use]
pub fn now() -> Timestamp {
    let now = wall_clock::now();
    let milliseconds = now.seconds.saturating_mul(1000).saturating_add(u64::from(now.nanoseconds / 1_000_000));
    Timestamp { milliseconds: i64::try_from(milliseconds).unwrap_or(i64::MAX) }
}

/// The day of the request, in UTC.
#[must_use]
pub fn today() -> Date {
    Date::of(now())
}

/// Random bytes that are suitable for keys.
#[must_use]
pub fn random_bytes(count: u64) -> Vec<u8> {
    random::get_random_bytes(count)
}

/// Logs panics from now on. The exported functions call it before the extension's own functions.
#[doc(hidden)]
pub fn begin() {
    std::panic::set_hook(Box::new(|panic| log::critical(&panic.to_string())));
}

/// Makes the crate a screening extension: `export_screening!(Type)`, where the type implements [`Screener`]. The type must be
/// public, because no native code calls it.
#[macro_export]
macro_rules! export_screening {
    ($screener:ident) => {
        const _: () = {
            struct Exported;

            impl $crate::Screener for Exported {
                fn screen(subject: $crate::Subject) -> $crate::Verdict {
                    $crate::begin();
                    <$screener as $crate::Screener>::screen(subject)
                }
            }

            #[cfg(target_arch = "wasm32")]
    $crate::bindings::screening::export!(Exported with_types_in $crate::bindings::screening);
        };
    };
}

/// Makes the crate a meeting provider: `export_meeting_provider!(Type)`, where the type implements [`MeetingProvider`]. The type
/// must be public, because no native code calls it.
#[macro_export]
macro_rules! export_meeting_provider {
    ($provider:ident) => {
        const _: () = {
            struct Exported;

            impl $crate::MeetingProvider for Exported {
                fn readiness(bank_id: String) -> Result<(), $crate::Unavailable> {
                    $crate::begin();
                    <$provider as $crate::MeetingProvider>::readiness(bank_id)
                }

                fn create_session(
                    provider_id: String,
                    request: $crate::SessionRequest,
                ) -> Result<String, $crate::Unavailable> {
                    $crate::begin();
                    <$provider as $crate::MeetingProvider>::create_session(provider_id, request)
                }

                fn grant_access(
                    provider_id: String,
                    participants: Vec<$crate::Participant>,
                ) -> Result<Vec<$crate::Access>, $crate::Unavailable> {
                    $crate::begin();
                    <$provider as $crate::MeetingProvider>::grant_access(provider_id, participants)
                }
            }

            #[cfg(target_arch = "wasm32")]
    $crate::bindings::meeting_provider::export!(Exported with_types_in $crate::bindings::meeting_provider);
        };
    };
}
