//! The files of a store while no server runs: its end, its backups, and files beside the log of another one.

use std::fs;
use std::path::{Path, PathBuf};

use super::samples::*;
use crate::sqlite::{
    self, BackupError, BackupStep, DamageCheck, Durability, FILE_NAME, Options, SqliteStore, backup, restore,
};
use crate::{Store as _, StoreError, statement};

const OPTIONS: Options = Options {
    readers_max: 4,
    readers_kept_max: 4,
    commits_waiting_max: 16,
    commit_group_max: 16,
    busy_ms_max: 1000,
    durability: Durability::ProcessExit,
    damage_check: DamageCheck::DEFAULT,
};

fn open(data: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(data, OPTIONS)
}

/// A store with one bank, in a folder of its own.
async fn with_bank_a() -> (tempfile::TempDir, SqliteStore) {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path()).unwrap();
    add_bank(&store, "bank-a").await;
    (data, store)
}

async fn add_bank(store: &SqliteStore, bank_id: &str) {
    store.commit(vec![statement(bindings::Change::CreateBank(bank(bank_id)))]).await.unwrap();
}

async fn banks(store: &SqliteStore) -> Vec<String> {
    let banks = crate::banks::all(store.read().await.unwrap().as_mut()).await.unwrap();
    banks.into_iter().map(|bank| bank.id).collect()
}

fn names(data: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The files of a store as a killed process leaves them: with a log.
fn copied(data: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for name in names(data).iter().filter(|name| !name.ends_with("-shm")) {
        fs::copy(data.join(name), copy.path().join(name)).unwrap();
    }
    copy
}

fn log(data: &Path) -> PathBuf {
    data.join(format!("{FILE_NAME}-wal"))
}

#[tokio::test]
async fn a_closed_store_is_one_file_with_all_changes() {
    let (data, store) = with_bank_a().await;
    let killed = copied(data.path());
    store.close().await.unwrap();
    assert_eq!(names(data.path()), [FILE_NAME]);
    assert!(store.read().await.is_err() && store.commit(vec![]).await.is_ok());
    assert_eq!(banks(&open(data.path()).unwrap()).await, ["bank-a"]);
    // The control: the file of a killed process has not everything without its log.
    fs::remove_file(log(killed.path())).unwrap();
    assert!(banks(&open(killed.path()).unwrap()).await.is_empty());
}

#[tokio::test]
async fn a_log_is_played_over_its_own_file_only() {
    let (data, store) = with_bank_a().await;
    let file = data.path().join(FILE_NAME);
    store.close().await.unwrap();
    let older = fs::read(&file).unwrap();
    // Two more logs, each of which is put into the file. The last one stays, as after a kill.
    for bank_id in ["bank-b", "bank-c"] {
        let store = open(data.path()).unwrap();
        add_bank(&store, bank_id).await;
        store.close().await.unwrap();
    }
    let store = open(data.path()).unwrap();
    add_bank(&store, "bank-d").await;
    let killed = copied(data.path());
    drop(store);
    let own = copied(killed.path());
    assert_eq!(banks(&open(own.path()).unwrap()).await, ["bank-a", "bank-b", "bank-c", "bank-d"]);

    let other = tempfile::tempdir().unwrap();
    let store = open(other.path()).unwrap();
    add_bank(&store, "bank-x").await;
    store.close().await.unwrap();
    let from_elsewhere = fs::read(other.path().join(FILE_NAME)).unwrap();
    let backed_up = other.path().join("backup.db");
    // A backup is the last user of that file, and so folds the log into it.
    backup(&copied(killed.path()).path().join(FILE_NAME), &backed_up, 1000, |_| {}).unwrap();
    for (what, put) in
        [("an older copy", older), ("another store", from_elsewhere), ("a backup", fs::read(&backed_up).unwrap())]
    {
        let mixed = copied(killed.path());
        fs::write(mixed.path().join(FILE_NAME), &put).unwrap();
        let before = (fs::read(log(mixed.path())).unwrap(), put);
        let refused = open(mixed.path()).map(drop).unwrap_err().to_string();
        assert!(
            refused.contains("belongs to another file") && refused.contains("obp-host restore"),
            "{what}: {refused}"
        );
        assert!(refused.contains("the log has number ") && !refused.contains(" -"), "{what}: {refused}");
        let after = (fs::read(log(mixed.path())).unwrap(), fs::read(mixed.path().join(FILE_NAME)).unwrap());
        assert!(before == after, "{what}: the files were changed");
        // The control: the file alone is accepted.
        fs::remove_file(log(mixed.path())).unwrap();
        assert!(open(mixed.path()).is_ok(), "{what}");
    }
}

#[tokio::test]
async fn a_long_log_goes_into_the_file_and_a_kill_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path()).unwrap();
    for number in 0..1500 {
        add_bank(&store, &format!("bank-{number:04}")).await;
        if number % 100 == 0 {
            let killed = copied(data.path());
            assert_eq!(banks(&open(killed.path()).unwrap()).await.len(), number + 1);
        }
    }
    // SQLite begins the log again at its beginning: it does not grow with the commits.
    assert!(fs::metadata(log(data.path())).unwrap().len() < 8 << 20);
}

