//! Why a read or a commit fails.

use std::path::Path;

/// Why the store could not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store is locked, full or overloaded. It did nothing, and a later attempt can succeed.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store failed. Only if the disk failed to sync, the changes of a commit may have been stored all the same.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The store's file holds something that this server did not write. No later attempt succeeds until the operator has
    /// replaced the file.
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// The same error, which also names the file.
    #[must_use]
    pub(crate) fn in_file(self, file: &Path) -> Self {
        let named = |reason| format!("{}: {reason}", file.display());
        match self {
            Self::Unavailable(reason) => Self::Unavailable(named(reason)),
            Self::Failed(reason) => Self::Failed(named(reason)),
            Self::Damaged(reason) => Self::Damaged(named(reason)),
        }
    }
}

/// Why a commit was not done. None of its statements had an effect.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// A precondition does not hold: the data has changed since it was read.
    #[error("a precondition of a change does not hold")]
    Conflict,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CommitError {
    /// The same error. A failure of the store also names the file.
    #[must_use]
    pub(crate) fn in_file(self, file: &Path) -> Self {
        match self {
            Self::Conflict => Self::Conflict,
            Self::Store(error) => Self::Store(error.in_file(file)),
        }
    }
}
