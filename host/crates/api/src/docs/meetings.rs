//! What is said of the operations on meetings.

use guest::access::Action;
use guest::refusals::RefusalCode::{
    BankIdMalformed, BankUnknown, MeetingKeyMissing, MeetingSecretMissing, MeetingUnknown, MeetingsNotSupported,
};

use super::fields::Shape::Pattern;
use super::fields::URL_FRIENDLY;
use super::{Doc, own, rule};
use crate::error_codes::Code::{JsonIncorrect, NotLoggedIn, Unknown};

const TAGS: &[&str] = &["Customer-Meeting", "KYC", "Customer", "User", "Experimental"];
const MEETING: &str = r#"{"meeting_id":"String","provider_id":"String","purpose_id":"String","bank_id":"gh.29.uk","present":{"staff_user_id":"String","customer_user_id":"String"},"keys":{"session_id":"String","staff_token":"String","customer_token":"String"},"when":"2017-09-19T00:00:00Z"}"#;

/// createMeeting.
pub static CREATE: Doc = Doc {
    summary: "Create Meeting (video conference/call)",
    description: "Arranges a video conference with the bank `BANK_ID`; the caller takes part as the customer.\n\nA meeting is what there is to know *about* a conference. Picture, sound and chat are the provider's affair.\n\n- `provider_id` names a provider that this server is configured with, such as `jitsi` or `tokbox`.\n- `purpose_id` says what it is for: `onboarding`, `mortgage`, `complaint`, …\n\nBoth must be fit for a URL: letters, digits, `-`, `.`, `_` and `~`, at most 64 of them.\n\nEvery meeting has a session of its own. `keys` holds what is needed to join it; a token is shown only to the party it belongs to. `staff_user_id` is empty until somebody joins as staff.\n\nA login is needed.",
    tags: TAGS,
    implemented_in: "2_0_0",
    request: Some(r#"{"provider_id":"jitsi","purpose_id":"onboarding"}"#),
    response: Some(MEETING),
    actions: &[Action::CreateMeeting],
    errors: &[
        own(NotLoggedIn),
        rule(MeetingKeyMissing),
        rule(MeetingSecretMissing),
        rule(BankIdMalformed),
        rule(BankUnknown),
        own(JsonIncorrect),
        rule(MeetingsNotSupported),
        own(Unknown),
    ],
    fields: &[("provider_id", Pattern(URL_FRIENDLY, 64)), ("purpose_id", Pattern(URL_FRIENDLY, 64))],
    ..Doc::PLAIN
};

/// getMeeting.
pub static GET: Doc = Doc {
    summary: "Get Meeting",
    description: "The meeting `MEETING_ID` of the bank `BANK_ID`: who takes part, with which provider, and when it was arranged. The conference itself is the provider's affair.\n\nOf the tokens in `keys` you see the one that is yours; the others are empty.\n\nA login is needed.",
    tags: TAGS,
    implemented_in: "2_0_0",
    response: Some(MEETING),
    actions: &[Action::ReadMeetings],
    errors: &[
        own(NotLoggedIn),
        rule(BankUnknown),
        rule(MeetingKeyMissing),
        rule(MeetingSecretMissing),
        rule(MeetingUnknown),
        rule(MeetingsNotSupported),
        own(Unknown),
    ],
    ..Doc::PLAIN
};

/// getMeetings.
pub static AT_BANK: Doc = Doc {
    summary: "Get Meetings",
    description: "All meetings of the bank `BANK_ID`, newest first. The conferences themselves are the providers' affair.\n\nOf the tokens in `keys` you see those that are yours; the others are empty.\n\nA login is needed.",
    tags: TAGS,
    implemented_in: "2_0_0",
    response: Some(
        r#"{"meetings":[{"meeting_id":"String","provider_id":"String","purpose_id":"String","bank_id":"gh.29.uk","present":{"staff_user_id":"String","customer_user_id":"String"},"keys":{"session_id":"String","staff_token":"String","customer_token":"String"},"when":"2017-09-19T00:00:00Z"}]}"#,
    ),
    actions: &[Action::ReadMeetings],
    errors: &[
        own(NotLoggedIn),
        rule(MeetingKeyMissing),
        rule(MeetingSecretMissing),
        rule(BankUnknown),
        rule(MeetingsNotSupported),
        own(Unknown),
    ],
    ..Doc::PLAIN
};
