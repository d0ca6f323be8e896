//! The cases from which the vectors are made, one file per noun: given changes, calls, and how each must end. The exact answers are
//! recorded from the component. Review a change of them in the difference to the stored vectors.

mod accounts;
mod commits;
mod kyc;
mod lists;
mod meetings;
mod users;

use serde_json::{Value, json};

use crate::native::{NOW, PROVIDER};
use crate::vector::{Call, Host, What};

/// One of the thirteen operations: its name in the WIT, and all errors of its function.
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) interface: &'static str,
    pub(crate) function: &'static str,
    /// OBP codes as in the WIT, or the message of a problem without a code.
    pub(crate) errors: &'static [&'static str],
}

const PUT: &[&str] = &["OBP-30111", "OBP-10001", "OBP-30001", "OBP-30046", "OBP-10035"];
const LIST: &[&str] = &["OBP-30046"];
const MEETING: &[&str] = &["OBP-30111", "OBP-30001", "OBP-30101", "OBP-30102", "OBP-30103"];

/// The operations in the order of the contract. With the profile `seed`, only createAccount and createMeeting check a role, so only
/// they answer OBP-20006.
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
        errors: &[
            "OBP-30111",
            "OBP-30001",
            "OBP-20006",
            "OBP-20005",
            "OBP-10001",
            "OBP-30101",
            "OBP-30102",
            "OBP-30103",
        ],
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

/// The required end of a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// A reply with this many changes.
    Reply(usize),
    /// A refusal with this code, or with this message if it has no code.
    Refusal(&'static str),
    /// A commit, and whether it succeeds.
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

/// The file of the vectors that only commit.
pub(crate) const COMMITS: &str = "commit";

/// All cases, by operation in the order of the contract. The cases that only commit come last.
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
    /// A case with these given changes.
    fn new(operation: &'static str, name: impl Into<String>, given: impl Into<Vec<Value>>) -> Self {
        Self { operation, name: name.into(), given: given.into(), steps: Vec::new() }
    }

    /// Adds a call that must end like this.
    fn then(mut self, call: Call, end: End) -> Self {
        self.steps.push(Step { what: What::Call { host: host(), call, meanwhile: Vec::new() }, end });
        self
    }

    /// Adds a commit, which must succeed or fail.
    fn commits(mut self, changes: impl Into<Vec<Value>>, done: bool) -> Self {
        self.steps.push(Step { what: What::Commit { commit: changes.into() }, end: End::Commit(done) });
        self
    }

    /// Adds changes that another call commits while the last step's call runs.
    fn meanwhile(self, changes: impl Into<Vec<Value>>) -> Self {
        self.last(|_, meanwhile| *meanwhile = changes.into())
    }

    /// Sets the screeners' verdict on the last step.
    fn screened(self, verdict: Value) -> Self {
        self.last(|host, _| host.screening = verdict)
    }

    /// Sets the readiness of the last step's meeting provider.
    fn readiness(self, readiness: Value) -> Self {
        self.last(|host, _| host.readiness = readiness)
    }

    /// Sets the session of the last step's meeting provider.
    fn session(self, session: Value) -> Self {
        self.last(|host, _| host.session = session)
    }

    /// Sets the access that the last step's meeting provider grants each participant.
    fn access(self, access: Value) -> Self {
        self.last(|host, _| host.access = access)
    }

    fn last(mut self, change: impl FnOnce(&mut Host, &mut Vec<Value>)) -> Self {
        if let Some(Step { what: What::Call { host, meanwhile, .. }, .. }) = self.steps.last_mut() {
            change(host, meanwhile);
        }
        self
    }
}

/// A host whose imports succeed. The values from its seed are filled in when the vectors are made.
fn host() -> Host {
    Host {
        now: NOW,
        random: Vec::new(),
        password_hash: String::new(),
        screening: json!({"tag": "accept"}),
        readiness: json!({"tag": "ok"}),
        session: json!({"tag": "ok", "val": "s-1"}),
        access: json!({"tag": "ok", "val": {"token": "the-token", "url": null}}),
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

/// The value with another value in one field.
fn with(mut value: Value, field: &str, other: impl Into<Value>) -> Value {
    value[field] = other.into();
    value
}

// Building blocks of cases. Their values are ordinary, so that a case states only what matters.

fn caller(name: &str) -> Value {
    json!({"user-id": format!("u-{name}"), "username": name, "super-admin": false, "profile": "seed"})
}

/// 2017-09-19T00:00:00Z, the date of the seed page's examples, plus this many days.
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
        "session-id": meeting_id, "when": date(0)
    });
    change("create-meeting", meeting)
}
