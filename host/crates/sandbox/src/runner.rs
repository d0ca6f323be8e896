//! Runs calls: a store with its limits, an instance, one function, within the call's time.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::component::{ComponentExportIndex, ComponentNamedList, InstancePre, Lift, Lower};
use wasmtime::{Engine, Result, Store};

use crate::call_budget::{CallBudget, Overrun, TimeLimits};
use crate::engine::{self, InstanceShape, Ticker};
use crate::limiter::Limiter;
use crate::slow_calls::SlowCalls;

/// Limits and sizes that all calls of a sandbox share.
#[derive(Clone, Copy, Debug)]
pub struct SandboxSettings {
    /// The largest instance that can be made.
    pub shape: InstanceShape,
    /// Instances that exist at once.
    pub instances_max: u32,
    /// Time between two interruptions of a running guest, in milliseconds.
    pub tick_ms: u64,
    /// Guests that have run for several ticks and may continue at the same time. The others queue.
    pub slow_calls_max: usize,
    /// Bytes that one call, of an export or an import, may copy into the host.
    pub host_call_bytes_max: usize,
}

/// Time limits of one call.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// The processor time of the guest, in milliseconds. Waiting for the host does not count.
    pub running_ms: u64,
    /// The time that the call waits for the host, in milliseconds.
    pub waiting_ms: u64,
    /// The time in which the guest is ready to run and does not run, in milliseconds.
    pub queueing_ms: u64,
}

/// The data of one call's store.
pub trait CallData: Send + 'static {
    /// Bounds the call's memory.
    fn limiter(&mut self) -> &mut Limiter;

    /// Bounds the call's time.
    fn budget(&self) -> &Arc<CallBudget>;
}

/// The reason why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The guest ran longer than this many milliseconds.
    #[error("the guest took longer than {0} ms")]
    RunningTime(u64),
    /// The guest's imports took longer than this many milliseconds.
    #[error("the guest's imports took longer than {0} ms")]
    WaitingTime(u64),
    /// The guest was ready to run for this many milliseconds, and did not run.
    #[error("the guest queued for a processor for longer than {0} ms")]
    QueueingTime(u64),
    /// The largest number of instances exists already.
    #[error("no instance is free")]
    NoInstance,
    /// The guest trapped, or an import failed.
    #[error("{0:#}")]
    Trap(wasmtime::Error),
}

impl From<wasmtime::Error> for RunError {
    fn from(error: wasmtime::Error) -> Self {
        if error.is::<wasmtime::PoolConcurrencyLimitError>() { Self::NoInstance } else { Self::Trap(error) }
    }
}

/// An engine with its limits.
pub struct Sandbox {
    ticker: Ticker,
    slow_calls: Arc<SlowCalls>,
    settings: SandboxSettings,
}

impl Sandbox {
    /// Makes the engine and starts its ticker.
    ///
    /// # Errors
    /// If this machine cannot reserve the address space, or start a thread.
    pub fn new(settings: SandboxSettings) -> Result<Self> {
        let engine = engine::engine(settings.instances_max, settings.shape)?;
        let ticker = Ticker::start(engine, Duration::from_millis(settings.tick_ms))?;
        Ok(Self { ticker, slow_calls: SlowCalls::new(settings.slow_calls_max), settings })
    }

    /// The engine that its components are compiled for.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.ticker.engine()
    }

    /// The settings that the sandbox was made with.
    #[must_use]
    pub const fn settings(&self) -> &SandboxSettings {
        &self.settings
    }

    /// The time budget of a new call.
    #[must_use]
    pub fn budget(&self) -> Arc<CallBudget> {
        CallBudget::new(Arc::clone(&self.slow_calls))
    }

    /// Calls one export in a fresh instance and drops the instance. Returns the answer, and the call's data.
    pub async fn call<D, A, R>(
        &self,
        component: &InstancePre<D>,
        export: &ComponentExportIndex,
        arguments: A,
        data: D,
        deadlines: Deadlines,
    ) -> (std::result::Result<R, RunError>, D)
    where
        D: CallData,
        A: ComponentNamedList + Lower + Send + Sync,
        R: Send + Sync + 'static,
        (R,): ComponentNamedList + Lift,
    {
        let (mut store, budget) = self.store(data);
        let work = async {
            let instance = component.instantiate_async(&mut store).await?;
            let function = instance.get_typed_func::<A, (R,)>(&mut store, export)?;
            Ok(function.call_async(&mut store, arguments).await?.0)
        };
        let answer = within(&budget, deadlines, work).await;
        (answer, store.into_data())
    }

    /// Makes an instance and checks that one export has these types, without calling it. Returns the call's data.
    pub async fn check_types<D, A, R>(
        &self,
        component: &InstancePre<D>,
        export: &ComponentExportIndex,
        data: D,
        deadlines: Deadlines,
    ) -> (std::result::Result<(), RunError>, D)
    where
        D: CallData,
        A: ComponentNamedList + Lower,
        (R,): ComponentNamedList + Lift,
    {
        let (mut store, budget) = self.store(data);
        let work = async {
            let instance = component.instantiate_async(&mut store).await?;
            instance.get_typed_func::<A, (R,)>(&mut store, export).map(drop)
        };
        let checked = within(&budget, deadlines, work).await;
        (checked, store.into_data())
    }

    /// Makes an instance and drops it, which is the fixed cost of a call. Used for measurements.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn instantiate<D: CallData>(
        &self,
        component: &InstancePre<D>,
        data: D,
    ) -> std::result::Result<(), RunError> {
        let (mut store, _) = self.store(data);
        Ok(component.instantiate_async(&mut store).await.map(drop)?)
    }

    fn store<D: CallData>(&self, data: D) -> (Store<D>, Arc<CallBudget>) {
        let budget = Arc::clone(data.budget());
        let ticked = Arc::clone(&budget);
        let mut store = Store::new(self.engine(), data);
        store.limiter(|data| data.limiter());
        store.set_hostcall_fuel(self.settings.host_call_bytes_max);
        store.epoch_deadline_callback(move |_| Ok(ticked.tick()));
        store.set_epoch_deadline(1);
        (store, budget)
    }
}

/// Runs `work` to its end, or until a deadline.
async fn within<R>(
    budget: &CallBudget,
    deadlines: Deadlines,
    work: impl Future<Output = Result<R>>,
) -> std::result::Result<R, RunError> {
    let Deadlines { running_ms, waiting_ms, queueing_ms } = deadlines;
    let limits = TimeLimits {
        running: Duration::from_millis(running_ms),
        waiting: Duration::from_millis(waiting_ms),
        queueing: Duration::from_millis(queueing_ms),
    };
    match budget.run(limits, work).await {
        Ok(ended) => Ok(ended?),
        Err(Overrun::Running) => Err(RunError::RunningTime(running_ms)),
        Err(Overrun::Waiting) => Err(RunError::WaitingTime(waiting_ms)),
        Err(Overrun::Queueing) => Err(RunError::QueueingTime(queueing_ms)),
    }
}
