//! Compiled components on disk, so that the next start need not compile.
//!
//! A file of the cache is machine code that runs outside the sandbox. So each file carries a MAC by the folder's own key
//! over its bytes, the component, and the settings it was compiled with. A file without that MAC is not loaded. A damaged
//! file or folder costs a compilation and a line in the log; it never aborts startup.

mod folder;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use ambient::Ambient;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// The first bytes of a file. The version in them changes with the format.
pub const MAGIC: [u8; 16] = *b"obp compiled v1\n";
/// Length of the magic and the MAC, which precede the machine code.
pub const HEADER_BYTES: usize = MAGIC.len() + 32;
/// The most bytes of a file. A larger file is not loaded, and a larger component is not kept.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// Entries in the folder, unless [`Cache::with_entries_max`] sets another number. One is in use; the others are for a return to
/// an earlier version.
pub const ENTRIES_MAX: usize = 4;

/// A file or folder of the cache is not used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {kind}", path.display())]
pub struct CacheError {
    /// The file or folder.
    pub path: PathBuf,
    /// The reason.
    pub kind: CacheErrorKind,
}

/// The reason why a file or folder of the cache is not used.
#[derive(Debug, thiserror::Error)]
pub enum CacheErrorKind {
    /// Its owner is not the user that this process runs as.
    #[error("it belongs to another user; remove it, or give it to the user that the server runs as")]
    Owner,
    /// Other users may write to the folder.
    #[error("other users may write to it; take that right away (chmod go-w) and remove what is in it")]
    Writable,
    /// Other users may read or write the key.
    #[error("other users may read or write it; remove it, a new one will be made")]
    Exposed,
    /// It is of another type than it must be.
    #[error("it is not {0}")]
    Type(&'static str),
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// It is larger than any file of the cache.
    #[error("it is larger than {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// It has another format than this version writes.
    #[error("it is no compiled component of this version's format")]
    Format,
    /// It was damaged, or made with another key, from another component or with other settings.
    #[error("its signature is wrong: it is damaged, or was made for something else")]
    Mac,
    /// Its MAC is right, and wasmtime cannot load it.
    #[error("wasmtime refuses it: {0:#}")]
    Wasmtime(wasmtime::Error),
    /// There are no random bytes for a key.
    #[error(transparent)]
    NoRandom(#[from] ambient::NoRandom),
}

impl CacheErrorKind {
    fn at(self, path: &Path) -> CacheError {
        CacheError { path: path.to_owned(), kind: self }
    }
}

/// Adds the path to an error.
fn at<E: Into<CacheErrorKind>>(path: &Path) -> impl Fn(E) -> CacheError {
    move |error| error.into().at(path)
}

/// The origin of a component's machine code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was compiled.
    Compiled,
    /// It was loaded from the cache.
    Cache,
}

/// A folder of compiled components that only this user can write to.
pub struct Cache {
    folder: PathBuf,
    mac: Hmac<Sha256>,
    entries_max: usize,
}

impl Cache {
    /// Opens the folder, or makes it and its key.
    ///
    /// # Errors
    /// [`CacheError`] if other users may write to it or read its key, or if the disk fails.
    pub fn open(folder: &Path, ambient: &Ambient) -> Result<Self, CacheError> {
        Ok(Self { folder: folder.to_owned(), mac: folder::open(folder, ambient)?, entries_max: ENTRIES_MAX })
    }

    /// The same cache, which keeps at most that many components.
    #[must_use]
    pub fn with_entries_max(self, entries_max: usize) -> Self {
        Self { entries_max, ..self }
    }

    /// Loads the component from the cache, or else compiles and keeps it. Errors of the cache are logged.
    ///
    /// # Errors
    /// If the engine cannot compile it.
    pub fn component(&self, engine: &Engine, wasm: &[u8]) -> wasmtime::Result<(Component, Origin)> {
        if let Some(component) = self.find(engine, wasm) {
            return Ok((component, Origin::Cache));
        }
        let component = Component::new(engine, wasm)?;
        self.put(engine, wasm, &component);
        Ok((component, Origin::Compiled))
    }

    /// Loads the component from the cache, if it is there. If its file is refused, that is logged.
    pub fn find(&self, engine: &Engine, wasm: &[u8]) -> Option<Component> {
        let loaded = self.entry(engine, wasm).load();
        loaded
            .inspect_err(|error| tracing::warn!("a compiled component is not loaded, but compiled again: {error}"))
            .ok()
            .flatten()
    }

    /// Keeps a compiled component. If that fails, it is logged.
    pub fn put(&self, engine: &Engine, wasm: &[u8], component: &Component) {
        if let Err(error) = self.entry(engine, wasm).keep(component) {
            tracing::warn!("the compiled component is not kept for the next start: {error}");
        }
    }

