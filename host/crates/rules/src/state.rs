//! The data of one call: its inputs, the frozen clock and randomness, and the limits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ambient::Ambient;
use bindings::RecordList;
use bindings::meeting_provider::{Access, Participant, SessionRequest, Unavailable};
use bindings::screening::{Subject, Verdict};
use extensions::call_context::CallContext;
use extensions::failure::Failure;
use providers::{ProviderError, Providers};
use sandbox::{CallBudget, CallData, FrozenEnvironment, Limiter};
use storage::{Snapshot, StoreError};
use wasmtime::component::{Resource, ResourceTable};

use crate::credentials::Passwords;
use crate::limits::CallLimits;

/// Services that answer imports, beside the snapshot. All requests share them.
pub struct Services {
    /// The clock, and the seed of a call's random bytes.
    pub ambient: Arc<Ambient>,
    /// Password hashing.
    pub passwords: Passwords,
    /// Meeting providers.
    pub providers: Providers,
}

/// State of one request, which may need several calls.
#[derive(Default)]
pub struct RequestScope {
    /// The request's id, for the log.
    pub correlation_id: String,
    /// The extensions that were loaded when the request began.
    pub extensions: Arc<extensions::Set>,
    /// The ids of its sessions at meeting providers, by provider id. A repeated call uses the session of the first.
    sessions: Mutex<BTreeMap<String, String>>,
}

impl RequestScope {
    /// The scope of a request with that id and these extensions.
    #[must_use]
    pub fn new(correlation_id: String, extensions: Arc<extensions::Set>) -> Self {
        Self { correlation_id, extensions, sessions: Mutex::default() }
    }
}

/// The inputs of one call.
pub struct CallInputs {
    /// The call reads its records from this snapshot.
    pub snapshot: Box<dyn Snapshot>,
    /// Services that answer the other imports.
    pub services: Arc<Services>,
    /// The request that the call belongs to.
    pub scope: Arc<RequestScope>,
}

/// The data of one call.
pub struct RulesState {
    /// `None` after a slow import was called: no read transaction stays open while the host waits for a provider.
    snapshot: Option<Box<dyn Snapshot>>,
    pub(super) services: Arc<Services>,
    scope: Arc<RequestScope>,
    pub(super) environment: FrozenEnvironment,
    budget: Arc<CallBudget>,
    limiter: Limiter,
    pub(super) table: ResourceTable,
}

impl CallData for RulesState {
    fn limiter(&mut self) -> &mut Limiter {
        &mut self.limiter
    }

    fn budget(&self) -> &Arc<CallBudget> {
        &self.budget
    }
}

