//! The data of one call of an extension: its rights, and its use of them so far.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::settings::Secret;
use ::settings::visible::is_invisible;
use bindings::extensions::{logging, settings};
use sandbox::{CallBudget, CallData, FrozenEnvironment, Limiter, MemoryRefusal};
use wasmtime::component::{HasData, HasSelf, Linker, ResourceTable};
use wasmtime_wasi::clocks::{WasiClocks, WasiClocksCtx, WasiClocksCtxView};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::bindings::io;
use wasmtime_wasi_http::{WasiHttp, WasiHttpCtx, WasiHttpCtxView};

use super::call_context::CallContext;
use super::failure::Cause;
use super::limit_violation::{LimitViolation, LimitViolations};
use super::outbound::{self, OutboundCall};

/// Resources (streams, requests, fields …) that a call may hold at the same time.
const RESOURCES_MAX: usize = 256;
/// Bytes of randomness that one call of the import may ask for.
const RANDOM_BYTES_MAX: u64 = 64 << 10;
/// The most characters of a logged line.
const LINE_CHARS_MAX: usize = 1_000;

/// Settings and limits of an extension, from its manifest.
#[derive(Clone, Debug, Default)]
pub struct ExtensionConfig {
    /// The extension's name, for the log.
    pub name: String,
    /// The settings: `[settings]` of the manifest.
    pub settings: BTreeMap<String, String>,
    /// The values of the secrets: `[secrets]` of the manifest.
    pub secrets: BTreeMap<String, Secret>,
    /// Lines that it may log in one call.
    pub log_lines_max: u32,
    /// All linear memories of an instance together, in bytes.
    pub memory_bytes_max: usize,
}

/// The data of one call's store.
pub struct ExtensionState {
    config: Arc<ExtensionConfig>,
    correlation_id: String,
    environment: FrozenEnvironment,
    clocks: WasiClocksCtx,
    http: WasiHttpCtx,
    outbound: OutboundCall,
    table: ResourceTable,
    violations: LimitViolations,
    log_lines: u32,
    budget: Arc<CallBudget>,
    limiter: Limiter,
}

impl CallData for ExtensionState {
    fn limiter(&mut self) -> &mut Limiter {
        &mut self.limiter
    }

    fn budget(&self) -> &Arc<CallBudget> {
        &self.budget
    }
}

impl ExtensionState {
    pub(super) fn new(
        config: Arc<ExtensionConfig>,
        context: &CallContext<'_>,
        seed: [u8; 32],
        outbound: OutboundCall,
        violations: LimitViolations,
        budget: Arc<CallBudget>,
        limiter: Limiter,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES_MAX);
        Self {
            config,
            correlation_id: context.correlation_id.to_owned(),
            environment: FrozenEnvironment::new(context.now_ms, seed, RANDOM_BYTES_MAX),
            clocks: WasiClocksCtx::default(),
            http: outbound::context(),
            outbound,
            table,
            violations,
            log_lines: 0,
            budget,
            limiter,
        }
    }

    /// The size of all memories of the instance together, in bytes.
    pub(super) fn memory_bytes(&self) -> usize {
        self.limiter.memory_bytes()
    }

    /// The cause of a failure after a limit refused memory.
    pub(super) fn memory_refused(&self) -> Option<Cause> {
        self.limiter.memory_refused().map(|refusal| match refusal {
            MemoryRefusal::Own => Cause::Memory(self.config.memory_bytes_max),
            MemoryRefusal::Shared => Cause::Busy,
        })
    }

    fn clocks(&mut self) -> WasiClocksCtxView<'_> {
        WasiClocksCtxView { ctx: &mut self.clocks, table: &mut self.table }
    }

    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Links exactly the interfaces that an extension may import.
pub(super) fn add_to_linker(linker: &mut Linker<ExtensionState>) -> wasmtime::Result<()> {
    use wasmtime_wasi_http::p2::bindings::http;

    sandbox::add_to_linker(linker, |state| &mut state.environment)?;
    monotonic_clock::add_to_linker::<ExtensionState, WasiClocks>(linker, ExtensionState::clocks)?;
    io::error::add_to_linker::<ExtensionState, Table>(linker, |state| &mut state.table)?;
    io::poll::add_to_linker::<ExtensionState, Table>(linker, |state| &mut state.table)?;
    io::streams::add_to_linker::<ExtensionState, Table>(linker, |state| &mut state.table)?;
    http::outgoing_handler::add_to_linker::<ExtensionState, WasiHttp>(linker, ExtensionState::http)?;
    http::types::add_to_linker::<ExtensionState, WasiHttp>(linker, &Default::default(), ExtensionState::http)?;
    logging::add_to_linker::<ExtensionState, HasSelf<ExtensionState>>(linker, |state| state)?;
    settings::add_to_linker::<ExtensionState, HasSelf<ExtensionState>>(linker, |state| state)
}

struct Table;

impl HasData for Table {
    type Data<'a> = &'a mut ResourceTable;
}

impl settings::Host for ExtensionState {
    fn get(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        Ok(self.config.settings.get(&name).cloned())
    }

    fn secret(&mut self, name: String) -> wasmtime::Result<Option<String>> {
        Ok(self.config.secrets.get(&name).map(|secret| secret.expose().to_owned()))
    }
}

impl logging::Host for ExtensionState {
    fn log(&mut self, level: logging::Level, context: String, message: String) -> wasmtime::Result<()> {
        if self.log_lines >= self.config.log_lines_max {
            let violation = LimitViolation::LogLines(self.config.log_lines_max);
            self.violations.note(violation.clone());
            return Err(wasmtime::Error::new(violation));
        }
        self.log_lines += 1;
        let message = self.config.log_line(&message);
        let context = self.config.log_line(&context);
        let (extension, correlation_id) = (&self.config.name, &self.correlation_id);
        // One statement for each level: the level of a line is fixed when the program is compiled.
        match level {
            logging::Level::Trace => {
                tracing::trace!(target: "extension", extension, correlation_id, context, "{message}");
            }
            logging::Level::Debug => {
                tracing::debug!(target: "extension", extension, correlation_id, context, "{message}");
            }
            logging::Level::Info => {
                tracing::info!(target: "extension", extension, correlation_id, context, "{message}");
            }
            logging::Level::Warn => {
                tracing::warn!(target: "extension", extension, correlation_id, context, "{message}");
            }
            logging::Level::Error | logging::Level::Critical => {
                tracing::error!(target: "extension", extension, correlation_id, context, "{message}");
            }
        }
        Ok(())
    }
}

impl ExtensionConfig {
    /// The text as one line of bounded length, without the extension's secrets and without invisible characters.
    fn log_line(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.secrets.values().map(Secret::expose).filter(|secret| !secret.is_empty()) {
            text = text.replace(secret, "[secret]");
        }
        text.chars().take(LINE_CHARS_MAX).map(|c| if is_invisible(c) { '\u{fffd}' } else { c }).collect()
    }
}
