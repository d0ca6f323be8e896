//! The open connections: their number for each address, and the clients that do not take their answers. Opens no socket.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::ConnectionLimits;
use super::activity::Activity;

/// How often the clients' progress is looked at while memory is short.
const SWEEP: Duration = Duration::from_millis(100);
/// The time in which a client must take bytes while memory is short.
const PROGRESS_TIME: Duration = Duration::from_secs(1);
/// The bytes that it must take in that time: the speed of a slow mobile line.
const PROGRESS_BYTES_MIN: u64 = 64 << 10;

/// The open connections of a server.
#[derive(Debug, Default)]
pub(super) struct Connections {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    last_id: u64,
    connections: HashMap<u64, Connection>,
    by_address: HashMap<IpAddr, usize>,
    by_block: HashMap<IpAddr, usize>,
    refused: Refused,
}

/// Connections that were refused and are not in the log yet.
#[derive(Debug, Default)]
struct Refused {
    count: u64,
    logged: Option<Instant>,
}

#[derive(Debug)]
struct Connection {
    activity: Arc<Activity>,
    cut: Arc<Notify>,
    /// When memory became short, or the client had last taken enough, and the bytes that it had taken until then.
    seen: Option<(Instant, u64)>,
}

/// An admitted connection. It counts until this is dropped.
pub(super) struct Admitted {
    connections: Arc<Connections>,
    id: u64,
    /// The address that it counts for; none for a proxy.
    limited: Option<IpAddr>,
    pub(super) activity: Arc<Activity>,
    /// Notified when the connection must end, because its client does not take its answers.
    pub(super) cut: Arc<Notify>,
}

impl Connections {
    /// Admits a connection from that address. `None` if too many are open from it or from its block. A proxy may open any number.
    pub(super) fn admit(self: &Arc<Self>, address: IpAddr, limits: &ConnectionLimits) -> Option<Admitted> {
        let address = address.to_canonical();
        let mut open = self.open();
        let count = |counts: &HashMap<IpAddr, usize>, key| counts.get(&key).copied().unwrap_or(0);
        let limited = (!limits.proxies.has(address)).then_some(address);
        let is_full = |address| {
            count(&open.by_address, address) >= limits.connections_per_address_max
                || count(&open.by_block, block(address)) >= limits.connections_per_block_max
        };
        if limited.is_some_and(is_full) {
            open.refused.count(address);
            return None;
        }
        if let Some(address) = limited {
            *open.by_address.entry(address).or_default() += 1;
            *open.by_block.entry(block(address)).or_default() += 1;
        }
        open.last_id += 1;
        let (id, activity, cut) = (open.last_id, Arc::<Activity>::default(), Arc::<Notify>::default());
        let connection = Connection { activity: Arc::clone(&activity), cut: Arc::clone(&cut), seen: None };
        open.connections.insert(id, connection);
        Some(Admitted { connections: Arc::clone(self), id, limited, activity, cut })
    }

    /// Cuts the clients that do not take their answers, whenever memory is short. Never ends.
    pub(super) async fn cut_slow_readers(&self, is_memory_short: impl Fn() -> bool) {
        let mut sweeps = tokio::time::interval(SWEEP);
        let mut was_short = false;
        loop {
            sweeps.tick().await;
            let is_short = is_memory_short();
            if is_short || was_short {
                let cut = self.sweep(is_short, Instant::now());
                if cut > 0 {
                    tracing::warn!("cut {cut} connections whose clients do not take their answers: memory is short");
                }
            }
            was_short = is_short;
        }
    }

    /// Looks at each client's progress. Returns the number of connections that it cut.
    ///
    /// A connection with less than half of the mean of unread bytes is not cut: an answer that the server is still working on
    /// counts as unread, and a client of small answers must not pay for the others.
    fn sweep(&self, is_short: bool, now: Instant) -> usize {
        let mut cut = 0;
        let mut open = self.open();
        let unread: Vec<_> = open.connections.values().map(|connection| connection.activity.unread_bytes()).collect();
        let holders = unread.iter().filter(|bytes| **bytes > 0).count();
        let half_of_mean = unread.iter().sum::<usize>().checked_div(2 * holders).unwrap_or(0);
        for (connection, unread) in open.connections.values_mut().zip(unread) {
            if !is_short || unread == 0 || unread < half_of_mean {
                connection.seen = None;
                continue;
            }
            let taken = connection.activity.bytes_written();
            let (since, before) = *connection.seen.get_or_insert((now, taken));
            if now.duration_since(since) >= PROGRESS_TIME {
                if taken.saturating_sub(before) < PROGRESS_BYTES_MIN {
                    connection.cut.notify_one();
                    cut += 1;
                }
                connection.seen = Some((now, taken));
            }
        }
        cut
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.connections.open();
        open.connections.remove(&self.id);
        if let Some(address) = self.limited {
            leave(&mut open.by_address, address);
            leave(&mut open.by_block, block(address));
        }
    }
}

