//! The engine that extensions run in: one for all of them. Each call gets an instance of its own, as the domain's component
//! does; the pool is made for components of any language, which are larger than ours.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use wasmtime::component::{Component, ComponentExportIndex, ComponentNamedList, InstancePre, Lift, Linker, Lower};
use wasmtime::{Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};

use super::failure::Cause;
use super::manifest::Manifest;
use super::overstep::Oversteps;
use super::state::{self, State};
use crate::component::{self, Bounds, Overrun, Pace, Ticker};

/// Elements of each table.
pub(super) const TABLE_ELEMENTS_MAX: usize = 32_768;
/// Core instances that make up an instance: languages that link libraries at run time have many.
const CORE_INSTANCES_MAX: u32 = 64;
/// Linear memories of an instance.
const MEMORIES_MAX: u32 = 4;
/// Tables of an instance.
const TABLES_MAX: u32 = 8;
/// What a slot's memory keeps resident, and has written over for the next instance; more is given back to the system.
const MEMORY_KEPT_BYTES: usize = 256 << 10;
/// Bytes that one call of an export or import may copy into the host. Several such texts stay there with each of the resources that
/// a call may hold.
const HOST_CALL_BYTES_MAX: usize = 128 << 10;

/// The part of all instances that one extension may have at once.
const PLACES_PART: usize = 4;

/// What the sandbox as a whole may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Instances that exist at once: as many as requests are at work.
    pub instances_max: u32,
    /// How often a running extension is interrupted, in milliseconds.
    pub tick_ms: u64,
    /// How many that ran through several ticks may go on at once.
    pub seats: usize,
    /// All linear memories of all instances together, in bytes.
    pub memory_bytes_max: usize,
}

/// How long one call may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    pub(super) running_ms: u64,
    pub(super) waiting_ms: u64,
}

/// An engine with everything linked that an extension may import.
pub struct Sandbox {
    linker: Linker<State>,
    ticker: Ticker,
    seats: Arc<Semaphore>,
    memory: Arc<Memory>,
    places: usize,
}

impl Sandbox {
    /// Makes the engine.
    ///
    /// # Errors
    /// If this machine cannot reserve the address space, or start a thread.
    pub fn new(limits: Limits) -> wasmtime::Result<Self> {
        let engine = Engine::new(&engine_config(limits))?;
        let mut linker = Linker::new(&engine);
        state::add_to_linker(&mut linker)?;
        let ticker = Ticker::start(engine, Duration::from_millis(limits.tick_ms))?;
        let Limits { seats, memory_bytes_max, instances_max, .. } = limits;
        let (seats, memory) = (Arc::new(Semaphore::new(seats)), Arc::new(Memory::of(memory_bytes_max)));
        let places = (usize::try_from(instances_max)? / PLACES_PART).max(1);
        Ok(Self { linker, ticker, seats, memory, places })
    }

    /// What all instances share.
    pub(super) fn memory(&self) -> Arc<Memory> {
        Arc::clone(&self.memory)
    }

    /// Calls that one extension may be at work on at once.
    pub(super) fn places(&self) -> usize {
        self.places
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.ticker.engine()
    }

    /// Links a compiled component.
    ///
    /// # Errors
    /// If it imports what is not linked, or is larger than the pool's slots.
    pub fn link(&self, component: Component) -> wasmtime::Result<Compiled> {
        Ok(Compiled { pre: self.linker.instantiate_pre(&component)?, component })
    }

    /// Calls one function in a fresh instance and drops the instance: its answer, and the memory it took.
    pub(super) async fn call<P, R>(
        &self,
        compiled: &Compiled,
        function: &ComponentExportIndex,
        arguments: P,
        state: State,
        deadlines: Deadlines,
        oversteps: &Oversteps,
    ) -> (Result<R, Cause>, usize)
    where
        P: ComponentNamedList + Lower + Send + Sync,
        R: Send + Sync + 'static,
        (R,): ComponentNamedList + Lift,
    {
        let (mut store, pace) = self.store(state);
        let call = async {
            let instance = compiled.pre.instantiate_async(&mut store).await?;
            let function = instance.get_typed_func::<P, (R,)>(&mut store, function)?;
            function.call_async(&mut store, arguments).await
        };
        let Deadlines { running_ms, waiting_ms } = deadlines;
        let ended = pace.keep(Duration::from_millis(running_ms), Duration::from_millis(waiting_ms), call).await;
        let state = store.data();
        let answer = match (ended, oversteps.first()) {
            (_, Some(overstep)) => Err(Cause::Overstep(overstep.clone())),
            (Ok(Ok((answer,))), None) => Ok(answer),
            (Ok(Err(_)), None) if let Some(cause) = state.memory_refused() => Err(cause),
            (Ok(Err(error)), None) => Err(Cause::of(&error)),
            (Err(Overrun::Guest), None) => Err(Cause::Running(running_ms)),
            (Err(Overrun::Host), None) => Err(Cause::Waiting(waiting_ms)),
        };
        (answer, state.memory_bytes())
    }