impl RulesState {
    pub(super) fn new(inputs: CallInputs, budget: Arc<CallBudget>, limits: &CallLimits) -> wasmtime::Result<Self> {
        let CallInputs { snapshot, services, scope } = inputs;
        let seed = services.ambient.random()?;
        let environment = FrozenEnvironment::new(services.ambient.now_ms(), seed, limits.bounds.random_bytes_max);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.bounds.lists_max);
        let limiter = Limiter::new(limits.shape(), limits.guest_memory_bytes_max, limits.bounds.table_elements_max);
        Ok(Self { snapshot: Some(snapshot), services, scope, environment, budget, limiter, table })
    }

    /// The lists that outlive the instance.
    pub(super) fn into_table(self) -> ResourceTable {
        self.table
    }

    /// The snapshot for reading records.
    ///
    /// # Errors
    /// If the guest has called a slow import before.
    pub(super) fn snapshot(&mut self) -> Result<&mut dyn Snapshot, StoreError> {
        match &mut self.snapshot {
            Some(snapshot) => Ok(&mut **snapshot),
            None => Err(StoreError::Failed("the guest reads inputs after it has called a slow import".to_owned())),
        }
    }

    /// Ends the read transaction before a slow import.
    pub(super) fn close_snapshot(&mut self) {
        self.snapshot = None;
    }

    /// Makes a handle for a list. The guest passes it on without reading the list.
    pub(super) fn push_list<T: Send + 'static>(&mut self, list: Vec<T>) -> wasmtime::Result<Resource<RecordList<T>>> {
        Ok(self.table.push(RecordList(list))?)
    }

    /// Removes the list of a handle that the guest drops.
    pub(super) fn drop_list<T: Send + 'static>(&mut self, list: Resource<RecordList<T>>) -> wasmtime::Result<()> {
        self.table.delete(list)?;
        Ok(())
    }

    /// The verdict of the screeners of the subject's bank.
    pub(super) async fn screen(&mut self, subject: &Subject) -> Result<Verdict, Failure> {
        if !self.scope.extensions.screens(subject) {
            return Ok(Verdict::Accept);
        }
        self.close_snapshot();
        let _work = self.budget.host_works();
        self.scope.extensions.screen(subject, &self.context()).await
    }

    /// Whether a provider can hold meetings of that bank.
    pub(super) async fn readiness(&mut self, bank_id: &str) -> Result<Result<(), Unavailable>, Failure> {
        let built_in = self.services.providers.readiness();
        if built_in.is_ok() || !self.services.providers.enabled() || self.scope.extensions.extensions().is_empty() {
            return Ok(built_in);
        }
        self.close_snapshot();
        let _work = self.budget.host_works();
        let of_extensions = self.scope.extensions.readiness(bank_id, &self.context()).await?;
        Ok(match (built_in, of_extensions) {
            (Err(Unavailable::NotSupported), Some(answer)) | (_, Some(answer @ Ok(()))) => answer,
            (built_in, _) => built_in,
        })
    }

    /// A session at that provider. A repeated call of the request gets the same session.
    pub(super) async fn create_session_once(
        &mut self,
        provider_id: String,
        request: SessionRequest,
    ) -> wasmtime::Result<Result<String, Unavailable>> {
        self.close_snapshot();
        if let Some(made) = self.scope.sessions.lock().unwrap_or_else(PoisonError::into_inner).get(&provider_id) {
            tracing::info!(
                provider_id,
                session_id = made.as_str(),
                "a meeting is created again after a conflict, with the same session"
            );
            return Ok(Ok(made.clone()));
        }
        let answer = self.create_session(&provider_id, &request).await?;
        if let Ok(session) = &answer {
            let mut sessions = self.scope.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.insert(provider_id, session.clone());
        }
        Ok(answer)
    }

    async fn create_session(
        &mut self,
        provider_id: &str,
        request: &SessionRequest,
    ) -> wasmtime::Result<Result<String, Unavailable>> {
        let _work = self.budget.host_works();
        let Services { providers, ambient, .. } = &*self.services;
        if providers.enabled()
            && let Some(answer) = self.scope.extensions.create_session(provider_id, request, &self.context()).await?
        {
            return Ok(answer);
        }
        available(providers.create_session(provider_id, request, ambient).await)
    }

    /// The accesses of participants to sessions of that provider.
    pub(super) async fn grant_access(
        &mut self,
        provider_id: &str,
        participants: &[Participant],
    ) -> wasmtime::Result<Result<Vec<Access>, Unavailable>> {
        self.close_snapshot();
        let _work = self.budget.host_works();
        let Services { providers, ambient, .. } = &*self.services;
        if providers.enabled()
            && let Some(answer) = self.scope.extensions.grant_access(provider_id, participants, &self.context()).await?
        {
            return Ok(answer);
        }
        available(providers.grant_access(provider_id, participants, ambient).await)
    }

    fn context(&self) -> CallContext<'_> {
        CallContext {
            correlation_id: &self.scope.correlation_id,
            now_ms: self.environment.now_ms(),
            ambient: &self.services.ambient,
        }
    }
}

/// Separates a provider that is not available, which the rules refuse, from one that fails.
fn available<T>(answer: Result<T, ProviderError>) -> wasmtime::Result<Result<T, Unavailable>> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(ProviderError::Unavailable(reason)) => Ok(Err(reason)),
        Err(error) => Err(error.into()),
    }
}
