//! The shells of the meeting operations.

use super::{Component, Written, actor, new_id, now};
use crate::access::Action;
use crate::bindings::exports::obp::onboarding::meetings::Guest;
use crate::bindings::obp::onboarding::{banks_storage, meetings_storage};
use crate::caller::Caller;
use crate::meeting_provider;
use crate::meetings;
use crate::meetings_types::{Meeting, MeetingDraft, Meetings};
use crate::problem::Problem;

impl Guest for Component {
    fn create(caller: Caller, bank_id: String, draft: MeetingDraft) -> Written<Meeting> {
        let actor = actor(caller, Action::CreateMeeting);
        let plan = meetings::plan(&actor, banks_storage::exists(&bank_id), bank_id, new_id(), draft)?;
        // Call the provider last: a session costs it resources.
        let session = meeting_provider::create_session(&plan.provider_id, &plan.request);
        Ok(meetings::create(plan, session, now())?)
    }

    fn get(caller: Caller, bank_id: String, meeting_id: String) -> Result<Meeting, Problem> {
        let actor = actor(caller, Action::ReadMeetings);
        meetings::require_read(&actor, banks_storage::exists(&bank_id), &bank_id)?;
        let found = meetings_storage::find(&bank_id, &meeting_id);
        Ok(meetings::get(&actor, meeting_provider::readiness(&bank_id), found)?)
    }

    fn at_bank(caller: Caller, bank_id: String) -> Result<Meetings, Problem> {
        let actor = actor(caller, Action::ReadMeetings);
        meetings::require_read(&actor, banks_storage::exists(&bank_id), &bank_id)?;
        let meetings = meetings_storage::at_bank(&bank_id);
        let meetings = meetings::at_bank(&actor, meeting_provider::readiness(&bank_id), meetings)?;
        Ok(Meetings { meetings })
    }
}
