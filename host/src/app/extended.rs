//! Builds the extension registry from the configuration.

use std::sync::Arc;

use extensions::Extensions;
use extensions::compiler::{Compiler, Isolation};
use extensions::extension_sandbox::SandboxLimits;
use extensions::outbound::OutboundClients;
use extensions::registry::RegistrySettings;

use super::compile::{EXTENSIONS_CACHE_FOLDER, call_limits, open_cache};
use crate::config::Config;

/// Compiled extensions in the cache.
const CACHE_ENTRIES_MAX: usize = 64;

/// Builds the extension registry. No extension is loaded yet. `clients` make the outbound calls of extensions.
///
/// # Errors
/// If the configuration allows more requests at once than instances can exist.
pub fn extensions(config: &Config, isolation: Isolation, clients: OutboundClients) -> anyhow::Result<Extensions> {
    let calls = call_limits(config)?;
    let memory_bytes_max = config.limits.extensions_memory_bytes_max;
    let settings = RegistrySettings {
        folder_is_named: config.extensions.folder.is_some(),
        folder: config.extensions_folder(),
        publishers: config.extensions.publishers.clone(),
        sandbox: SandboxLimits {
            instances_max: calls.instances_max,
            tick_ms: calls.tick_ms,
            slow_calls_max: calls.slow_calls_max,
            memory_bytes_max,
        },
        host_ms_max: calls.host_ms_max,
        provider_ids: config.meetings.providers.keys().cloned().collect(),
    };
    let of = config.clone();
    let cache = move || open_cache(&of, EXTENSIONS_CACHE_FOLDER).map(|cache| cache.with_entries_max(CACHE_ENTRIES_MAX));
    Ok(Extensions::new(settings, Compiler::new(isolation, cache), Arc::new(clients)))
}

/// The same as [`extensions()`], but compiles in this process: for the operator's own components, and for tests.
///
/// # Errors
/// The same errors as [`extensions()`].
pub fn extensions_in_process(config: &Config) -> anyhow::Result<Extensions> {
    extensions(config, Isolation::Thread, OutboundClients::default())
}
