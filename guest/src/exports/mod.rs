//! The shells: they read the facts through the imports, call the rule and return what it says. Nothing is decided here.

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
use crate::screening::judge;
use crate::screening_types::Subject;
use crate::timestamp::Timestamp;

/// What implements the exports.
pub(crate) struct Component;

/// A reply and the changes it wants, or the refusal as the client is told it.
type Written<T> = Result<(T, Vec<Change>), Problem>;

/// The caller with its roles, which are read only if the action can depend on them.
fn actor(caller: Caller, action: Action) -> Actor {
    let held =
        if Actor::reads_roles(&caller, action) { entitlements_storage::of_user(&caller.user_id) } else { Vec::new() };
    Actor { caller, held }
}

/// Asks the screeners of the subject's bank, once every rule has been kept.
fn screened<T>(subject: &Subject, (reply, mut changes): (T, Vec<Change>)) -> Written<T> {
    judge(screening::screen(subject), subject, now(), &mut changes)?;
    Ok((reply, changes))
}

/// The time of this invocation.
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

/// A new random number of an account or a customer: ten digits, the first of them not 0.
fn new_number() -> String {
    (1_000_000_000 + random::get_random_u64() % 9_000_000_000).to_string()
}
