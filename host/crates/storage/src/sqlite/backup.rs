//! Backups: a copy of the store in one file, also while a server writes, and its way back.
//!
//! `VACUUM INTO` copies one consistent view in one transaction. SQLite's backup interface begins again after each commit of
//! another connection, and so never ends beside a busy writer.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::check::{CheckReport, bytes, check};
use super::connection::connect;
use super::health::{files, with_suffix};
use super::log;
use crate::errors::StoreError;
use crate::migrations::MIGRATIONS;

/// The end of the name of a file that is not complete yet.
pub(super) const PARTIAL: &str = ".partial";
/// The end of the name of the file that a restore puts in place.
pub(super) const RESTORING: &str = ".restoring";

/// Why there is no backup, or it was not restored. The store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The target exists.
    #[error("{} exists already; choose another name, or move it away", .0.display())]
    Exists(PathBuf),
    /// There is no store.
    #[error("there is no store {}", .0.display())]
    NoStore(PathBuf),
    /// The file is no backup of this product.
    #[error("{} is no backup of this server: {}", .0.display(), .1)]
    NoBackup(PathBuf, String),
    /// The file was made by a newer version.
    #[error("{} has the schema {found}, and this version knows {known}; restore it with a newer version", .file.display())]
    Newer {
        /// The backup.
        file: PathBuf,
        /// The version of its schema.
        found: i64,
        /// The newest version that this program knows.
        known: usize,
    },
    /// The store or the copy has damage, or cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be written.
    #[error("{}: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
}

/// A step of a backup, of which it tells its caller.
#[derive(Clone, Copy, Debug)]
pub enum BackupStep {
    /// The copy is written. The store has so many bytes.
    Copying {
        /// The bytes of the store with its log.
        bytes: u64,
    },
    /// The copy is checked for damage.
    Checking,
}

/// Writes a copy of the store into a new file, which only this user can read. The copy has every change that was confirmed
/// before it began. It has its name only when it is complete, on disk and free of damage.
///
/// # Errors
/// [`BackupError`]. No file has the name then.
pub fn backup(
    file: &Path,
    to: &Path,
    busy_ms_max: u64,
    mut progress: impl FnMut(BackupStep),
) -> Result<CheckReport, BackupError> {
    if !file.is_file() {
        return Err(BackupError::NoStore(file.to_owned()));
    }
    log::belongs_to(file, busy_ms_max)?;
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let partial = Partial::create(with_suffix(to, PARTIAL))?;
    progress(BackupStep::Copying { bytes: bytes(file) });
    let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE, busy_ms_max)?;
    let path = partial.path.to_str().ok_or_else(|| failed(&partial.path)(io::ErrorKind::InvalidFilename.into()))?;
    connection.execute("VACUUM INTO ?1", [path]).map_err(|error| StoreError::from(error).in_file(file))?;
    drop(connection);
    log::renumber(&partial.path, busy_ms_max)?;
    progress(BackupStep::Checking);
    let report = check(&partial.path, busy_ms_max, |_| {})?;
    report.verdict()?;
    partial.into_place(to)?;
    Ok(CheckReport { file: to.to_owned(), ..report })
}

/// Puts a backup in the place of the store. The caller has the lock of the folder. The files of the store that was there are
/// moved into a new folder beside it, whose path is returned: they belong together.
///
/// # Errors
/// [`BackupError`]. The store is as it was, or the next start refuses it and says how to continue.
pub fn restore(
    from: &Path,
    file: &Path,
    kept_in: &Path,
    busy_ms_max: u64,
    mut progress: impl FnMut(BackupStep),
) -> Result<(CheckReport, Option<PathBuf>), BackupError> {
    is_backup(from)?;
    let restoring = with_suffix(file, RESTORING);
    // An interrupted restore may have left one.
    match fs::remove_file(&restoring) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&restoring)(error)),
        _ => {}
    }
    let partial = Partial::create(with_suffix(&restoring, PARTIAL))?;
    progress(BackupStep::Copying { bytes: bytes(from) });
    let (mut source, mut copy) = (File::open(from).map_err(failed(from))?, partial.file()?);
    io::copy(&mut source, &mut copy).map_err(failed(&partial.path))?;
    progress(BackupStep::Checking);
    let report = check(&partial.path, busy_ms_max, |_| {})?;
    report.verdict()?;
    partial.into_place(&restoring)?;
    let kept = keep(file, kept_in).inspect_err(|_| {
        // With the store still in its place, the copy is not needed. Without it, the next start says how to continue.
        if file.is_file() {
            let _ = fs::remove_file(&restoring);
        }
    })?;
    fs::rename(&restoring, file).map_err(failed(file))?;
    synced_folder(file)?;
    Ok((CheckReport { file: file.to_owned(), ..report }, kept))
}

