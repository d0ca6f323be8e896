//! The component's exports by name: which one to call is looked up once, when the component is compiled.
//!
//! The generated bindings would look up and type-check every export of the world for every instance; that costs several
//! times what the instance does (`docs/architecture.md`). A call checks the types of the one export it calls.

use std::collections::HashMap;

use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, ComponentExportIndex};

/// By interface and generated method, as `kyc.call_add_check`.
pub(super) struct Exports(HashMap<String, ComponentExportIndex>);

impl Exports {
    pub(super) fn of(component: &Component, engine: &Engine) -> Self {
        let mut exports = HashMap::new();
        for (interface, item) in component.component_type().exports(engine) {
            // A component may export others' interfaces beside ours.
            if !interface.starts_with("obp:onboarding/") {
                continue;
            }
            let ComponentItem::ComponentInstance(functions) = item.ty else { continue };
            let Some(index) = component.get_export_index(None, interface) else { continue };
            for (function, _) in functions.exports(engine) {
                if let Some(index) = component.get_export_index(Some(&index), function) {
                    exports.insert(generated_name(interface, function), index);
                }
            }
        }
        Self(exports)
    }

    pub(super) fn get(&self, name: &str) -> wasmtime::Result<&ComponentExportIndex> {
        self.0.get(name).ok_or_else(|| wasmtime::format_err!("the component has no export {name}"))
    }
}

/// `obp:onboarding/kyc@0.1.0` and `add-check` are `kyc.call_add_check`.
fn generated_name(interface: &str, function: &str) -> String {
    let noun = interface.split_once('/').map_or(interface, |(_, rest)| rest);
    let noun = noun.split_once('@').map_or(noun, |(noun, _)| noun);
    format!("{noun}.call_{function}").replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_has_the_name_of_its_generated_method() {
        assert_eq!(generated_name("obp:onboarding/kyc@0.1.0", "add-check"), "kyc.call_add_check");
    }
}