    /// The place of that component, compiled by that engine.
    pub fn entry<'a>(&'a self, engine: &'a Engine, wasm: &[u8]) -> Entry<'a> {
        let mut key = KeyHasher(Sha256::new_with_prefix(MAGIC));
        key.0.update(Sha256::digest(wasm));
        // The hash covers all that machine code depends on: processor, settings, and wasmtime's version.
        engine.precompile_compatibility_hash().hash(&mut key);
        let key: [u8; 32] = key.0.finalize().into();
        let path = self.folder.join(folder::entry_name(&key));
        Entry { cache: self, engine, key, path }
    }
}

/// The place of one compiled component.
pub struct Entry<'a> {
    cache: &'a Cache,
    engine: &'a Engine,
    key: [u8; 32],
    path: PathBuf,
}

impl Entry<'_> {
    /// The path of its file, which need not exist.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Loads the component, if its file exists.
    ///
    /// # Errors
    /// [`CacheError`] if the file is refused.
    pub fn load(&self) -> Result<Option<Component>, CacheError> {
        let Some(file) = self.read().map_err(at(&self.path))? else { return Ok(None) };
        let code = self.verified(&file).map_err(at(&self.path))?;
        #[expect(unsafe_code, reason = "wasmtime has no other way to load compiled code")]
        // SAFETY: `code` must be the result of `Component::serialize`. These bytes carry a MAC by a key that only this user
        // can read. `keep` is the only code that uses that key, and makes a MAC for such results only.
        let component = unsafe { Component::deserialize(self.engine, code) };
        component.map(Some).map_err(|error| CacheErrorKind::Wasmtime(error).at(&self.path))
    }

    /// Writes the component, which must be this entry's. Then removes the oldest entries beyond the cache's number.
    ///
    /// # Errors
    /// [`CacheError`] if the disk fails or the component is too large.
    pub fn keep(&self, component: &Component) -> Result<(), CacheError> {
        let code = component.serialize().map_err(|error| CacheErrorKind::Wasmtime(error).at(&self.path))?;
        self.write(&code).map_err(at(&self.path))?;
        folder::prune(&self.cache.folder, &self.path, self.cache.entries_max)
    }

    fn read(&self) -> Result<Option<Vec<u8>>, CacheErrorKind> {
        let metadata = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => metadata?,
        };
        if !metadata.is_file() {
            return Err(CacheErrorKind::Type("a file"));
        }
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if too_large(bytes.len()) { Err(CacheErrorKind::TooLarge) } else { Ok(Some(bytes)) }
    }

    /// The machine code of a file, after its MAC was checked. Nothing else of a file reaches [`Component::deserialize`].
    fn verified<'f>(&self, file: &'f [u8]) -> Result<&'f [u8], CacheErrorKind> {
        let (magic, rest) = file.split_first_chunk().ok_or(CacheErrorKind::Format)?;
        if *magic != MAGIC {
            return Err(CacheErrorKind::Format);
        }
        let (mac, code) = rest.split_first_chunk::<32>().ok_or(CacheErrorKind::Format)?;
        self.mac(code).verify_slice(mac).map_err(|_| CacheErrorKind::Mac)?;
        Ok(code)
    }

    fn mac(&self, code: &[u8]) -> Hmac<Sha256> {
        // MAGIC and key have fixed lengths, so the MAC's input is unambiguous.
        self.cache.mac.clone().chain_update(MAGIC).chain_update(self.key).chain_update(code)
    }

    /// Writes the file without a sync: after a loss of power, an incomplete file is refused like any damaged one.
    fn write(&self, code: &[u8]) -> Result<(), CacheErrorKind> {
        if too_large(HEADER_BYTES + code.len()) {
            return Err(CacheErrorKind::TooLarge);
        }
        let mut file = folder::temporary(&self.cache.folder)?;
        file.write_all(&MAGIC)?;
        file.write_all(&self.mac(code).finalize().into_bytes())?;
        file.write_all(code)?;
        file.persist(&self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

fn too_large(bytes: usize) -> bool {
    u64::try_from(bytes).is_ok_and(|bytes| bytes > FILE_BYTES_MAX)
}

/// Loads machine code that a child process of this program has just compiled and sent through a pipe.
///
/// # Errors
/// If wasmtime cannot load it.
pub fn load_own(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    #[expect(unsafe_code, reason = "wasmtime has no other way to load compiled code")]
    // SAFETY: `code` must be the result of `Engine::precompile_component`. Its only source is this program's own compiling
    // process (`compiler.rs` of the crate `extensions`), which has ended with success.
    unsafe {
        Component::deserialize(engine, code)
    }
}

/// Passes wasmtime's hash input to SHA-256. A hash of 64 bits is too short for a name that selects machine code.
struct KeyHasher(Sha256);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
