//! The operations on meetings over HTTP.

use bindings::calls::meetings;
use bindings::meetings_types::{Meeting, MeetingDraft, MeetingKeys, Meetings, Present};
use bindings::samples;
use guest::access::Action;
use guest::meetings::{PROVIDER_ID_CHARS_MAX, PURPOSE_ID_CHARS_MAX};
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Shape::Pattern;
use crate::docs::fields::URL_FRIENDLY;
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::ErrorCode;
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{
    BankIdMalformed, BankUnknown, MeetingKeyMissing, MeetingSecretMissing, MeetingUnknown, MeetingsNotSupported,
    RolesMissing, UserUnknown,
};
use crate::route::{Body, Route};

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/banks/BANK_ID/meetings",
        operation: "createMeeting",
        handler: |call| Box::pin(create(call)),
        doc: &Doc {
            summary: "Create Meeting (video conference/call)",
            description: "Arranges a video conference with the bank `BANK_ID`. You are the participant with the role of customer. A member of staff, who holds CanJoinMeetingAsStaff at the bank, can name another user in `customer_user_id`.\n\nA meeting has the data *about* a conference. The conference itself takes place at the provider.\n\n- `provider_id` names a provider that this server is configured with, such as `jitsi` or `tokbox`.\n- `purpose_id` names the purpose: `onboarding`, `mortgage`, `complaint`, …\n\nBoth have at most 64 characters, which need no escaping in a URL: letters, digits, `-`, `.`, `_` and `~`.\n\nEvery meeting has its own session. `keys` contains what a participant needs to join it. Your token is made for this answer, and is valid for 60 minutes: you get a new one when you read the meeting again. No other user sees it. `staff_user_id` is empty until a member of staff joins.\n\nYou need a login.",
            request: Some(|| example(&samples::meeting_draft())),
            response: Some(|| example(&meeting())),
            actions: &[Action::CreateMeeting],
            errors: &[
                host(NotLoggedIn),
                rule(MeetingKeyMissing),
                rule(MeetingSecretMissing),
                rule(BankIdMalformed),
                rule(BankUnknown),
                host(JsonIncorrect),
                rule(MeetingsNotSupported),
                host(Unknown),
            ],
            further_errors: &[rule(RolesMissing), rule(UserUnknown)],
            fields: &[
                ("provider_id", Pattern(URL_FRIENDLY, PROVIDER_ID_CHARS_MAX)),
                ("purpose_id", Pattern(URL_FRIENDLY, PURPOSE_ID_CHARS_MAX)),
            ],
            ..MEETINGS
        },
        ..Route::POST
    },
    Route {
        path: "/banks/BANK_ID/meetings/MEETING_ID",
        operation: "getMeeting",
        handler: |call| Box::pin(get(call)),
        doc: &Doc {
            summary: "Get Meeting",
            description: "The meeting `MEETING_ID` of the bank `BANK_ID`: its participants, its provider and when it was arranged. The conference itself takes place at the provider.\n\n`keys` shows your own token only, which is made for this answer and valid for 60 minutes. The other tokens are empty.\n\nYou need a login.",
            response: Some(|| example(&meeting())),
            actions: &[Action::ReadMeetings],
            errors: &[
                host(NotLoggedIn),
                rule(BankUnknown),
                rule(MeetingKeyMissing),
                rule(MeetingSecretMissing),
                rule(MeetingUnknown),
                rule(MeetingsNotSupported),
                host(Unknown),
            ],
            further_errors: &[rule(BankIdMalformed), rule(RolesMissing)],
            ..MEETINGS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/meetings",
        operation: "getMeetings",
        handler: |call| Box::pin(at_bank(call)),
        doc: &Doc {
            summary: "Get Meetings",
            description: "All meetings of the bank `BANK_ID`, newest first. The conferences themselves take place at the providers.\n\n`keys` shows your own tokens only, which are made for this answer and valid for 60 minutes. The other tokens are empty.\n\nYou need a login.",
            response: Some(|| example(&Meetings { meetings: vec![meeting()] })),
            actions: &[Action::ReadMeetings],
            errors: &[
                host(NotLoggedIn),
                rule(MeetingKeyMissing),
                rule(MeetingSecretMissing),
                rule(BankUnknown),
                rule(MeetingsNotSupported),
                host(Unknown),
            ],
            further_errors: &[rule(BankIdMalformed), rule(RolesMissing)],
            ..MEETINGS
        },
        ..Route::GET
    },
    Route {
        path: "/banks/BANK_ID/meetings/MEETING_ID/staff",
        operation: "joinMeetingAsStaff",
        handler: |call| Box::pin(join_as_staff(call)),
        doc: &Doc {
            summary: "Join Meeting as Staff",
            description: "Makes you the member of staff of the meeting `MEETING_ID`. You take over from a member of staff who joined before.\n\nThe answer is the meeting, with your token in `keys.staff_token`. You need no body.\n\nYou need a login, and the role CanJoinMeetingAsStaff at the bank.",
            response: Some(|| example(&meeting())),
            actions: &[Action::JoinMeetingAsStaff],
            errors: JOIN,
            ..JOINING
        },
        body: Body::Ignored,
        ..Route::PUT
    },
    Route {
        path: "/banks/BANK_ID/meetings/MEETING_ID/join",
        operation: "joinMeeting",
        handler: |call| Box::pin(join(call)),
        doc: &Doc {
            summary: "Join Meeting",
            description: "Your way into the meeting `MEETING_ID`: the address at which you join in a browser, the session and your token. All are valid for 60 minutes. Keep the address secret, because it contains the token.\n\nYou join as the participant that you are. If you are none, and hold CanJoinMeetingAsStaff at the bank, you become the member of staff. `url` is null if the provider has no page to join. You need no body.\n\nYou need a login.",
            response: Some(|| example(&link())),
            actions: &[Action::JoinMeetingAsStaff],
            errors: JOIN,
            ..JOINING
        },
        body: Body::Ignored,
        ..Route::PUT
    },
];

