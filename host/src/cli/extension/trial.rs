//! Runs an extension without server, cache and network. For `check` and `test`.

use std::path::Path;
use std::sync::Arc;

use obp_host::ambient::Ambient;
use obp_host::app::call_limits;
use obp_host::config::{Config, Secret};
use obp_host::extensions::call_context::CallContext;
use obp_host::extensions::compiler::{Compiler, Isolation};
use obp_host::extensions::extension::Extension;
use obp_host::extensions::extension_sandbox::{ExtensionSandbox, SandboxLimits};
use obp_host::extensions::failure::in_one_line;
use obp_host::extensions::manifest::Manifest;
use obp_host::extensions::metrics::MetricsSnapshot;
use obp_host::extensions::outbound::OutboundClients;
use obp_host::extensions::package::Package;
use obp_host::extensions::registry::compile;
use serde_json::Value;

use super::case::Case;

/// The correlation id of a trial in the extension's log lines.
const CORRELATION_ID: &str = "trial";

/// The result of a trial.
pub(super) struct Outcome {
    pub(super) answer: Value,
    pub(super) figures: MetricsSnapshot,
}

/// A sandbox for trials, one call at a time.
pub(super) struct Trial {
    sandbox: Arc<ExtensionSandbox>,
    compiler: Compiler,
}

impl Trial {
    pub(super) fn new(config: &Config) -> anyhow::Result<Self> {
        let calls = call_limits(config)?;
        let limits = SandboxLimits {
            instances_max: 1,
            tick_ms: calls.tick_ms,
            slow_calls_max: 1,
            memory_bytes_max: Manifest::MEMORY_BYTES_CEILING,
        };
        let sandbox =
            ExtensionSandbox::new(limits).map_err(|error| anyhow::anyhow!(in_one_line(&format!("{error:#}"))))?;
        Ok(Self { sandbox: Arc::new(sandbox), compiler: Compiler::new(Isolation::of_this_program(), || None) })
    }

    /// Compiles the extension of a folder, with settings and secrets of the case.
    pub(super) async fn extension(&self, folder: &Path, config: &Config, case: &Case) -> anyhow::Result<Extension> {
        let stated = case.secrets.iter().map(|(name, secret)| (name.clone(), Secret::new(secret.clone()))).collect();
        let environment = |name: &str| std::env::var(name).ok();
        let mut package = Package::open(folder, &config.extensions.publishers, &environment, &stated)?;
        package.manifest.settings.extend(case.settings.clone());
        case.check(&package.manifest)?;
        let clients = Arc::new(OutboundClients::recorded(case.http.clone()));
        Ok(compile(package, &self.sandbox, &self.compiler, &clients).await?)
    }

    /// Compiles a package as a server does, and checks the types of its exports. Calls none.
    pub(super) async fn compile(&self, package: Package) -> anyhow::Result<Extension> {
        Ok(compile(package, &self.sandbox, &self.compiler, &Arc::new(OutboundClients::recorded(Vec::new()))).await?)
    }

    /// Makes the call of a case.
    pub(super) async fn run(&self, extension: &Extension, case: &Case) -> anyhow::Result<Outcome> {
        let now_ms = case.now_ms()?;
        let ambient = Ambient::fixed(now_ms, case.random_seed);
        let context = CallContext { correlation_id: CORRELATION_ID, now_ms, ambient: &ambient };
        let answer = case.answer(extension, &context).await?;
        Ok(Outcome { answer, figures: extension.metrics.snapshot() })
    }
}
