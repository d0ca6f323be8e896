//! Meetings: three of the thirteen operations, and the ways for the parties to join (decision 7).

use crate::access::{Action, Actor};
use crate::changes::{Change, MeetingStaff};
use crate::limits;
use crate::meeting_provider::{Access, Participant, Party, SessionRequest, Unavailable};
use crate::meetings_types::{JoinedMeeting, Meeting, MeetingDraft, MeetingKeys, Present, StoredMeeting};
use crate::refusals::Refusal;
use crate::timestamp::Timestamp;

/// Greatest length of `provider_id`.
pub const PROVIDER_ID_CHARS_MAX: usize = 64;
/// Greatest length of `purpose_id`.
pub const PURPOSE_ID_CHARS_MAX: usize = 64;

/// The customer of a new meeting.
#[derive(Clone, Debug, PartialEq)]
pub enum Customer {
    /// The caller.
    Caller,
    /// Another user.
    Other {
        /// The id in the request.
        user_id: String,
        /// Whether a user has it.
        exists: bool,
    },
}

/// A meeting that the rules accept, before its provider creates the session.
#[derive(Debug, PartialEq)]
pub struct Plan {
    /// The provider that creates the session.
    pub provider_id: String,
    /// The request to the provider.
    pub request: SessionRequest,
    /// The user id of the customer.
    pub customer_user_id: String,
}

/// The accesses that the providers have granted for one answer: the id of each provider, and its accesses in the reverse order of
/// the participants.
pub type Granted = Vec<(String, Vec<Access>)>;

/// createMeeting, before the provider is called.
pub fn plan(
    actor: &Actor,
    bank_exists: bool,
    bank_id: String,
    customer: Customer,
    meeting_id: String,
    draft: MeetingDraft,
) -> Result<Plan, Refusal> {
    limits::bank(&bank_id, bank_exists)?;
    actor.require(Action::CreateMeeting, &bank_id)?;
    let customer_user_id = match customer {
        Customer::Caller => actor.caller.user_id.clone(),
        Customer::Other { user_id, exists } => {
            // The role comes first: whether a user exists is no stranger's business.
            actor.require(Action::CreateMeetingForOther, &bank_id)?;
            exists.then_some(user_id).ok_or(Refusal::UserUnknown)?
        }
    };
    limits::url_friendly("provider_id", &draft.provider_id, PROVIDER_ID_CHARS_MAX)?;
    limits::url_friendly("purpose_id", &draft.purpose_id, PURPOSE_ID_CHARS_MAX)?;
    let MeetingDraft { provider_id, purpose_id } = draft;
    Ok(Plan { provider_id, request: SessionRequest { meeting_id, bank_id, purpose_id }, customer_user_id })
}

/// The meeting of a plan, with the provider's session.
///
/// # Errors
/// The refusal for a provider that is not available.
pub fn arranged(plan: Plan, session: Result<String, Unavailable>, when: Timestamp) -> Result<StoredMeeting, Refusal> {
    let session_id = session.map_err(refusal)?;
    let Plan { provider_id, request: SessionRequest { meeting_id, bank_id, purpose_id }, customer_user_id } = plan;
    let present = Present { staff_user_id: String::new(), customer_user_id };
    Ok(StoredMeeting { meeting_id, provider_id, purpose_id, bank_id, present, session_id, when })
}

/// createMeeting, with the accesses of its caller.
#[must_use]
pub fn create(actor: &Actor, meeting: StoredMeeting, granted: &mut Granted) -> (Meeting, Vec<Change>) {
    (shown(actor, meeting.clone(), granted), vec![Change::CreateMeeting(meeting)])
}

/// The conditions of both reads, checked before the shell reads any meeting.
pub fn require_read(actor: &Actor, bank_exists: bool, bank_id: &str) -> Result<(), Refusal> {
    limits::bank(bank_id, bank_exists)?;
    actor.require(Action::ReadMeetings, bank_id)
}

/// The meeting of getMeeting, after [`require_read`].
///
/// # Errors
/// The refusal for providers that are not available, or [`Refusal::MeetingUnknown`].
pub fn found(readiness: Result<(), Unavailable>, meeting: Option<StoredMeeting>) -> Result<StoredMeeting, Refusal> {
    readiness.map_err(refusal)?;
    meeting.ok_or(Refusal::MeetingUnknown)
}

/// The meetings of getMeetings, after [`require_read`].
///
/// # Errors
/// The refusal for providers that are not available.
pub fn listed(readiness: Result<(), Unavailable>, meetings: Vec<StoredMeeting>) -> Result<Vec<StoredMeeting>, Refusal> {
    readiness.map_err(refusal).map(|()| meetings)
}

