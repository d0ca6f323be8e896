//! The cases that the vectors are made from, a file a noun: what is given, what is called, and how it must end. What exactly is
//! answered is recorded from the component, and read by whoever changes it in the difference to the vectors that are there.

mod accounts;
mod commits;
mod kyc;
mod lists;
mod meetings;
mod users;

use serde_json::{Value, json};

use crate::native::{NOW, PROVIDER};
use crate::vector::{Call, Host, What};

/// One of the thirteen operations: what it is called in the WIT, and every error that its function can answer.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) interface: &'static str,
    pub(crate) function: &'static str,
    /// OBP codes, as the WIT has them; where a problem has none, its message.
    pub(crate) errors: &'static [&'static str],
}

const PUT: &[&str] = &["OBP-30111", "OBP-10001", "OBP-30001", "OBP-30046", "OBP-10035"];
const LIST: &[&str] = &["OBP-30046"];
const MEETING: &[&str] = &["OBP-30111", "OBP-30001", "OBP-30101", "OBP-30102", "OBP-30103"];

/// In the order of the contract. OBP-20006 is answered only where a role can be missing: with the profile `seed`, by
/// createAccount.
pub(crate) const OPERATIONS: [Operation; 13] = [
    Operation {
        name: "createAccount",
        interface: "accounts",
        function: "create",
        errors: &[
            "OBP-30110",
            "OBP-30111",
            "OBP-30001",
            "OBP-30107",
            "OBP-20006",
            "OBP-20005",
            "OBP-10001",
            "OBP-30106",
            "OBP-30112",
            "OBP-30109",
            "OBP-30105",
            "OBP-30208",
            "OBP-10035",
        ],
    },
    Operation {
        name: "createMeeting",
        interface: "meetings",
        function: "create",
        errors: &["OBP-30111", "OBP-30001", "OBP-10001", "OBP-30101", "OBP-30102", "OBP-30103"],
    },
    Operation {
        name: "getMeeting",
        interface: "meetings",
        function: "get",
        errors: &["OBP-30111", "OBP-30001", "OBP-30101", "OBP-30102", "OBP-30103", "OBP-30104"],
    },
    Operation { name: "getMeetings", interface: "meetings", function: "at-bank", errors: MEETING },
    Operation { name: "addKycCheck", interface: "kyc", function: "add-check", errors: PUT },
    Operation { name: "addKycDocument", interface: "kyc", function: "add-document", errors: PUT },
    Operation { name: "addKycMedia", interface: "kyc", function: "add-media", errors: PUT },
    Operation { name: "addKycStatus", interface: "kyc", function: "add-status", errors: PUT },
    Operation { name: "getKycChecks", interface: "kyc", function: "checks", errors: LIST },
    Operation { name: "getKycDocuments", interface: "kyc", function: "documents", errors: LIST },
    Operation { name: "getKycStatuses", interface: "kyc", function: "statuses", errors: LIST },
    Operation { name: "getKycMedia", interface: "kyc", function: "medias", errors: LIST },
    Operation {
        name: "createUser",
        interface: "users",
        function: "create",
        errors: &[
            "OBP-10001",
            "OBP-30207",
            "User with the same username already exists.",
            "Invalid email address",
            "OBP-10035",
        ],
    },
];

/// How a step must end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// With a reply, and so many changes.
    Reply(usize),
    /// With this refusal: its code, or its message where it has none.
    Refusal(&'static str),
    /// A commit: whether it is done.
    Commit(bool),
}

pub(crate) struct Step {
    pub(crate) what: What,
    pub(crate) end: End,
}

pub(crate) struct Case {
    pub(crate) operation: &'static str,
    pub(crate) name: String,
    pub(crate) given: Vec<Value>,
    pub(crate) steps: Vec<Step>,
}

/// The file of the vectors that commit and call nothing.
pub(crate) const COMMITS: &str = "commit";

/// All cases, those of an operation together, in the order of the contract; then what changes promise by themselves.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = accounts::cases();
    cases.extend(meetings::cases());
    cases.extend(kyc::cases());
    cases.extend(lists::cases());
    cases.extend(users::cases());
    cases.extend(commits::cases());
    cases
}

impl Case {
    /// One that begins with these changes.
    fn new(operation: &'static str, name: impl Into<String>, given: impl Into<Vec<Value>>) -> Self {
        Self { operation, name: name.into(), given: given.into(), steps: Vec::new() }
    }

    /// Then this is called, and ends so.
    fn then(mut self, call: Call, end: End) -> Self {
        self.steps.push(Step { what: What::Call { host: host(), call, meanwhile: Vec::new() }, end });
        self
    }