/// Refuses a file that is no complete store of this product.
fn is_backup(file: &Path) -> Result<(), BackupError> {
    let no_backup = |reason: &str| BackupError::NoBackup(file.to_owned(), reason.to_owned());
    let metadata = fs::metadata(file).map_err(failed(file))?;
    if !metadata.is_file() {
        return Err(no_backup("it is no file"));
    }
    if fs::metadata(with_suffix(file, "-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(no_backup("a log is beside it, so that it is a store in use; make a backup of it first"));
    }
    let version = || -> rusqlite::Result<i64> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(file, flags)?.query_row("PRAGMA user_version", [], |row| row.get(0))
    };
    let found = version().map_err(|error| no_backup(&error.to_string()))?;
    match usize::try_from(found) {
        Ok(0) | Err(_) => Err(no_backup("it has no schema of this server")),
        Ok(found) if found > MIGRATIONS.len() => {
            Err(BackupError::Newer { file: file.to_owned(), found: found as i64, known: MIGRATIONS.len() })
        }
        Ok(_) => Ok(()),
    }
}

/// Moves the files of a store into a new folder: first the file, so that no start can read it without its log.
fn keep(file: &Path, kept_in: &Path) -> Result<Option<PathBuf>, BackupError> {
    let files = files(file);
    if files.iter().all(|file| file.symlink_metadata().is_err()) {
        return Ok(None);
    }
    let kept_in = new_folder(kept_in)?;
    for file in files {
        let Some(name) = file.file_name() else { continue };
        match fs::rename(&file, kept_in.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&file)(error)),
            _ => {}
        }
    }
    Ok(Some(kept_in))
}

/// Creates a folder of that name, or of the name with a number if it is taken.
fn new_folder(name: &Path) -> Result<PathBuf, BackupError> {
    let mut number = 1;
    let mut folder = name.to_owned();
    loop {
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                number += 1;
                folder = with_suffix(name, &format!("-{number}"));
            }
            Err(error) => return Err(failed(&folder)(error)),
        }
    }
}

/// A file that is removed when this is dropped, unless it has got its final name.
struct Partial {
    path: PathBuf,
}

impl Partial {
    /// Creates the empty file. One that an interrupted run has left is replaced.
    fn create(path: PathBuf) -> Result<Self, BackupError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600).open(&path).map_err(failed(&path))?;
        Ok(Self { path })
    }

    fn file(&self) -> Result<File, BackupError> {
        OpenOptions::new().write(true).open(&self.path).map_err(failed(&self.path))
    }

    /// Gives the file its name, which no other file may have. It is on disk then.
    fn into_place(self, to: &Path) -> Result<(), BackupError> {
        self.file()?.sync_all().map_err(failed(&self.path))?;
        fs::hard_link(&self.path, to).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
            _ => failed(to)(error),
        })?;
        drop(self);
        synced_folder(to)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for suffix in ["", "-journal", "-wal", "-shm"] {
            // A file that stays is replaced by the next run.
            let _ = fs::remove_file(with_suffix(&self.path, suffix));
        }
    }
}

/// Writes the names of a folder to disk.
fn synced_folder(file: &Path) -> Result<(), BackupError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed(folder))
}

fn failed(path: &Path) -> impl Fn(io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::Io(path.clone(), error)
}