impl Refused {
    /// Counts a refused connection. Logs at most once a second.
    fn count(&mut self, address: IpAddr) {
        self.count += 1;
        let now = Instant::now();
        if self.logged.is_none_or(|logged| now.duration_since(logged) >= Duration::from_secs(1)) {
            tracing::warn!(
                "refused {} connections, the last one from {address}: too many are open from there",
                self.count
            );
            *self = Self { count: 0, logged: Some(now) };
        }
    }
}

fn leave<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}

/// The first address of the block that usually belongs to one client: IPv4 /24, IPv6 /64.
fn block(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & !0xff)),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Proxies;
    use super::*;

    fn limits() -> ConnectionLimits {
        ConnectionLimits {
            connections_max: 100,
            connections_per_address_max: 2,
            connections_per_block_max: 3,
            streams_max: 1,
            handshake_ms_max: 1,
            head_bytes_max: 8192,
            head_read_ms_max: 1,
            idle_ms_max: 1,
            shutdown_ms_max: 1,
            proxies: Proxies::new(vec!["192.0.2.80/32".parse().unwrap()]),
        }
    }

    #[test]
    fn connections_of_an_address_and_of_its_block_are_limited_until_they_end() {
        for [first, same, near, nearer, far] in [
            ["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.200", "192.0.2.201", "192.0.3.1"],
            ["2001:db8::1", "2001:db8::1", "2001:db8::ffff:0:0:1", "2001:db8::2", "2001:db8:0:1::1"],
        ] {
            let (connections, limits) = (Arc::<Connections>::default(), limits());
            let admit = |address: &str| connections.admit(address.parse().unwrap(), &limits);
            let one = admit(first).unwrap();
            let two = admit(same).unwrap();
            assert!(admit(first).is_none(), "the address has two");
            let three = admit(near).unwrap();
            assert!(admit(nearer).is_none(), "the block has three");
            let proxied: Vec<_> = (0..9).map(|_| admit("192.0.2.80").unwrap()).collect();
            let other = admit(far).unwrap();
            drop(one);
            let again = admit(first).unwrap();
            assert!(admit(nearer).is_none());
            drop((two, three, other, again, proxied));
            let open = connections.open();
            assert_eq!((open.connections.len(), open.by_address.len(), open.by_block.len()), (0, 0, 0));
        }
    }

    #[tokio::test]
    async fn while_memory_is_short_a_client_that_does_not_take_its_answers_is_cut() {
        let connections = Arc::<Connections>::default();
        let admit = || connections.admit("192.0.2.1".parse().unwrap(), &limits()).unwrap();
        let (stuck, reading) = (admit(), admit());
        let unread: Arc<dyn Fn() -> usize + Send + Sync> = Arc::new(|| 1);
        for client in [&stuck, &reading] {
            client.activity.count_unread_with(Arc::clone(&unread));
        }
        let begin = Instant::now();
        let sweep = |is_short, number| {
            reading.activity.wrote(PROGRESS_BYTES_MIN);
            stuck.activity.wrote(100);
            connections.sweep(is_short, begin + number * PROGRESS_TIME)
        };
        assert_eq!([sweep(false, 0), sweep(false, 1)], [0, 0], "memory is not short");
        assert_eq!([sweep(true, 2), sweep(true, 3)], [0, 1]);
        stuck.cut.notified().await;
        drop((stuck, reading));
        // The control: a client without unread answers is not cut.
        let _idle = admit();
        let later = |number| connections.sweep(true, begin + number * PROGRESS_TIME);
        assert_eq!([later(4), later(5)], [0, 0]);
    }
}
