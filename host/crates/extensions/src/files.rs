//! Reads files of third parties: regular files only, up to a maximum size.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// The reason why a file is not read. Reads after its name.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// It is a folder, a pipe or a device.
    #[error("is no regular file")]
    Kind,
    /// It is a link, and links are refused.
    #[error("is a symbolic link")]
    Link,
    /// It is larger than it may be, in bytes.
    #[error("has more than {0} bytes")]
    TooLarge(u64),
    /// It does not exist or cannot be read.
    #[error("cannot be read: {0}")]
    Disk(#[from] io::Error),
}

/// Whether a symbolic link is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Followed,
    Refused,
}

/// Reads a file of at most `bytes_max` bytes.
pub(super) fn read(path: &Path, bytes_max: u64, links: Links) -> Result<Vec<u8>, Unreadable> {
    let metadata = match links {
        Links::Followed => fs::metadata(path)?,
        Links::Refused => fs::symlink_metadata(path)?,
    };
    // Check the type before opening: to open a pipe waits for its writer.
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
    // The file may have grown since the check.
    File::open(path)?.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|read| read <= bytes_max) {
        Ok(bytes)
    } else {
        Err(Unreadable::TooLarge(bytes_max))
    }
}
