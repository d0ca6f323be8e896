//! Promises about the component itself: its size and its imports.

use anyhow::{Result, bail, ensure};
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;

/// The largest size: 400 KiB.
const BYTES_MAX: usize = 400 << 10;

/// All imported interfaces with functions. A host must provide these and no others.
const IMPORTS: [&str; 13] = [
    "obp:onboarding/accounts-storage@0.1.0",
    "obp:onboarding/banks-storage@0.1.0",
    "obp:onboarding/consumers-storage@0.1.0",
    "obp:onboarding/credentials@0.1.0",
    "obp:onboarding/customers-storage@0.1.0",
    "obp:onboarding/entitlements-storage@0.1.0",
    "obp:onboarding/kyc-storage@0.1.0",
    "obp:onboarding/meeting-provider@0.1.0",
    "obp:onboarding/meetings-storage@0.1.0",
    "obp:onboarding/screening@0.1.0",
    "obp:onboarding/users-storage@0.1.0",
    "wasi:clocks/wall-clock@0.2.0",
    "wasi:random/random@0.2.0",
];

/// Describes size and imports. Fails if they differ from the promised ones.
pub(crate) fn promised(bytes: &[u8]) -> Result<String> {
    let engine = Engine::default();
    let component = Component::new(&engine, bytes).map_err(anyhow::Error::msg)?;
    let mut imports = Vec::new();
    for (name, item) in component.component_type().imports(&engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else { bail!("the import {name} is no interface") };
        // The other interfaces contain only types, so a host provides nothing for them. They are all ours.
        ensure!(name.starts_with("obp:onboarding/") || IMPORTS.contains(&name), "the component imports {name}");
        if instance.exports(&engine).any(|(_, item)| matches!(item.ty, ComponentItem::ComponentFunc(_))) {
            imports.push(name.to_owned());
        }
    }
    imports.sort();
    ensure!(imports == IMPORTS, "the component imports {imports:#?}, and is to import {IMPORTS:#?}");
    ensure!(bytes.len() <= BYTES_MAX, "the component has {} bytes, and is to have at most {BYTES_MAX}", bytes.len());
    Ok(format!("component: {} bytes (at most {BYTES_MAX})\nimports:   {}", bytes.len(), imports.join("\n           ")))
}
