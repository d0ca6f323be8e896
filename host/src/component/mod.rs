//! The sandbox: compiles the component once, and runs each call in a fresh instance that is dropped with it.
//!
//! Knows no route, no JSON and no rule. What a call may use is bounded here: memory, handles, running time.

pub mod about;
pub mod bindings;
mod bounds;
pub mod cache;
mod exports;
pub(crate) mod fixed;
mod imports;
mod lists;
mod pace;
mod state;
pub mod timestamp;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::{Component, ComponentNamedList, InstancePre, Lift, Linker, Lower};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

pub use self::bounds::Bounds;
use self::cache::{Cache, Origin};
use self::exports::Exports;
pub use self::lists::{Held, KycCheckList, KycDocumentList, KycMediaList, KycStatusList};
pub(crate) use self::pace::{Overrun, Pace};
pub use self::state::{RequestScope, Services, State};
use crate::extensions::failure::Failure;
use crate::storage::{Snapshot, StoreError};

/// The component that the server embeds.
pub const EMBEDDED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/onboarding.wasm"));

/// The WIT package that it is built for, with its documentation and the packages that it depends on.
pub const WIT: &str = include_str!(concat!(env!("OUT_DIR"), "/onboarding.wit"));

/// What a call may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long a guest may take, in milliseconds; waiting for the host does not count.
    pub guest_ms_max: u64,
    /// How long a call may wait for the host, in milliseconds: for the store, providers, password hashing, all together.
    pub host_ms_max: u64,
    /// All linear memories of an instance together, in bytes.
    pub guest_memory_bytes_max: usize,
    /// Instances that exist at once.
    pub instances_max: u32,
    /// How often a running guest is interrupted to let others run, in milliseconds.
    pub tick_ms: u64,
    /// How many guests that ran through several ticks may go on at once; the others of their kind queue.
    pub seats: usize,
    /// What nobody configures.
    pub bounds: Bounds,
}

impl Limits {
    /// The tick of a server, in milliseconds. A guest may go on longer than its time by this much, and by its turn to be looked at.
    pub const TICK_MS: u64 = 2;

    /// Half of the cores: the other half is left to those whose guests do not loop.
    #[must_use]
    pub fn default_seats() -> usize {
        std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
    }
}

/// What a fibre's stack has for the host's imports, beside what the guest may use of it.
const HOST_STACK_BYTES: usize = 512 << 10;

/// Why a call has no answer. The guest had no effect.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The guest took longer than it may.
    #[error("the guest took longer than {0} ms")]
    GuestDeadline(u64),
    /// What the guest asked of the host took longer than it may.
    #[error("the guest's imports took longer than {0} ms")]
    HostDeadline(u64),
    /// As many instances exist as may.
    #[error("no instance is free")]
    Busy,
    /// An extension failed whose failure is the request's.
    #[error(transparent)]
    Extension(Failure),
    /// The store did not answer an import.
    #[error(transparent)]
    Store(StoreError),
    /// The guest trapped, or an import failed otherwise.
    #[error("{0:#}")]
    Trap(wasmtime::Error),
}

