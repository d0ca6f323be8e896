//! A case: one recorded call of an extension, its surroundings and the expected answer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use obp_host::component::bindings::meeting_provider::{Access, Participant, SessionRequest, Unavailable};
use obp_host::component::bindings::screening::{Subject, Verdict};
use obp_host::component::samples;
use obp_host::component::timestamp::Timestamp;
use obp_host::extensions::call_context::CallContext;
use obp_host::extensions::extension::Extension;
use obp_host::extensions::failure::Failure;
use obp_host::extensions::manifest::{Manifest, World};
use obp_host::extensions::outbound::Exchange;
use obp_host::extensions::record_kind::RecordKind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A case, as its file contains it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The world, for readers. It must be the world of the manifest.
    #[serde(default)]
    pub(super) world: Option<String>,
    /// The time of the request.
    pub(super) now: String,
    /// The seed of the random bytes.
    #[serde(default)]
    pub(super) random_seed: u64,
    /// Settings that replace those of the manifest.
    #[serde(default)]
    pub(super) settings: BTreeMap<String, String>,
    /// Secrets that replace those of the manifest.
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, String>,
    /// The call.
    call: Value,
    /// The expected answer.
    expect: Value,
    /// The outbound calls with their recorded replies, in order.
    #[serde(default)]
    pub(super) http: Vec<Exchange>,
}

/// A call.
enum Call {
    Screen(Box<Subject>),
    Readiness(String),
    CreateSession(String, SessionRequest),
    GrantAccess(String, Vec<Participant>),
}

impl Case {
    /// Reads a case from a file.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        serde_json::from_slice(&text).with_context(|| format!("{} is not a case", path.display()))
    }

    /// The time of the request, in milliseconds since 1970.
    pub(super) fn now_ms(&self) -> anyhow::Result<i64> {
        let now = Timestamp::parse(&self.now).context("`now` must be a point in time, such as 2026-11-22T10:00:00Z")?;
        Ok(now.milliseconds)
    }

    /// Makes the call. The answer has the form of `expect`.
    pub(super) async fn answer(&self, extension: &Extension, context: &CallContext<'_>) -> anyhow::Result<Value> {
        let answer = match self.call()? {
            Call::Screen(subject) => extension.screen(&subject, context).await.map(verdict),
            Call::Readiness(bank_id) => extension.readiness(&bank_id, context).await.map(readiness),
            Call::CreateSession(id, request) => extension.create_session(&id, &request, context).await.map(session),
            Call::GrantAccess(id, participants) => {
                extension.grant_access(&id, &participants, context).await.map(accesses)
            }
        };
        Ok(answer.unwrap_or_else(|Failure { cause, .. }| json!({ "fails": cause.to_string() })))
    }

    /// Whether the answer is the expected one. A part of a failure's text is enough, and an empty text stands for any session.
    pub(super) fn expects(&self, answer: &Value) -> bool {
        let fails = |of: &Value| of.get("fails").and_then(Value::as_str).map(str::to_owned);
        if let (Some(part), Some(text)) = (fails(&self.expect), fails(answer)) {
            return text.contains(&part);
        }
        let any_session = self.expect.get("session").and_then(Value::as_str).is_some_and(str::is_empty);
        (any_session && answer.get("session").is_some()) || self.expect == *answer
    }

    /// The expected answer.
    pub(super) fn expected(&self) -> &Value {
        &self.expect
    }

    fn call(&self) -> anyhow::Result<Call> {
        let (kind, arguments) =
            only(&self.call).context("`call` must have one key: subject, readiness, create_session or grant_access")?;
        Ok(match kind {
            "subject" => Call::Screen(Box::new(subject(arguments)?)),
            "readiness" => Call::Readiness(part(arguments, "bank_id")?),
            "create_session" => Call::CreateSession(part(arguments, "provider_id")?, part(arguments, "request")?),
            "grant_access" => Call::GrantAccess(part(arguments, "provider_id")?, participants(arguments)?),
            other => bail!("`call` has {other:?}; it must be subject, readiness, create_session or grant_access"),
        })
    }
}

/// The kinds, as a list for readers.
pub(super) fn listed(kinds: &BTreeSet<RecordKind>) -> String {
    kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
}

/// The key and value of an object with exactly one entry.
fn only(object: &Value) -> Option<(&str, &Value)> {
    let mut entries = object.as_object()?.iter();
    let (key, value) = entries.next()?;
    entries.next().is_none().then_some((key.as_str(), value))
}

fn part<T: DeserializeOwned>(object: &Value, key: &str) -> anyhow::Result<T> {
    let value = object.get(key).with_context(|| format!("`{key}` is missing"))?;
    record(value).with_context(|| format!("`{key}`"))
}

