//! The operator of a server with extensions: the folders of the examples, variants of them, and the commands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::process::Command;
use wasm_encoder::{CodeSection, Function, FunctionSection, Module, TypeSection, ValType};

use super::process::{Server, obp_host, store};
use super::world;

/// The key that signs the meeting provider's tokens.
pub const SECRET: &str = "a secret that is shared with Jitsi";

/// The deployable folder of an example, which `make extensions` makes.
pub fn example(name: &str) -> PathBuf {
    let host = obp_host();
    let folder = host.ancestors().nth(2).expect("it lies in <target>/release").join("extensions").join(name);
    assert!(folder.is_dir(), "{} is missing: run make extensions", folder.display());
    folder
}

/// Edits of a text: the old part and its replacement.
pub type Edits<'a> = &'a [(&'a str, &'a str)];

/// A copy of an example with another manifest, in a folder of the same name below `parent`.
pub fn variant(name: &str, parent: &Path, edits: Edits<'_>) -> PathBuf {
    let component = fs::read(example(name).join("component.wasm")).expect("it has a component");
    with_component(name, parent, &component, edits)
}

/// The same as [`variant`], with this component. Its digest is put into the manifest before the edits.
pub fn with_component(name: &str, parent: &Path, component: &[u8], edits: Edits<'_>) -> PathBuf {
    let (from, to) = (example(name), parent.join(name));
    let mut manifest = fs::read_to_string(from.join("extension.toml")).expect("it has a manifest");
    let digest = |component: &[u8]| hex::encode(Sha256::digest(component));
    let original = fs::read(from.join("component.wasm")).expect("it has a component");
    manifest = manifest.replace(&digest(&original), &digest(component));
    for (there, instead) in edits {
        assert!(manifest.contains(there), "{there}");
        manifest = manifest.replace(there, instead);
    }
    fs::create_dir_all(&to).expect("a folder");
    fs::write(to.join("extension.toml"), manifest).expect("a manifest");
    fs::write(to.join("component.wasm"), component).expect("a component");
    to
}

/// The component of an example with a lot of unused code, so that its compilation takes minutes.
pub fn laborious(name: &str) -> Vec<u8> {
    const FUNCTIONS: u32 = 4_000;
    const TERMS: i32 = 800;
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for number in 0..FUNCTIONS {
        functions.function(0);
        let mut body = Function::new([]);
        body.instructions().local_get(0);
        for term in 0..TERMS {
            let mut sink = body.instructions();
            sink.local_get(0).i32_const(term ^ number.cast_signed()).i32_mul().i32_rotl().local_tee(0);
        }
        body.instructions().end();
        code.function(&body);
    }
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&code);
    with_module(name, &module)
}

/// The component of an example with another module, which it does not use.
pub fn with_module(name: &str, module: &Module) -> Vec<u8> {
    let module = module.clone().finish();
    // A component is a sequence of sections. Section 1 is a module.
    let mut component = fs::read(example(name).join("component.wasm")).expect("it has a component");
    component.push(1);
    let mut length = module.len();
    while length > 0x7f {
        component.push((length & 0x7f) as u8 | 0x80);
        length >>= 7;
    }
    component.push(length as u8);
    component.extend(module);
    component
}

/// A data folder with the standard data, the server on it, and its log.
pub struct Operator {
    pub data: PathBuf,
    folder: TempDir,
}

/// The result of a command.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Operator {
    /// An operator with the standard data and without extensions.
    pub async fn new() -> Self {
        Self::at("data").await
    }

    /// The same as [`Operator::new`], with the data in this folder.
    pub async fn at(path: &str) -> Self {
        let folder = crate::support::folder().expect("a folder");
        let data = folder.path().join(path);
        world::create(&store(&data)).await;
        Self { data, folder }
    }

    /// A folder that no server reads.
    pub fn elsewhere(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder of the server's extensions.
    pub fn extensions(&self) -> PathBuf {
        self.data.join("extensions")
    }

    /// The server, with meetings and the provider's secret.
    pub async fn serve(&self) -> Server {
        self.serve_with(&[("JITSI_JWT_SECRET", SECRET)]).await
    }

    /// The server, with meetings and these variables.
    pub async fn serve_with(&self, variables: &[(&str, &str)]) -> Server {
        let log = fs::OpenOptions::new().append(true).create(true).open(self.elsewhere("log")).expect("a log");
        let mut command = Command::new(obp_host());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&self.data).stderr(log);
        command.env("OBP_HOST_MEETINGS__ENABLED", "true").envs(variables.iter().copied());
        Server::start(&mut command).await
    }

    /// The log of the servers.
    pub fn log(&self) -> String {
        fs::read_to_string(self.elsewhere("log")).expect("a log")
    }

    /// Waits until the log contains this text this many times.
    pub async fn logged(&self, text: &str, times: usize) {
        while self.log().matches(text).count() < times {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    /// Runs `obp-host extension …` on this data folder.
    pub async fn extension(&self, arguments: &[&str]) -> Said {
        let data = self.data.to_str().expect("it is text");
        said(&[&["extension"], arguments, &["--data", data]].concat()).await
    }

    /// Runs `extension add`, which must succeed.
    pub async fn add(&self, folder: &Path) -> String {
        let said = self.extension(&["add", folder.to_str().expect("it is text")]).await;
        assert_eq!(said.code, 0, "{said:?}");
        said.out
    }

    /// The words in the line of this extension in `extension list`.
    pub async fn row(&self, name: &str) -> Vec<String> {
        let said = self.extension(&["list"]).await;
        let line = said.out.lines().find(|line| line.split_whitespace().next() == Some(name));
        line.unwrap_or_else(|| panic!("{said:?}")).split_whitespace().map(str::to_owned).collect()
    }
}

/// Runs `obp-host …`, without the provider's secret.
pub async fn said(arguments: &[&str]) -> Said {
    let mut command = Command::new(obp_host());
    let output = command.args(arguments).stdin(Stdio::null()).output().await.expect("it runs");
    Said {
        code: output.status.code().expect("it ends by itself"),
        out: String::from_utf8(output.stdout).expect("text"),
        err: String::from_utf8(output.stderr).expect("text"),
    }
}
