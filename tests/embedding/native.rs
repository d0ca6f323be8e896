//! The product's own host for the vectors: runtime, SQLite store, commits with preconditions, password hashing. A vector prescribes
//! the answers of the operator and the operating system: clock and entropy, a meeting provider, a screener.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use obp_host::ambient::Ambient;
use obp_host::app::{compile, extensions, open_store};
use obp_host::component::bindings::accounts_types::AccountDraft;
use obp_host::component::bindings::caller::Caller;
use obp_host::component::bindings::kyc_types::{KycCheckDraft, KycDocumentDraft, KycMediaDraft, KycStatusDraft};
use obp_host::component::bindings::meetings_types::MeetingDraft;
use obp_host::component::bindings::problem::Problem;
use obp_host::component::bindings::users_types::UserDraft;
use obp_host::component::bindings::{self, Change, RecordList, calls};
use obp_host::component::{CallInputs, Held, RequestScope, Runtime, Services};
use obp_host::config::Config;
use obp_host::credentials::Passwords;
use obp_host::extensions::Set;
use obp_host::extensions::compiler::Isolation;
use obp_host::extensions::outbound::OutboundClients;
use obp_host::providers::{
    Access, MeetingProvider, Participant, ProviderFuture, Providers, SessionRequest, Unavailable,
};
use obp_host::storage::{CommitError, Store, statement};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Lower, Resource};

use crate::manifest::Manifest;
use crate::names::{change_to_wit, to_bindings, to_wit};
use crate::vector::{Answer, Call, Host, Now, Step, Vector, What};

/// Attempts of a call whose commits fail.
const TRIES_MAX: usize = 3;
/// The seed of every invocation's ids.
const SEED: u64 = 7;
/// More random numbers than any call asks for.
const RANDOMS: usize = 4;
/// The provider id in vectors with a session.
pub(crate) const PROVIDER: &str = "video";
/// The time of all vectors: 2026-01-02T03:04:05Z.
pub(crate) const NOW: Now = Now { seconds: 1_767_323_045, nanoseconds: 0 };

/// The host with the compiled component.
pub(crate) struct Native {
    runtime: Arc<Runtime>,
    /// The screeners by their deeds.
    screeners: BTreeMap<String, Arc<Set>>,
}

/// The result of a call. `changes` are those of the answer, which the caller commits.
struct Outcome {
    answer: Answer,
    changes: Vec<Change>,
}

impl Native {
    /// Compiles the component and makes the screeners that these steps need.
    pub(crate) async fn new<'a>(steps: impl Iterator<Item = &'a What>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let runtime = compile(&config(folder.path())?)?;
        let mut screeners = BTreeMap::new();
        for step in steps {
            let What::Call { host, .. } = step else { continue };
            let deed = deed(&host.screening)?;
            if !screeners.contains_key(&deed) {
                screeners.insert(deed.clone(), screener(&deed).await?);
            }
        }
        Ok(Self { runtime, screeners })
    }

    /// Runs the steps and returns this host's answers.
    pub(crate) async fn play<'a>(&self, given: &[Value], steps: impl Iterator<Item = &'a What>) -> Result<Vec<Answer>> {
        let (_folder, store) = store(given).await?;
        let mut answers = Vec::new();
        for step in steps {
            answers.push(match step {
                What::Call { host, call, meanwhile } => self.call(&store, host, call, meanwhile).await?,
                What::Commit { commit } => Answer::Committed { committed: done(&store, changes(commit)?).await? },
            });
        }
        Ok(answers)
    }

    async fn call(&self, store: &Arc<dyn Store>, host: &Host, call: &Call, meanwhile: &[Value]) -> Result<Answer> {
        let mut meanwhile = changes(meanwhile)?;
        let mut tries = 1;
        loop {
            let Outcome { answer, changes } = self.invocation(store, host).await?.make(call).await?;
            commit(store, std::mem::take(&mut meanwhile)).await.context("what happens meanwhile")?;
            if done(store, changes).await? || tries == TRIES_MAX {
                return Ok(answer);
            }
            tries += 1;
        }
    }

    async fn invocation(&self, store: &Arc<dyn Store>, host: &Host) -> Result<Invocation<'_>> {
        let scripted: Box<dyn MeetingProvider> = Box::new(Scripted(host.clone()));
        let services = Services {
            ambient: Arc::new(Ambient::fixed(host.now.seconds * 1000, SEED)),
            passwords: Passwords::new(1, 1),
            providers: Providers::new(true, BTreeMap::from([(PROVIDER.to_owned(), scripted)])),
        };
        let screeners = self.screeners.get(&deed(&host.screening)?).context("no such screener was made")?;
        let scope = RequestScope::new("vector".to_owned(), Arc::clone(screeners));
        let snapshot = store.read().await?;
        let inputs = CallInputs { snapshot, services: Arc::new(services), scope: Arc::new(scope) };
        Ok(Invocation { runtime: &self.runtime, inputs })
    }

    /// Repeats the call of the vector's first step, each in a new instance, for at least this time. Returns calls and seconds.
    pub(crate) async fn measure(&self, vector: &Vector, at_least: Duration) -> Result<(u64, f64)> {
        let Some(Step { what: What::Call { host, call, .. }, .. }) = vector.steps.first() else {
            bail!("the first step must be a call")
        };
        let (_folder, store) = store(&vector.given).await?;
        let begun = Instant::now();
        let mut calls = 0;
        while begun.elapsed() < at_least {
            self.invocation(&store, host).await?.make(call).await?;
            calls += 1;
        }
        Ok((calls, begun.elapsed().as_secs_f64()))
    }
}

