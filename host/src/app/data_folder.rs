//! The data folder belongs to one server at a time, and to one user: the lock file, and the paths whose owner and mode are
//! judged before a server starts.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use extensions::manifest::{FILE as MANIFEST, Manifest, SecretSource};
use extensions::package;
use sandbox::rights::{self, Distrust, Owners, Rights};
use storage::sqlite;

use crate::config::Config;

/// The name of the lock file in the data folder. It contains the id of the process that holds the lock.
const LOCK: &str = "server.lock";
/// Bytes of the lock file that are read.
const LOCK_BYTES_MAX: u64 = 32;

/// The right to serve a data folder. It ends when this is dropped, or with the process.
#[derive(Debug)]
pub struct DataFolder {
    _lock: File,
}

impl DataFolder {
    /// Creates the data folder if it does not exist, judges all paths of the configuration, and locks the folder for this
    /// server. Commands need no lock.
    ///
    /// # Errors
    /// If the folder cannot be created, another user could change a file that the server trusts, or another server has the
    /// lock.
    pub fn claim(config: &Config) -> anyhow::Result<Self> {
        let folder = &config.data;
        let created = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        created.with_context(|| format!("cannot create the data folder {}", folder.display()))?;
        judge(config)?;
        let lock = lock(folder).with_context(|| format!("cannot lock the data folder {}", folder.display()))?;
        let Some(lock) = lock else {
            let holder = holder(folder).map_or_else(String::new, |pid| format!(" (process {pid})"));
            bail!(
                "another server{holder} uses the data folder {}; stop it first, or name another folder with --data",
                folder.display()
            );
        };
        Ok(Self { _lock: lock })
    }
}

/// Locks the folder. `None` if another process has the lock. The operating system ends the lock with the process.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    let mut file = options.read(true).write(true).create(true).truncate(false).mode(0o600).open(folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    file.set_len(0)?;
    writeln!(file, "{}", std::process::id())?;
    Ok(Some(file))
}

