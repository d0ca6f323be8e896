//! Why a read or a commit fails.

/// Why the store could not answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The store is locked, full or overloaded. It did nothing, and a later attempt can succeed.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// The store failed. Only if the disk failed to sync, the changes of a commit may have been stored all the same.
    #[error("the store failed: {0}")]
    Failed(String),
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
