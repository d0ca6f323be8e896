//! The sandbox of all extensions. Each call gets its own instance. The pool has room for components of any language, which are
//! larger than the rules.

use std::sync::Arc;

use sandbox::{CallBudget, Deadlines, InstanceShape, Limiter, RunError, SandboxSettings, SharedMemory};
use wasmtime::Engine;
use wasmtime::component::{Component, ComponentExportIndex, ComponentNamedList, InstancePre, Lift, Linker, Lower};

use super::failure::Cause;
use super::limit_violation::LimitViolations;
use super::manifest::Manifest;
use super::state::{self, ExtensionState};

/// The largest instance. Languages that link libraries at run time have many core instances.
const SHAPE: InstanceShape = InstanceShape {
    core_instances_max: 64,
    memories_max: 4,
    tables_max: 8,
    memory_bytes_max: Manifest::MEMORY_BYTES_CEILING,
    table_elements_max: 32_768,
    stack_bytes_max: 512 << 10,
};
/// Elements of all tables of an instance together. The shape limits each table alone.
const TABLE_ELEMENTS_MAX: usize = SHAPE.table_elements_max * SHAPE.tables_max as usize;
/// Bytes that one call of an export or import may copy into the host. Each resource of a call may keep several such texts
/// there.
const HOST_CALL_BYTES_MAX: usize = 128 << 10;

/// One extension may use one instance in this many at the same time.
const CALLS_PART: usize = 4;

/// Limits of the whole sandbox.
#[derive(Clone, Copy, Debug)]
pub struct SandboxLimits {
    /// Instances that exist at the same time: as many as requests run.
    pub instances_max: u32,
    /// Time between two interruptions of a running extension, in milliseconds.
    pub tick_ms: u64,
    /// Calls that have run for several ticks and may continue at the same time.
    pub slow_calls_max: usize,
    /// All linear memories of all instances together, in bytes.
    pub memory_bytes_max: usize,
}

/// An engine, and a linker with all imports that an extension may have.
pub struct ExtensionSandbox {
    sandbox: sandbox::Sandbox,
    linker: Linker<ExtensionState>,
    memory: Arc<SharedMemory>,
    calls_max: usize,
}

impl ExtensionSandbox {
    /// Makes the engine.
    ///
    /// # Errors
    /// If this machine cannot reserve the address space, or start a thread.
    pub fn new(limits: SandboxLimits) -> wasmtime::Result<Self> {
        let SandboxLimits { instances_max, tick_ms, slow_calls_max, memory_bytes_max } = limits;
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

    /// Calls that one extension may run at the same time.
    pub(super) fn calls_max(&self) -> usize {
        self.calls_max
    }

    /// The time budget of a new call.
    pub(super) fn budget(&self) -> Arc<CallBudget> {
        self.sandbox.budget()
    }

    /// The limiter of a new instance. Its memories together may have `memory_bytes_max` bytes.
    pub(super) fn limiter(&self, memory_bytes_max: usize) -> Limiter {
        Limiter::new(SHAPE, memory_bytes_max, TABLE_ELEMENTS_MAX).sharing(Arc::clone(&self.memory))
    }

    /// The engine that extensions are compiled for.
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

    /// Calls one function in a fresh instance, which is dropped after the call. Returns the answer and the instance's bytes of
    /// memory.
    pub(super) async fn call<A, R>(
        &self,
        compiled: &Compiled,
        function: &ComponentExportIndex,
        arguments: A,
        state: ExtensionState,
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
        state: ExtensionState,
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

fn cause(error: RunError, state: &ExtensionState) -> Cause {
    match error {
        RunError::RunningTime(ms) => Cause::Running(ms),
        RunError::WaitingTime(ms) => Cause::Waiting(ms),
        RunError::QueueingTime(ms) => Cause::Queueing(ms),
        RunError::NoInstance => state.memory_refused().unwrap_or(Cause::Busy),
        RunError::Trap(error) => state.memory_refused().unwrap_or_else(|| Cause::trap(&error)),
    }
}

/// A component, ready to be instantiated.
pub struct Compiled {
    pre: InstancePre<ExtensionState>,
    component: Component,
}

impl Compiled {
    /// An exported function of an interface of `obp:onboarding`, of any version.
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

/// An engine that compiles for an [`ExtensionSandbox`], and runs nothing.
///
/// # Errors
/// If this machine does not support the configuration.
pub(super) fn compiling_engine() -> wasmtime::Result<Engine> {
    sandbox::compiling_engine(SHAPE)
}
