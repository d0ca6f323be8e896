//! Chooses the component: the embedded one or the configured file. Checks its digest, and compiles it or takes it from the
//! cache.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

use ambient::Ambient;
use anyhow::Context as _;
use extensions::failure::in_one_line;
use rules::{Bounds, CallLimits, EMBEDDED, Runtime};
use sandbox::about;
use sandbox::cache::{Cache, Origin};
use sha2::{Digest as _, Sha256};

use crate::config::Config;

/// The folder of the component's cache inside the data folder.
pub const CACHE_FOLDER: &str = "compiled";
/// The folder of the extensions' cache. It is separate, so that extensions never evict the embedded component.
pub(super) const EXTENSIONS_CACHE_FOLDER: &str = "compiled-extensions";

/// Compiles the configured component or the embedded one, or loads it from the cache.
///
/// # Errors
/// If it cannot be read, has the wrong digest, or does not fit this server.
pub fn compile(config: &Config) -> anyhow::Result<Arc<Runtime>> {
    let begun = Instant::now();
    let limits = call_limits(config)?;
    let (name, bytes) = component(config)?;
    if let Some(pin) = &config.component_sha256 {
        check_digest(pin, &name, &bytes)?;
    }
    about::check_header(&bytes).map_err(|error| anyhow::anyhow!("{name} {error}"))?;
    let (runtime, origin) = Runtime::with_cache(&bytes, limits, open_cache(config, CACHE_FOLDER).as_ref())
        .map_err(|error| anyhow::anyhow!("{name} cannot be run: {}", in_one_line(&format!("{error:#}"))))?;
    let ms = begun.elapsed().as_millis();
    match origin {
        Origin::Compiled => tracing::info!("{name} was compiled in {ms} ms"),
        Origin::Cache => tracing::info!("{name} was loaded from the cache in {ms} ms"),
    }
    Ok(Arc::new(runtime))
}

/// The limits of one call.
///
/// # Errors
/// If the configuration allows more requests at once than instances can exist.
pub fn call_limits(config: &Config) -> anyhow::Result<CallLimits> {
    let limits = &config.limits;
    Ok(CallLimits {
        guest_ms_max: limits.guest_ms_max,
        host_ms_max: limits.host_ms_max,
        guest_memory_bytes_max: limits.guest_memory_bytes_max,
        instances_max: u32::try_from(limits.requests_in_flight_max)?,
        tick_ms: CallLimits::TICK_MS,
        slow_calls_max: CallLimits::default_slow_calls(),
        bounds: Bounds::DEFAULT,
    })
}

/// The component's name in messages, and its bytes.
fn component(config: &Config) -> anyhow::Result<(String, Cow<'static, [u8]>)> {
    let Some(file) = &config.component else {
        return Ok(("the built-in component".to_owned(), Cow::Borrowed(EMBEDDED)));
    };
    let name = format!("the component {}", file.display());
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {name}"))?;
    Ok((name, Cow::Owned(bytes)))
}

fn check_digest(pin: &str, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let digest = hex::encode(Sha256::digest(bytes));
    anyhow::ensure!(
        digest.eq_ignore_ascii_case(pin),
        "{name} is not the one that `component_sha256` names: its SHA-256 is {digest}, the setting says {pin}. \
         Put the right file there, or correct the setting"
    );
    Ok(())
}

/// The cache; `None` if it is disabled or cannot be trusted.
pub(super) fn open_cache(config: &Config, folder: &str) -> Option<Cache> {
    if !config.compiled_cache {
        return None;
    }
    Cache::open(&config.data.join(folder), &Ambient::system())
        .inspect_err(|error| tracing::warn!("compiled components are not kept, and none is loaded: {error}"))
        .ok()
}
