//! A server on its own threads, as in a process of its own: a busy server does not delay its clients' requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Client;
use tokio::runtime::{Builder, Runtime};

use super::{TestApp, check_body, get, try_put};

/// A running server, which can be stopped at any time.
pub struct Apart {
    pub app: Arc<TestApp>,
    threads: Option<Runtime>,
}

impl Apart {
    pub async fn start(threads: usize, app: impl Future<Output = TestApp> + Send + 'static) -> Self {
        let threads = Builder::new_multi_thread().worker_threads(threads).enable_all().build().expect("threads");
        let app = Arc::new(threads.spawn(app).await.expect("a server"));
        Self { app, threads: Some(threads) }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            // This does not wait. A thread that runs a guest ends at its next tick.
            threads.shutdown_background();
        }
    }
}

/// Sends ordinary requests, which must all succeed: `clients` clients at once, each puts and reads `puts` checks of its own.
pub async fn ordinary(app: &Arc<TestApp>, clients: usize, puts: usize, answered: &Arc<AtomicUsize>) {
    let clients: Vec<_> = (0..clients)
        .map(|client| {
            let (app, answered) = (Arc::clone(app), Arc::clone(answered));
            tokio::spawn(async move {
                let http = Client::new();
                for number in 0..puts {
                    let url = app.url(&format!("/banks/bank-1/customers/c-1/kyc_check/good-{client}-{number}"));
                    let (status, body) = try_put(&http, "kim", url, check_body("good")).await.expect("an answer");
                    assert_eq!(status, 200, "{body}");
                    answered.fetch_add(1, Ordering::Relaxed);
                    let listed = get(&http, "kim", app.url("/customers/c-1/kyc_checks")).await;
                    assert!(listed.contains(&format!(r#""id":"good-{client}-{number}""#)), "{listed}");
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("all succeed");
    }
}
