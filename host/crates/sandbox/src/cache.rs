//! Compiled components on disk, so that the next start need not compile.
//!
//! What is loaded from here is machine code that will run unsandboxed. So nothing is loaded that does not carry a MAC by
//! the folder's own key over its bytes, over the component and over the settings it was compiled with. Whatever is wrong
//! with the folder or a file costs a compilation and a line in the log, never the start.

mod folder;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use ambient::Ambient;

/// How a file begins. Whoever changes what follows it changes the version in it.
pub const MAGIC: [u8; 16] = *b"obp compiled v1\n";
/// The magic and the MAC, in front of what wasmtime made.
pub const HEADER_BYTES: usize = MAGIC.len() + 32;
/// A larger file is not ours, and a larger component is not kept.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// Entries in the folder, unless [`Cache::keeping`] says otherwise: one is in use, the others are for going back to an earlier version.
pub const ENTRIES_MAX: usize = 4;

/// A file or folder of the cache that is not used, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct Refused {
    /// The file or folder.
    pub path: PathBuf,
    /// The reason.
    pub why: Why,
}

/// Why a file or folder of the cache is not used.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// Its owner is not the user that this process runs as.
    #[error("it belongs to another user; remove it, or give it to the user that the server runs as")]
    Owner,
    /// Others may change it.
    #[error("other users may write to it; take that right away (chmod go-w) and remove what is in it")]
    Writable,
    /// Others may know the key.
    #[error("other users may read or write it; remove it, a new one will be made")]
    Exposed,
    /// It is something else than it has to be.
    #[error("it is not {0}")]
    Kind(&'static str),
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] io::Error),
    /// Nothing of ours is so large.
    #[error("it is larger than {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// It begins otherwise than this version writes.
    #[error("it is no compiled component of this version's format")]
    Format,
    /// It was damaged, or made with another key, from another component or with other settings.
    #[error("its signature is wrong: it is damaged, or was made for something else")]
    Mac,
    /// It is what was written, and wasmtime has no use for it.
    #[error("wasmtime refuses it: {0:#}")]
    Wasmtime(wasmtime::Error),
    /// There are no random bytes for a key.
    #[error(transparent)]
    NoRandom(#[from] ambient::NoRandom),
}

impl Why {
    fn of(self, path: &Path) -> Refused {
        Refused { path: path.to_owned(), why: self }
    }
}

/// Names the file in what went wrong.
fn of<E: Into<Why>>(path: &Path) -> impl Fn(E) -> Refused {
    move |error| error.into().of(path)
}

/// Where a component's machine code came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was compiled.
    Compiled,
    /// It was loaded from the cache.
    Cache,
}

/// A folder of compiled components that this user alone can have written.
pub struct Cache {
    folder: PathBuf,
    mac: Hmac<Sha256>,
    entries_max: usize,
}

impl Cache {
    /// Opens the folder, or makes it and its key.
    ///
    /// # Errors
    /// If others could have written to it or know its key, or the disk fails.
    pub fn open(folder: &Path, ambient: &Ambient) -> Result<Self, Refused> {
        Ok(Self { folder: folder.to_owned(), mac: folder::open(folder, ambient)?, entries_max: ENTRIES_MAX })
    }

    /// The same, with room for so many components.
    #[must_use]
    pub fn keeping(self, entries_max: usize) -> Self {
        Self { entries_max, ..self }
    }

    /// The component, from the cache if it is there; else compiled, and kept. What fails about the cache is logged.
    ///
    /// # Errors
    /// If it is no component that the engine can compile.
    pub fn component(&self, engine: &Engine, wasm: &[u8]) -> wasmtime::Result<(Component, Origin)> {
        if let Some(component) = self.find(engine, wasm) {
            return Ok((component, Origin::Cache));
        }
        let component = Component::new(engine, wasm)?;
        self.put(engine, wasm, &component);
        Ok((component, Origin::Compiled))
    }

    /// The component, if it is there. What is there and is not to be loaded is logged.
    pub fn find(&self, engine: &Engine, wasm: &[u8]) -> Option<Component> {
        let loaded = self.entry(engine, wasm).load();
        loaded
            .inspect_err(|refused| tracing::warn!("a compiled component is not loaded but made anew: {refused}"))
            .ok()
            .flatten()
    }

