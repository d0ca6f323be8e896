//! What an extension of the onboarding server is written with.
//!
//! An extension is a crate that implements one trait, [`Screener`] or [`MeetingProvider`], and names the type that does:
//!
//! ```
//! use onboarding_extension::{Screener, Subject, Verdict, export_screening, log};
//!
//! /// Wants to know which customer.
//! pub struct Patience;
//!
//! impl Screener for Patience {
//!     fn screen(subject: Subject) -> Verdict {
//!         match subject {
//!             Subject::KycStatus(entry) if entry.status.customer_number.is_empty() => {
//!                 Verdict::Reject("Which customer?".to_owned())
//!             }
//!             _ => {
//!                 log::info("nothing against it");
//!                 Verdict::Accept
//!             }
//!         }
//!     }
//! }
//!
//! export_screening!(Patience);
//! ```
//!
//! Every call gets an instance of its own: nothing that is kept in memory is there the next time. Panicking is allowed, it is
//! logged and ends the call; what becomes of the request is for the operator to say (`on_failure`).
//!
//! Imports exist in the component only. Natively they must not be called, so keep what decides apart from what asks: a
//! function of facts, which `cargo test` can run, and around it the trait's, which reads settings and the clock.

mod date;
#[cfg(all(target_arch = "wasm32", feature = "heap"))]
// The guest's own, not a copy: both are instances of one call.
#[path = "../../../guest/src/heap.rs"]
mod heap;
pub mod http;
pub mod log;

/// Generated from `wit/`, where the documentation is.
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
    Guest as MeetingProvider, Session, SessionRequest, Unavailable,
};
pub use bindings::screening::exports::obp::onboarding::screening::{Guest as Screener, Subject, Verdict};
pub use bindings::screening::obp::onboarding::accounts_types::Account;
pub use bindings::screening::obp::onboarding::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus, KycStatusEntry};
pub use bindings::screening::obp::onboarding::timestamp::Timestamp;
pub use bindings::screening::obp::onboarding::users_types::User;
pub use date::{Date, NoDate};

/// The setting of that name in the manifest's `[settings]`, as text.
#[must_use]
pub fn setting(name: &str) -> Option<String> {
    settings::get(name)
}

/// The secret of that name in the manifest's `[secrets]`. It is for use, not for logging.
#[must_use]
pub fn secret(name: &str) -> Option<String> {
    settings::secret(name)
}

/// The whole number that the setting of that name is, or `default` where the manifest has none. A setting that is something
/// else ends the call: a rule that nobody wrote must not be the one that decides.
#[must_use]
pub fn number(name: &str, default: i64) -> i64 {
    setting(name).map_or(default, |text| {
        text.trim().parse().unwrap_or_else(|_| fail(&format!("the setting {name} is not a whole number: {text}")))
    })
}

/// Ends the call, as a panic does, for a reason that is logged.
pub fn fail(reason: &str) -> ! {
    log::critical(reason);
    std::process::abort()
}

/// The time of the request. It stands still during a call.
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

/// That many random bytes, good enough for keys.
#[must_use]
pub fn random_bytes(count: u64) -> Vec<u8> {
    random::get_random_bytes(count)
}

/// What the exported functions do before they call the extension's own.
#[doc(hidden)]
pub fn begin() {
    std::panic::set_hook(Box::new(|panic| log::critical(&panic.to_string())));
}

/// Makes the crate a screening extension: `export_screening!(Type)`, where the type implements [`Screener`]. The type is
/// public, because natively nobody else calls it.
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

/// Makes the crate a meeting provider: `export_meeting_provider!(Type)`, where the type implements
/// [`MeetingProvider`]. The type is public, because natively nobody else calls it.
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
                ) -> Result<$crate::Session, $crate::Unavailable> {
                    $crate::begin();
                    <$provider as $crate::MeetingProvider>::create_session(provider_id, request)
                }
            }

            #[cfg(target_arch = "wasm32")]
    $crate::bindings::meeting_provider::export!(Exported with_types_in $crate::bindings::meeting_provider);
        };
    };
}
