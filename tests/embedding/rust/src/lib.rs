//! An example of a host for the onboarding component. It uses the crate `wasmtime` without generated code: values are `Val`s by the
//! names of the WIT. It answers the imports of the thirteen operations from memory (`store`, `timeline`) and keeps nothing when it ends.

mod store;
mod timeline;

use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, InstancePre, Linker, Resource, ResourceType, Val};
use wasmtime::{Config, Engine, Result, Store, StoreContextMut, StoreLimits, StoreLimitsBuilder, format_err};

use store::Facts;

/// Limits of a call: instructions (approximately) and bytes of memory. Ordinary calls need less than a hundredth and a twentieth.
const FUEL: u64 = 100_000_000;
const MEMORY_BYTES_MAX: usize = 16 << 20;
/// Attempts of a call whose commits fail.
const TRIES_MAX: usize = 3;

/// Answers the imports of one invocation that do not read the store, such as `random.get-random-u64`.
pub type Others = Box<dyn FnMut(&str, &[Val]) -> Result<Val> + Send>;

/// The data of one call in wasmtime's store.
struct State {
    facts: Arc<Facts>,
    others: Others,
    lists: Vec<Vec<Val>>,
    limits: StoreLimits,
}

/// A KYC list, which the guest gets and returns as a handle. The handle is the position in [`State::lists`].
struct List;

/// The host: the component, compiled once, and the stored data.
pub struct Host {
    component: Component,
    pre: InstancePre<State>,
    facts: Mutex<Arc<Facts>>,
}

impl Host {
    /// Compiles the component, with an empty store.
    ///
    /// # Errors
    /// The bytes are not a component.
    pub fn new(component: &[u8]) -> Result<Self> {
        let engine = Engine::new(Config::new().consume_fuel(true))?;
        let component = Component::new(&engine, component)?;
        let mut linker = Linker::new(&engine);
        for (interface, item) in component.component_type().imports(&engine) {
            let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
            let mut linked = linker.instance(interface)?;
            for (name, item) in instance.exports(&engine) {
                // `kyc-storage` in `obp:onboarding/kyc-storage@0.1.0`.
                let short = interface.split(['/', '@']).nth(1).unwrap_or(interface);
                let import = format!("{short}.{name}");
                match item.ty {
                    ComponentItem::ComponentFunc(_) => linked.func_new(name, move |store, _, arguments, results| {
                        let answer = answer(store, &import, arguments)?;
                        results.iter_mut().for_each(|result| *result = answer.clone());
                        Ok(())
                    })?,
                    ComponentItem::Resource(_) if import.ends_with("-list") => {
                        linked.resource(name, ResourceType::host::<List>(), |_, _| Ok(()))?;
                    }
                    _ => {}
                }
            }
        }
        let pre = linker.instantiate_pre(&component)?;
        Ok(Self { component, pre, facts: Mutex::default() })
    }

    /// The same component with an empty store.
    #[must_use]
    pub fn without_facts(&self) -> Self {
        Self { component: self.component.clone(), pre: self.pre.clone(), facts: Mutex::default() }
    }

    /// The component. Its types are those of the values.
    #[must_use]
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// Makes a call in a new instance and commits nothing. Returns the export's `Val::Result`, with lists instead of handles.
    ///
    /// # Errors
    /// The export does not exist, it traps, or an import fails.
    pub fn call(&self, others: Others, interface: &str, function: &str, arguments: &[Val]) -> Result<Val> {
        let facts = Arc::clone(&self.facts.lock().unwrap_or_else(PoisonError::into_inner));
        let limits = StoreLimitsBuilder::new().memory_size(MEMORY_BYTES_MAX).build();
        let mut store = Store::new(self.component.engine(), State { facts, others, lists: Vec::new(), limits });
        store.set_fuel(FUEL)?;
        store.limiter(|state| &mut state.limits);
        let instance = self.pre.instantiate(&mut store)?;
        let missing = || format_err!("the component has no export {interface}.{function}");
        let interface = self.component.get_export_index(None, format!("obp:onboarding/{interface}@0.1.0"));
        let index = self.component.get_export_index(interface.as_ref(), function).ok_or_else(missing)?;
        let mut results = [Val::Bool(false)];
        instance.get_func(&mut store, index).ok_or_else(missing)?.call(&mut store, arguments, &mut results)?;
        let [answer] = results;
        let Val::Result(Ok(Some(handle))) = &answer else { return Ok(answer) };
        let Val::Resource(handle) = **handle else { return Ok(answer) };
        let list = handle.try_into_resource::<List>(&mut store)?.rep() as usize;
        Ok(Val::Result(Ok(store.data().lists.get(list).map(|list| Box::new(Val::List(list.clone()))))))
    }

    /// Makes a call that writes, and commits its changes. Repeats the call on new inputs if a precondition does not hold. Returns the
    /// last answer and whether it was committed.
    ///
    /// # Errors
    /// The same as those of [`Host::call`].
    pub fn change(
        &self,
        others: impl Fn() -> Others,
        interface: &str,
        function: &str,
        arguments: &[Val],
    ) -> Result<(Val, bool)> {
        let mut tries = 1;
        loop {
            let answer = self.call(others(), interface, function, arguments)?;
            let done = self.commit(changes_of(&answer));
            if done || tries == TRIES_MAX {
                return Ok((answer, done));
            }
            tries += 1;
        }
    }

    /// Commits all of these changes, or none if a precondition does not hold. Returns which.
    pub fn commit(&self, changes: &[Val]) -> bool {
        let mut current = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut facts = Facts::clone(&current);
        let done = changes.iter().all(|change| facts.apply(change).is_some());
        if done {
            *current = Arc::new(facts);
        }
        done
    }
}

/// The changes of an answer `ok((reply, changes))`. A refusal and a call that only reads have none.
fn changes_of(answer: &Val) -> &[Val] {
    if let Val::Result(Ok(Some(written))) = answer
        && let Val::Tuple(written) = &**written
        && let [_, Val::List(changes)] = written.as_slice()
    {
        return changes;
    }
    &[]
}

/// Answers an import from the store's data, or from the other imports.
fn answer(mut store: StoreContextMut<'_, State>, import: &str, arguments: &[Val]) -> Result<Val> {
    let Some(answer) = store.data().facts.read(import, arguments) else {
        return (store.data_mut().others)(import, arguments);
    };
    let list = match answer {
        store::Answer::Value(value) => return Ok(value),
        store::Answer::List(None) => return Ok(Val::Option(None)),
        store::Answer::List(Some(list)) => list,
    };
    let lists = &mut store.data_mut().lists;
    lists.push(list);
    let handle = Resource::<List>::new_own(u32::try_from(lists.len())? - 1);
    Ok(Val::Option(Some(Box::new(Val::Resource(handle.try_into_resource_any(store)?)))))
}
