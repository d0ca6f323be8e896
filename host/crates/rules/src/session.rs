//! The calls of one request. A call reads from one snapshot, and the changes that it returns are committed. If another commit
//! came first, the call is made again on a new snapshot.
//!
//! Knows no HTTP. The API and programs that embed the server make their calls through a [`Session`]; `docs/embedding.md` has an
//! example.

use std::sync::{Arc, Mutex, PoisonError};

use bindings::problem::Problem;
use bindings::{Call, Change, RecordList};
use storage::{CommitError, Snapshot, StoreError};
use wasmtime::component::{ComponentNamedList, ComponentType, Lift, Lower, Resource};

use crate::onboarding::Onboarding;
use crate::runtime::{CallError, Held};
use crate::state::{CallInputs, RequestScope};

/// Attempts to commit before the request fails with 503.
const ATTEMPTS_MAX: usize = 3;

/// The reason why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The rules refuse. Nothing was written.
    #[error("{}", .0.message)]
    Refused(Problem),
    /// The component gave no answer. Nothing was written.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The inputs could not be read. Nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The changes were not committed: [`CommitError::Conflict`] after the last attempt.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// State shared by the calls of one request: the extension set that was loaded when it began, and its sessions at meeting
/// providers. A `Session` writes once. A second write needs another `Session`; otherwise a second meeting would get the
/// conference of the first.
pub struct Session {
    onboarding: Arc<Onboarding>,
    scope: Arc<RequestScope>,
    snapshot: Mutex<Option<Box<dyn Snapshot>>>,
}

impl Session {
    /// The session of a request. The log names its id.
    #[must_use]
    pub fn new(onboarding: Arc<Onboarding>, correlation_id: String) -> Self {
        let scope = RequestScope::new(correlation_id, onboarding.extensions.current());
        Self { onboarding, scope: Arc::new(scope), snapshot: Mutex::default() }
    }

    /// A session whose first call uses an open snapshot.
    #[must_use]
    pub fn on(onboarding: Arc<Onboarding>, correlation_id: String, snapshot: Option<Box<dyn Snapshot>>) -> Self {
        Self { snapshot: Mutex::new(snapshot), ..Self::new(onboarding, correlation_id) }
    }

    /// Makes a call that changes nothing.
    ///
    /// # Errors
    /// [`Error`], except [`Error::Commit`].
    pub async fn query<A, R>(&self, call: Call<A, R>) -> Result<R, Error>
    where
        A: ComponentNamedList + Lower + Send + Sync,
        R: ComponentType + Lift + Send + Sync + 'static,
    {
        self.call(call).await.map(|(answer, _)| answer)
    }

    /// Makes a call whose answer is a list behind a handle. Returns the records of the list.
    ///
    /// # Errors
    /// [`Error`], except [`Error::Commit`].
    pub async fn reveal<A, T>(&self, call: Call<A, Resource<RecordList<T>>>) -> Result<Vec<T>, Error>
    where
        A: ComponentNamedList + Lower + Send + Sync,
        T: Send + 'static,
    {
        let (list, mut held) = self.call(call).await?;
        Ok(held.take(list)?)
    }

    /// Makes a call and commits the changes that it returns. Makes the call again, on a new snapshot, if another commit came
    /// first.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn write<A, O>(&self, call: Call<A, O>) -> Result<O::Reply, Error>
    where
        A: Clone + ComponentNamedList + Lower + Send + Sync,
        O: Outcome + ComponentType + Lift + Send + Sync + 'static,
    {
        let mut attempt = 1;
        loop {
            let (reply, changes) = self.query(call.clone()).await?.split();
            match self.commit(changes).await {
                Ok(()) => return Ok(reply),
                Err(CommitError::Conflict) if attempt < ATTEMPTS_MAX => attempt += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Makes a call on one snapshot. Commits nothing.
    ///
    /// # Errors
    /// [`Error`], except [`Error::Commit`].
    pub async fn call<A, R>(&self, call: Call<A, R>) -> Result<(R, Held), Error>
    where
        A: ComponentNamedList + Lower + Send + Sync,
        R: ComponentType + Lift + Send + Sync + 'static,
    {
        let snapshot = self.snapshot().await?;
        let inputs =
            CallInputs { snapshot, services: Arc::clone(&self.onboarding.services), scope: Arc::clone(&self.scope) };
        let (answer, held) = self.onboarding.runtime.call(inputs, call).await?;
        Ok((answer.map_err(Error::Refused)?, held))
    }

    /// The snapshot for the next call.
    ///
    /// # Errors
    /// [`StoreError`] if the store cannot be read.
    pub async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let kept = self.snapshot.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept {
            Some(snapshot) => Ok(snapshot),
            None => self.onboarding.store.read().await,
        }
    }

    /// Commits changes durably.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn commit(&self, changes: Vec<Change>) -> Result<(), CommitError> {
        let statements = changes.into_iter().map(storage::statement).collect();
        self.onboarding.store.commit(statements).await
    }
}

/// The answer of a call that writes: changes, and usually a reply.
pub trait Outcome {
    /// The reply to the caller.
    type Reply;

    /// Separates the reply from the changes.
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
