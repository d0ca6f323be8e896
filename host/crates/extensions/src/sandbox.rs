//! The sandbox of all extensions. Each call gets an instance of its own, as the domain's component does. The pool is made for
//! components of any language, which are larger than ours.

use std::sync::Arc;

use sandbox::{CallBudget, CallError, Deadlines, InstanceShape, Limiter, SandboxSettings, SharedMemory};
use wasmtime::Engine;
use wasmtime::component::{Component, ComponentExportIndex, ComponentNamedList, InstancePre, Lift, Linker, Lower};

use super::failure::Cause;
use super::limit_violation::LimitViolations;
use super::manifest::Manifest;
use super::state::{self, State};

/// The largest instance: languages that link libraries at run time have many core instances.
const SHAPE: InstanceShape = InstanceShape {
    core_instances_max: 64,
    memories_max: 4,
    tables_max: 8,
    memory_bytes_max: Manifest::MEMORY_BYTES_CEILING,
    table_elements_max: 32_768,
    stack_bytes_max: 512 << 10,
};
/// Elements of all tables of an instance together. Each table alone is bounded by the shape.
const TABLE_ELEMENTS_MAX: usize = SHAPE.table_elements_max * SHAPE.tables_max as usize;
/// Bytes that one call of an export or import may copy into the host. Several such texts stay there with each of the resources that
/// a call may hold.
const HOST_CALL_BYTES_MAX: usize = 128 << 10;

/// The part of all instances that one extension may have at once.
const CALLS_PART: usize = 4;

/// What the sandbox as a whole may use.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Instances that exist at once: as many as requests are at work.
    pub instances_max: u32,
    /// How often a running extension is interrupted, in milliseconds.
    pub tick_ms: u64,
    /// How many calls that have run through several ticks may go on at once.
    pub slow_calls_max: usize,
    /// All linear memories of all instances together, in bytes.
    pub memory_bytes_max: usize,
}

/// An engine with everything linked that an extension may import.
pub struct Sandbox {
    sandbox: sandbox::Sandbox,
    linker: Linker<State>,
    memory: Arc<SharedMemory>,
    calls_max: usize,
}

impl Sandbox {
    /// Makes the engine.
    ///
    /// # Errors
    /// If this machine cannot reserve the address space, or start a thread.
    pub fn new(limits: Limits) -> wasmtime::Result<Self> {
        let Limits { instances_max, tick_ms, slow_calls_max, memory_bytes_max } = limits;
        let settings = SandboxSettings {
            shape: SHAPE,
            instances_max,
            tick_ms,
            slow_calls_max,
            host_call_bytes_max: HOST_CALL_BYTES_MAX,
        };
        let sandbox = sandbox::Sandbox::new(settings)?;
        let mut linker = Linker::new(sandbox.engine());
        state::add_to_linker(&mut linker)?;
        let calls_max = (usize::try_from(instances_max)? / CALLS_PART).max(1);
        Ok(Self { sandbox, linker, memory: Arc::new(SharedMemory::new(memory_bytes_max)), calls_max })
    }

    /// Calls that one extension may be at work on at once.
    pub(super) fn calls_max(&self) -> usize {
        self.calls_max
    }

    /// The time budget of a new call.
    pub(super) fn budget(&self) -> Arc<CallBudget> {
        self.sandbox.budget()
    }

    /// Bounds a new instance, whose memories together may have `memory_bytes_max` bytes.
    pub(super) fn limiter(&self, memory_bytes_max: usize) -> Limiter {
        Limiter::new(SHAPE, memory_bytes_max, TABLE_ELEMENTS_MAX).sharing(Arc::clone(&self.memory))
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.sandbox.engine()
    }

    /// Links a compiled component.
    ///
    /// # Errors
    /// If it imports an interface that is not linked, or is larger than the pool's slots.
    pub fn link(&self, component: Component) -> wasmtime::Result<Compiled> {
        Ok(Compiled { pre: self.linker.instantiate_pre(&component)?, component })
    }

    /// Calls one function in a fresh instance and drops the instance. Returns the answer, and the bytes of memory it took.
    pub(super) async fn call<A, R>(
        &self,
        compiled: &Compiled,
        function: &ComponentExportIndex,
        arguments: A,
        state: State,
        deadlines: Deadlines,
        violations: &LimitViolations,
    ) -> (Result<R, Cause>, usize)
    where
        A: ComponentNamedList + Lower + Send + Sync,
        R: Send + Sync + 'static,
        (R,): ComponentNamedList + Lift,
    {
        let (answer, state) = self.sandbox.call(&compiled.pre, function, arguments, state, deadlines).await;
        let answer = match violations.first() {
            Some(violation) => Err(Cause::Limit(violation.clone())),
            None => answer.map_err(|error| cause(error, &state)),
        };
        (answer, state.memory_bytes())
    }

    /// Makes an instance and checks that one function has these types, without calling it.
    pub(super) async fn check_types<A, R>(
        &self,
        compiled: &Compiled,
        function: &ComponentExportIndex,
        state: State,
        deadlines: Deadlines,
    ) -> Result<(), Cause>
    where
        A: ComponentNamedList + Lower,
        (R,): ComponentNamedList + Lift,
    {
        let (checked, state) = self.sandbox.check_types::<_, A, R>(&compiled.pre, function, state, deadlines).await;
        checked.map_err(|error| cause(error, &state))
    }
}

fn cause(error: CallError, state: &State) -> Cause {
    match error {
        CallError::RunningTime(ms) => Cause::Running(ms),
        CallError::WaitingTime(ms) => Cause::Waiting(ms),
        CallError::NoInstance => state.memory_refused().unwrap_or(Cause::Busy),
        CallError::Trap(error) => state.memory_refused().unwrap_or_else(|| Cause::trap(&error)),
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
/// If this machine does not support the configuration.
pub(super) fn compiling_engine() -> wasmtime::Result<Engine> {
    sandbox::compiling_engine(SHAPE)
}
