//! What a store holds for the length of one call: the snapshot, the fixed clock and random bytes, the limits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rand::SeedableRng;
use rand::rngs::StdRng;
use wasmtime::ResourceLimiter;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use super::lists::Held;
use super::pace::Pace;
use super::{Facts, Limits};
use crate::ambient::Ambient;
use crate::component::bindings::meeting_provider::{Session, SessionRequest, Unavailable};
use crate::credentials::Passwords;
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

/// The sessions that a request's invocations have made at meeting providers, by provider id: one that lost its race is
/// made again, and a session is not.
pub type Sessions = Arc<Mutex<BTreeMap<String, Session>>>;

/// The data of one call's store.
pub struct State {
    /// Taken when a slow import is called: no read transaction stays open while a provider is waited for.
    snapshot: Option<Box<dyn Snapshot>>,
    pub(super) services: Arc<Services>,
    sessions: Sessions,
    pub(super) pace: Arc<Pace>,
    wasi: WasiCtx,
    pub(super) table: ResourceTable,
    memory_bytes_max: usize,
    memory_bytes: usize,
    table_elements_max: usize,
    table_elements: usize,
}

impl State {
    pub(super) fn new(facts: Facts, pace: Arc<Pace>, limits: Limits) -> wasmtime::Result<Self> {
        let Facts { snapshot, services, sessions } = facts;
        let seed = services.ambient.random::<32>()?;
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.bounds.lists_max);
        let wasi = WasiCtxBuilder::new()
            .wall_clock(StandingClock(services.ambient.now_ms()))
            .secure_random(StdRng::from_seed(seed))
            .max_random_size(limits.bounds.random_bytes_max)
            .build();
        Ok(Self {
            snapshot: Some(snapshot),
            services,
            sessions,
            pace,
            wasi,
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

    /// A session of that provider: the one the request has already, or a fresh one.
    pub(super) async fn create_session_once(
        &mut self,
        provider_id: String,
        request: SessionRequest,
    ) -> wasmtime::Result<Result<Session, Unavailable>> {
        if let Some(made) = self.sessions.lock().unwrap_or_else(PoisonError::into_inner).get(&provider_id) {
            tracing::info!(
                provider_id,
                session_id = made.session_id,
                "a meeting lost its race; its session is used again"
            );
            return Ok(Ok(made.clone()));
        }
        match self.services.providers.create_session(&provider_id, &request, &self.services.ambient).await {
            Ok(session) => {
                self.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(provider_id, session.clone());
                Ok(Ok(session))
            }
            Err(ProviderError::Unavailable(reason)) => Ok(Err(reason)),
            Err(error) => Err(error.into()),
        }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
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

/// A clock that stands still for the length of the call.
struct StandingClock(i64);

impl HostWallClock for StandingClock {
    fn resolution(&self) -> std::time::Duration {
        std::time::Duration::from_millis(1)
    }

    fn now(&self) -> std::time::Duration {
        std::time::Duration::from_millis(u64::try_from(self.0).unwrap_or(0))
    }
}
