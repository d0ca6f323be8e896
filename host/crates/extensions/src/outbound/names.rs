//! Names to addresses, and the one place that says whether an address may be connected to. What it lets pass is what is
//! connected to: there is no second look-up that could be answered differently.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::addresses::{is_public, is_somewhere};

/// A look-up under way.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks up names.
pub trait Resolve: Send + Sync {
    /// All addresses of that name; their ports are not looked at.
    fn resolve(&self, name: &str) -> Resolving;
}

/// Look-ups at once. The system's cannot be interrupted, and each holds a thread: those of a name server that does not answer
/// must not take them all.
const LOOKUPS_MAX: usize = 16;
/// Of one name. Whoever asks for it once more is refused: one name that nobody answers for must not hold up the others.
const LOOKUPS_OF_A_NAME_MAX: usize = 4;

/// The system's resolver, with `/etc/hosts` and what else it is set up with.
#[derive(Clone, Debug)]
pub struct SystemResolver {
    seats: Arc<Semaphore>,
    under_way: Arc<Mutex<HashMap<String, usize>>>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self { seats: Arc::new(Semaphore::new(LOOKUPS_MAX)), under_way: Arc::default() }
    }
}

impl Resolve for SystemResolver {
    fn resolve(&self, name: &str) -> Resolving {
        let Some(turn) = Turn::take(&self.under_way, name) else {
            return Box::pin(async { Err(io::ErrorKind::WouldBlock.into()) });
        };
        let seats = Arc::clone(&self.seats);
        Box::pin(async move {
            let seat = seats.acquire_owned().await.map_err(io::Error::other)?;
            let looked_up = spawn_blocking(move || {
                // Given back when the look-up is over, not when nobody waits for it any more.
                let _seat = seat;
                (turn.name.as_str(), 0).to_socket_addrs().map(Iterator::collect)
            });
            looked_up.await.map_err(io::Error::other)?
        })
    }
}

/// One of the look-ups of a name.
struct Turn {
    under_way: Arc<Mutex<HashMap<String, usize>>>,
    name: String,
}

impl Turn {
    fn take(under_way: &Arc<Mutex<HashMap<String, usize>>>, name: &str) -> Option<Self> {
        let mut counts = under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        let turn = Self { under_way: Arc::clone(under_way), name: name.to_owned() };
        let many = *count > LOOKUPS_OF_A_NAME_MAX;
        // Dropping a turn takes the lock.
        drop(counts);
        (!many).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut counts = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.name);
            }
        }
    }
}

/// How far a grant goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Public addresses.
    Outside,
    /// Those of `private_addresses` too: loopback, link-local (and with it a cloud's metadata), private, and what else is
    /// not public. Never the unspecified address, multicast or broadcast: nobody's service is there.
    Everywhere,
}

impl Reach {
    pub(super) fn of(private_addresses: bool) -> Self {
        if private_addresses { Self::Everywhere } else { Self::Outside }
    }

    /// Refuses an address that lies beyond.
    pub(super) fn check(self, address: IpAddr) -> Result<(), NotAllowed> {
        let may = match self {
            Self::Outside => is_public(address),
            Self::Everywhere => is_somewhere(address),
        };
        if may { Ok(()) } else { Err(NotAllowed(address)) }
    }
}

/// An address that the grant does not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} must not be connected to")]
pub(super) struct NotAllowed(pub(super) IpAddr);

/// The resolver of a client: answers with addresses that were checked, or not at all.
pub(super) struct Checked {
    resolve: Arc<dyn Resolve>,
    reach: Reach,
}

impl Checked {
    pub(super) fn new(resolve: Arc<dyn Resolve>, reach: Reach) -> Self {
        Self { resolve, reach }
    }
}

impl dns::Resolve for Checked {
    fn resolve(&self, name: dns::Name) -> dns::Resolving {
        let looked_up = self.resolve.resolve(name.as_str());
        let reach = self.reach;
        Box::pin(async move {
            let mut addresses = looked_up.await?;
            // One that is forbidden forbids all. A service outside has no address inside: such an answer is a mistake or an
            // attempt, and with the others kept the call would work on some days and not be noticed on any.
            addresses.iter().try_for_each(|address| reach.check(address.ip()))?;
            if addresses.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            // A port given here would be connected to where the URL names none.
            addresses.iter_mut().for_each(|address| address.set_port(0));
            Ok(Box::new(addresses.into_iter()) as dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use reqwest::dns::Resolve as _;

    use super::*;

    #[test]
    fn one_name_takes_some_of_the_look_ups_and_not_all() {
        let under_way = Arc::default();
        let turns: Vec<_> = (0..LOOKUPS_OF_A_NAME_MAX).map(|_| Turn::take(&under_way, "slow.example")).collect();
        assert!(turns.iter().all(Option::is_some));
        assert!(Turn::take(&under_way, "slow.example").is_none());
        assert!(Turn::take(&under_way, "other.example").is_some());
        drop(turns);
        assert!(Turn::take(&under_way, "slow.example").is_some());
        assert!(under_way.lock().unwrap().is_empty());
    }

    struct Answer(&'static str);

    impl Resolve for Answer {
        fn resolve(&self, _: &str) -> Resolving {
            let addresses =
                self.0.split_whitespace().map(|text| SocketAddr::new(text.parse().expect(text), 9)).collect::<Vec<_>>();
            Box::pin(async move { Ok(addresses) })
        }
    }

    async fn checked(answer: &'static str, reach: Reach) -> Result<Vec<String>, String> {
        let name = "api.example".parse().expect("a name");
        let addresses = Checked::new(Arc::new(Answer(answer)), reach).resolve(name).await;
        addresses.map(|all| all.map(|one| one.to_string()).collect()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn public_addresses_pass_in_their_order_and_without_a_port() {
        let all = checked("2606:4700::1111 1.1.1.1", Reach::Outside).await;
        assert_eq!(all, Ok(vec!["[2606:4700::1111]:0".to_owned(), "1.1.1.1:0".to_owned()]));
    }

    #[tokio::test]
    async fn one_address_inside_refuses_the_name() {
        for answer in ["127.0.0.1", "1.1.1.1 10.0.0.1", "10.0.0.1 1.1.1.1", "1.1.1.1 ::ffff:169.254.169.254"] {
            let refused = checked(answer, Reach::Outside).await.expect_err(answer);
            assert!(refused.ends_with("must not be connected to"), "{refused}");
            let addresses = checked(answer, Reach::Everywhere).await.expect(answer);
            assert_eq!(addresses.len(), answer.split(' ').count());
        }
    }

    #[tokio::test]
    async fn nobodys_addresses_are_refused_to_everybody() {
        for answer in ["0.0.0.0", "::", "::ffff:0.0.0.0", "224.0.0.1", "255.255.255.255", "ff02::1", "10.0.0.1 0.0.0.0"]
        {
            assert!(checked(answer, Reach::Everywhere).await.is_err(), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_name_without_addresses_is_an_error() {
        assert!(checked("", Reach::Everywhere).await.is_err());
    }

    #[tokio::test]
    async fn the_system_is_asked_and_its_answer_checked() {
        let name = || "localhost".parse().expect("a name");
        let system = || Arc::new(SystemResolver::default());
        assert!(Checked::new(system(), Reach::Outside).resolve(name()).await.is_err());
        let mut addresses =
            Checked::new(system(), Reach::Everywhere).resolve(name()).await.expect("localhost is known");
        assert!(addresses.all(|address| address.ip().is_loopback()));
    }
}
