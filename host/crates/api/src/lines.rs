//! Waiting lines by key: at most so many holders of a place of one key at once, the others wait in the order of arrival.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The lines of the keys that are in use now. `HashMap` hashes with a secret key, so that no client can choose keys that collide.
pub(crate) struct Lines<K> {
    lines: Arc<Mutex<HashMap<K, Arc<Semaphore>>>>,
    places: usize,
}

/// A place in a line, until it is dropped. The last one to leave a line removes it.
pub(crate) struct Place<K: Eq + Hash> {
    lines: Arc<Mutex<HashMap<K, Arc<Semaphore>>>>,
    key: K,
    line: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl<K: Clone + Eq + Hash> Lines<K> {
    /// Lines with so many places each.
    pub(crate) fn new(places: usize) -> Self {
        Self { lines: Arc::default(), places }
    }

    /// Waits for a place in the line of this key.
    pub(crate) async fn enter(&self, key: &K) -> Place<K> {
        let new = || Arc::new(Semaphore::new(self.places));
        let line = Arc::clone(locked(&self.lines).entry(key.clone()).or_insert_with(new));
        let lines = Arc::clone(&self.lines);
        let mut place = Place { lines, key: key.clone(), line: Some(Arc::clone(&line)), permit: None };
        // No line is ever closed, so a place always comes.
        place.permit = line.acquire_owned().await.ok();
        place
    }

    /// Whether no key is in use.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        locked(&self.lines).is_empty()
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        // Under the lock, so that of two places that are left at once the second one sees that it is the last.
        let mut lines = locked(&self.lines);
        drop((self.permit.take(), self.line.take()));
        if lines.get(&self.key).is_some_and(|line| Arc::strong_count(line) == 1) {
            lines.remove(&self.key);
        }
    }
}

fn locked<K>(lines: &Mutex<HashMap<K, Arc<Semaphore>>>) -> MutexGuard<'_, HashMap<K, Arc<Semaphore>>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}