/// The random numbers of every invocation, in order, from the generator that the host seeds.
pub(crate) fn randoms() -> Result<Vec<String>> {
    let mut random = StdRng::from_seed(Ambient::fixed(0, SEED).random()?);
    Ok((0..RANDOMS).map(|_| random.random::<u64>().to_string()).collect())
}

/// An invocation that is not started yet.
struct Invocation<'a> {
    runtime: &'a Runtime,
    inputs: CallInputs,
}

impl Invocation<'_> {
    async fn call<A, R>(self, call: bindings::Call<A, R>) -> Result<Result<(R, Held), Problem>>
    where
        A: ComponentNamedList + Lower + Send + Sync,
        R: ComponentType + Lift + Send + Sync + 'static,
    {
        let (reply, held) = self.runtime.call(self.inputs, call).await?;
        Ok(reply.map(|reply| (reply, held)))
    }

    /// Calls an export that returns a handle, and reads the records of the list.
    async fn list<A, T>(self, call: bindings::Call<A, Resource<RecordList<T>>>) -> Result<Outcome>
    where
        A: ComponentNamedList + Lower + Send + Sync,
        T: Serialize + Send + 'static,
    {
        match self.call(call).await? {
            Ok((list, mut held)) => replied(&held.take(list)?),
            Err(problem) => refused(&problem),
        }
    }

    /// Makes the call of a list of a customer's records.
    async fn records(self, list: &str, given: &Value) -> Result<Outcome> {
        let (caller, customer): (Caller, String) = read(given)?;
        match list {
            "checks" => self.list(calls::kyc::checks(&caller, &customer)).await,
            "documents" => self.list(calls::kyc::documents(&caller, &customer)).await,
            "medias" => self.list(calls::kyc::medias(&caller, &customer)).await,
            "statuses" => self.list(calls::kyc::statuses(&caller, &customer)).await,
            _ => bail!("kyc.{list} is not one of the thirteen operations"),
        }
    }

    async fn make(self, call: &Call) -> Result<Outcome> {
        let given = Value::Array(call.arguments.clone());
        /// Reads the arguments, makes the call, and returns the outcome.
        macro_rules! call {
            ($outcome:ident <- $interface:ident::$function:ident($($argument:ident: $type:ty),*)) => {{
                let ($($argument),*): ($($type),*) = read(&given)?;
                $outcome(self.call(calls::$interface::$function($(&$argument),*)).await?)
            }};
        }
        type Text = String;
        match (call.interface.as_str(), call.function.as_str()) {
            ("accounts", "create") => {
                call!(written <- accounts::create(who: Caller, bank: Text, account: Text, draft: AccountDraft))
            }
            ("meetings", "create") => {
                call!(written <- meetings::create(who: Caller, bank: Text, customer: Text, draft: MeetingDraft))
            }
            ("meetings", "get") => call!(read_only <- meetings::get(who: Caller, bank: Text, meeting: Text)),
            ("meetings", "at-bank") => call!(read_only <- meetings::at_bank(who: Caller, bank: Text)),
            ("kyc", "add-check") => {
                call!(written <- kyc::add_check(who: Caller, bank: Text, customer: Text, id: Text, draft: KycCheckDraft))
            }
            ("kyc", "add-document") => {
                call!(written <- kyc::add_document(who: Caller, bank: Text, customer: Text, id: Text, draft: KycDocumentDraft))
            }
            ("kyc", "add-media") => {
                call!(written <- kyc::add_media(who: Caller, bank: Text, customer: Text, id: Text, draft: KycMediaDraft))
            }
            ("kyc", "add-status") => {
                call!(written <- kyc::add_status(who: Caller, bank: Text, customer: Text, draft: KycStatusDraft))
            }
            ("kyc", list) => self.records(list, &given).await,
            ("users", "create") => call!(written <- users::create(provider: Text, draft: UserDraft)),
            (interface, function) => bail!("{interface}.{function} is not one of the thirteen operations"),
        }
    }
}

fn read<T: DeserializeOwned>(given: &Value) -> Result<T> {
    serde_json::from_value(to_bindings(given)).context("the arguments are not those of the function")
}

