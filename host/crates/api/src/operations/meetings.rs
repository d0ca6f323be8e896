//! The operations on meetings over HTTP.

use bindings::calls::meetings;
use bindings::meetings_types::{Meeting, MeetingDraft, MeetingKeys, Meetings, Present};
use bindings::samples;
use guest::access::Action;
use guest::meetings::{PROVIDER_ID_CHARS_MAX, PURPOSE_ID_CHARS_MAX};

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Shape::Pattern;
use crate::docs::fields::URL_FRIENDLY;
use crate::docs::{Doc, example, host, rule};
use crate::error_codes::HostErrorCode::{JsonIncorrect, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{
    BankIdMalformed, BankUnknown, MeetingKeyMissing, MeetingSecretMissing, MeetingUnknown, MeetingsNotSupported,
};
use crate::route::Route;

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/banks/BANK_ID/meetings",
        operation: "createMeeting",
        handler: |call| Box::pin(create(call)),
        doc: &Doc {
            summary: "Create Meeting (video conference/call)",
            description: "Arranges a video conference with the bank `BANK_ID`. You are the participant with the role of customer.\n\nA meeting has the data *about* a conference. The conference itself takes place at the provider.\n\n- `provider_id` names a provider that this server is configured with, such as `jitsi` or `tokbox`.\n- `purpose_id` names the purpose: `onboarding`, `mortgage`, `complaint`, …\n\nBoth have at most 64 characters, which need no escaping in a URL: letters, digits, `-`, `.`, `_` and `~`.\n\nEvery meeting has its own session. `keys` contains what a participant needs to join it. A token is shown to its owner only. `staff_user_id` is empty until a staff member joins.\n\nYou need a login.",
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
            description: "The meeting `MEETING_ID` of the bank `BANK_ID`: its participants, its provider and when it was arranged. The conference itself takes place at the provider.\n\n`keys` shows your own token only; the other tokens are empty.\n\nYou need a login.",
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
            description: "All meetings of the bank `BANK_ID`, newest first. The conferences themselves take place at the providers.\n\n`keys` shows your own tokens only; the other tokens are empty.\n\nYou need a login.",
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
            ..MEETINGS
        },
        ..Route::GET
    },
];

const MEETINGS: Doc = Doc {
    tags: &["Customer-Meeting", "KYC", "Customer", "User", "Experimental"],
    implemented_in: "2_0_0",
    ..Doc::EMPTY
};

async fn create(call: Call) -> Answer {
    let draft: MeetingDraft = call.body()?;
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply(call.session.write(meetings::create(caller, bank, &draft)).await?)
}

async fn get(call: Call) -> Answer {
    let (caller, bank, meeting) = (call.caller()?, call.path("BANK_ID")?, call.path("MEETING_ID")?);
    reply(call.session.query(meetings::get(caller, bank, meeting)).await?)
}

async fn at_bank(call: Call) -> Answer {
    let (caller, bank) = (call.caller()?, call.path("BANK_ID")?);
    reply(call.session.query(meetings::at_bank(caller, bank)).await?)
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
