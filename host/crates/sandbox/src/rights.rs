//! The judgement of a file's owner and mode: whether another user of the machine can change it.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

/// The users that may own a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owners {
    /// The user of this process.
    Own,
    /// The user of this process, or root: root can change every file in any case.
    OwnOrRoot,
    /// Every user.
    Any,
}

/// The reason why a file is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Distrust {
    /// This user owns it.
    Owner(u32),
    /// Other users have these rights, which are bits of the mode.
    Rights(u32),
}

/// Owner and mode of a file.
#[derive(Clone, Copy, Debug)]
pub struct Rights {
    /// The id of the owner.
    pub owner: u32,
    /// The mode, with or without the bits of the type.
    pub mode: u32,
}

impl Rights {
    /// Those of a file or folder.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        Self { owner: metadata.uid(), mode: metadata.mode() }
    }

    /// Checks that one of `owners` owns the file, where `me` is the user of this process, and that other users have no right
    /// among `forbidden`.
    ///
    /// # Errors
    /// The reason to distrust it, the owner first.
    pub const fn check(self, me: u32, owners: Owners, forbidden: u32) -> Result<(), Distrust> {
        let owned = match owners {
            Owners::Own => self.owner == me,
            Owners::OwnOrRoot => self.owner == me || self.owner == 0,
            Owners::Any => true,
        };
        if !owned {
            return Err(Distrust::Owner(self.owner));
        }
        match self.mode & forbidden {
            0 => Ok(()),
            rights => Err(Distrust::Rights(rights)),
        }
    }
}

/// The user of this process.
#[must_use]
pub fn me() -> u32 {
    rustix::process::geteuid().as_raw()
}