#[tokio::test]
async fn a_file_that_is_removed_or_replaced_under_the_store_ends_the_acknowledgements() {
    for name in [FILE_NAME.to_owned(), format!("{FILE_NAME}-wal")] {
        for replaced in [false, true] {
            let (data, store) = with_bank_a().await;
            let path = data.path().join(&name);
            let bytes = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            if replaced {
                fs::write(&path, bytes).unwrap();
            }
            for bank_id in ["bank-b", "bank-c"] {
                let commit = store.commit(vec![statement(bindings::Change::CreateBank(bank(bank_id)))]).await;
                let error = commit.unwrap_err().to_string();
                assert!(error.contains("removed or replaced"), "{name}: {error}");
            }
            assert!(store.read().await.is_err(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_backup_restores_the_store_that_it_was_made_of() {
    let (data, store) = with_bank_a().await;
    let file = data.path().join(FILE_NAME);
    let target = data.path().join("monday.db");
    let mut steps = 0;
    let report = backup(&file, &target, 1000, |_| steps += 1).unwrap();
    assert_eq!((steps, &report.file), (2, &target));
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(matches!(backup(&file, &target, 1000, |_| {}), Err(BackupError::Exists(_))));
    add_bank(&store, "bank-b").await;
    // A killed server leaves its log.
    let killed = copied(data.path());
    let file = killed.path().join(FILE_NAME);
    let kept_in = killed.path().join("replaced");
    // The name is taken, as by another restore in the same second.
    fs::create_dir(&kept_in).unwrap();
    let (_, kept) = restore(&target, &file, &kept_in, 1000, |_: BackupStep| {}).unwrap();
    assert_eq!(banks(&open(killed.path()).unwrap()).await, ["bank-a"], "no later change came back");
    let kept = kept.unwrap();
    assert_eq!(kept, killed.path().join("replaced-2"));
    assert_eq!(banks(&open(&kept).unwrap()).await, ["bank-a", "bank-b"], "the store that was there is whole");
}

#[tokio::test]
async fn a_file_that_is_no_backup_changes_nothing() {
    let (data, store) = with_bank_a().await;
    let file = data.path().join(FILE_NAME);
    let good = data.path().join("good.db");
    backup(&file, &good, 1000, |_| {}).unwrap();
    store.close().await.unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = data.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let bytes = fs::read(&good).unwrap();
    let newer = put("newer.db", &bytes);
    rusqlite::Connection::open(&newer).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let foreign = data.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (a); PRAGMA user_version = 1").unwrap();
    let mut flipped = bytes.clone();
    flipped[4096 * 2 + 3] ^= 0xff;
    let live = put("live.db", &bytes);
    put("live.db-wal", b"a log");
    for (from, said) in [
        (put("text.db", b"no database, but long enough to be read as the header of one"), "is no backup"),
        (put("empty.db", b""), "is no backup"),
        (data.path().join("missing.db"), "missing.db"),
        (data.path().to_owned(), "is no file"),
        (newer, "newer version"),
        (foreign, "definition"),
        (put("half.db", &bytes[..bytes.len() / 2]), "half.db"),
        (put("flipped.db", &flipped), "damaged"),
        (live, "a log is beside it"),
    ] {
        let before = fs::read(&file).unwrap();
        let error = restore(&from, &file, &data.path().join("kept"), 1000, |_| {}).unwrap_err().to_string();
        assert!(error.contains(said), "{}: {error}", from.display());
        assert_eq!(fs::read(&file).unwrap(), before);
        assert!(!data.path().join("kept").exists());
        assert!(names(data.path()).iter().all(|name| !name.contains("partial") && !name.contains("restoring")));
    }
    let store = open(data.path()).unwrap();
    assert_eq!(banks(&store).await, ["bank-a"]);
}

#[tokio::test]
async fn an_interrupted_restore_and_a_log_without_its_file_are_refused() {
    for (name, said) in [
        (format!("{FILE_NAME}.restoring"), "run `obp-host restore` again"),
        (format!("{FILE_NAME}-wal"), "its log is there"),
    ] {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join(&name), b"something").unwrap();
        let error = open(data.path()).map(drop).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert_eq!(names(data.path()), [name]);
    }
    assert!(sqlite::check(Path::new("/nowhere"), 1, |_| {}).is_err());
}

#[tokio::test]
async fn a_definition_that_a_statement_does_not_fit_is_damage() {
    let (data, store) = with_bank_a().await;
    store.close().await.unwrap();
    let connection = rusqlite::Connection::open(data.path().join(FILE_NAME)).unwrap();
    connection.execute_batch("PRAGMA writable_schema = ON").unwrap();
    let flip = "UPDATE sqlite_schema SET sql = replace(sql, 'full_name', 'full_nale') WHERE name = 'banks'";
    assert_eq!(connection.execute(flip, []).unwrap(), 1);
    drop(connection);
    // The check finds it at the start. Without the check, the first statement does.
    assert!(matches!(open(data.path()).map(drop), Err(StoreError::Damaged(_))));
    let options = Options { damage_check: DamageCheck::Never, ..OPTIONS };
    let store = SqliteStore::open(data.path(), options).unwrap();
    let read = crate::banks::all(store.read().await.unwrap().as_mut()).await;
    assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
    let written = store.commit(vec![statement(bindings::Change::CreateBank(bank("bank-b")))]).await;
    assert!(matches!(written, Err(crate::CommitError::Store(StoreError::Damaged(_)))), "{written:?}");
}
