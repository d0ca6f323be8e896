//! What the configuration says about extensions.

use std::sync::Arc;

use super::compile::{call_limits, open_cache};
use crate::config::Config;
use extensions::Extensions;
use extensions::compiler::{Compiler, Isolation};
use extensions::extension_sandbox::SandboxLimits;
use extensions::outbound::OutboundClients;
use extensions::registry::RegistrySettings;

/// The folder of compiled extensions inside the data folder: apart from the domain's component, which they must not crowd out.
const CACHE_FOLDER: &str = "compiled-extensions";
/// Compiled extensions that are kept.
const CACHE_ENTRIES_MAX: usize = 64;

/// The extensions of that configuration. None is loaded yet. They are compiled in that isolation, and call out through these
/// clients.
///
/// # Errors
/// If the configuration lets more requests be at work than there can be instances.
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
    let cache = move || open_cache(&of, CACHE_FOLDER).map(|cache| cache.with_entries_max(CACHE_ENTRIES_MAX));
    Ok(Extensions::new(settings, Compiler::new(isolation, cache), Arc::new(clients)))
}

/// The same, compiled in this process: for components that are the operator's own, and for tests.
///
/// # Errors
/// As [`extensions`].
pub fn extensions_in_process(config: &Config) -> anyhow::Result<Extensions> {
    extensions(config, Isolation::Thread, OutboundClients::default())
}
