//! Floods of requests from many connections, and an honest client that works meanwhile.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

/// Clients that send requests without a pause until this is stopped.
pub struct Flood {
    stopped: Arc<AtomicBool>,
    sent: Arc<AtomicUsize>,
    clients: Vec<JoinHandle<()>>,
}

impl Flood {
    /// Starts this many clients. Each calls `send` with its number and the number of its request, again and again.
    pub fn start<F>(clients: usize, send: impl Fn(usize, usize) -> F + Clone + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        let (stopped, sent) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let run = |client: usize| {
            let (stopped, sent, send) = (Arc::clone(&stopped), Arc::clone(&sent), send.clone());
            tokio::spawn(async move {
                for request in 0.. {
                    if stopped.load(Ordering::Relaxed) {
                        break;
                    }
                    send(client, request).await;
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let clients = (0..clients).map(run).collect();
        Self { stopped, sent, clients }
    }

    /// Waits until every client has sent a request on average.
    pub async fn is_under_way(&self) {
        while self.sent.load(Ordering::Relaxed) < self.clients.len() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Stops the clients. Returns the number of their requests.
    pub async fn stop(self) -> usize {
        self.stopped.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.abort();
            let _ = client.await;
        }
        self.sent.load(Ordering::Relaxed)
    }
}

/// A client with connections of its own, from that address of this machine.
pub fn client_from(address: [u8; 4]) -> reqwest::Client {
    reqwest::Client::builder().local_address(IpAddr::from(address)).build().expect("a client")
}

/// The outcomes of honest requests.
#[derive(Debug, Default)]
pub struct Honest {
    pub answered: usize,
    pub failed: Vec<String>,
    pub slowest: Duration,
}

impl Honest {
    /// Waits for a request, which must be answered with this status.
    pub async fn expect(&mut self, status: u16, request: reqwest::RequestBuilder) {
        let begun = Instant::now();
        match request.send().await {
            Ok(response) if response.status() == status => self.answered += 1,
            Ok(response) => self.failed.push(format!("{} {}", response.status(), response.url())),
            Err(error) => self.failed.push(format!("{error:?}")),
        }
        self.slowest = self.slowest.max(begun.elapsed());
    }
}
