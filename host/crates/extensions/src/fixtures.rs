//! Extensions for tests: folders with manifests, and components without code.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use wasm_encoder::{
    ComponentBuilder, ComponentExportKind, ComponentTypeRef, InstanceType, MemorySection, MemoryType, Module,
};

/// A valid manifest of a screener. Tests refer to its lines.
pub(super) const SCREENER: &str = r#"name = "sample"
version = "1.0.0"
component = "screening.wasm"
sha256 = "DIGEST"
world = "screening-extension"
api = "0.1.0"
banks = ["gh.29.uk"]
order = 50
on_failure = "skip"
records = ["kyc-document", "kyc-media"]
[limits]
memory_bytes_max = 131072
running_ms_max = 100

[outbound]
hosts = ["api.acme.example", "http://10.1.2.3:8080"]
private_addresses = true

[settings]
minimum_age = 18
greeting = "hello"
strict = false

[secrets]
api_key = { environment = "ACME_API_KEY" }
"#;

/// A valid manifest of a signed meeting provider, with the required keys only.
pub(super) const PROVIDER: &str = r#"name = "sample"
version = "1.0.0"
component = "video.wasm"
publisher = "acme"
signature = "SIGNATURE"
world = "meeting-provider-extension"
api = "0.1.0"
banks = ["*"]
provider_ids = ["acme-video", "acme.2"]
"#;

/// The manifest with another text in place of the line that begins with `line`.
#[track_caller]
pub(super) fn with(manifest: &str, line: &str, instead: &str) -> String {
    assert!(manifest.lines().any(|found| found.starts_with(line)), "{line}");
    let lines = manifest.lines().map(|found| if found.starts_with(line) { instead } else { found });
    lines.collect::<Vec<_>>().join("\n")
}

/// The interface that a screener exports.
pub(super) const SCREENING: &str = "obp:onboarding/screening@0.1.0";

/// A component with these imports and exports, which are empty instances, and with memories of that many pages.
pub(super) fn component(imports: &[&str], exports: &[&str], memories: &[u64]) -> Vec<u8> {
    let mut builder = ComponentBuilder::default();
    let nothing = builder.type_instance(None, &InstanceType::new());
    for name in imports {
        builder.import(*name, ComponentTypeRef::Instance(nothing));
    }
    for pages in memories {
        let mut section = MemorySection::new();
        let memory =
            MemoryType { minimum: *pages, maximum: None, memory64: false, shared: false, page_size_log2: None };
        section.memory(memory);
        builder.core_module(None, Module::new().section(&section));
    }
    let empty = builder.component(None, ComponentBuilder::default());
    for name in exports {
        let instance = builder.instantiate(None, empty, Vec::<(&str, ComponentExportKind, u32)>::new());
        builder.export(*name, ComponentExportKind::Instance, instance, None);
    }
    builder.finish()
}

/// A temporary folder `sample`.
pub(super) struct Folder(TempDir);

impl Folder {
    /// A folder with that manifest.
    pub(super) fn with(manifest: &str) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.path()).unwrap();
        let manifest =
            manifest.replace("DIGEST", &"0a".repeat(32)).replace("SIGNATURE", &format!("{}==", "A".repeat(86)));
        folder.put("extension.toml", manifest);
        folder
    }

    /// A folder with that manifest of a screener, and a component with the digest `DIGEST`.
    pub(super) fn of(manifest: &str, component: &[u8]) -> Self {
        let folder = Self::with(&manifest.replace("DIGEST", &hex::encode(Sha256::digest(component))));
        folder.put("screening.wasm", component);
        folder
    }

    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("sample")
    }

    /// A path beside the folder.
    pub(super) fn outside(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path().join(name), bytes).unwrap();
    }
}

/// The error as the operator sees it, without the path of the folder.
pub(super) fn shown(error: &super::load_error::LoadError, folder: &Path) -> String {
    assert!(!error.hint.is_empty(), "{error}");
    let text = error.to_string();
    assert!(!text.contains('\n'), "{text}");
    text.replace(&format!("{}/", folder.display()), "")
}