    /// Then this is committed, or not.
    fn commits(mut self, changes: impl Into<Vec<Value>>, done: bool) -> Self {
        self.steps.push(Step { what: What::Commit { commit: changes.into() }, end: End::Commit(done) });
        self
    }

    /// While the last step's call is at work, somebody else commits this.
    fn meanwhile(self, changes: impl Into<Vec<Value>>) -> Self {
        self.last(|_, meanwhile| *meanwhile = changes.into())
    }

    /// The screeners say so about what the last step wants to write.
    fn screened(self, verdict: Value) -> Self {
        self.last(|host, _| host.screening = verdict)
    }

    /// The meeting provider of the last step is, or is not, ready.
    fn readiness(self, readiness: Value) -> Self {
        self.last(|host, _| host.readiness = readiness)
    }

    /// What the meeting provider of the last step makes.
    fn session(self, session: Value) -> Self {
        self.last(|host, _| host.session = session)
    }

    fn last(mut self, change: impl FnOnce(&mut Host, &mut Vec<Value>)) -> Self {
        if let Some(Step { what: What::Call { host, meanwhile, .. }, .. }) = self.steps.last_mut() {
            change(host, meanwhile);
        }
        self
    }
}

/// A host in which everything goes well. What follows from its seed is filled in when the vectors are made.
fn host() -> Host {
    Host {
        now: NOW,
        random: Vec::new(),
        password_hash: String::new(),
        screening: json!({"tag": "accept"}),
        readiness: json!({"tag": "ok"}),
        session: json!({"tag": "ok", "val": {"session-id": "s-1", "staff-token": "for-staff", "customer-token": "for-the-customer"}}),
    }
}

fn call(interface: &str, function: &str, arguments: impl Into<Vec<Value>>) -> Call {
    Call { interface: interface.to_owned(), function: function.to_owned(), arguments: arguments.into() }
}

fn rejected() -> Value {
    json!({"tag": "reject", "val": "It is on a list."})
}

fn noted() -> Value {
    json!({"tag": "accept-with-note", "val": "kit: looked at twice"})
}

/// That value with another in one of its fields.
fn with(mut value: Value, field: &str, other: impl Into<Value>) -> Value {
    value[field] = other.into();
    value
}

// What cases are made of: dull on purpose, so that a case says what matters.

fn caller(name: &str) -> Value {
    json!({"user-id": format!("u-{name}"), "username": name, "super-admin": false, "profile": "seed"})
}

/// 2017-09-19T00:00:00Z, the date of the seed page's examples, so many days later.
fn date(days_later: i64) -> Value {
    json!({"milliseconds": (1_505_779_200 + days_later * 86_400) * 1000})
}

fn change(tag: &str, val: Value) -> Value {
    json!({"tag": tag, "val": val})
}

fn bank(id: &str) -> Value {
    let draft = json!({
        "id": id, "full-name": id, "short-name": id, "logo-url": "", "website-url": "", "swift-bic": "",
        "national-identifier": "", "bank-routing": {"scheme": "OBP", "address": id}
    });
    change("create-bank", draft)
}

fn user(name: &str) -> Value {
    let user = json!({
        "user-id": format!("u-{name}"), "email": format!("{name}@example.com"), "provider-id": name, "provider": "OBP",
        "username": name
    });
    change("create-user", json!({"user": user, "first-name": name, "last-name": "Test", "password-hash": "$none$"}))
}

fn customer(bank_id: &str, customer_id: &str) -> Value {
    let details = json!({
        "legal-name": "A Customer", "mobile-phone-number": "", "email": "", "face-image": {"url": "", "date": date(0)},
        "date-of-birth": date(0), "relationship-status": "", "dependants": 0, "dob-of-dependants": [],
        "credit-rating": {"rating": "", "source": ""}, "credit-limit": {"currency": "EUR", "amount": "0"},
        "highest-education-attained": "", "employment-status": "", "kyc-status": false, "last-ok-date": date(0), "title": "",
        "branch-id": "", "name-suffix": ""
    });
    change(
        "create-customer",
        json!({"bank-id": bank_id, "customer-id": customer_id, "customer-number": customer_id, "details": details}),
    )
}

fn meeting(bank_id: &str, meeting_id: &str, customer_name: &str) -> Value {
    let meeting = json!({
        "meeting-id": meeting_id, "provider-id": PROVIDER, "purpose-id": "onboarding", "bank-id": bank_id,
        "present": {"staff-user-id": "", "customer-user-id": format!("u-{customer_name}")},
        "keys": {"session-id": meeting_id, "staff-token": "for-staff", "customer-token": "for-the-customer"}, "when": date(0)
    });
    change("create-meeting", meeting)
}
