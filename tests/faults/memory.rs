//! Clients that do not read their answers use a bounded amount of memory, and delay no other client.

use std::net::SocketAddr;
use std::sync::Arc;

use obp_host::storage::{Store as _, statement};
use reqwest::Client;
use tokio::task::JoinSet;

use crate::support::process::{Server, store};
use crate::support::silent::{self, Asked, Kind};
use crate::support::sizes::sized;
use crate::support::tls::{Files, Pair};
use crate::support::{check_body, world};

/// The greatest resident set of the server, in KiB.
const PEAK_KIB_MAX: u64 = 512 << 10;
/// Rounds of honest requests while the others are connected.
fn rounds() -> usize {
    sized(200, 6000)
}
/// The longest query of a page that fits into a head.
const LONG_QUERY: usize = 14_000;

/// A server over TLS whose customer `c-1` has KYC checks of about 4 MiB, and the attack on it.
struct Attacked {
    server: Server,
    pair: Arc<Pair>,
    attackers: JoinSet<()>,
    _files: Files,
    _data: tempfile::TempDir,
}

impl Attacked {
    async fn with(limits: &[(&str, &str)]) -> Self {
        let data = crate::support::folder().unwrap();
        {
            let store = store(data.path());
            world::create(&store).await;
            let long = "x".repeat(1900);
            let checks = (0..2000).map(|number| world::check("bank-1", "c-1", &format!("k-{number}"), &long));
            store.commit(checks.map(statement).collect()).await.unwrap();
        }
        let pair = Arc::new(Pair::new());
        let files = Files::of(&pair);
        let settings = files.settings(&[&[("OBP_HOST_LOG__LEVEL", "error")][..], limits].concat());
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let server = Server::serve_with(data.path(), &settings).await;
        let mut attackers = JoinSet::new();
        let address: SocketAddr = server.url.strip_prefix("https://").unwrap().parse().unwrap();
        let api = Asked { path: "/obp/v3.1.0/customers/c-1/kyc_checks".to_owned(), user: Some("kim") };
        let page = Asked { path: format!("/?tags=&q={}", "x".repeat(LONG_QUERY)), user: None };
        for (asked, kind, clients) in [
            (&api, Kind::Http2 { streams: 128 }, 10),
            (&page, Kind::Http2 { streams: 128 }, 2),
            (&api, Kind::Http1Silent, 100),
            (&api, Kind::Http1Slow, 50),
            (&page, Kind::Http1Slow, 50),
        ] {
            for _ in 0..clients {
                attackers.spawn(silent::keep(Arc::clone(&pair), address, asked.clone(), kind));
            }
        }
        Self { server, pair, attackers, _files: files, _data: data }
    }

    fn peak_kib(&self) -> u64 {
        self.server.resident_kib().1
    }

    /// Sends one request of each kind. Returns those that did not succeed.
    async fn honest(&self, client: &Client, round: usize) -> Vec<String> {
        let id = format!("honest-{round}");
        let token = format!("token={}", world::token("lee"));
        let mut failed = Vec::new();
        for (path, body) in [
            ("/obp/v3.1.0/root".to_owned(), None),
            (format!("/obp/v3.1.0/banks/bank-2/customers/c-2/kyc_check/{id}"), Some(check_body("honest"))),
            ("/obp/v3.1.0/customers/c-2/kyc_checks".to_owned(), None),
            ("/obp/v3.1.0/users/current".to_owned(), None),
            ("/sign-in".to_owned(), None),
        ] {
            let url = format!("{}{path}", self.server.url);
            let request = match body {
                Some(body) => client.put(url).header("Content-Type", "application/json").body(body),
                None => client.get(url),
            };
            let answer = request.header("DirectLogin", &token).send().await.unwrap();
            let status = answer.status();
            let body = answer.text().await.unwrap();
            if !status.is_success() {
                failed.push(format!("{round}: {path}: {status} {body}"));
            }
        }
        failed
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_do_not_read_use_bounded_memory_and_delay_no_other() {
    let attacked = Attacked::with(&[]).await;
    let client = attacked.pair.client().build().unwrap();
    let mut failed = Vec::new();
    for round in 0..rounds() {
        failed.extend(attacked.honest(&client, round).await);
    }
    let peak = attacked.peak_kib();
    println!("peak {} MiB, {} of {} honest requests failed", peak >> 10, failed.len(), rounds() * 5);
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(peak <= PEAK_KIB_MAX, "{peak} KiB");
}

/// The control: without the budget and the shares, the same clients use more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_budget_clients_that_do_not_read_use_more_memory() {
    let attacked = Attacked::with(&[
        ("OBP_HOST_LIMITS__ANSWERS_BYTES_MAX", "1099511627776"),
        ("OBP_HOST_LIMITS__REQUESTS_PER_CONNECTION_MAX", "128"),
    ])
    .await;
    let client = attacked.pair.client().build().unwrap();
    let mut rounds = 0;
    while attacked.peak_kib() <= PEAK_KIB_MAX {
        assert!(rounds < 6000, "peak {} KiB", attacked.peak_kib());
        // These may be refused: the others have no limit.
        let _ = attacked.honest(&client, rounds).await;
        rounds += 1;
    }
    drop(attacked.attackers);
}
