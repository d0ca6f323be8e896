//! The native baseline: two KYC operations by the same rules, without the sandbox. Built for `make bench` only, so that
//! what the sandbox costs is one ratio. Login, snapshot, commit, retry and JSON are those of every request.
//!
//! The guest's crate and the host's bindings have a record type each: here fields are moved from one to the other.

use guest::access::{Action, Asker};
use guest::kyc::WriteFacts;
use guest::screening::judge;
use guest::{changes, kyc_types as rules, problem, screening_types, timestamp, users_types};

use super::call::{Answer, Call, reply};
use super::faults::Fault;
use super::kyc::Checks;
use crate::calls::Error;
use bindings::caller::AccessProfile;
use bindings::kyc_types::{KycCheck, KycCheckDraft};
use bindings::problem::Problem;
use bindings::timestamp::Timestamp;
use bindings::{Change, users_types as stored};
use storage::{Snapshot, entitlements, kyc};

/// getKycChecks.
pub(super) async fn checks(call: &Call) -> Answer {
    let mut snapshot = call.session.facts().await?;
    let asker = asker(call, &mut *snapshot, Action::ReadKycChecks).await?;
    let records = kyc::checks(&mut *snapshot, call.param(0)).await?;
    drop(snapshot);
    let checks = guest::kyc::list(&asker, Action::ReadKycChecks, records).map_err(|refusal| refused(&refusal))?;
    reply(&Checks { checks })
}

/// addKycCheck.
pub(super) async fn add_check(call: &Call, draft: KycCheckDraft) -> Answer {
    let draft = into_rules(draft);
    loop {
        let (bank, customer, id) = (call.param(0), call.param(1), call.param(2));
        let mut snapshot = call.session.facts().await?;
        let asker = asker(call, &mut *snapshot, Action::AddKycCheck).await?;
        let facts = kyc::facts_for_write(&mut *snapshot, bank, customer).await?;
        let facts = WriteFacts { bank_exists: facts.bank_exists, customer_exists: facts.customer_exists };
        drop(snapshot);
        let (bank, customer, id) = (bank.to_owned(), customer.to_owned(), id.to_owned());
        let accepted = guest::kyc::add_check(&asker, facts, bank, customer, id, draft.clone());
        let (check, mut changes) = accepted.map_err(|refusal| refused(&refusal))?;
        let subject = screening_types::Subject::KycCheck(check.clone());
        let now = timestamp::Timestamp { milliseconds: call.app().services.ambient.now_ms() };
        // As the host answers the guest: nobody screens.
        judge(screening_types::Verdict::Accept, &subject, now, &mut changes).map_err(|refusal| refused(&refusal))?;
        call.session.commit(changes.into_iter().map(change).collect::<Result<_, _>>()?).await.map_err(Error::from)?;
        return reply(&from_rules(check));
    }
}

async fn asker(call: &Call, snapshot: &mut dyn Snapshot, action: Action) -> Result<Asker, Fault> {
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
    if Asker::reads_roles(&caller, action) {
        held = entitlements::of_user(snapshot, &caller.user_id).await?;
    }
    Ok(Asker { caller, held: held.into_iter().map(entitlement).collect() })
}

fn refused(refusal: &guest::catalogue::Refusal) -> Fault {
    let problem::Problem { code, status, message } = refusal.problem();
    Fault::Refused(Problem { code, status, message })
}

fn change(change: changes::Change) -> Result<Change, Fault> {
    match change {
        changes::Change::PutKycCheck(check) => Ok(Change::PutKycCheck(from_rules(check))),
        _ => Err(Fault::Failed("the native baseline stores KYC checks only".to_owned())),
    }
}

fn entitlement(held: stored::Entitlement) -> users_types::Entitlement {
    let stored::Entitlement { entitlement_id, role_name, bank_id } = held;
    users_types::Entitlement { entitlement_id, role_name, bank_id }
}

fn into_rules(draft: KycCheckDraft) -> rules::KycCheckDraft {
    let KycCheckDraft { customer_number, date, how, staff_user_id, staff_name, satisfied, comments } = draft;
    let date = timestamp::Timestamp { milliseconds: date.milliseconds };
    rules::KycCheckDraft { customer_number, date, how, staff_user_id, staff_name, satisfied, comments }
}

fn from_rules(check: rules::KycCheck) -> KycCheck {
    KycCheck {
        bank_id: check.bank_id,
        customer_id: check.customer_id,
        id: check.id,
        customer_number: check.customer_number,
        date: Timestamp { milliseconds: check.date.milliseconds },
        how: check.how,
        staff_user_id: check.staff_user_id,
        staff_name: check.staff_name,
        satisfied: check.satisfied,
        comments: check.comments,
    }
}
