//! Manifests of extensions for tests, built from values. The lines have the order that the manual uses.

use std::fmt;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// The tables of a manifest, in their order. The first one has no heading.
const TABLES: [&str; 5] = ["", "limits", "outbound", "settings", "secrets"];

/// The manifest of an extension. Setting a key again replaces its value.
#[derive(Clone)]
pub(crate) struct Manifest {
    name: String,
    /// Table, key and value as TOML.
    lines: Vec<(&'static str, String, String)>,
}

impl Manifest {
    /// A screener for all banks. Writes fail if it fails.
    pub(crate) fn screener(name: &str) -> Self {
        Self::new(name, "screening-extension").on_failure("reject")
    }

    /// A meeting provider for all banks, which clients name by this id.
    pub(crate) fn provider(name: &str, id: &str) -> Self {
        Self::new(name, "meeting-provider-extension").key("provider_ids", json!([id]))
    }

    fn new(name: &str, world: &str) -> Self {
        let manifest = Self { name: String::new(), lines: Vec::new() }.named(name).key("version", "1.0.0");
        let manifest = manifest.key("component", "component.wasm").key("sha256", "DIGEST");
        manifest.key("world", world).key("api", "0.1.0").key("banks", json!(["*"]))
    }

    /// Sets the name of the extension and of its folder.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }.key("name", name)
    }

    /// Sets the only bank that the extension is for.
    pub(crate) fn bank(self, bank: &str) -> Self {
        self.key("banks", json!([bank]))
    }

    /// Sets the position among the screeners.
    pub(crate) fn order(self, order: u32) -> Self {
        self.key("order", order)
    }

    /// Sets the effect of a failure: `reject` or `skip`.
    pub(crate) fn on_failure(self, reaction: &str) -> Self {
        self.key("on_failure", reaction)
    }

    /// Sets a key before the first table.
    pub(crate) fn key(self, key: &str, value: impl Into<Value>) -> Self {
        self.with("", key, value)
    }

    pub(crate) fn limit(self, key: &str, value: u64) -> Self {
        self.with("limits", key, value)
    }

    /// Sets the only host that the extension may call.
    pub(crate) fn host(self, host: &str) -> Self {
        self.hosts(&[host])
    }

    pub(crate) fn hosts(self, hosts: &[&str]) -> Self {
        self.with("outbound", "hosts", hosts)
    }

    pub(crate) fn private_addresses(self, allowed: bool) -> Self {
        self.with("outbound", "private_addresses", allowed)
    }

    pub(crate) fn setting(self, key: &str, value: &str) -> Self {
        self.with("settings", key, value)
    }

    /// Adds a secret that the server reads from this file.
    pub(crate) fn secret(self, key: &str, file: &Path) -> Self {
        self.line("secrets", key, format!("{{ file = {} }}", json!(file)))
    }

    /// JSON and TOML write these values in the same way.
    fn with(self, table: &'static str, key: &str, value: impl Into<Value>) -> Self {
        self.line(table, key, value.into().to_string())
    }

    fn line(mut self, table: &'static str, key: &str, value: String) -> Self {
        match self.lines.iter_mut().find(|(known, name, _)| *known == table && name == key) {
            Some((.., old)) => *old = value,
            None => self.lines.push((table, key.to_owned(), value)),
        }
        self
    }

    /// Writes the extension's folder below `parent`: the component, and the manifest with the component's digest.
    pub(crate) fn deploy(&self, parent: &Path, component: &[u8]) -> std::io::Result<()> {
        let folder = parent.join(&self.name);
        std::fs::create_dir(&folder)?;
        std::fs::write(folder.join("component.wasm"), component)?;
        let manifest = self.to_string().replace("DIGEST", &hex::encode(Sha256::digest(component)));
        std::fs::write(folder.join("extension.toml"), manifest)
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in TABLES {
            let mut lines = self.lines.iter().filter(|(of, ..)| *of == table).peekable();
            if lines.peek().is_some() && !table.is_empty() {
                writeln!(f, "\n[{table}]")?;
            }
            lines.try_for_each(|(_, key, value)| writeln!(f, "{key} = {value}"))?;
        }
        Ok(())
    }
}
