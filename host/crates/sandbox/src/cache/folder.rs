//! The cache's folder and its key. Both are made for this user alone, and refused if other users may change them. Knows the
//! names of the files, and nothing of their content.

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use ambient::Ambient;
use hmac::{Hmac, KeyInit as _};
use sha2::Sha256;
use tempfile::NamedTempFile;

use super::{CacheError, CacheErrorKind, at};
use crate::rights::{self, Distrust, Owners, Rights};

pub(super) const KEY: &str = "key";
const KEY_BYTES: usize = 32;
const ENTRY_SUFFIX: &str = ".compiled";
const TEMPORARY_PREFIX: &str = ".writing-";
/// Age after which a half-written file is removed. No write takes that long: its process has ended.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Opens or makes the folder. Returns its key.
pub(super) fn open(folder: &Path, ambient: &Ambient) -> Result<Hmac<Sha256>, CacheError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(at(folder))?;
    let metadata = fs::metadata(folder).map_err(at(folder))?;
    if !metadata.is_dir() {
        return Err(CacheErrorKind::Type("a folder").at(folder));
    }
    check_rights(Rights::of(&metadata), rights::me(), 0o022, CacheErrorKind::Writable).map_err(at(folder))?;
    let path = folder.join(KEY);
    let key = key(folder, &path, ambient).map_err(at(&path))?;
    Hmac::new_from_slice(&key).map_err(|_| CacheErrorKind::Type("a key").at(&path))
}

fn key(folder: &Path, path: &Path, ambient: &Ambient) -> Result<[u8; KEY_BYTES], CacheErrorKind> {
    if let Some(key) = read_key(path)? {
        return Ok(key);
    }
    let mut file = temporary(folder)?;
    file.write_all(&ambient.random::<KEY_BYTES>()?)?;
    file.as_file().sync_all()?;
    // The file appears with all its bytes. If another process was first, all use the key of that process.
    match file.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => return Err(error.error.into()),
        _ => {}
    }
    read_key(path)?.ok_or(CacheErrorKind::Type("a key"))
}

/// Reads the key. A damaged key is removed: everything that it signed is compiled again.
fn read_key(path: &Path) -> Result<Option<[u8; KEY_BYTES]>, CacheErrorKind> {
    // A link is not followed: it would lead out of the folder.
    let metadata = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        metadata => metadata?,
    };
    if !metadata.is_file() {
        return Err(CacheErrorKind::Type("a file"));
    }
    check_rights(Rights::of(&metadata), rights::me(), 0o077, CacheErrorKind::Exposed)?;
    if metadata.len() == KEY_BYTES as u64
        && let Ok(key) = fs::read(path)?.try_into()
    {
        return Ok(Some(key));
    }
    tracing::warn!("a damaged key is replaced: {}", path.display());
    fs::remove_file(path)?;
    Ok(None)
}

/// Checks that `me` is the owner, and that other users have no right among `forbidden`.
pub(super) fn check_rights(
    rights: Rights,
    me: u32,
    forbidden: u32,
    kind: CacheErrorKind,
) -> Result<(), CacheErrorKind> {
    rights.check(me, Owners::Own, forbidden).map_err(|distrust| match distrust {
        Distrust::Owner(_) => CacheErrorKind::Owner,
        Distrust::Rights(_) => kind,
    })
}

/// Makes a file for this user alone. It is removed unless it gets a name.
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

/// Removes all but the newest entries, where `kept` is the newest, and half-written files of killed processes. Touches no
/// file that is named otherwise.
pub(super) fn prune(folder: &Path, kept: &Path, entries_max: usize) -> Result<(), CacheError> {
    let now = modified(kept).map_err(at(kept))?;
    let mut entries = Vec::new();
    for file in fs::read_dir(folder).map_err(at(folder))? {
        let path = file.map_err(at(folder))?.path();
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

fn remove(path: &Path) -> Result<(), CacheError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(CacheErrorKind::Disk(error).at(path)),
        _ => Ok(()),
    }
}
