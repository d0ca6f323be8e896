//! The shells of the meeting operations.

use super::{Component, Written, asker, new_id, now};
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
        let asker = asker(caller, Action::CreateMeeting);
        let plan = meetings::plan(&asker, banks_storage::exists(&bank_id), bank_id, new_id(), draft)?;
        // Only now: a session costs the provider something.
        let session = meeting_provider::create_session(&plan.provider_id, &plan.request);
        Ok(meetings::create(plan, session, now())?)
    }

    fn get(caller: Caller, bank_id: String, meeting_id: String) -> Result<Meeting, Problem> {
        let asker = asker(caller, Action::ReadMeetings);
        meetings::may_read(&asker, banks_storage::exists(&bank_id), &bank_id)?;
        let found = meetings_storage::find(&bank_id, &meeting_id);
        Ok(meetings::get(&asker, meeting_provider::readiness(&bank_id), found)?)
    }

    fn at_bank(caller: Caller, bank_id: String) -> Result<Meetings, Problem> {
        let asker = asker(caller, Action::ReadMeetings);
        meetings::may_read(&asker, banks_storage::exists(&bank_id), &bank_id)?;
        let meetings = meetings_storage::at_bank(&bank_id);
        let meetings = meetings::at_bank(&asker, meeting_provider::readiness(&bank_id), meetings)?;
        Ok(Meetings { meetings })
    }
}
