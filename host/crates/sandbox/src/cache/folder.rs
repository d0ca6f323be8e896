//! The cache's folder and its key: made for this user alone, not used if anybody else could have had a hand in them. Knows
//! the names of the files in it, and nothing of what they hold.

use std::fs::{self, DirBuilder, Metadata};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;
use tempfile::NamedTempFile;

use super::{Refused, Why, of};
use ambient::Ambient;

pub(super) const KEY: &str = "key";
const KEY_BYTES: usize = 32;
const ENTRY_SUFFIX: &str = ".compiled";
const TEMPORARY_PREFIX: &str = ".writing-";
/// No write takes so long: the process that began it is gone.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The folder's key, ready to sign.
pub(super) fn open(folder: &Path, ambient: &Ambient) -> Result<Hmac<Sha256>, Refused> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(of(folder))?;
    let metadata = fs::metadata(folder).map_err(of(folder))?;
    if !metadata.is_dir() {
        return Err(Why::Kind("a folder").of(folder));
    }
    trusted(&metadata, 0o022, Why::Writable).map_err(of(folder))?;
    let path = folder.join(KEY);
    let key = key(folder, &path, ambient).map_err(of(&path))?;
    Hmac::new_from_slice(&key).map_err(|_| Why::Kind("a key").of(&path))
}

fn key(folder: &Path, path: &Path, ambient: &Ambient) -> Result<[u8; KEY_BYTES], Why> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    let mut file = temporary(folder)?;
    file.write_all(&ambient.random::<KEY_BYTES>()?)?;
    file.as_file().sync_all()?;
    // It appears with all its bytes, and where another process was first, that one's key is everybody's.
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => return Err(error.error.into()),
        _ => {}
    }
    read_key(path)?.ok_or(Why::Kind("a key"))
}

/// The key that is there. One that is damaged is removed: all it has signed is made anew.
fn read_key(path: &Path) -> Result<Option<[u8; KEY_BYTES]>, Why> {
    // Of the name itself: a link would lead out of the folder.
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata?,
    };
    if !metadata.is_file() {
        return Err(Why::Kind("a file"));
    }
    trusted(&metadata, 0o077, Why::Exposed)?;
    if metadata.len() == KEY_BYTES as u64
        && let Ok(key) = fs::read(path)?.try_into()
    {
        return Ok(Some(key));
    }
    tracing::warn!("a damaged key is replaced: {}", path.display());
    fs::remove_file(path)?;
    Ok(None)
}

fn trusted(metadata: &Metadata, forbidden: u32, why: Why) -> Result<(), Why> {
    let me = rustix::process::geteuid().as_raw();
    judge(metadata.uid(), metadata.mode(), me, forbidden, why)
}

/// Whether nobody but `me` has a right among `forbidden`.
pub(super) fn judge(owner: u32, mode: u32, me: u32, forbidden: u32, why: Why) -> Result<(), Why> {
    if owner != me {
        return Err(Why::Owner);
    }
    if mode & forbidden != 0 { Err(why) } else { Ok(()) }
}

/// A file for this user alone, which goes away unless it is given a name.
pub(super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(TEMPORARY_PREFIX).tempfile_in(folder)
}

pub(super) fn entry_name(key: &[u8; 32]) -> String {
    hex::encode(key) + ENTRY_SUFFIX
}

fn is_entry(name: &str) -> bool {
    name.strip_suffix(ENTRY_SUFFIX)
        .is_some_and(|key| key.len() == 64 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

/// Removes all but the newest entries, `kept` being the newest of all, and what a killed process left half-written.
/// Touches no file that is named otherwise.
pub(super) fn prune(folder: &Path, kept: &Path, entries_max: usize) -> Result<(), Refused> {
    let now = modified(kept).map_err(of(kept))?;
    let mut entries = Vec::new();
    for file in fs::read_dir(folder).map_err(of(folder))? {
        let path = file.map_err(of(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let Ok(at) = modified(&path) else { continue };
        if name.starts_with(TEMPORARY_PREFIX) && now.duration_since(at).is_ok_and(|age| age > ABANDONED) {
            remove(&path)?;
        } else if is_entry(name) && path != kept {
            entries.push((at, path));
        }
    }
    entries.sort();
    let surplus = (entries.len() + 1).saturating_sub(entries_max);
    entries.iter().take(surplus).try_for_each(|(_, path)| remove(path))
}

fn modified(path: &Path) -> io::Result<SystemTime> {
    fs::symlink_metadata(path)?.modified()
}

fn remove(path: &Path) -> Result<(), Refused> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Why::Disk(error).of(path)),
        _ => Ok(()),
    }
}