fn written<T: Serialize>(answer: Result<((T, Vec<Change>), Held), Problem>) -> Result<Outcome> {
    match answer {
        Ok(((reply, changes), _)) => {
            let told = changes.iter().map(|change| Ok(change_to_wit(&serde_json::to_value(change)?)));
            let reply = to_wit(&serde_json::to_value(reply)?);
            Ok(Outcome { answer: Answer::Reply { reply, changes: told.collect::<Result<_>>()? }, changes })
        }
        Err(problem) => refused(&problem),
    }
}

fn read_only<T: Serialize>(answer: Result<(T, Held), Problem>) -> Result<Outcome> {
    match answer {
        Ok((reply, _)) => replied(&reply),
        Err(problem) => refused(&problem),
    }
}

fn replied(reply: &impl Serialize) -> Result<Outcome> {
    let reply = to_wit(&serde_json::to_value(reply)?);
    Ok(Outcome { answer: Answer::Reply { reply, changes: Vec::new() }, changes: Vec::new() })
}

fn refused(problem: &Problem) -> Result<Outcome> {
    let problem = serde_json::to_value(problem)?;
    Ok(Outcome { answer: Answer::Problem { problem }, changes: Vec::new() })
}

/// Makes a new store with these changes.
async fn store(given: &[Value]) -> Result<(TempDir, Arc<dyn Store>)> {
    let folder = tempfile::tempdir()?;
    let store = open_store(&config(folder.path())?)?;
    commit(&store, changes(given)?).await.context("what is given")?;
    Ok((folder, store))
}

fn changes(values: &[Value]) -> Result<Vec<Change>> {
    values.iter().map(|value| serde_json::from_value(to_bindings(value)).context(value.to_string())).collect()
}

async fn commit(store: &Arc<dyn Store>, changes: Vec<Change>) -> Result<(), CommitError> {
    if changes.is_empty() {
        return Ok(());
    }
    store.commit(changes.into_iter().map(statement).collect()).await
}

/// Commits the changes. Returns `false` if a precondition does not hold.
async fn done(store: &Arc<dyn Store>, changes: Vec<Change>) -> Result<bool> {
    match commit(store, changes).await {
        Ok(()) => Ok(true),
        Err(CommitError::Conflict) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn config(folder: &Path) -> Result<Config> {
    let mut config = Config::load(None, std::iter::empty())?;
    config.data = folder.to_owned();
    config.compiled_cache = false;
    config.limits.requests_in_flight_max = 4;
    Ok(config)
}

/// A meeting provider that answers as the vector prescribes.
struct Scripted(Host);

impl MeetingProvider for Scripted {
    fn readiness(&self) -> Result<(), Unavailable> {
        scripted::<Option<()>>(&self.0.readiness).map(drop)
    }

    fn create_session<'a>(&'a self, _: &'a SessionRequest, _: &'a Ambient) -> ProviderFuture<'a, String> {
        Box::pin(std::future::ready(scripted::<String>(&self.0.session).map_err(Into::into)))
    }

    fn grant_access<'a>(&'a self, _: &'a Participant, _: &'a Ambient) -> ProviderFuture<'a, Access> {
        Box::pin(std::future::ready(scripted::<Access>(&self.0.access).map_err(Into::into)))
    }
}

/// Converts a result of the vector to one of the bindings.
fn scripted<T: DeserializeOwned>(result: &Value) -> Result<T, Unavailable> {
    let of = |value: &Value| serde_json::from_value(to_bindings(value)).ok();
    match (result["tag"].as_str(), &result["val"]) {
        (Some("ok"), value) => of(value).ok_or(Unavailable::NotSupported),
        (_, reason) => {
            Err(serde_json::from_value(to_bindings(&json!({ "tag": reason }))).unwrap_or(Unavailable::NotSupported))
        }
    }
}

/// The screener's deed for this verdict, or an empty text without a screener. The screener prefixes its notes with its name.
fn deed(verdict: &Value) -> Result<String> {
    let text = verdict["val"].as_str().unwrap_or_default();
    match verdict["tag"].as_str().unwrap_or_default() {
        "accept" => Ok(String::new()),
        "accept-with-note" => {
            Ok(format!("note {}", text.strip_prefix("kit: ").context("the kit's notes begin with its name")?))
        }
        "reject" => Ok(format!("reject {text}")),
        tag => bail!("{tag} is not a verdict"),
    }
}

/// Loads the test extension as a screener with this deed.
async fn screener(deed: &str) -> Result<Arc<Set>> {
    if deed.is_empty() {
        return Ok(Arc::default());
    }
    let component = include_bytes!(concat!(env!("OUT_DIR"), "/hostile.wasm"));
    let folder = tempfile::tempdir()?;
    let manifest = Manifest::screener("kit").host("http://api.example").setting("deed", deed);
    manifest.deploy(folder.path(), component)?;
    let mut config = config(folder.path())?;
    config.extensions.folder = Some(folder.path().to_owned());
    let extensions = extensions(&config, Isolation::Thread, OutboundClients::default())?;
    extensions.start().await?;
    Ok(extensions.current())
}
