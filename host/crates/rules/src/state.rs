//! The data of one call's store: the snapshot, the frozen clock and randomness, the limits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ambient::Ambient;
use bindings::meeting_provider::{Session, SessionRequest, Unavailable};
use bindings::screening::{Subject, Verdict};
use sandbox::{CallBudget, CallData, FrozenEnvironment, Limiter};
use wasmtime::component::{Resource, ResourceTable};

use super::limits::Limits;
use super::runtime::CallInputs;
use crate::credentials::Passwords;
use extensions;
use extensions::call_context::CallContext;
use extensions::failure::Failure;
use providers::{ProviderError, Providers};
use storage::{Snapshot, StoreError};

/// What the imports are answered with, beside the snapshot.
pub struct Services {
    /// The clock, and the seed of a call's random bytes.
    pub ambient: Ambient,
    /// Password hashing.
    pub passwords: Passwords,
    /// Meeting providers.
    pub providers: Providers,
}

/// What belongs to one request, however often the component is called for it.
#[derive(Default)]
pub struct RequestScope {
    /// The request's id, for the log.
    pub correlation_id: String,
    /// The extensions that served when the request began.
    pub extensions: Arc<extensions::Set>,
    /// The sessions that its calls have made at meeting providers, by provider id: a call that lost its race is made again,
    /// and a session is not.
    sessions: Mutex<BTreeMap<String, Session>>,
}

impl RequestScope {
    /// Of the request with that id, which these extensions serve.
    #[must_use]
    pub fn new(correlation_id: String, extensions: Arc<extensions::Set>) -> Self {
        Self { correlation_id, extensions, sessions: Mutex::default() }
    }
}

/// The data of one call's store.
pub struct State {
    /// Dropped when a slow import is called: no read transaction stays open while the host waits for a provider.
    snapshot: Option<Box<dyn Snapshot>>,
    pub(super) services: Arc<Services>,
    scope: Arc<RequestScope>,
    pub(super) environment: FrozenEnvironment,
    budget: Arc<CallBudget>,
    limiter: Limiter,
    pub(super) table: ResourceTable,
}

impl CallData for State {
    fn limiter(&mut self) -> &mut Limiter {
        &mut self.limiter
    }

    fn budget(&self) -> &Arc<CallBudget> {
        &self.budget
    }
}

impl State {
    pub(super) fn new(inputs: CallInputs, budget: Arc<CallBudget>, limits: &Limits) -> wasmtime::Result<Self> {
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

    /// The facts.
    pub(super) fn facts(&mut self) -> Result<&mut dyn Snapshot, StoreError> {
        match &mut self.snapshot {
            Some(snapshot) => Ok(&mut **snapshot),
            None => Err(StoreError::Failed("the guest reads facts after it has called a slow import".to_owned())),
        }
    }

    /// Ends the read transaction before something slow.
    pub(super) fn close_snapshot(&mut self) {
        self.snapshot = None;
    }

    /// A handle for a list that the guest decides about and does not read.
    pub(super) fn push_resource<T: Send + 'static>(
        &mut self,
        list: Option<T>,
    ) -> wasmtime::Result<Option<Resource<T>>> {
        Ok(list.map(|list| self.table.push(list)).transpose()?)
    }

    /// What the screeners of the subject's bank say.
    pub(super) async fn screen(&mut self, subject: &Subject) -> Result<Verdict, Failure> {
        if !self.scope.extensions.screens(subject) {
            return Ok(Verdict::Accept);
        }
        self.close_snapshot();
        let _work = self.budget.host_works();
        self.scope.extensions.screen(subject, &self.context()).await
    }

    /// Whether any provider can serve that bank.
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

    /// A session of that provider: the one the request has already, or a fresh one.
    pub(super) async fn create_session_once(
        &mut self,
        provider_id: String,
        request: SessionRequest,
    ) -> wasmtime::Result<Result<Session, Unavailable>> {
        self.close_snapshot();
        if let Some(made) = self.scope.sessions.lock().unwrap_or_else(PoisonError::into_inner).get(&provider_id) {
            tracing::info!(
                provider_id,
                session_id = made.session_id,
                "a meeting lost its race; its session is used again"
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
    ) -> wasmtime::Result<Result<Session, Unavailable>> {
        let _work = self.budget.host_works();
        let Services { providers, ambient, .. } = &*self.services;
        if providers.enabled()
            && let Some(answer) = self.scope.extensions.create_session(provider_id, request, &self.context()).await?
        {
            return Ok(answer);
        }
        match providers.create_session(provider_id, request, ambient).await {
            Ok(session) => Ok(Ok(session)),
            Err(ProviderError::Unavailable(reason)) => Ok(Err(reason)),
            Err(error) => Err(error.into()),
        }
    }

    fn context(&self) -> CallContext<'_> {
        CallContext {
            correlation_id: &self.scope.correlation_id,
            now_ms: self.environment.now_ms(),
            ambient: &self.services.ambient,
        }
    }
}
