//! Looks up names and decides whether an address may be called. The client connects to exactly the addresses that pass: there
//! is no second look-up, which could have another answer.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::dns;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::addresses::{is_public, is_somewhere};

/// A look-up in progress.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks up names.
pub trait Resolve: Send + Sync {
    /// All addresses of that name. Their ports are ignored.
    fn resolve(&self, name: &str) -> Resolving;
}

/// Look-ups that run at the same time. The system's look-ups cannot be interrupted, and each occupies a thread. A name server
/// that does not answer must not occupy all threads.
const LOOKUPS_MAX: usize = 16;
/// Look-ups of one name, running or queued. A further one is refused: a name without an answer must not block other names.
const LOOKUPS_OF_A_NAME_MAX: usize = 4;

/// The system's resolver, with `/etc/hosts` and its other settings.
#[derive(Clone, Debug)]
pub struct SystemResolver {
    permits: Arc<Semaphore>,
    in_progress: Arc<Mutex<HashMap<String, usize>>>,
}

impl Default for SystemResolver {
    fn default() -> Self {
        Self { permits: Arc::new(Semaphore::new(LOOKUPS_MAX)), in_progress: Arc::default() }
    }
}

impl Resolve for SystemResolver {
    fn resolve(&self, name: &str) -> Resolving {
        let Some(lookup) = Lookup::begin(&self.in_progress, name) else {
            return Box::pin(async { Err(io::ErrorKind::WouldBlock.into()) });
        };
        let permits = Arc::clone(&self.permits);
        Box::pin(async move {
            let permit = permits.acquire_owned().await.map_err(io::Error::other)?;
            let looked_up = spawn_blocking(move || {
                // The permit is returned when the look-up ends, even if its caller has stopped waiting.
                let _permit = permit;
                (lookup.name.as_str(), 0).to_socket_addrs().map(Iterator::collect)
            });
            looked_up.await.map_err(io::Error::other)?
        })
    }
}

/// A guard that counts one look-up of a name.
struct Lookup {
    in_progress: Arc<Mutex<HashMap<String, usize>>>,
    name: String,
}

impl Lookup {
    /// `None` if the name has its largest number of look-ups already.
    fn begin(in_progress: &Arc<Mutex<HashMap<String, usize>>>, name: &str) -> Option<Self> {
        let mut counts = in_progress.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        let lookup = Self { in_progress: Arc::clone(in_progress), name: name.to_owned() };
        let too_many = *count > LOOKUPS_OF_A_NAME_MAX;
        // The guard takes the lock when it is dropped.
        drop(counts);
        (!too_many).then_some(lookup)
    }
}

impl Drop for Lookup {
    fn drop(&mut self) {
        let mut counts = self.in_progress.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.name) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.name);
            }
        }
    }
}

/// The addresses that a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Public addresses.
    Outside,
    /// Private addresses too (`private_addresses`): loopback, link-local (such as a cloud's metadata service) and other addresses
    /// that are not public. The unspecified address, multicast and broadcast stay refused: no service has such an address.
    Everywhere,
}

impl Reach {
    pub(super) fn of(private_addresses: bool) -> Self {
        if private_addresses { Self::Everywhere } else { Self::Outside }
    }

    /// Checks that the grant allows this address.
    pub(super) fn check(self, address: IpAddr) -> Result<(), NotAllowed> {
        let may = match self {
            Self::Outside => is_public(address),
            Self::Everywhere => is_somewhere(address),
        };
        if may { Ok(()) } else { Err(NotAllowed(address)) }
    }
}

/// The grant does not allow this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} must not be connected to")]
pub(super) struct NotAllowed(pub(super) IpAddr);

/// The resolver of a client. Answers with checked addresses only.
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
            // One forbidden address forbids the whole answer. A public service has no internal address: such an answer is a
            // mistake or an attack. If the other addresses were kept, the call would mostly succeed, and the problem would stay
            // hidden.
            addresses.iter().try_for_each(|address| reach.check(address.ip()))?;
            if addresses.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            // The client would connect to a port given here if the URL names none.
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
    fn one_name_cannot_take_all_look_ups() {
        let in_progress = Arc::default();
        let slow: Vec<_> = (0..LOOKUPS_OF_A_NAME_MAX).map(|_| Lookup::begin(&in_progress, "slow.example")).collect();
        assert!(slow.iter().all(Option::is_some));
        assert!(Lookup::begin(&in_progress, "slow.example").is_none());
        assert!(Lookup::begin(&in_progress, "other.example").is_some());
        drop(slow);
        assert!(Lookup::begin(&in_progress, "slow.example").is_some());
        assert!(in_progress.lock().unwrap().is_empty());
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
    async fn a_name_with_one_private_address_is_refused() {
        for answer in ["127.0.0.1", "1.1.1.1 10.0.0.1", "10.0.0.1 1.1.1.1", "1.1.1.1 ::ffff:169.254.169.254"] {
            let refused = checked(answer, Reach::Outside).await.expect_err(answer);
            assert!(refused.ends_with("must not be connected to"), "{refused}");
            let addresses = checked(answer, Reach::Everywhere).await.expect(answer);
            assert_eq!(addresses.len(), answer.split(' ').count());
        }
    }

    #[tokio::test]
    async fn addresses_of_no_machine_are_refused_with_private_addresses_too() {
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
    async fn the_answer_of_the_system_is_checked() {
        let name = || "localhost".parse().expect("a name");
        let system = || Arc::new(SystemResolver::default());
        assert!(Checked::new(system(), Reach::Outside).resolve(name()).await.is_err());
        let mut addresses =
            Checked::new(system(), Reach::Everywhere).resolve(name()).await.expect("localhost is known");
        assert!(addresses.all(|address| address.ip().is_loopback()));
    }
}
