//! The settings of a store in SQLite.

/// The settings of a store.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Readers that are open at once. Further ones wait.
    pub readers_max: usize,
    /// Readers that stay open while they are idle.
    pub readers_kept_max: usize,
    /// Commits that are pending for the writer. Further ones fail as unavailable.
    pub commits_waiting_max: usize,
    /// The size of a batch: commits that share one transaction and one sync.
    pub commit_group_max: usize,
    /// How long to wait for another process that holds the write lock, in milliseconds.
    pub busy_ms_max: u64,
    /// The failure that an answered commit survives.
    pub durability: Durability,
    /// When the file is checked for damage.
    pub damage_check: DamageCheck,
}

/// When the file of a store is checked for damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DamageCheck {
    /// A file of at most `bytes_max` bytes is checked before it is opened: damage fails the opening. A larger file is checked
    /// in the background: after damage is found, every read and commit fails.
    AtOpen {
        /// The size of the largest file that is checked first.
        bytes_max: u64,
    },
    /// Never. For measurements, and for tests that must fail with it.
    Never,
}

impl DamageCheck {
    /// The check of servers. A file of 64 MiB is checked in about a second.
    pub const DEFAULT: Self = Self::AtOpen { bytes_max: 64 << 20 };
}

/// The failure that an answered commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// A loss of power: the log is synced before the answer. Servers use this.
    PowerLoss,
    /// Only the end of the process. For measurements, and for tests that must fail with it.
    ProcessExit,
}
