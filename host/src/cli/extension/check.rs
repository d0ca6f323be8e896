//! `extension check`: checks an extension's folder, and calls the extension once.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use obp_host::extensions::manifest::Manifest;
use obp_host::extensions::package::Package;
use obp_host::extensions::record_kind::RecordKind;
use obp_host::extensions::registry::in_time;
use serde_json::{Value, json};

use super::super::output::print_lines;
use super::super::{DataArguments, log};
use super::case::Case;
use super::inspect::described;
use super::trial::Trial;

#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    #[command(flatten)]
    data: DataArguments,
    /// The extension's folder, with `extension.toml` and the component.
    folder: PathBuf,
}

impl Check {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.data.config()?;
        let _log = log::start(&config)?;
        let environment = |name: &str| std::env::var(name).ok();
        let package = Package::open(&self.folder, &config.extensions.publishers, &environment, &BTreeMap::new())?;
        let manifest = &package.manifest;
        in_time(manifest, config.limits.host_ms_max)?;
        print_lines(&[
            "manifest, bytes, imports and secrets are valid:".to_owned(),
            format!("{} {}, {}", manifest.name, manifest.version, manifest.world()),
        ])?;
        print_lines(&described(&package.inspection))?;
        let case = Case::dry(manifest)?;
        let trial = Trial::new(&config)?;
        let extension = trial.extension(&self.folder, &config, &case).await?;
        let outcome = trial.run(&extension, &case).await?;
        print_lines(&[format!("compiled and called once, without outbound calls: {}", outcome.answer)])?;
        if let Some(why) = outcome.answer.get("fails") {
            bail!("the trial call failed: {why}");
        }
        let (micros, memory) = (outcome.figures.micros, outcome.figures.memory_bytes_max);
        print_lines(&[format!("it took {micros} us and {memory} B of memory")])
    }
}

impl Case {
    /// A call that the server could make of that extension.
    fn dry(manifest: &Manifest) -> anyhow::Result<Self> {
        let records = manifest.records();
        let call = match records.get(&RecordKind::KycDocument).or(records.first()) {
            Some(kind) => json!({ "subject": { kind.name(): record(*kind) } }),
            None => json!({ "readiness": { "bank_id": "gh.29.uk" } }),
        };
        Ok(serde_json::from_value(json!({ "now": "2026-01-02T03:04:05Z", "call": call, "expect": null }))?)
    }
}

/// A record of that kind.
fn record(kind: RecordKind) -> Value {
    const DATE: &str = "2017-09-19T00:00:00Z";
    let user_id = "7f0c2f9e-0d5b-4c57-a6d2-6f3f6a0b8f11";
    let of_customer = json!({ "bank_id": "gh.29.uk", "customer_id": user_id, "id": "trial" });
    match kind {
        RecordKind::User => json!({
            "user_id": user_id, "email": "trial@example.com", "provider_id": "trial", "provider": "trial", "username": "trial",
        }),
        RecordKind::Account => json!({
            "bank_id": "gh.29.uk", "account_id": "trial", "number": "1234567890", "user_id": user_id, "provider": "trial",
            "username": "trial", "label": "", "type": "CURRENT", "balance": { "currency": "EUR", "amount": "0" },
            "branch_id": "", "account_routing": { "scheme": "", "address": "" },
        }),
        RecordKind::KycCheck | RecordKind::KycMedia => of_customer,
        RecordKind::KycDocument => json!({
            "bank_id": "gh.29.uk", "customer_id": user_id, "id": "trial", "expiry_date": "2037-09-19T00:00:00Z",
        }),
        RecordKind::KycStatus => json!({
            "bank_id": "gh.29.uk",
            "status": { "customer_id": user_id, "customer_number": "1", "ok": true, "date": DATE },
        }),
    }
}
