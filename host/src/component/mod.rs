//! The sandbox: compiles the component once, and runs each call in a fresh instance that is dropped with it.
//!
//! Knows no route, no JSON and no rule. What a call may use is bounded here: memory, handles, running time.

pub mod bindings;
pub mod cache;
mod imports;
mod state;
pub mod timestamp;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store, UpdateDeadline};

use self::bindings::{Onboarding, OnboardingPre};
use self::cache::{Cache, Origin};
pub use self::state::{Services, Sessions, State};
use crate::storage::{Snapshot, StoreError};

/// The component that the server embeds.
pub const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/onboarding.wasm"));

/// How often a running guest is looked at. A guest may run longer than its time by this much.
const TICK: Duration = Duration::from_millis(5);

/// What a call may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a guest may run, in milliseconds; waiting for the host does not count.
    pub guest_ms_max: u64,
    /// All linear memories of an instance together, in bytes.
    pub guest_memory_bytes_max: usize,
    /// Instances that exist at once.
    pub instances_max: u32,
}

/// Why a call has no answer. The guest had no effect.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The guest ran longer than it may.
    #[error("the guest ran longer than {0} ms")]
    Deadline(u64),
    /// As many instances exist as may.
    #[error("no instance is free")]
    Busy,
    /// The store did not answer an import.
    #[error(transparent)]
    Store(StoreError),
    /// The guest trapped, or an import failed otherwise.
    #[error("{0:#}")]
    Trap(wasmtime::Error),
}

#[derive(Debug, thiserror::Error)]
#[error("the guest's time is up")]
struct TimeIsUp;

/// A compiled component, ready to be instantiated.
pub struct Runtime {
    pre: OnboardingPre<State>,
    limits: Limits,
    ticker: Ticker,
}

impl Runtime {
    /// Compiles the component.
    ///
    /// # Errors
    /// If it is no component, does not fit the world, or imports anything the world does not name.
    pub fn new(component: &[u8], limits: Limits) -> wasmtime::Result<Self> {
        Self::with_cache(component, limits, None).map(|(runtime, _)| runtime)
    }

    /// As [`Runtime::new`], unless the cache has the component compiled; and says which it was.
    ///
    /// # Errors
    /// As [`Runtime::new`]; none is the cache's.
    pub fn with_cache(component: &[u8], limits: Limits, cache: Option<&Cache>) -> wasmtime::Result<(Self, Origin)> {
        let engine = Engine::new(&engine_config(limits))?;
        let (component, origin) = match cache {
            Some(cache) => cache.component(&engine, component)?,
            None => (Component::new(&engine, component)?, Origin::Compiled),
        };
        let mut linker = Linker::new(&engine);
        imports::add_to_linker(&mut linker)?;
        let pre = OnboardingPre::new(linker.instantiate_pre(&component)?)?;
        let ticker = Ticker::start(engine)?;
        Ok((Self { pre, limits, ticker }, origin))
    }

    /// A fresh instance for one call, whose facts are read from `snapshot`.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn instance(
        &self,
        snapshot: Box<dyn Snapshot>,
        services: Arc<Services>,
        sessions: Sessions,
    ) -> Result<Invocation<'_>, CallError> {
        let state = State::new(snapshot, services, sessions, self.limits).map_err(CallError::Trap)?;
        let mut store = Store::new(self.ticker.engine(), state);
        store.limiter(State::limiter);
        store.set_hostcall_fuel(state::HOST_CALL_BYTES_MAX);
        let ticks_max = self.limits.guest_ms_max / u64::try_from(TICK.as_millis()).unwrap_or(1);
        let mut ticks = 0;
        store.epoch_deadline_callback(move |_| {
            ticks += 1;
            if ticks > ticks_max { Err(TimeIsUp.into()) } else { Ok(UpdateDeadline::Yield(1)) }
        });
        store.set_epoch_deadline(1);
        let guest = self.pre.instantiate_async(&mut store).await.map_err(|error| self.call_error(error))?;
        Ok(Invocation { guest, store, runtime: self })
    }

    fn call_error(&self, error: wasmtime::Error) -> CallError {
        if error.is::<TimeIsUp>() {
            return CallError::Deadline(self.limits.guest_ms_max);
        }
        if error.is::<wasmtime::PoolConcurrencyLimitError>() {
            return CallError::Busy;
        }
        match error.downcast::<StoreError>() {
            Ok(error) => CallError::Store(error),
            Err(error) => CallError::Trap(error),
        }
    }
}

/// A fresh instance, good for one call of one export.
pub struct Invocation<'a> {
    /// The exports.
    pub guest: Onboarding,
    /// What the export is called with.
    pub store: Store<State>,
    runtime: &'a Runtime,
}

impl Invocation<'_> {
    /// Ends the invocation: drops the instance and with it the snapshot, and says why a call has no answer.
    ///
    /// # Errors
    /// [`CallError`]; the guest's refusals are values inside `T`.
    pub fn end<T>(self, called: wasmtime::Result<T>) -> Result<T, CallError> {
        called.map_err(|error| self.runtime.call_error(error))
    }
}

/// `docs/architecture.md` has the reasons and the measurements.
fn engine_config(limits: Limits) -> Config {
    let instances = limits.instances_max;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(4))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(2))
        .total_stacks(instances)
        .max_memory_size(limits.guest_memory_bytes_max)
        .max_memories_per_component(1)
        .linear_memory_keep_resident(2 << 20)
        .table_keep_resident(64 << 10);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        // Calls run on fibres; component-model async doubles the cost of a call and nothing here needs it.
        .concurrency_support(false)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(512 << 10)
        .async_stack_size(1 << 20)
        .wasm_backtrace_max_frames(NonZeroUsize::new(32));
    config
}

/// Advances the engine's epoch from a thread of its own: a guest that never yields could starve any task.
struct Ticker {
    engine: Engine,
    stopped: Arc<AtomicBool>,
}

impl Ticker {
    fn start(engine: Engine) -> wasmtime::Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let (ticking, stop) = (engine.clone(), Arc::clone(&stopped));
        std::thread::Builder::new().name("guest-ticker".to_owned()).spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(TICK);
                ticking.increment_epoch();
            }
        })?;
        Ok(Self { engine, stopped })
    }

    fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}
