//! Compiles the component and calls its exports.

use bindings::problem::Problem;
use bindings::{Call, Export, RecordList};
use extensions::failure::Failure;
use providers::ProviderError;
use sandbox::cache::{Cache, Origin};
use sandbox::{RunError, Sandbox};
use storage::StoreError;
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, ComponentType, InstancePre, Lift, Linker, Lower, Resource,
    ResourceTable,
};

use super::credentials::PasswordError;
use super::imports;
use super::limits::CallLimits;
use super::state::{CallInputs, RulesState};

/// A call has no answer. It had no effect.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The guest trapped, exceeded a limit of time, or found no free instance.
    #[error(transparent)]
    Sandbox(RunError),
    /// An extension failed, and the request fails with it.
    #[error(transparent)]
    Extension(Failure),
    /// The store did not answer an import.
    #[error(transparent)]
    Store(StoreError),
    /// An import has too much to do already. The same call can succeed later.
    #[error("an import is busy: {0}")]
    ImportBusy(String),
}

impl From<RunError> for CallError {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Trap(error) => Self::from_import(error),
            error => Self::Sandbox(error),
        }
    }
}

impl CallError {
    const fn trap(error: wasmtime::Error) -> Self {
        Self::Sandbox(RunError::Trap(error))
    }

    /// The error of the import that failed, or a trap.
    fn from_import(error: wasmtime::Error) -> Self {
        let error = match error.downcast::<StoreError>() {
            Ok(error) => return Self::Store(error),
            Err(error) => error,
        };
        let error = match error.downcast::<Failure>() {
            Ok(failure) => return Self::Extension(failure),
            Err(error) => error,
        };
        match busy(&error) {
            Some(reason) => Self::ImportBusy(reason),
            None => Self::trap(error),
        }
    }
}

/// The reason if a part of the host that answers imports has too much to do. Each part has an error of its own for this.
fn busy(error: &wasmtime::Error) -> Option<String> {
    let hashing = error.downcast_ref::<PasswordError>().filter(|error| matches!(error, PasswordError::Busy));
    let provider = error.downcast_ref::<ProviderError>().filter(|error| matches!(error, ProviderError::Busy(_)));
    hashing.map(ToString::to_string).or_else(|| provider.map(ToString::to_string))
}

/// The lists of a call's answer, while their handles exist. The call itself has ended.
pub struct Held(ResourceTable);

impl Held {
    /// Takes the records of a handle.
    ///
    /// # Errors
    /// [`RunError::Trap`] if the call did not return that handle.
    pub fn take<T: Send + 'static>(&mut self, handle: Resource<RecordList<T>>) -> Result<Vec<T>, CallError> {
        self.0.delete(handle).map(|list| list.0).map_err(|error| CallError::trap(error.into()))
    }
}

/// A compiled component, ready to be instantiated.
pub struct Runtime {
    sandbox: Sandbox,
    component: InstancePre<RulesState>,
    /// The exports, in the order of [`Export::index`].
    exports: Vec<ComponentExportIndex>,
    limits: CallLimits,
}

impl Runtime {
    /// Compiles the component.
    ///
    /// # Errors
    /// If it is no component, lacks an export of the world, or has an import that the world does not name.
    pub fn new(component: &[u8], limits: CallLimits) -> wasmtime::Result<Self> {
        Self::with_cache(component, limits, None).map(|(runtime, _)| runtime)
    }

    /// Compiles the component, or loads it from the cache. Also returns the origin of the code.
    ///
    /// # Errors
    /// The errors of [`Runtime::new`]. The cache adds none.
    pub fn with_cache(component: &[u8], limits: CallLimits, cache: Option<&Cache>) -> wasmtime::Result<(Self, Origin)> {
        let sandbox = Sandbox::new(limits.sandbox())?;
        let (component, origin) = match cache {
            Some(cache) => cache.component(sandbox.engine(), component)?,
            None => (Component::new(sandbox.engine(), component)?, Origin::Compiled),
        };
        let mut linker = Linker::new(sandbox.engine());
        imports::add_to_linker(&mut linker)?;
        let instance = linker.instantiate_pre(&component)?;
        let exports = Export::all().map(|export| index(&component, export)).collect::<Result<_, _>>()?;
        Ok((Self { component: instance, sandbox, exports, limits }, origin))
    }

    /// Calls one export in a fresh instance, and drops the instance. Returns the answer, and the lists behind its handles.
    ///
    /// # Errors
    /// [`CallError`]. A refusal by the rules is no such error: it is the [`Problem`] in the answer.
    pub async fn call<A, R>(
        &self,
        inputs: CallInputs,
        call: Call<A, R>,
    ) -> Result<(Result<R, Problem>, Held), CallError>
    where
        A: ComponentNamedList + Lower + Send + Sync,
        R: ComponentType + Lift + Send + Sync + 'static,
    {
        let Call { export, arguments, .. } = call;
        let export = self.exports.get(export.index()).ok_or_else(|| CallError::trap(no_export(export)))?;
        let state = self.state(inputs)?;
        let deadlines = self.limits.deadlines();
        let (answer, state) = self.sandbox.call(&self.component, export, arguments, state, deadlines).await;
        Ok((answer?, Held(state.into_table())))
    }

    /// Makes an instance and drops it, which is the fixed cost of a call. Used for measurements.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn instantiate(&self, inputs: CallInputs) -> Result<(), CallError> {
        Ok(self.sandbox.instantiate(&self.component, self.state(inputs)?).await?)
    }

    fn state(&self, inputs: CallInputs) -> Result<RulesState, CallError> {
        RulesState::new(inputs, self.sandbox.budget(), &self.limits).map_err(CallError::trap)
    }
}

fn index(component: &Component, export: Export) -> wasmtime::Result<ComponentExportIndex> {
    let interface = component.get_export_index(None, export.interface());
    let function = interface.and_then(|interface| component.get_export_index(Some(&interface), export.function()));
    function.ok_or_else(|| no_export(export))
}

fn no_export(export: Export) -> wasmtime::Error {
    wasmtime::format_err!("the component has no export {} of {}", export.function(), export.interface())
}