/// The meeting as the caller joins it, and the change that makes the caller its staff.
///
/// # Errors
/// [`Refusal::MeetingUnknown`], or [`Refusal::RolesMissing`] for a caller who may not become the staff.
pub fn with_caller(
    actor: &Actor,
    bank_exists: bool,
    bank_id: &str,
    meeting: Option<StoredMeeting>,
    as_staff: bool,
) -> Result<(StoredMeeting, Vec<Change>), Refusal> {
    limits::bank(bank_id, bank_exists)?;
    let mut meeting = meeting.ok_or(Refusal::MeetingUnknown)?;
    if !as_staff && !participants(actor, &meeting).is_empty() {
        return Ok((meeting, Vec::new()));
    }
    actor.require(Action::JoinMeetingAsStaff, bank_id)?;
    let staff_user_id = actor.caller.user_id.clone();
    if meeting.present.staff_user_id == staff_user_id {
        return Ok((meeting, Vec::new()));
    }
    meeting.present.staff_user_id.clone_from(&staff_user_id);
    let (bank_id, meeting_id) = (meeting.bank_id.clone(), meeting.meeting_id.clone());
    let change = Change::SetMeetingStaff(MeetingStaff { bank_id, meeting_id, staff_user_id });
    Ok((meeting, vec![change]))
}

/// joinMeeting and joinMeetingAsStaff, with the provider's answer: the accesses of the caller, the staff's first.
///
/// # Errors
/// The refusal for a provider that is not available.
pub fn joined(
    actor: &Actor,
    meeting: StoredMeeting,
    access: Result<Vec<Access>, Unavailable>,
) -> Result<JoinedMeeting, Refusal> {
    let mut accesses = access.map_err(refusal)?;
    let url = accesses.first().and_then(|access| access.url.clone());
    accesses.reverse();
    let mut granted = vec![(meeting.provider_id.clone(), accesses)];
    Ok(JoinedMeeting { meeting: shown(actor, meeting, &mut granted), url })
}

/// The parties of a meeting that the caller is: none, one or both. The staff comes first.
#[must_use]
pub fn participants(actor: &Actor, meeting: &StoredMeeting) -> Vec<Participant> {
    let parties =
        [(Party::Staff, &meeting.present.staff_user_id), (Party::Customer, &meeting.present.customer_user_id)];
    // The user id of a party that is not there yet is empty.
    let is_caller = |user_id: &String| !user_id.is_empty() && *user_id == actor.caller.user_id;
    let of_caller = parties.into_iter().filter(|(_, user_id)| is_caller(user_id));
    of_caller.map(|(party, _)| as_party(actor, meeting, party)).collect()
}

/// The participants that the caller is in these meetings, by provider.
#[must_use]
pub fn all_participants(actor: &Actor, meetings: &[StoredMeeting]) -> Vec<(String, Vec<Participant>)> {
    let mut all: Vec<(String, Vec<Participant>)> = Vec::new();
    for meeting in meetings {
        for participant in participants(actor, meeting) {
            match all.iter_mut().find(|(provider_id, _)| *provider_id == meeting.provider_id) {
                Some((_, of_provider)) => of_provider.push(participant),
                None => all.push((meeting.provider_id.clone(), vec![participant])),
            }
        }
    }
    all
}

fn as_party(actor: &Actor, meeting: &StoredMeeting, party: Party) -> Participant {
    Participant {
        meeting_id: meeting.meeting_id.clone(),
        bank_id: meeting.bank_id.clone(),
        session_id: meeting.session_id.clone(),
        party,
        user_id: actor.caller.user_id.clone(),
        username: actor.caller.username.clone(),
    }
}

/// The meeting as the caller sees it: with the token of each party that the caller is. A provider that is not available any more
/// grants nothing. The meeting is then shown without a token.
#[must_use]
pub fn shown(actor: &Actor, meeting: StoredMeeting, granted: &mut Granted) -> Meeting {
    let mut keys = MeetingKeys {
        session_id: meeting.session_id.clone(),
        staff_token: String::new(),
        customer_token: String::new(),
    };
    for participant in participants(actor, &meeting) {
        let of_provider = granted.iter_mut().find(|(provider_id, _)| *provider_id == meeting.provider_id);
        let access = of_provider.and_then(|(_, accesses)| accesses.pop());
        let token = match participant.party {
            Party::Staff => &mut keys.staff_token,
            Party::Customer => &mut keys.customer_token,
        };
        *token = access.map(|access| access.token).unwrap_or_default();
    }
    let StoredMeeting { meeting_id, provider_id, purpose_id, bank_id, present, session_id: _, when } = meeting;
    Meeting { meeting_id, provider_id, purpose_id, bank_id, present, keys, when }
}

fn refusal(unavailable: Unavailable) -> Refusal {
    match unavailable {
        Unavailable::NotSupported => Refusal::MeetingsNotSupported,
        Unavailable::KeyMissing => Refusal::MeetingKeyMissing,
        Unavailable::SecretMissing => Refusal::MeetingSecretMissing,
    }
}

#[cfg(test)]
mod tests;