/// The process that has the lock.
fn holder(folder: &Path) -> Option<u32> {
    let mut text = String::new();
    File::open(folder.join(LOCK)).ok()?.take(LOCK_BYTES_MAX).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// A path that the server trusts, and the rights that other users may not have.
struct Trusted {
    path: PathBuf,
    /// The thing for messages, such as "the private key".
    what: &'static str,
    owners: Owners,
    /// The bits of the mode that abort startup.
    refused: u32,
    /// The bits of the mode that give a warning.
    warned: u32,
}

/// The rights to write.
const WRITE: u32 = 0o022;
/// The right of all users to read.
const READ_BY_ALL: u32 = 0o004;
/// The right of the group to read.
const READ_BY_GROUP: u32 = 0o040;

/// All paths that the server trusts. This is the only list of them; the folders of compiled components, which the server can do
/// without, are judged by the cache itself.
fn trusted(config: &Config) -> Vec<Trusted> {
    let own = |path: PathBuf, what, refused, warned| Trusted { path, what, owners: Owners::Own, refused, warned };
    let shared =
        |path: PathBuf, what, warned| Trusted { path, what, owners: Owners::OwnOrRoot, refused: WRITE, warned };
    let mut all = vec![own(config.data.clone(), "the data folder", WRITE, READ_BY_ALL | READ_BY_GROUP)];
    for path in sqlite::files(&sqlite::file(&config.data)) {
        // The mode of a file does not matter to users who cannot enter its folder.
        let entered = entered_by(&config.data);
        all.push(own(path, "the database", WRITE | (READ_BY_ALL & entered), READ_BY_GROUP & entered));
    }
    let root = config.extensions_folder();
    all.push(shared(root.clone(), "the folder of extensions", 0));
    for folder in package::folders(&root).ok().flatten().unwrap_or_default() {
        if let Ok(manifest) = Manifest::read(&folder) {
            all.push(shared(manifest.component.clone(), "the component of an extension", 0));
            for source in manifest.secrets.values() {
                if let SecretSource::File(path) = source {
                    all.push(shared(path.clone(), "the secret of an extension", READ_BY_ALL));
                }
            }
        }
        all.push(shared(folder.join(MANIFEST), "the manifest of an extension", 0));
        all.push(shared(folder, "the folder of an extension", 0));
    }
    all.extend(config.tls.iter().map(|tls| shared(tls.key.clone(), "the private key", READ_BY_ALL)));
    all.extend(config.file.iter().map(|file| {
        let (owners, warned) = if file.has_secret { (Owners::OwnOrRoot, READ_BY_ALL) } else { (Owners::Any, 0) };
        let what = if file.has_secret { "the configuration file with a secret" } else { "the configuration file" };
        Trusted { path: file.path.clone(), what, owners, refused: WRITE, warned }
    }));
    all
}

/// The bits of a file's mode that count for the users who can enter the folder.
fn entered_by(folder: &Path) -> u32 {
    let mode = fs::metadata(folder).map_or(0, |metadata| Rights::of(&metadata).mode);
    let group = if mode & 0o010 != 0 { 0o070 } else { 0 };
    let all = if mode & 0o001 != 0 { 0o007 } else { 0 };
    group | all
}

/// Judges owner and mode of every path that the server trusts. A path that does not exist is not judged: reading it fails with
/// a message of its own.
///
/// # Errors
/// The reasons to refuse, one line each, with the commands that correct them.
pub(super) fn judge(config: &Config) -> anyhow::Result<()> {
    let me = rights::me();
    let mut refused = String::new();
    for trusted in trusted(config) {
        let Ok(metadata) = fs::metadata(&trusted.path) else { continue };
        let (refusal, warning) = trusted.judge(Rights::of(&metadata), me);
        if let Some(refusal) = refusal {
            let _ = write!(refused, "\n  {refusal}");
        }
        if let Some(warning) = warning {
            tracing::warn!("{warning}");
        }
    }
    anyhow::ensure!(
        refused.is_empty(),
        "other users of this machine can change or read files of this server:{refused}"
    );
    Ok(())
}

impl Trusted {
    /// The reason to refuse the path, or else to warn.
    fn judge(&self, rights: Rights, me: u32) -> (Option<String>, Option<String>) {
        let (what, path) = (self.what, quoted(&self.path));
        match rights.check(me, self.owners, self.refused) {
            Err(Distrust::Owner(owner)) => {
                let refusal =
                    format!("user {owner} owns {what}; this server runs as user {me}: `chown -R {me} {path}`");
                return (Some(refusal), None);
            }
            Err(Distrust::Rights(bits)) => return (Some(self.exposure(bits, &path)), None),
            Ok(()) => {}
        }
        match rights.check(me, Owners::Any, self.warned) {
            Err(Distrust::Rights(bits)) => (None, Some(self.exposure(bits, &path))),
            _ => (None, None),
        }
    }

    fn exposure(&self, bits: u32, path: &str) -> String {
        let users = if bits & 0o007 != 0 { "every user of this machine" } else { "its group" };
        let may = if bits & WRITE != 0 { "may write to" } else { "may read" };
        let chmod = match (bits & WRITE != 0, bits & 0o070 != 0) {
            (true, _) => "go-w",
            (false, true) => "go=",
            (false, false) => "o=",
        };
        format!("{users} {may} {}: `chmod {chmod} {path}`", self.what)
    }
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_and_mode_decide_between_refusal_warning_and_silence() {
        let secret = Trusted {
            path: PathBuf::from("/etc/it's a key"),
            what: "the private key",
            owners: Owners::OwnOrRoot,
            refused: WRITE,
            warned: READ_BY_ALL,
        };
        for (owner, mode, refusal, warning) in [
            (1000, 0o100_600, "", ""),
            (0, 0o100_640, "", ""),
            (0, 0o100_444, "", r"every user of this machine may read the private key: `chmod o= '/etc/it'\''s a key'`"),
            (1000, 0o100_620, r"its group may write to the private key: `chmod go-w '/etc/it'\''s a key'`", ""),
            (
                1000,
                0o100_602,
                r"every user of this machine may write to the private key: `chmod go-w '/etc/it'\''s a key'`",
                "",
            ),
            (
                1001,
                0o100_600,
                r"user 1001 owns the private key; this server runs as user 1000: `chown -R 1000 '/etc/it'\''s a key'`",
                "",
            ),
        ] {
            let (refused, warned) = secret.judge(Rights { owner, mode }, 1000);
            assert_eq!(
                (refused.as_deref().unwrap_or(""), warned.as_deref().unwrap_or("")),
                (refusal, warning),
                "{mode:o}"
            );
        }
    }
}