    /// Makes an instance, looks up one function with its types, and drops the instance.
    pub(super) async fn try_on<P, R>(
        &self,
        compiled: &Compiled,
        function: &ComponentExportIndex,
        state: State,
        deadlines: Deadlines,
    ) -> Result<(), Cause>
    where
        P: ComponentNamedList + Lower,
        (R,): ComponentNamedList + Lift,
    {
        let (mut store, pace) = self.store(state);
        let looked_up = async {
            let instance = compiled.pre.instantiate_async(&mut store).await?;
            instance.get_typed_func::<P, (R,)>(&mut store, function).map(drop)
        };
        let Deadlines { running_ms, waiting_ms } = deadlines;
        match pace.keep(Duration::from_millis(running_ms), Duration::from_millis(waiting_ms), looked_up).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(store.data().memory_refused().unwrap_or_else(|| Cause::of(&error))),
            Err(Overrun::Guest) => Err(Cause::Running(running_ms)),
            Err(Overrun::Host) => Err(Cause::Waiting(waiting_ms)),
        }
    }

    fn store(&self, state: State) -> (Store<State>, Arc<Pace>) {
        let mut store = Store::new(self.engine(), state);
        let pace = Pace::new(Arc::clone(&self.seats));
        let tick = Arc::clone(&pace);
        store.limiter(State::limiter);
        store.set_hostcall_fuel(HOST_CALL_BYTES_MAX);
        store.epoch_deadline_callback(move |_| Ok(tick.tick()));
        store.set_epoch_deadline(1);
        (store, pace)
    }
}

/// The linear memories of all instances: each alone may be within its manifest's limit, and all together too many.
pub(super) struct Memory {
    left: AtomicUsize,
}

impl Memory {
    fn of(bytes: usize) -> Self {
        Self { left: AtomicUsize::new(bytes) }
    }

    /// Takes so many bytes, if they are there.
    pub(super) fn take(&self, bytes: usize) -> bool {
        self.left.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    pub(super) fn give_back(&self, bytes: usize) {
        self.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// A component, ready to be instantiated.
pub struct Compiled {
    pre: InstancePre<State>,
    component: Component,
}

impl Compiled {
    /// An exported function of an interface of ours, whatever compatible version it has.
    pub(super) fn function(&self, interface: &str, name: &str) -> Option<ComponentExportIndex> {
        let component_type = self.component.component_type();
        let mut exports = component_type.exports(self.pre.engine()).map(|(export, _)| export);
        let full = exports.find(|export| {
            export.split_once('@').map_or(*export, |(bare, _)| bare) == format!("obp:onboarding/{interface}")
        })?;
        let instance = self.component.get_export_index(None, full)?;
        self.component.get_export_index(Some(&instance), name)
    }
}

/// An engine that compiles for [`Sandbox`], and runs nothing.
///
/// # Errors
/// If this machine has none.
pub(super) fn compiling_engine() -> wasmtime::Result<Engine> {
    Engine::new(&engine_config(Limits { instances_max: 1, tick_ms: 1, seats: 1, memory_bytes_max: 0 }))
}

fn engine_config(limits: Limits) -> wasmtime::Config {
    let instances = limits.instances_max;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES_MAX))
        .total_memories(instances.saturating_mul(MEMORIES_MAX))
        .total_tables(instances.saturating_mul(TABLES_MAX))
        .total_stacks(instances)
        .max_memory_size(Manifest::MEMORY_BYTES_CEILING)
        .max_core_instances_per_component(CORE_INSTANCES_MAX)
        .max_tables_per_component(TABLES_MAX)
        .max_memories_per_component(MEMORIES_MAX)
        .table_elements(TABLE_ELEMENTS_MAX)
        .linear_memory_keep_resident(MEMORY_KEPT_BYTES)
        .table_keep_resident(64 << 10);
    let mut config = component::common_config(Bounds::DEFAULT.stack_bytes_max);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config
}