/// A compiled component, ready to be instantiated.
pub struct Runtime {
    pre: InstancePre<State>,
    exports: Exports,
    limits: Limits,
    seats: Arc<Semaphore>,
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
        let pre = linker.instantiate_pre(&component)?;
        // For its error: an export of the world that is missing.
        bindings::OnboardingPre::new(pre.clone())?;
        let exports = Exports::of(&component, &engine);
        let ticker = Ticker::start(engine, Duration::from_millis(limits.tick_ms))?;
        Ok((Self { pre, exports, limits, seats: Arc::new(Semaphore::new(limits.seats)), ticker }, origin))
    }

    /// Calls one export in a fresh instance, whose facts are read from `snapshot`, and drops the instance.
    ///
    /// `name` is that of the export's interface and generated method, `kyc.call_checks`. `types` is a call of that method:
    /// it is never run, and makes the compiler check the arguments and find the type of the answer.
    ///
    /// # Errors
    /// [`CallError`]; the guest's refusals are values inside `R`.
    pub async fn call<'w, P, R, G, F>(
        &self,
        facts: Facts,
        name: &str,
        arguments: P,
        types: impl FnOnce(&'w G, &'w mut Store<State>) -> F,
    ) -> Result<(R, Held), CallError>
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: Send + Sync + 'static,
        (R,): ComponentNamedList + Lift,
        G: 'w,
        F: Future<Output = wasmtime::Result<R>>,
    {
        drop(types);
        let mut store = self.store(facts).map_err(CallError::Trap)?;
        let pace = Arc::clone(&store.data().pace);
        let call = async {
            let instance = self.pre.instantiate_async(&mut store).await?;
            let function = instance.get_typed_func::<P, (R,)>(&mut store, self.exports.get(name)?)?;
            function.call_async(&mut store, arguments).await
        };
        let Limits { guest_ms_max, host_ms_max, .. } = self.limits;
        match pace.keep(Duration::from_millis(guest_ms_max), Duration::from_millis(host_ms_max), call).await {
            Ok(Ok((reply,))) => Ok((reply, store.into_data().into_held())),
            Ok(Err(error)) => Err(call_error(error)),
            Err(Overrun::Guest) => Err(CallError::GuestDeadline(guest_ms_max)),
            Err(Overrun::Host) => Err(CallError::HostDeadline(host_ms_max)),
        }
    }

    /// Makes an instance and drops it: what comes before and after every call. For measurements.
    ///
    /// # Errors
    /// As [`Runtime::call`].
    pub async fn instantiate(&self, facts: Facts) -> Result<(), CallError> {
        let mut store = self.store(facts).map_err(CallError::Trap)?;
        self.pre.instantiate_async(&mut store).await.map(drop).map_err(call_error)
    }

    fn store(&self, facts: Facts) -> wasmtime::Result<Store<State>> {
        let pace = Pace::new(Arc::clone(&self.seats));
        let state = State::new(facts, Arc::clone(&pace), self.limits)?;
        let mut store = Store::new(self.ticker.engine(), state);
        store.limiter(State::limiter);
        store.set_hostcall_fuel(self.limits.bounds.host_call_bytes_max);
        store.epoch_deadline_callback(move |_| Ok(pace.tick()));
        store.set_epoch_deadline(1);
        Ok(store)
    }
}

/// What the imports of one call are answered from.
pub struct Facts {
    /// Facts are read from it.
    pub snapshot: Box<dyn Snapshot>,
    /// Everything else.
    pub services: Arc<Services>,
    /// The request that the call is made for.
    pub scope: Arc<RequestScope>,
}

fn call_error(error: wasmtime::Error) -> CallError {
    if error.is::<wasmtime::PoolConcurrencyLimitError>() {
        return CallError::Busy;
    }
    let error = match error.downcast::<StoreError>() {
        Ok(error) => return CallError::Store(error),
        Err(error) => error,
    };
    match error.downcast::<Failure>() {
        Ok(failure) => CallError::Extension(failure),
        Err(error) => CallError::Trap(error),
    }
}

/// What a slot's memory keeps resident, and has written over for the next instance: four times what an ordinary instance has.
const MEMORY_KEPT_BYTES: usize = 256 << 10;

/// `docs/architecture.md` has the reasons and the measurements.
fn engine_config(limits: Limits) -> Config {
    let Limits { instances_max: instances, bounds, .. } = limits;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(state::CORE_INSTANCES_MAX))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(state::TABLES_MAX))
        .total_stacks(instances)
        .max_memory_size(limits.guest_memory_bytes_max)
        .max_core_instances_per_component(state::CORE_INSTANCES_MAX)
        .max_tables_per_component(state::TABLES_MAX)
        .max_memories_per_component(1)
        .table_elements(bounds.table_elements_max)
        .linear_memory_keep_resident(MEMORY_KEPT_BYTES)
        .table_keep_resident(64 << 10);
    let mut config = common_config(bounds.stack_bytes_max);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}

/// What every engine of the server has.
pub(crate) fn common_config(stack_bytes_max: usize) -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        // Calls run on fibres; component-model async doubles the cost of a call and nothing here needs it.
        .concurrency_support(false)
        .wasm_memory64(false)
        .wasm_relaxed_simd(false)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(stack_bytes_max)
        .async_stack_size(stack_bytes_max + HOST_STACK_BYTES)
        .wasm_backtrace_max_frames(NonZeroUsize::new(32));
    config
}

/// Advances the engine's epoch from a thread of its own: a guest that never yields could starve any task.
pub(crate) struct Ticker {
    engine: Engine,
    stopped: Arc<AtomicBool>,
}

impl Ticker {
    pub(crate) fn start(engine: Engine, tick: Duration) -> wasmtime::Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let (ticking, stop) = (engine.clone(), Arc::clone(&stopped));
        std::thread::Builder::new().name("guest-ticker".to_owned()).spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(tick);
                ticking.increment_epoch();
            }
        })?;
        Ok(Self { engine, stopped })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}
