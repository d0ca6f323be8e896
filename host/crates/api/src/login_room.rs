//! The room of logins: how many are handled at once, in all, of one address, and under one user name at one address.
//!
//! A login waits for its place for a bounded time. Until it has the place it has had no effect, so that a login that finds no
//! place, or whose client leaves, has not been tried. It holds no request permit, so that logins cannot take the places of
//! other requests.

use std::time::Duration;

use rules::credentials::{LoginPermit, Passwords};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::lines::{Lines, Place};

/// How long a login waits for its place.
const WAIT_MAX: Duration = Duration::from_secs(5);
/// Logins that wait for their place at once. Each one waits on a connection or a stream of its own.
const WAITING_MAX: usize = 4096;
/// Logins of one user name and address that have a place or are next in line for one.
const OF_NAME_MAX: usize = 8;
/// Logins of one address that have a place or are next in line for one. Logins of other addresses have at most so many of them
/// before them, however many names the address makes up.
const OF_ADDRESS_MAX: usize = 32;

/// Admits logins.
pub(crate) struct LoginRoom {
    waiting: Semaphore,
    wait_max: Duration,
    by_name: Lines<QueueName>,
    by_address: Lines<String>,
    /// One login at a time: a user's own simultaneous logins must not count against each other.
    turns: Lines<QueueName>,
}

/// A user name, whether or not a user has it, and the address of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct QueueName {
    pub(crate) username: String,
    pub(crate) address: String,
}

/// The place of one login, until it is dropped.
pub(crate) struct Admitted {
    pub(crate) permit: LoginPermit,
    _turn: Place<QueueName>,
    _of_address: Place<String>,
    _of_name: Place<QueueName>,
}

impl Default for LoginRoom {
    fn default() -> Self {
        Self::new(WAIT_MAX, OF_ADDRESS_MAX)
    }
}

impl LoginRoom {
    fn new(wait_max: Duration, of_address_max: usize) -> Self {
        let (by_name, by_address) = (Lines::new(OF_NAME_MAX), Lines::new(of_address_max));
        Self { waiting: Semaphore::new(WAITING_MAX), wait_max, by_name, by_address, turns: Lines::new(1) }
    }

    /// Waits for a place for a login. `None` if too many logins wait already, or this one has waited for too long.
    pub(crate) async fn enter(&self, passwords: &Passwords, name: &QueueName) -> Option<Admitted> {
        let _waiting = self.waiting.try_acquire().ok()?;
        timeout(self.wait_max, self.wait(passwords, name)).await.ok()?
    }

    /// The line of the name comes first, so that one name cannot take all places of its address.
    async fn wait(&self, passwords: &Passwords, name: &QueueName) -> Option<Admitted> {
        let of_name = self.by_name.enter(name).await;
        let of_address = self.by_address.enter(&name.address).await;
        let permit = passwords.admit_login().await.ok()?;
        let turn = self.turns.enter(name).await;
        Some(Admitted { permit, _turn: turn, _of_address: of_address, _of_name: of_name })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn named(username: &str) -> QueueName {
        at("192.0.2.1", username)
    }

    fn at(address: &str, username: &str) -> QueueName {
        QueueName { username: username.to_owned(), address: address.to_owned() }
    }

    /// Starts a login for each name, and waits until all of them wait for a place.
    async fn flood(
        room: &Arc<LoginRoom>,
        passwords: &Arc<Passwords>,
        names: impl Iterator<Item = QueueName>,
    ) -> Vec<tokio::task::JoinHandle<bool>> {
        let login = |name: QueueName| {
            let (room, passwords) = (Arc::clone(room), Arc::clone(passwords));
            tokio::spawn(async move { room.enter(&passwords, &name).await.is_some() })
        };
        let flood: Vec<_> = names.map(login).collect();
        while room.waiting.available_permits() != WAITING_MAX - flood.len() {
            tokio::task::yield_now().await;
        }
        flood
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
        drop(second.await.unwrap());
        let lines = [room.by_name.is_empty(), room.by_address.is_empty(), room.turns.is_empty()];
        assert_eq!(lines, [true; 3], "lines that are empty are removed");
    }

    #[tokio::test]
    async fn a_login_that_finds_no_place_in_time_gives_up() {
        let room = LoginRoom::new(Duration::ZERO, OF_ADDRESS_MAX);
        let passwords = Passwords::new(1, 1);
        let first = room.enter(&passwords, &named("kim")).await.unwrap();
        let _second = room.enter(&passwords, &named("lee")).await.unwrap();
        assert!(room.enter(&passwords, &named("zoe")).await.is_none());
        drop(first);
        assert!(room.enter(&passwords, &named("zoe")).await.is_some());
    }

    #[tokio::test]
    async fn a_flood_under_one_name_leaves_places_for_other_names() {
        let (room, passwords) = (Arc::new(LoginRoom::default()), Arc::new(Passwords::new(1, OF_NAME_MAX + 1)));
        let _kim = room.enter(&passwords, &named("kim")).await.unwrap();
        let flood = flood(&room, &passwords, (0..300).map(|_| named("kim"))).await;
        assert!(room.enter(&passwords, &named("lee")).await.is_some());
        flood.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn a_flood_of_made_up_names_at_one_address_has_few_logins_before_those_of_others() {
        const FLOOD: usize = 300;
        // The control has no bound for an address.
        for (of_address_max, before_max, before_min) in [(OF_ADDRESS_MAX, OF_ADDRESS_MAX + 2, 0), (FLOOD, FLOOD, FLOOD)]
        {
            let room = Arc::new(LoginRoom::new(WAIT_MAX, of_address_max));
            let passwords = Arc::new(Passwords::new(1, 1));
            let (first, second) = (at("192.0.2.9", "first"), at("192.0.2.9", "second"));
            let held = (room.enter(&passwords, &first).await.unwrap(), room.enter(&passwords, &second).await.unwrap());
            let names = (0..FLOOD).map(|number| named(&number.to_string()));
            let flood = flood(&room, &passwords, names).await;
            let other = at("192.0.2.2", "lee");
            let login = room.enter(&passwords, &other);
            tokio::pin!(login);
            assert!(at_once(login.as_mut()).await.is_none(), "it waits");
            drop(held);
            let _admitted = login.await.unwrap();
            let before = flood.iter().filter(|login| login.is_finished()).count();
            assert!((before_min..=before_max).contains(&before), "{before} of {FLOOD} came first");
        }
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
