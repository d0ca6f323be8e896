//! Typed calls of the component: one request's, with everything that belongs to them. Facts come from one snapshot, the
//! changes that a call wants are committed, and a call that lost its race is made again on new facts.
//!
//! Knows no HTTP: [`crate::obp`] makes its calls through a [`Session`], and so may whoever has another way in.
//!
//! ```
//! # async fn doc(app: std::sync::Arc<obp_host::app::App>) -> Result<(), Box<dyn std::error::Error>> {
//! use obp_host::calls::Session;
//! use obp_host::component::bindings::banks_types::{BankDraft, Routing};
//! use obp_host::component::bindings::caller::{AccessProfile, Caller};
//!
//! let kim = Caller {
//!     user_id: "u-kim".to_owned(),
//!     username: "kim".to_owned(),
//!     super_admin: false,
//!     profile: AccessProfile::Seed,
//! };
//! let session = Session::new(app, "a-correlation-id".to_owned());
//! // A call that reads, and one that writes: both are checked against the WIT when this is compiled.
//! let banks = obp_host::ask!(session, banks.call_all())?;
//! assert!(banks.banks.is_empty());
//! let draft = BankDraft {
//!     id: "gh.29.uk".to_owned(),
//!     full_name: "A bank".to_owned(),
//!     short_name: "bank".to_owned(),
//!     logo_url: String::new(),
//!     website_url: String::new(),
//!     swift_bic: String::new(),
//!     national_identifier: String::new(),
//!     bank_routing: Routing { scheme: "OBP".to_owned(), address: String::new() },
//! };
//! let refused = obp_host::change!(session, banks.call_create(&kim, &draft)).unwrap_err();
//! assert_eq!(refused.to_string(), "OBP-20006: User is missing one or more roles: CanCreateBank");
//! # Ok(())
//! # }
//! # let folder = tempfile::tempdir()?;
//! # let mut config = obp_host::config::Config::load(None, std::iter::empty())?;
//! # config.data = folder.path().to_owned();
//! # let app = obp_host::app::App::builder(obp_host::app::open_store(&config)?).config(config);
//! # tokio::runtime::Runtime::new()?.block_on(doc(app.build()?))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Lower};

use crate::app::App;
use crate::component::bindings::Change;
use crate::component::bindings::problem::Problem;
use crate::component::{CallError, Facts, Held, RequestScope, State};
use crate::storage::{self, CommitError, Snapshot, StoreError};

/// How often a call is made on new facts, after it lost a race, before whoever asked is to come again.
const TRIES_MAX: usize = 3;

/// Why a call was not answered as wished.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse. Nothing was written.
    #[error("{}", .0.message)]
    Refused(Problem),
    /// The component gave no answer. Nothing was written.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The facts could not be read. Nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The changes were not committed, [`CommitError::Conflict`] after so many lost races.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// What one request's calls share: the extensions that served when it began, the session made for it at a meeting provider,
/// how often it lost a race. One request writes once: a second call of [`change!`](crate::change) that writes needs a `Session` of its own, or a
/// second meeting would get the conference of the first.
pub struct Session {
    app: Arc<App>,
    scope: Arc<RequestScope>,
    snapshot: Mutex<Option<Box<dyn Snapshot>>>,
    tries: AtomicUsize,
}

impl Session {
    /// Of the request with that id, which the log names.
    #[must_use]
    pub fn new(app: Arc<App>, correlation_id: String) -> Self {
        let scope = RequestScope::new(correlation_id, app.extensions.current());
        Self { app, scope: Arc::new(scope), snapshot: Mutex::default(), tries: AtomicUsize::default() }
    }

    /// As [`Session::new`]; its first call reads from that snapshot, which something else was read from before.
    pub(crate) fn on(app: Arc<App>, correlation_id: String, snapshot: Option<Box<dyn Snapshot>>) -> Self {
        Self { snapshot: Mutex::new(snapshot), ..Self::new(app, correlation_id) }
    }

    /// The application that it is a request of.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What one call reads its facts from.
    pub(crate) async fn facts(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let kept = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept {
            Some(snapshot) => Ok(snapshot),
            None => self.app.store.read().await,
        }
    }

    /// Calls an export on one snapshot: its answer, and what is behind the handles in it. Used by [`called!`](crate::called).
    ///
    /// # Errors
    /// [`Error`], except [`Error::Commit`].
    pub async fn invoke<'w, P, R, G, F>(
        &self,
        name: &str,
        arguments: P,
        types: impl FnOnce(&'w G, &'w mut Store<State>) -> F,
    ) -> Result<(R, Held), Error>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        Result<R, Problem>: ComponentType + Lift + Send + Sync + 'static,
        G: 'w,
        F: Future<Output = wasmtime::Result<Result<R, Problem>>>,
    {
        let snapshot = self.facts().await?;
        let facts = Facts { snapshot, services: Arc::clone(&self.app.services), scope: Arc::clone(&self.scope) };
        let (reply, held) = self.app.runtime.call(facts, name, arguments, types).await?;
        Ok((reply.map_err(Error::Refused)?, held))
    }

    /// Commits what a call wants, durably; `false` if it lost a race and is to be made again. Used by [`change!`](crate::change).
    ///
    /// # Errors
    /// If the store did not do it, or the last try lost its race.
    pub async fn commit(&self, changes: Vec<Change>) -> Result<bool, CommitError> {
        let statements = changes.into_iter().flat_map(storage::statements).collect();
        match self.app.store.commit(statements).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) if self.tries.fetch_add(1, Ordering::Relaxed) + 1 < TRIES_MAX => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What a call that changes something returns: changes, and mostly a reply beside them. Used by [`change!`](crate::change).
pub trait Outcome {
    /// What is answered.
    type Reply;

    /// The reply, and the changes it wants.
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

/// Calls an export: `called!(session, interface.method(arguments))` is a result of its answer and what is behind the handles in
/// it. The method is that of the generated bindings; what it changes is not committed.
#[macro_export]
macro_rules! called {
    ($session:expr, $interface:ident.$method:ident($($argument:expr),*)) => {
        $session
            .invoke(
                concat!(stringify!($interface), ".", stringify!($method)),
                ($($argument,)*),
                |guest: &$crate::component::bindings::exports::obp::onboarding::$interface::Guest, store| {
                    guest.$method(store, $($argument),*)
                },
            )
            .await
    };
}

/// Makes a call that changes nothing: `ask!(session, interface.method(arguments))` is a result of its answer.
#[macro_export]
macro_rules! ask {
    ($session:expr, $interface:ident.$method:ident($($argument:expr),*)) => {
        $crate::called!($session, $interface.$method($($argument),*)).map(|(reply, _)| reply)
    };
}

/// Makes a call and commits the changes it returns; makes it again, on new facts, if it lost a race. A result of its reply.
#[macro_export]
macro_rules! change {
    ($session:expr, $interface:ident.$method:ident($($argument:expr),*)) => {
        loop {
            let outcome = match $crate::ask!($session, $interface.$method($($argument),*)) {
                Ok(outcome) => outcome,
                Err(error) => break Err(error),
            };
            let (reply, changes) = $crate::calls::Outcome::split(outcome);
            match $session.commit(changes).await {
                Ok(true) => break Ok(reply),
                Ok(false) => {}
                Err(error) => break Err($crate::calls::Error::from(error)),
            }
        }
    };
}
