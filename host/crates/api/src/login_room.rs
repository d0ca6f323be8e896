//! The room of logins: how many are handled at once, in all and under one user name at one address.
//!
//! A login waits for its place in the order of arrival and for a bounded time. Until it has the place it has had no effect, so
//! that a login that finds no place, or whose client leaves, has not been tried. It holds no request permit, so that logins
//! cannot take the places of other requests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rules::credentials::{LoginPermit, Passwords};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// How long a login waits for its place.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Logins that wait for their place at once. Each one waits on a connection or a stream of its own.
const WAITING_MAX: usize = 4096;
/// Logins of one user name and address that have a place or are next in line for one.
const QUEUE_MAX: usize = 8;

/// Admits logins.
pub(crate) struct LoginRoom {
    waiting: Semaphore,
    wait_max: Duration,
    /// The queues of the names that have logins now. `HashMap` hashes with a secret key, so that no client can choose names
    /// that collide.
    queues: Arc<Mutex<Queues>>,
}

type Queues = HashMap<QueueName, Arc<Queue>>;

/// A user name, whether or not a user has it, and the address of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct QueueName {
    pub(crate) username: String,
    pub(crate) address: String,
}

/// The logins under one name at one address.
struct Queue {
    next: Arc<Semaphore>,
    /// One login at a time: a user's own simultaneous logins must not count against each other.
    turn: Arc<Semaphore>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { next: Arc::new(Semaphore::new(QUEUE_MAX)), turn: Arc::new(Semaphore::new(1)) }
    }
}

/// The place of one login, until it is dropped.
pub(crate) struct Admitted {
    pub(crate) permit: LoginPermit,
    _turn: OwnedSemaphorePermit,
    _next: OwnedSemaphorePermit,
    _entry: Entry,
}

/// An entry into a queue. The last one to leave removes the queue.
struct Entry {
    queues: Arc<Mutex<Queues>>,
    name: QueueName,
    queue: Arc<Queue>,
}

impl Default for LoginRoom {
    fn default() -> Self {
        Self { waiting: Semaphore::new(WAITING_MAX), wait_max: WAIT_MAX, queues: Arc::default() }
    }
}

impl LoginRoom {
    /// Waits for a place for a login. `None` if too many logins wait already, or this one has waited for too long.
    pub(crate) async fn enter(&self, passwords: &Passwords, name: &QueueName) -> Option<Admitted> {
        let _waiting = self.waiting.try_acquire().ok()?;
        timeout(self.wait_max, self.wait(passwords, name)).await.ok()?
    }

    async fn wait(&self, passwords: &Passwords, name: &QueueName) -> Option<Admitted> {
        let entry = Entry::of(&self.queues, name);
        let next = Arc::clone(&entry.queue.next).acquire_owned().await.ok()?;
        let permit = passwords.admit_login().await.ok()?;
        let turn = Arc::clone(&entry.queue.turn).acquire_owned().await.ok()?;
        Some(Admitted { permit, _turn: turn, _next: next, _entry: entry })
    }
}

impl Entry {
    fn of(queues: &Arc<Mutex<Queues>>, name: &QueueName) -> Self {
        let queue = Arc::clone(locked(queues).entry(name.clone()).or_default());
        Self { queues: Arc::clone(queues), name: name.clone(), queue }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut queues = locked(&self.queues);
        // The map has the queue too.
        if Arc::strong_count(&self.queue) == 2 {
            queues.remove(&self.name);
        }
    }
}

fn locked(queues: &Mutex<Queues>) -> MutexGuard<'_, Queues> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(username: &str) -> QueueName {
        QueueName { username: username.to_owned(), address: "192.0.2.1".to_owned() }
    }

    #[tokio::test]
    async fn logins_of_one_name_have_one_turn_after_the_other() {
        let (room, passwords) = (LoginRoom::default(), Passwords::new(4, 4));
        let kim = room.enter(&passwords, &named("kim")).await.unwrap();
        let name = named("kim");
        let second = room.enter(&passwords, &name);
        tokio::pin!(second);
        assert!(at_once(second.as_mut()).await.is_none(), "the second login waits");
        assert!(room.enter(&passwords, &named("lee")).await.is_some(), "another name does not");
        drop(kim);
        assert!(second.await.is_some());
        assert!(locked(&room.queues).is_empty(), "queues that are empty are removed");
    }

    #[tokio::test]
    async fn a_login_that_finds_no_place_in_time_gives_up() {
        let room = LoginRoom { wait_max: Duration::ZERO, ..LoginRoom::default() };
        let passwords = Passwords::new(1, 1);
        let first = room.enter(&passwords, &named("kim")).await.unwrap();
        let _second = room.enter(&passwords, &named("lee")).await.unwrap();
        assert!(room.enter(&passwords, &named("zoe")).await.is_none());
        drop(first);
        assert!(room.enter(&passwords, &named("zoe")).await.is_some());
    }

    #[tokio::test]
    async fn a_flood_under_one_name_leaves_places_for_other_names() {
        let (room, passwords) = (Arc::new(LoginRoom::default()), Arc::new(Passwords::new(1, QUEUE_MAX + 1)));
        let _kim = room.enter(&passwords, &named("kim")).await.unwrap();
        let flood: Vec<_> = (0..300)
            .map(|_| {
                let (room, passwords) = (Arc::clone(&room), Arc::clone(&passwords));
                tokio::spawn(async move { room.enter(&passwords, &named("kim")).await.is_some() })
            })
            .collect();
        while room.waiting.available_permits() != WAITING_MAX - flood.len() {
            tokio::task::yield_now().await;
        }
        assert!(room.enter(&passwords, &named("lee")).await.is_some());
        flood.iter().for_each(tokio::task::JoinHandle::abort);
    }

    /// The output of a future that is ready at once.
    async fn at_once<T>(mut future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(match future.as_mut().poll(context) {
                std::task::Poll::Ready(done) => Some(done),
                std::task::Poll::Pending => None,
            })
        })
        .await
    }
}
