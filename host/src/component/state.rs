//! What a store holds for the length of one call: the snapshot, the fixed clock and random bytes, the limits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::ResourceLimiter;
use wasmtime::component::{Resource, ResourceTable};

use super::fixed::Fixed;
use super::lists::Held;
use super::pace::Pace;
use super::{Facts, Limits};
use crate::ambient::Ambient;
use crate::component::bindings::meeting_provider::{Session, SessionRequest, Unavailable};
use crate::component::bindings::screening::{Subject, Verdict};
use crate::credentials::Passwords;
use crate::extensions;
use crate::extensions::extension::Occasion;
use crate::extensions::failure::Failure;
use crate::providers::{ProviderError, Providers};
use crate::storage::{Snapshot, StoreError};

/// Core instances that make up an instance; a component of ours has three.
pub(super) const CORE_INSTANCES_MAX: u32 = 4;
/// Tables of an instance; a component of ours has two.
pub(super) const TABLES_MAX: u32 = 2;

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
    /// Taken when a slow import is called: no read transaction stays open while a provider is waited for.
    snapshot: Option<Box<dyn Snapshot>>,
    pub(super) services: Arc<Services>,
    scope: Arc<RequestScope>,
    pub(super) fixed: Fixed,
    pub(super) pace: Arc<Pace>,
    pub(super) table: ResourceTable,
    memory_bytes_max: usize,
    memory_bytes: usize,
    table_elements_max: usize,
    table_elements: usize,
}

impl State {
    pub(super) fn new(facts: Facts, pace: Arc<Pace>, limits: Limits) -> wasmtime::Result<Self> {
        let Facts { snapshot, services, scope } = facts;
        let seed = services.ambient.random()?;
        let fixed = Fixed::new(services.ambient.now_ms(), seed, limits.bounds.random_bytes_max);
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.bounds.lists_max);
        Ok(Self {
            snapshot: Some(snapshot),
            services,
            scope,
            fixed,
            pace,
            table,
            memory_bytes_max: limits.guest_memory_bytes_max,
            memory_bytes: 0,
            table_elements_max: limits.bounds.table_elements_max,
            table_elements: 0,
        })
    }

    /// What outlives the instance.
    pub(super) fn into_held(self) -> Held {
        Held(self.table)
    }

    pub(super) fn limiter(&mut self) -> &mut dyn ResourceLimiter {
        self
    }

    /// The facts.
    pub(super) fn facts(&mut self) -> Result<&mut dyn Snapshot, StoreError> {
        match &mut self.snapshot {
            Some(snapshot) => Ok(&mut **snapshot),
            None => Err(StoreError::Failed("the guest reads facts after it has called a slow import".to_owned())),
        }
    }

    /// Ends the read transaction before something slow.
    pub(super) fn no_more_facts(&mut self) {
        self.snapshot = None;
    }

    /// A handle for what the guest is to decide about and not to read.
    pub(super) fn hand_out<T: Send + 'static>(&mut self, what: Option<T>) -> wasmtime::Result<Option<Resource<T>>> {
        Ok(what.map(|what| self.table.push(what)).transpose()?)
    }

    /// What the screeners of the subject's bank say.
    pub(super) async fn screen(&mut self, subject: &Subject) -> Result<Verdict, Failure> {
        if !self.scope.extensions.screens(subject) {
            return Ok(Verdict::Accept);
        }
        self.no_more_facts();
        let _working = self.pace.working();
        self.scope.extensions.screen(subject, &self.occasion()).await
    }

    /// Whether any provider can serve that bank.
    pub(super) async fn readiness(&mut self, bank_id: &str) -> Result<Result<(), Unavailable>, Failure> {
        let built_in = self.services.providers.readiness();
        if built_in.is_ok() || !self.services.providers.enabled() || self.scope.extensions.extensions().is_empty() {
            return Ok(built_in);
        }
        self.no_more_facts();
        let _working = self.pace.working();
        let of_extensions = self.scope.extensions.readiness(bank_id, &self.occasion()).await?;
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
        self.no_more_facts();
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
        let _working = self.pace.working();
        let Services { providers, ambient, .. } = &*self.services;
        if providers.enabled()
            && let Some(answer) = self.scope.extensions.create_session(provider_id, request, &self.occasion()).await?
        {
            return Ok(answer);
        }
        match providers.create_session(provider_id, request, ambient).await {
            Ok(session) => Ok(Ok(session)),
            Err(ProviderError::Unavailable(reason)) => Ok(Err(reason)),
            Err(error) => Err(error.into()),
        }
    }

    fn occasion(&self) -> Occasion<'_> {
        Occasion {
            correlation_id: &self.scope.correlation_id,
            now_ms: self.fixed.now_ms(),
            ambient: &self.services.ambient,
        }
    }
}

/// Bounds the sums over an instance's memories and tables; wasmtime's own limiter bounds each alone.
impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(grow(&mut self.memory_bytes, desired.saturating_sub(current), self.memory_bytes_max))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(grow(&mut self.table_elements, desired.saturating_sub(current), self.table_elements_max))
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES_MAX as usize
    }

    fn tables(&self) -> usize {
        TABLES_MAX as usize
    }

    fn memories(&self) -> usize {
        1
    }
}

fn grow(sum: &mut usize, by: usize, max: usize) -> bool {
    let grown = sum.saturating_add(by);
    let may = grown <= max;
    if may {
        *sum = grown;
    }
    may
}