/// The participants, whose party is written as in the WIT.
fn participants(arguments: &Value) -> anyhow::Result<Vec<Participant>> {
    let mut list =
        arguments.get("participants").and_then(Value::as_array).context("`participants` must be a list")?.clone();
    for party in list.iter_mut().filter_map(|participant| participant.get_mut("party")) {
        *party = match party.as_str() {
            Some("staff") => "Staff".into(),
            Some("customer") => "Customer".into(),
            _ => bail!("`party` must be staff or customer"),
        };
    }
    record(&list.into()).context("`participants`")
}

fn subject(object: &Value) -> anyhow::Result<Subject> {
    let (case, value) = only(object).context("`subject` must have one key, the case of the variant")?;
    let read = match case {
        "user" => record(value).map(Subject::User),
        "account" => record(value).map(Subject::Account),
        "kyc-check" => like(samples::kyc_check("", "", "", samples::kyc_check_draft()), value).map(Subject::KycCheck),
        "kyc-document" => {
            like(samples::kyc_document("", "", "", samples::kyc_document_draft()), value).map(Subject::KycDocument)
        }
        "kyc-media" => like(samples::kyc_media("", "", "", samples::kyc_media_draft()), value).map(Subject::KycMedia),
        "kyc-status" => record(value).map(Subject::KycStatus),
        other => bail!(
            "{other:?} is not a case of `subject`; the cases are user, account, kyc-check, kyc-document, kyc-media and kyc-status"
        ),
    };
    read.with_context(|| format!("`subject.{case}`"))
}

/// Reads a record of the WIT package from its JSON.
fn record<T: DeserializeOwned>(value: &Value) -> anyhow::Result<T> {
    Ok(serde_json::from_value(fields(value))?)
}

/// Reads a record from its JSON. Fields that the JSON leaves out are those of the sample.
fn like<T: DeserializeOwned + Serialize>(sample: T, value: &Value) -> anyhow::Result<T> {
    let mut whole = serde_json::to_value(sample)?;
    let (Value::Object(whole_fields), Value::Object(given)) = (&mut whole, fields(value)) else {
        bail!("it must be an object");
    };
    for (name, value) in given {
        ensure!(whole_fields.insert(name.clone(), value).is_some(), "it has no field {name:?}");
    }
    Ok(serde_json::from_value(whole)?)
}

/// The JSON with the names of Rust's fields. `type` becomes `type_`, because `type` is reserved in Rust.
fn fields(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let key = |key: &String| if key == "type" { "type_".to_owned() } else { key.clone() };
            entries.iter().map(|(name, value)| (key(name), fields(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn verdict(verdict: Verdict) -> Value {
    match verdict {
        Verdict::Accept => json!({ "accept": true }),
        Verdict::AcceptWithNote(note) => json!({ "accept_with_note": note }),
        Verdict::Reject(reason) => json!({ "reject": reason }),
    }
}

fn readiness(answer: Result<(), Unavailable>) -> Value {
    answer.map_or_else(unavailable, |()| json!({ "ok": true }))
}

fn session(answer: Result<String, Unavailable>) -> Value {
    answer.map_or_else(unavailable, |session_id| json!({ "session": session_id }))
}

fn accesses(answer: Result<Vec<Access>, Unavailable>) -> Value {
    answer.map_or_else(unavailable, |accesses| json!({ "accesses": accesses }))
}

fn unavailable(reason: Unavailable) -> Value {
    let name = match reason {
        Unavailable::NotSupported => "not-supported",
        Unavailable::KeyMissing => "key-missing",
        Unavailable::SecretMissing => "secret-missing",
    };
    json!({ "unavailable": name })
}

impl Case {
    /// Checks the case before the extension is compiled.
    pub(super) fn check(&self, manifest: &Manifest) -> anyhow::Result<()> {
        let world = manifest.world().name();
        if let Some(own) = &self.world {
            ensure!(own == world, "the case is for the world {own}, the extension's is {world}");
        }
        self.now_ms()?;
        let call = self.call()?;
        let called = match call {
            Call::Screen(_) => World::Screening,
            Call::Readiness(_) | Call::CreateSession(..) | Call::GrantAccess(..) => World::MeetingProvider,
        };
        ensure!(called.name() == world, "`call` is for the world {called}, the extension's is {world}");
        if let Call::Screen(subject) = call {
            let kind = RecordKind::of(&subject);
            ensure!(
                manifest.records().contains(&kind),
                "the case has a record of the kind {kind}, which the server does not send to {}: its manifest has only {}",
                manifest.name,
                listed(&manifest.records()),
            );
        }
        Ok(())
    }
}
