//! The shells of the exports. They read the inputs through the imports, call the rule and return its result. They decide nothing.

mod accounts;
mod banks;
mod consumers;
mod customers;
mod entitlements;
#[cfg(feature = "faults")]
mod faults;
mod kyc;
mod meetings;
mod users;

use uuid::Uuid;

use crate::access::{Action, Actor};
use crate::bindings::obp::onboarding::{entitlements_storage, screening};
use crate::bindings::wasi::clocks::wall_clock;
use crate::bindings::wasi::random::random;
use crate::caller::Caller;
use crate::changes::Change;
use crate::problem::Problem;
use crate::screening::apply_verdict;
use crate::screening_types::Subject;
use crate::timestamp::Timestamp;

/// The type that implements the exports.
pub(crate) struct Component;

/// A reply and its changes, or the refusal for the client.
type Written<T> = Result<(T, Vec<Change>), Problem>;

/// The caller with the roles held. They are read only if the action depends on them.
fn actor(caller: Caller, action: Action) -> Actor {
    let held =
        if Actor::reads_roles(&caller, action) { entitlements_storage::of_user(&caller.user_id) } else { Vec::new() };
    Actor { caller, held }
}

/// Asks the screeners of the subject's bank. The rules have already accepted the write.
fn screened<T>(subject: &Subject, (reply, mut changes): (T, Vec<Change>)) -> Written<T> {
    apply_verdict(screening::screen(subject), subject, now(), &mut changes)?;
    Ok((reply, changes))
}

/// The time of this call.
fn now() -> Timestamp {
    let now = wall_clock::now();
    let milliseconds = now.seconds.saturating_mul(1000).saturating_add(u64::from(now.nanoseconds / 1_000_000));
    Timestamp { milliseconds: i64::try_from(milliseconds).unwrap_or(i64::MAX) }
}

/// A new random UUID.
fn new_id() -> String {
    let [high, low] = [random::get_random_u64(), random::get_random_u64()];
    uuid::Builder::from_random_bytes(Uuid::from_u64_pair(high, low).into_bytes()).into_uuid().to_string()
}

/// A new random number of an account or a customer: ten digits, and the first one is not 0.
fn new_number() -> String {
    (1_000_000_000 + random::get_random_u64() % 9_000_000_000).to_string()
}
