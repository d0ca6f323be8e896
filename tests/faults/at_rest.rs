//! Data at rest: the file of a server that was stopped, and backups of one that writes.

use std::collections::BTreeSet;
use std::path::Path;

use obp_host::storage::Store as _;

use crate::support::operator::{Said, said};
use crate::support::process::{Server, store};
use crate::support::sizes::sized;
use crate::support::world;
use crate::support::writers::{Writers, stored};

const FILE: &str = "onboarding.db";

/// A folder with a store that has a customer for each round.
async fn prepared(rounds: u64) -> tempfile::TempDir {
    let data = crate::support::folder().unwrap();
    let store = store(data.path());
    world::create(&store).await;
    world::add_customers(&store, rounds).await;
    store.close().await.unwrap();
    drop(store);
    data
}

/// The ids that the database file alone has, without any file beside it.
async fn in_the_file_alone(data: &Path, customer_id: &str) -> BTreeSet<String> {
    let alone = crate::support::folder().unwrap();
    std::fs::copy(data.join(FILE), alone.path().join(FILE)).unwrap();
    stored(alone.path(), customer_id).await
}

/// Runs `backup` or `restore`.
async fn run(command: &str, data: &Path, file: &Path) -> Said {
    said(&[command, "--data", data.to_str().unwrap(), file.to_str().unwrap()]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_under_load_leaves_one_file_with_every_acknowledged_write() {
    let rounds = sized(5, 50);
    let data = prepared(rounds + 1).await;
    let mut acknowledged_in_all = 0;
    for round in 0..rounds {
        let customer = world::extra_customer(round);
        let server = Server::serve(data.path()).await;
        let writers = Writers::start(&server.url, &customer, "k");
        writers.reach(50).await;
        assert!(server.stop().await.success());
        let acknowledged = writers.ended().await;
        for gone in ["onboarding.db-wal", "onboarding.db-shm", "control.sock"] {
            assert!(!data.path().join(gone).exists(), "round {round}: {gone} is left");
        }
        let found = in_the_file_alone(data.path(), &customer).await;
        assert!(acknowledged.is_subset(&found), "round {round}: {} of {}", found.len(), acknowledged.len());
        acknowledged_in_all += acknowledged.len();
    }
    println!("{rounds} stops, {acknowledged_in_all} acknowledged writes, all in the file alone");
    // The control: after a kill, the file alone has not everything.
    let customer = world::extra_customer(rounds);
    let server = Server::serve(data.path()).await;
    let writers = Writers::start(&server.url, &customer, "k");
    writers.reach(50).await;
    server.kill().await;
    let acknowledged = writers.ended().await;
    let wal = data.path().join("onboarding.db-wal");
    assert!(wal.exists());
    assert!(!acknowledged.is_subset(&in_the_file_alone(data.path(), &customer).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_every_write_acknowledged_before_it_and_no_restore_shows_a_later_one() {
    let rounds = sized(3, 20);
    let data = prepared(rounds).await;
    for round in 0..rounds {
        let customer = world::extra_customer(round);
        let server = Server::serve(data.path()).await;
        let writers = Writers::start(&server.url, &customer, "k");
        writers.reach(50).await;
        let before = writers.acknowledged();
        let backups = crate::support::folder().unwrap();
        let file = backups.path().join("backup.db");
        let made = run("backup", data.path(), &file).await;
        assert!(made.code == 0 && made.out.contains("no damage"), "{made:?}");
        // These come after the backup.
        let later = format!("later-{round}");
        let late = Writers::start(&server.url, &customer, &later);
        late.reach(20).await;
        // A server that was killed leaves its log beside the file.
        server.kill().await;
        writers.ended().await;
        late.ended().await;
        assert!(stored_with_log(data.path(), &customer).await.iter().any(|id| id.starts_with(&later)), "the control");
        let restored = run("restore", data.path(), &file).await;
        assert!(restored.code == 0 && restored.out.contains("replaced-"), "{restored:?}");
        let found = stored(data.path(), &customer).await;
        assert!(before.is_subset(&found), "round {round}: {} of {}", found.len(), before.len());
        assert!(!found.iter().any(|id| id.starts_with(&later)), "round {round}: a later write came back");
        // The restored store serves.
        let server = Server::serve(data.path()).await;
        assert!(server.stop().await.success());
    }
}

/// The ids in a copy of the file and its log: opening the original would fold the log into it.
async fn stored_with_log(data: &Path, customer_id: &str) -> BTreeSet<String> {
    let copy = crate::support::folder().unwrap();
    for name in [FILE, "onboarding.db-wal"] {
        std::fs::copy(data.join(name), copy.path().join(name)).unwrap();
    }
    stored(copy.path(), customer_id).await
}

#[tokio::test]
async fn commands_about_backups_say_what_is_wrong_and_change_nothing() {
    let data = prepared(1).await;
    let other = crate::support::folder().unwrap();
    let backup = other.path().join("backup.db");
    assert_eq!(run("backup", data.path(), &backup).await.code, 0);
    let server = Server::serve(data.path()).await;
    let text = other.path().join("text.txt");
    std::fs::write(&text, "not a database").unwrap();
    let empty = crate::support::folder().unwrap();
    for (command, folder, file, expected) in [
        ("restore", data.path(), backup.as_path(), "stop it first"),
        ("backup", data.path(), &backup, "exists already"),
        ("backup", empty.path(), &other.path().join("new.db"), "there is no store"),
        ("restore", empty.path(), &text, "is no backup of this server"),
    ] {
        let refused = run(command, folder, file).await;
        assert!(refused.code == 1 && refused.err.contains(expected), "{command}: {refused:?}");
    }
    assert!(!other.path().join("new.db").exists());
    assert!(!empty.path().join(FILE).exists());
    assert!(server.stop().await.success());
    // A command that writes makes no store by accident.
    let create = ["consumer", "create", "--name", "test", "--data", empty.path().to_str().unwrap()];
    let refused = said(&create).await;
    assert!(refused.code == 1 && refused.err.contains("--init"), "{refused:?}");
    assert!(!empty.path().join(FILE).exists());
    assert_eq!(said(&[&create[..], &["--init"]].concat()).await.code, 0);
    assert!(empty.path().join(FILE).exists());
}