    /// Keeps what that component was compiled to. If it cannot be kept, that is logged.
    pub fn put(&self, engine: &Engine, wasm: &[u8], component: &Component) {
        if let Err(refused) = self.entry(engine, wasm).keep(component) {
            tracing::warn!("the compiled component is not kept for the next start: {refused}");
        }
    }

    /// The place of that component, compiled by that engine.
    pub fn entry<'a>(&'a self, engine: &'a Engine, wasm: &[u8]) -> Entry<'a> {
        let mut key = KeyHasher(Sha256::new_with_prefix(MAGIC));
        key.0.update(Sha256::digest(wasm));
        // Processor, settings and wasmtime's version: whatever code depends on.
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
    /// Its file, whether it exists or not.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The component, if it is there.
    ///
    /// # Errors
    /// If there is a file that is not to be loaded.
    pub fn load(&self) -> Result<Option<Component>, Refused> {
        let Some(file) = self.read().map_err(|why| why.of(&self.path))? else { return Ok(None) };
        let code = self.verified(&file).map_err(|why| why.of(&self.path))?;
        #[expect(unsafe_code, reason = "the only way to load what was compiled before")]
        // SAFETY: `code` must be what `Component::serialize` returned. These very bytes carry a MAC by a key that only
        // this user can read, and `keep`, the only code that uses that key, makes one for such bytes alone.
        let component = unsafe { Component::deserialize(self.engine, code) };
        component.map(Some).map_err(|error| Why::Wasmtime(error).of(&self.path))
    }

    /// Writes the component, which must be this entry's, and removes the oldest entries beyond [`ENTRIES_MAX`].
    ///
    /// # Errors
    /// If the disk fails, or the component is too large.
    pub fn keep(&self, component: &Component) -> Result<(), Refused> {
        let code = component.serialize().map_err(|error| Why::Wasmtime(error).of(&self.path))?;
        self.write(&code).map_err(|why| why.of(&self.path))?;
        folder::prune(&self.cache.folder, &self.path, self.cache.entries_max)
    }

    fn read(&self) -> Result<Option<Vec<u8>>, Why> {
        let metadata = match fs::metadata(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            metadata => metadata?,
        };
        if !metadata.is_file() {
            return Err(Why::Kind("a file"));
        }
        let mut bytes = Vec::new();
        File::open(&self.path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if too_large(bytes.len()) { Err(Why::TooLarge) } else { Ok(Some(bytes)) }
    }

    /// The part of a file that wasmtime may have. The one gate: nothing else of a file reaches [`Component::deserialize`].
    fn verified<'f>(&self, file: &'f [u8]) -> Result<&'f [u8], Why> {
        let (magic, rest) = file.split_first_chunk().ok_or(Why::Format)?;
        if *magic != MAGIC {
            return Err(Why::Format);
        }
        let (mac, code) = rest.split_first_chunk::<32>().ok_or(Why::Format)?;
        self.mac(code).verify_slice(mac).map_err(|_| Why::Mac)?;
        Ok(code)
    }

    fn mac(&self, code: &[u8]) -> Hmac<Sha256> {
        // All but the last are of fixed length, so no two files say the same.
        self.cache.mac.clone().chain_update(MAGIC).chain_update(self.key).chain_update(code)
    }

    /// Not synced: what a loss of power leaves half-written is refused like any other damage.
    fn write(&self, code: &[u8]) -> Result<(), Why> {
        if too_large(HEADER_BYTES + code.len()) {
            return Err(Why::TooLarge);
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

/// Loads machine code that a process which this one started has just made and handed over through a pipe.
///
/// # Errors
/// If wasmtime has no use for it.
pub fn load_own(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    #[expect(unsafe_code, reason = "the only way to load what was compiled elsewhere")]
    // SAFETY: `code` must be what `Engine::precompile_component` returned. It comes from this program's own compiling process
    // (`extensions/compiler.rs`), which ended well, and from nobody else.
    unsafe {
        Component::deserialize(engine, code)
    }
}

/// Gives SHA-256 what wasmtime hashes: 64 bits would not do for a name that decides which code is run.
struct KeyHasher(Sha256);

impl Hasher for KeyHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
