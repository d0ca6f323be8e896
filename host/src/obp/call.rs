//! One request on its way through: what the handlers read from it, and how they ask the component.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Lower};

use super::faults::Fault;
use super::json;
use super::routes::Route;
use crate::app::App;
use crate::component::bindings::Change;
use crate::component::bindings::caller::Caller;
use crate::component::bindings::problem::Problem;
use crate::component::{Facts, Held, RequestScope, State};
use crate::storage::{self, CommitError, Snapshot};

/// How often a call is made on new facts, after it lost a race, before the client is asked to come again.
const TRIES_MAX: usize = 3;

/// What a handler answers: the body, or none.
pub(super) type Answer = Result<Option<Vec<u8>>, Fault>;

/// A request whose route, caller and body are known.
pub(super) struct Call {
    pub(super) app: Arc<App>,
    pub(super) route: &'static Route,
    /// The path's parameters, decoded, in the order of the path.
    pub(super) params: Vec<String>,
    /// As it came, without the question mark.
    pub(super) query: Option<String>,
    pub(super) headers: hyper::HeaderMap,
    pub(super) body: Bytes,
    /// Who calls; `None` only on routes that need no login.
    pub(super) caller: Option<Caller>,
    /// What the login was read from, kept for the first invocation: a request reads from one snapshot.
    pub(super) snapshot: Mutex<Option<Box<dyn Snapshot>>>,
    pub(super) scope: Arc<RequestScope>,
    /// How often it has lost a race.
    pub(super) tries: AtomicUsize,
}

impl Call {
    /// The path's parameter at that position.
    pub(super) fn param(&self, index: usize) -> &str {
        self.params.get(index).map_or("", String::as_str)
    }

    /// Who calls.
    pub(super) fn caller(&self) -> Result<&Caller, Fault> {
        self.caller.as_ref().ok_or(Fault::NotLoggedIn(""))
    }

    /// The body as the operation's draft.
    pub(super) fn body<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        json::read(&self.body).map_err(Fault::JsonIncorrect)
    }

    /// A parameter of the query, if it is there and not empty.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        let mut values = pairs.filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
        let (_, value) = values.next()?;
        let value = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
        (!value.is_empty()).then(|| value.into_owned())
    }

    /// A number of the query, at least `min`.
    pub(super) fn query_number(&self, name: &'static str, default: u32, min: u32) -> Result<u32, Fault> {
        let Some(text) = self.query(name) else { return Ok(default) };
        text.parse().ok().filter(|number| *number >= min).ok_or(Fault::QueryIncorrect(name))
    }

    /// What one call reads its facts from: the first gets the snapshot that the login was read from.
    pub(super) async fn facts(&self) -> Result<Box<dyn Snapshot>, Fault> {
        let kept = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept {
            Some(snapshot) => Ok(snapshot),
            None => Ok(self.app.store.read().await?),
        }
    }

    /// Calls an export on one snapshot: its answer, and what is behind the handles in it. Used by [`called!`].
    pub(super) async fn invoke<'w, P, R, G, F>(
        &self,
        name: &str,
        arguments: P,
        types: impl FnOnce(&'w G, &'w mut Store<State>) -> F,
    ) -> Result<(R, Held), Fault>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        Result<R, Problem>: ComponentType + Lift + Send + Sync + 'static,
        G: 'w,
        F: Future<Output = wasmtime::Result<Result<R, Problem>>>,
    {
        let snapshot = self.facts().await?;
        let facts = Facts { snapshot, services: Arc::clone(&self.app.services), scope: Arc::clone(&self.scope) };
        let (reply, held) = self.app.runtime.call(facts, name, arguments, types).await?;
        Ok((reply.map_err(Fault::Refused)?, held))
    }

    /// Commits what a call wants; `false` if it lost a race and is to be made again. Used by [`change!`].
    pub(super) async fn commit(&self, changes: Vec<Change>) -> Result<bool, Fault> {
        let statements = changes.into_iter().flat_map(storage::statements).collect();
        match self.app.store.commit(statements).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) if self.tries.fetch_add(1, Ordering::Relaxed) + 1 < TRIES_MAX => Ok(false),
            Err(error) => Err(Fault::from(error).of_write(self.route.unstored)),
        }
    }
}

/// Calls an export: `called!(call, interface.method(arguments))` is its answer and what is behind the handles in it.
macro_rules! called {
    ($call:ident, $interface:ident.$method:ident($($argument:expr),*)) => {
        $call
            .invoke(
                concat!(stringify!($interface), ".", stringify!($method)),
                ($($argument,)*),
                |guest: &$crate::component::bindings::exports::obp::onboarding::$interface::Guest, store| {
                    guest.$method(store, $($argument),*)
                },
            )
            .await?
    };
}
pub(super) use called;

/// Makes a call that changes nothing: `ask!(call, interface.method(arguments))`.
macro_rules! ask {
    ($call:ident, $interface:ident.$method:ident($($argument:expr),*)) => {
        $crate::obp::call::called!($call, $interface.$method($($argument),*)).0
    };
}
pub(super) use ask;

/// What a call that changes something returns: changes, and mostly a reply beside them. Used by [`change!`].
pub(super) trait Outcome {
    type Reply;

    fn split(self) -> (Self::Reply, Vec<Change>);
}

impl<T> Outcome for (T, Vec<Change>) {
    type Reply = T;

    fn split(self) -> (T, Vec<Change>) {
        self
    }
}

impl Outcome for Vec<Change> {
    type Reply = ();

    fn split(self) -> ((), Self) {
        ((), self)
    }
}

/// Makes a call and commits the changes it returns; makes it again, on new facts, if it lost a race.
macro_rules! change {
    ($call:ident, $interface:ident.$method:ident($($argument:expr),*)) => {
        loop {
            let outcome = $crate::obp::call::ask!($call, $interface.$method($($argument),*));
            let (reply, changes) = $crate::obp::call::Outcome::split(outcome);
            if $call.commit(changes).await? {
                break reply;
            }
        }
    };
}
pub(super) use change;

/// An answer with a body.
pub(super) fn reply<T: Serialize + ?Sized>(answer: &T) -> Answer {
    json::write(answer).map(Some).map_err(|error| Fault::Failed(format!("an answer has no JSON form: {error}")))
}
