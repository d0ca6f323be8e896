//! The shells of the meeting operations.

use super::{Component, Written, actor, new_id, now};
use crate::access::{Action, Actor};
use crate::bindings::exports::obp::onboarding::meetings::Guest;
use crate::bindings::obp::onboarding::{banks_storage, meetings_storage, users_storage};
use crate::caller::Caller;
use crate::meeting_provider;
use crate::meetings::{self, Customer, Granted};
use crate::meetings_types::{JoinedMeeting, Meeting, MeetingDraft, Meetings, StoredMeeting};
use crate::problem::Problem;

impl Guest for Component {
    fn create(caller: Caller, bank_id: String, customer_user_id: String, draft: MeetingDraft) -> Written<Meeting> {
        let customer = customer(&caller, customer_user_id);
        let action = match customer {
            Customer::Caller => Action::CreateMeeting,
            Customer::Other { .. } => Action::CreateMeetingForOther,
        };
        let actor = actor(caller, action);
        let bank_exists = banks_storage::exists(&bank_id);
        let plan = meetings::plan(&actor, bank_exists, bank_id, customer, new_id(), draft)?;
        // Call the provider last: a session costs it resources.
        let session = meeting_provider::create_session(&plan.provider_id, &plan.request);
        let meeting = meetings::arranged(plan, session, now())?;
        let mut granted = granted(&actor, std::slice::from_ref(&meeting));
        Ok(meetings::create(&actor, meeting, &mut granted))
    }

    fn get(caller: Caller, bank_id: String, meeting_id: String) -> Result<Meeting, Problem> {
        let actor = actor(caller, Action::ReadMeetings);
        meetings::require_read(&actor, banks_storage::exists(&bank_id), &bank_id)?;
        let found = meetings_storage::find(&bank_id, &meeting_id);
        let meeting = meetings::found(meeting_provider::readiness(&bank_id), found)?;
        let mut granted = granted(&actor, std::slice::from_ref(&meeting));
        Ok(meetings::shown(&actor, meeting, &mut granted))
    }

    fn at_bank(caller: Caller, bank_id: String) -> Result<Meetings, Problem> {
        let actor = actor(caller, Action::ReadMeetings);
        meetings::require_read(&actor, banks_storage::exists(&bank_id), &bank_id)?;
        let stored = meetings_storage::at_bank(&bank_id);
        let stored = meetings::listed(meeting_provider::readiness(&bank_id), stored)?;
        let mut granted = granted(&actor, &stored);
        let meetings = stored.into_iter().map(|meeting| meetings::shown(&actor, meeting, &mut granted)).collect();
        Ok(Meetings { meetings })
    }

    fn join(caller: Caller, bank_id: String, meeting_id: String, as_staff: bool) -> Written<JoinedMeeting> {
        let actor = actor(caller, Action::JoinMeetingAsStaff);
        let bank_exists = banks_storage::exists(&bank_id);
        let found = meetings_storage::find(&bank_id, &meeting_id);
        let (meeting, changes) = meetings::with_caller(&actor, bank_exists, &bank_id, found, as_staff)?;
        let participants = meetings::participants(&actor, &meeting);
        let access = meeting_provider::grant_access(&meeting.provider_id, &participants);
        Ok((meetings::joined(&actor, meeting, access)?, changes))
    }
}

/// The customer of the meeting that the caller arranges.
fn customer(caller: &Caller, user_id: String) -> Customer {
    if user_id.is_empty() || user_id == caller.user_id {
        return Customer::Caller;
    }
    let exists = users_storage::by_id(&user_id).is_some();
    Customer::Other { user_id, exists }
}

/// The accesses of the caller to these meetings, with one call of each provider.
fn granted(actor: &Actor, meetings: &[StoredMeeting]) -> Granted {
    let participants = meetings::all_participants(actor, meetings).into_iter();
    let granted = participants.map(|(provider_id, participants)| {
        let mut accesses = meeting_provider::grant_access(&provider_id, &participants).unwrap_or_default();
        accesses.reverse();
        (provider_id, accesses)
    });
    granted.collect()
}
