//! One login at a time for each user name: a user's own simultaneous logins must not count against each other.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use tokio::sync::{Mutex, MutexGuard};

/// The number of locks, which all user names share.
const LOCKS: usize = 64;

/// The locks, by the hash of the user name.
pub(crate) struct LoginLocks([Mutex<()>; LOCKS]);

impl Default for LoginLocks {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::new(())))
    }
}

impl LoginLocks {
    /// Waits for the lock of a user name, whether or not the user exists: the waiting time must not reveal it.
    pub(crate) async fn lock(&self, username: &str) -> Option<MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        username.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % LOCKS as u64).ok()?;
        Some(self.0.get(index)?.lock().await)
    }
}
