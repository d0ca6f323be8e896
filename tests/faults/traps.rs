//! Thousands of traps among correct requests: they write nothing, and the server's memory does not grow.

use std::collections::BTreeSet;

use reqwest::Client;
use tokio::process::Command;

use crate::support::app::FAULTY;
use crate::support::process::{Server, store, weak_server};
use crate::support::{check_body, get, try_put, unknown_error, world};

const CLIENTS: u64 = 8;
/// The limit is above the variation of the server's memory between two halves of the load, and below one page per trap.
const MARGIN_KIB: u64 = 8 << 10;

/// Sends one client's puts, correct and trapping in turn, and checks each response. Returns the ids of the acknowledged ones.
async fn puts(url: String, client: u64, half: u64, traps: u64) -> BTreeSet<String> {
    let http = Client::new();
    let mut acknowledged = BTreeSet::new();
    for number in 0..traps {
        for (id, comments) in
            [(format!("good-{half}-{number}"), "good"), (format!("trap-{half}-{number}"), "fault: trap")]
        {
            let customer = world::extra_customer(client);
            let url = format!("{url}/banks/bank-1/customers/{customer}/kyc_check/{id}");
            let answer = try_put(&http, "kim", url, check_body(comments)).await.expect("an answer");
            if comments == "good" {
                assert_eq!(answer.0, 200, "{}", answer.1);
                acknowledged.insert(id);
            } else {
                assert_eq!(answer, unknown_error(500));
            }
        }
    }
    acknowledged
}

/// Loads the server twice with this many traps and as many correct puts. Returns the growth in the second half, in KiB.
async fn grows_by(server: &Server, traps_of_a_half: u64) -> u64 {
    let mut acknowledged = vec![BTreeSet::new(); CLIENTS as usize];
    let mut resident = Vec::new();
    for half in 0..2 {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| tokio::spawn(puts(server.url(""), client, half, traps_of_a_half / CLIENTS)))
            .collect();
        for (client, all) in clients.into_iter().zip(&mut acknowledged) {
            all.extend(client.await.unwrap());
        }
        resident.push(server.resident_kib().0);
    }
    for (client, all) in acknowledged.iter().enumerate() {
        let customer = world::extra_customer(client as u64);
        let listed = get(&Client::new(), "kim", server.url(&format!("/customers/{customer}/kyc_checks"))).await;
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let checks = listed["checks"].as_array().unwrap();
        let ids: BTreeSet<_> = checks.iter().map(|check| check["id"].as_str().unwrap().to_owned()).collect();
        assert!(ids == *all, "the acknowledged records are stored, and no others");
    }
    println!("{traps_of_a_half} traps: {} KiB, {traps_of_a_half} more: {} KiB", resident[0], resident[1]);
    resident[1].saturating_sub(resident[0])
}

async fn world() -> tempfile::TempDir {
    let data = crate::support::folder().unwrap();
    {
        let store = store(data.path());
        world::create(&store).await;
        world::add_customers(&store, CLIENTS).await;
    }
    data
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_traps_write_nothing_and_leak_nothing() {
    let data = world().await;
    let settings =
        [("OBP_HOST_COMPONENT", FAULTY), ("OBP_HOST_COMPILED_CACHE", "false"), ("OBP_HOST_LOG__LEVEL", "off")];
    let server = Server::serve_with(data.path(), &settings).await;
    assert!(grows_by(&server, 5000).await < MARGIN_KIB);
}

/// The control: a server that leaks a page at every read grows by more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leak_of_one_page_per_request_is_detected() {
    let data = world().await;
    let server = Server::start(Command::new(weak_server()).arg("leaky").arg(data.path())).await;
    assert!(grows_by(&server, 1600).await > MARGIN_KIB);
}
