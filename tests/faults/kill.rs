//! `kill -9` under load: no acknowledged write is missing after the restart. This shows crash recovery and not durability, because
//! the kernel's page cache outlives a process. `sync_order` shows that a write was on disk.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::process::{Server, store};
use crate::support::writers::Writers;
use crate::support::{get, world};

const KILLS: u64 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_missing_after_200_kills() {
    let seed = std::process::id().into();
    println!("seed {seed}");
    let chance = obp_host::ambient::Ambient::fixed(0, seed);
    let data = crate::support::folder().unwrap();
    {
        let store = store(data.path());
        world::create(&store).await;
        world::add_customers(&store, KILLS).await;
    }
    let mut acknowledged_in_all = 0;
    let mut server = Server::serve(data.path()).await;
    for round in 0..KILLS {
        let writers = Writers::start(&server.url, &world::extra_customer(round), "k");
        let [milliseconds] = chance.random::<1>().unwrap();
        tokio::time::sleep(Duration::from_millis(20 + u64::from(milliseconds / 2))).await;
        server.kill().await;
        let acknowledged = writers.ended().await;
        server = Server::serve(data.path()).await;
        let listed = get(
            &reqwest::Client::new(),
            "kim",
            format!("{}/obp/v3.1.0/customers/{}/kyc_checks", server.url, world::extra_customer(round)),
        )
        .await;
        let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
        let listed: BTreeSet<&str> =
            listed["checks"].as_array().unwrap().iter().map(|check| check["id"].as_str().unwrap()).collect();
        let missing: Vec<_> = acknowledged.iter().filter(|id| !listed.contains(id.as_str())).collect();
        assert!(
            missing.is_empty(),
            "round {round}: {} of {} are missing: {missing:?}",
            missing.len(),
            acknowledged.len()
        );
        acknowledged_in_all += acknowledged.len();
    }
    server.kill().await;
    let database = rusqlite::Connection::open(data.path().join("onboarding.db")).unwrap();
    let integrity: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    println!("{KILLS} kills, {acknowledged_in_all} acknowledged writes, none missing");
    assert!(acknowledged_in_all > KILLS as usize, "the kills came before any load, so the test showed nothing");
}
