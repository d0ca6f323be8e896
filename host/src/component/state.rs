//! What a store holds for the length of one call: the snapshot, the fixed clock and random bytes, the limits.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rand::SeedableRng;
use rand::rngs::StdRng;
use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use super::Limits;
use crate::ambient::Ambient;
use crate::component::bindings::meeting_provider::{Session, SessionRequest, Unavailable};
use crate::credentials::Passwords;
use crate::providers::{ProviderError, Providers};
use crate::storage::{ROWS_BYTES_MAX, Snapshot, StoreError};

/// Bytes that one call, of an export or an import, may copy into the host: the longest list the store answers, several times.
pub(super) const HOST_CALL_BYTES_MAX: usize = 4 * ROWS_BYTES_MAX;
/// Bytes of randomness that one call may ask for.
const RANDOM_BYTES_MAX: u64 = 64 << 10;
/// Handles a guest may hold.
const HANDLES_MAX: usize = 1_000;

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
    wasi: WasiCtx,
    table: ResourceTable,
    memory_bytes_max: usize,
    memory_bytes: usize,
}

impl State {
    pub(super) fn new(
        snapshot: Box<dyn Snapshot>,
        services: Arc<Services>,
        sessions: Sessions,
        limits: Limits,
    ) -> wasmtime::Result<Self> {
        let seed = services.ambient.random::<32>()?;
        let mut table = ResourceTable::new();
        table.set_max_capacity(HANDLES_MAX);
        let wasi = WasiCtxBuilder::new()
            .wall_clock(StandingClock(services.ambient.now_ms()))
            .secure_random(StdRng::from_seed(seed))
            .max_random_size(RANDOM_BYTES_MAX)
            .build();
        Ok(Self {
            snapshot: Some(snapshot),
            services,
            sessions,
            wasi,
            table,
            memory_bytes_max: limits.guest_memory_bytes_max,
            memory_bytes: 0,
        })
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

/// Bounds the sum of an instance's memories; wasmtime's own limiter bounds each alone.
impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let sum = self.memory_bytes.saturating_add(desired.saturating_sub(current));
        if sum > self.memory_bytes_max {
            return Ok(false);
        }
        self.memory_bytes = sum;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= 20_000)
    }
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
