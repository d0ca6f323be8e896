//! Files that others have written: regular ones only, and read no further than they may be long.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Why a file is not read, to be read after its name.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// A folder, a pipe, a device.
    #[error("is no regular file")]
    Kind,
    /// It leads somewhere else.
    #[error("is a symbolic link")]
    Link,
    /// More than there may be.
    #[error("has more than {0} bytes")]
    TooLarge(u64),
    /// It is not there, may not be read, or the disk failed.
    #[error("cannot be read: {0}")]
    Disk(#[from] io::Error),
}

/// Whether a symbolic link is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Followed,
    Refused,
}

/// The file's bytes.
pub(super) fn read(path: &Path, bytes_max: u64, links: Links) -> Result<Vec<u8>, Unreadable> {
    let metadata = match links {
        Links::Followed => fs::metadata(path)?,
        Links::Refused => fs::symlink_metadata(path)?,
    };
    // Before it is opened: opening a pipe waits for its writer.
    if metadata.is_symlink() {
        return Err(Unreadable::Link);
    }
    if !metadata.is_file() {
        return Err(Unreadable::Kind);
    }
    if metadata.len() > bytes_max {
        return Err(Unreadable::TooLarge(bytes_max));
    }
    let mut bytes = Vec::new();
    // It may have grown since.
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read <= bytes_max) {
        Ok(bytes)
    } else {
        Err(Unreadable::TooLarge(bytes_max))
    }
}