const JOIN: &[ErrorCode] = &[
    host(NotLoggedIn),
    rule(BankIdMalformed),
    rule(BankUnknown),
    rule(RolesMissing),
    rule(MeetingKeyMissing),
    rule(MeetingSecretMissing),
    rule(MeetingUnknown),
    rule(MeetingsNotSupported),
    host(Unknown),
];

/// The tags of the seed page's operations. The page lists all that have the tag `KYC`, so the others have not.
const JOINING: Doc = Doc { tags: &["Customer-Meeting", "Customer", "User", "Experimental"], ..MEETINGS };

const MEETINGS: Doc = Doc {
    tags: &["Customer-Meeting", "KYC", "Customer", "User", "Experimental"],
    implemented_in: "2_0_0",
    ..Doc::EMPTY
};

async fn create(call: Call) -> Answer {
    let draft: MeetingDraft = call.body()?;
    let customer = call.optional_text("customer_user_id")?.unwrap_or_default();
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply(call.session.write(meetings::create(caller, bank, &customer, &draft)).await?)
}

async fn get(call: Call) -> Answer {
    let (caller, bank, meeting) = (call.caller()?, call.path("BANK_ID")?, call.path("MEETING_ID")?);
    reply(call.session.query(meetings::get(caller, bank, meeting)).await?)
}

async fn at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply(call.session.query(meetings::at_bank(caller, bank)).await?)
}

async fn join_as_staff(call: Call) -> Answer {
    let (caller, bank, meeting) = (call.caller()?, call.path("BANK_ID")?, call.path("MEETING_ID")?);
    reply(call.session.write(meetings::join(caller, bank, meeting, true)).await?.meeting)
}

async fn join(call: Call) -> Answer {
    let (caller, bank, meeting) = (call.caller()?, call.path("BANK_ID")?, call.path("MEETING_ID")?);
    let joined = call.session.write(meetings::join(caller, bank, meeting, false)).await?;
    let MeetingKeys { session_id, staff_token, customer_token } = joined.meeting.keys;
    let token = if staff_token.is_empty() { customer_token } else { staff_token };
    reply(MeetingLink { url: joined.url, session_id, token })
}

/// The answer of joinMeeting: the caller's way into a meeting. It is valid for 60 minutes.
#[derive(Debug, Deserialize, Serialize)]
pub struct MeetingLink {
    /// The address at which the caller joins in a browser. `None`: the provider has no such page.
    pub url: Option<String>,
    /// The session at the provider.
    pub session_id: String,
    /// The caller's token.
    pub token: String,
}

/// A link whose session and token are placeholders.
fn link() -> MeetingLink {
    let url = Some("https://meet.example/room?jwt=TOKEN".to_owned());
    MeetingLink { url, session_id: "room".to_owned(), token: "TOKEN".to_owned() }
}

/// The meeting of the seed page: every text is `String`.
fn meeting() -> Meeting {
    let text = || "String".to_owned();
    Meeting {
        meeting_id: text(),
        provider_id: text(),
        purpose_id: text(),
        bank_id: samples::BANK_ID.to_owned(),
        present: Present { staff_user_id: text(), customer_user_id: text() },
        keys: MeetingKeys { session_id: text(), staff_token: text(), customer_token: text() },
        when: samples::DATE,
    }
}
