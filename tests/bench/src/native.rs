//! The native baseline: two KYC operations with the same rules, without the sandbox. One ratio then shows the cost of the sandbox.
//! The benchmark adds their routes to the API's table. Login, snapshot, commit and JSON are the product's.
//!
//! The guest's crate and the host's bindings have a record type each. `build.rs` generates the conversions.

use std::sync::LazyLock;

use guest::access::{Action, Actor};
use guest::kyc::WriteFacts;
use guest::screening::apply_verdict;
use guest::{changes, kyc_types as rules, problem, screening_types, timestamp, users_types};
use obp_host::api::routes::{Handler, ROUTES, Route};
use obp_host::api::{Answer, ApiError, Call, reply};
use obp_host::calls::Error;
use obp_host::component::bindings::caller::AccessProfile;
use obp_host::component::bindings::kyc_types::{self as host, KycCheck};
use obp_host::component::bindings::problem::Problem;
use obp_host::component::bindings::{Change, users_types as stored};
use obp_host::storage::{Snapshot, entitlements, kyc};
use serde::Serialize;

/// The rows of the table with native handlers.
pub(crate) fn routes() -> &'static [Route] {
    static NATIVE: LazyLock<Vec<Route>> = LazyLock::new(|| {
        let handlers: [(&str, Handler); 2] =
            [("getKycChecks", |call| Box::pin(checks(call))), ("addKycCheck", |call| Box::pin(add_check(call)))];
        let native = |route: &Route| {
            let (_, handler) = handlers.iter().find(|(operation, _)| *operation == route.operation)?;
            Some(Route { handler: *handler, ..route.clone() })
        };
        ROUTES.iter().filter_map(native).collect()
    });
    &NATIVE
}

#[derive(Serialize)]
struct Checks {
    checks: Vec<KycCheck>,
}

async fn checks(call: Call) -> Answer {
    let customer = call.path("CUSTOMER_ID")?;
    let mut snapshot = call.session.snapshot().await?;
    let actor = actor(&call, &mut *snapshot, Action::ReadKycChecks).await?;
    let records = kyc::checks(&mut *snapshot, customer).await?;
    drop(snapshot);
    let checks = guest::kyc::list(&actor, Action::ReadKycChecks, records).map_err(|refusal| refused(&refusal))?;
    reply(Checks { checks })
}

async fn add_check(call: Call) -> Answer {
    let draft = into_rules(call.body()?);
    let (bank, customer, id) = (call.path("BANK_ID")?, call.path("CUSTOMER_ID")?, call.path("KYC_CHECK_ID")?);
    let mut snapshot = call.session.snapshot().await?;
    let actor = actor(&call, &mut *snapshot, Action::AddKycCheck).await?;
    let facts = kyc::facts_for_write(&mut *snapshot, bank, customer).await?;
    let facts = WriteFacts { bank_exists: facts.bank_exists, customer_exists: facts.customer_exists };
    drop(snapshot);
    let (bank, customer, id) = (bank.to_owned(), customer.to_owned(), id.to_owned());
    let accepted = guest::kyc::add_check(&actor, facts, bank, customer, id, draft);
    let (check, mut changes) = accepted.map_err(|refusal| refused(&refusal))?;
    let subject = screening_types::Subject::KycCheck(check.clone());
    let now = timestamp::Timestamp { milliseconds: call.ambient().now_ms() };
    // The host gives the guest the same answer if no screener is loaded.
    apply_verdict(screening_types::Verdict::Accept, &subject, now, &mut changes)
        .map_err(|refusal| refused(&refusal))?;
    call.session.commit(changes.into_iter().map(change).collect::<Result<_, _>>()?).await.map_err(Error::from)?;
    reply(from_rules(check))
}

async fn actor(call: &Call, snapshot: &mut dyn Snapshot, action: Action) -> Result<Actor, ApiError> {
    let caller = call.caller()?;
    let caller = guest::caller::Caller {
        user_id: caller.user_id.clone(),
        username: caller.username.clone(),
        super_admin: caller.super_admin,
        profile: match caller.profile {
            AccessProfile::Seed => guest::caller::AccessProfile::Seed,
        },
    };
    let mut held = Vec::new();
    if Actor::reads_roles(&caller, action) {
        held = entitlements::of_user(snapshot, &caller.user_id).await?;
    }
    Ok(Actor { caller, held: held.into_iter().map(entitlement).collect() })
}

fn refused(refusal: &guest::refusals::Refusal) -> ApiError {
    let problem::Problem { code, status, message } = refusal.problem();
    ApiError::Refused(Problem { code, status, message })
}

fn change(change: changes::Change) -> Result<Change, ApiError> {
    match change {
        changes::Change::PutKycCheck(check) => Ok(Change::PutKycCheck(from_rules(check))),
        _ => Err(ApiError::Failed("the native baseline stores KYC checks only".to_owned())),
    }
}

fn entitlement(held: stored::Entitlement) -> users_types::Entitlement {
    let stored::Entitlement { entitlement_id, role_name, bank_id } = held;
    users_types::Entitlement { entitlement_id, role_name, bank_id }
}

include!(concat!(env!("OUT_DIR"), "/convert.rs"));
