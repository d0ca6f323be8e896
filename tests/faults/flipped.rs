//! Stores with flipped bits. Where SQLite can tell, the server does not start, and names the file; it never answers with other
//! data. The control opens the same stores without the check, and gets other data.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use obp_host::ambient::Ambient;
use obp_host::app::store_options;
use obp_host::component::bindings::Change;
use obp_host::component::bindings::changes::NewKycStatus;
use obp_host::component::bindings::kyc_types::KycStatusEntry;
use obp_host::component::samples::{self, seed};
use obp_host::storage::sqlite::{CheckReport, DamageCheck, Options, SqliteStore, check, file};
use obp_host::storage::{Statement, Store, StoreError, statement};
use reqwest::Client;
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::app::config;
use crate::support::chance::{below, chance};
use crate::support::operator::{Said, said};
use crate::support::process::{Server, obp_host, store};
use crate::support::sizes::sized;
use crate::support::{TestApp, check_body, log, try_put, world};

/// Flipped bits of a store.
const BITS: usize = 8;
/// Customers of a store, besides those of the world. Each has a record of each kind.
const CUSTOMERS: u64 = 200;
/// Every read of the API, with the user that reads.
const READS: [(&str, &str); 26] = [
    ("kim", "/users/current"),
    ("ada", "/users"),
    ("ada", "/users/username/kim"),
    ("ada", "/users/user_id/u-lee"),
    ("ada", "/users/kim/lock-status"),
    ("kim", "/banks"),
    ("kim", "/banks/bank-2"),
    ("ada", "/my/entitlements"),
    ("ada", "/users/u-ada/entitlements"),
    ("ada", "/entitlements"),
    ("ada", "/entitlement-requests"),
    ("kim", "/my/entitlement-requests"),
    ("ada", "/management/consumers"),
    ("kim", "/management/users/current/consumers"),
    ("ada", "/banks/bank-1/customers/c-1"),
    ("ada", "/banks/bank-1/customers/c-extra-7"),
    ("lee", "/banks/bank-1/customers"),
    ("lee", "/users/current/customers"),
    ("kim", "/my/accounts"),
    ("kim", "/banks/bank-1/accounts"),
    ("kim", "/customers/c-extra-3/kyc_checks"),
    ("kim", "/customers/c-extra-50/kyc_checks"),
    ("kim", "/customers/c-extra-3/kyc_documents"),
    ("kim", "/customers/c-extra-50/kyc_media"),
    ("kim", "/customers/c-extra-3/kyc_statuses"),
    ("kim", "/customers/c-extra-199/kyc_statuses"),
];

/// The bytes of a store with the world and a KYC file for each customer.
async fn filled() -> Vec<u8> {
    let data = crate::support::folder().unwrap();
    let store = store(data.path());
    world::create(&store).await;
    world::add_customers(&store, CUSTOMERS).await;
    let mut changes = Vec::new();
    for number in 0..CUSTOMERS {
        let (customer, id) = (world::extra_customer(number), format!("r-{number}"));
        changes.extend(kyc_file(&customer, &id));
        changes.push(seed::user(&format!("u-extra-{number}"), &format!("extra-{number}"), "no hash"));
    }
    let statements: Vec<Statement> = changes.into_iter().map(statement).collect();
    store.commit(statements).await.unwrap();
    let other = rusqlite::Connection::open(file(data.path())).unwrap();
    let busy: i64 = other.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).unwrap();
    assert_eq!(busy, 0);
    std::fs::read(file(data.path())).unwrap()
}

fn kyc_file(customer: &str, id: &str) -> [Change; 4] {
    let status = samples::kyc_status(customer, samples::kyc_status_draft());
    let entry = KycStatusEntry { bank_id: "bank-1".to_owned(), status };
    [
        world::check("bank-1", customer, id, "a comment"),
        Change::PutKycDocument(samples::kyc_document("bank-1", customer, id, samples::kyc_document_draft())),
        Change::PutKycMedia(samples::kyc_media("bank-1", customer, id, samples::kyc_media_draft())),
        Change::AddKycStatus(NewKycStatus { entry, after: None }),
    ]
}

/// A copy of the file with flipped bits, in a folder of its own.
fn flipped(good: &[u8], chance: &Ambient) -> TempDir {
    let mut bytes = good.to_vec();
    for _ in 0..BITS {
        let bit = below(chance, bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    folder_with(&bytes)
}

fn folder_with(bytes: &[u8]) -> TempDir {
    let data = crate::support::folder().unwrap();
    std::fs::write(file(data.path()), bytes).unwrap();
    data
}

fn options(damage_check: DamageCheck) -> Options {
    Options { damage_check, ..store_options(&config::<&str>(&[])) }
}

fn open(data: &Path, damage_check: DamageCheck) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(data, options(damage_check))
}

/// The answers to all reads.
async fn answers(app: &TestApp) -> Vec<(u16, String)> {
    let client = Client::new();
    let mut answers = Vec::new();
    for (user, path) in READS {
        let request = client.get(app.url(path)).header("DirectLogin", format!("token={}", world::token(user)));
        let response = request.send().await.unwrap();
        answers.push((response.status().as_u16(), response.text().await.unwrap()));
    }
    answers
}

/// The tally of all damaged stores.
#[derive(Debug, Default)]
struct Tally {
    /// The check named the store.
    named: usize,
    /// The check found nothing, and all reads answered the same as before the damage.
    same: usize,
    /// The check found nothing, and a read answered with other data: the content of a text or a number, which SQLite cannot know.
    unknowable: usize,
    /// Answers of named stores with status 200 and other data, if the check is left out.
    other_data: usize,
    /// Answers with status 500, if the check is left out.
    failed: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_with_flipped_bits_is_named_and_never_answers_with_other_data_where_sqlite_can_tell() {
    log::keep();
    let (chance, good) = (chance(), filled().await);
    let whole = folder_with(&good);
    let store = open(whole.path(), DamageCheck::DEFAULT).unwrap();
    let expected = answers(&TestApp::on(whole, Arc::new(store)).await).await;
    assert!(expected.iter().all(|(status, _)| *status == 200), "{expected:?}");
    let mut tally = Tally::default();
    for _ in 0..sized(40, 200) {
        let data = flipped(&good, &chance);
        let before = std::fs::read(file(data.path())).unwrap();
        let named = match open(data.path(), DamageCheck::DEFAULT) {
            Err(error) => {
                let (path, why) = (file(data.path()).display().to_string(), error.to_string());
                // A flipped bit of the version in the header makes it the store of a newer server.
                let is_named = matches!(error, StoreError::Damaged(_)) || why.contains("migration");
                assert!(is_named && why.contains(&format!("{path}: ")), "{why}");
                assert_eq!(std::fs::read(file(data.path())).unwrap(), before, "it is left as it is");
                tally.named += 1;
                true
            }
            Ok(_) => false,
        };
        // The control: the same store without the check.
        let Ok(store) = open(data.path(), DamageCheck::Never) else { continue };
        let path = file(data.path()).display().to_string();
        let given = answers(&TestApp::on(data, Arc::new(store)).await).await;
        let other = given.iter().zip(&expected).filter(|(given, expected)| given.0 == 200 && given != expected).count();
        let failed = given.iter().filter(|(status, _)| *status == 500).count();
        if named {
            tally.other_data += other;
            tally.failed += failed;
        } else if given == expected {
            tally.same += 1;
        } else {
            tally.unknowable += 1;
        }
        // A damaged page that a query meets is named in the log.
        let malformed = log::lines_with(&path).iter().filter(|line| line.contains("the store is damaged")).count();
        assert!(failed == 0 || malformed > 0, "{path}: {given:?}");
    }
    println!("{tally:?}");
    assert!(tally.named > 0);
    assert!(tally.other_data > 0, "the control shows nothing with this seed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damage_found_in_the_background_ends_every_answer() {
    log::keep();
    let good = filled().await;
    let data = folder_with(&good);
    swap_indexes(&file(data.path()));
    assert!(matches!(open(data.path(), DamageCheck::DEFAULT), Err(StoreError::Damaged(_))));
    let path = file(data.path()).display().to_string();
    let store = open(data.path(), DamageCheck::AtOpen { bytes_max: 0 }).unwrap();
    let app = TestApp::on(data, Arc::new(store)).await;
    while app.app.onboarding.store.read().await.is_ok() {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    for (status, body) in answers(&app).await {
        assert_eq!((status, body.as_str()), (500, r#"{"code":500,"message":"OBP-50000: Unknown Error."}"#));
    }
    let written =
        try_put(&Client::new(), "kim", app.url("/banks/bank-1/customers/c-1/kyc_check/k"), check_body("")).await;
    assert_eq!(written.unwrap().0, 500);
    let lines = log::lines_with(&path);
    let told = |text: &str| lines.iter().filter(|line| line.contains(text)).count();
    assert!(told("until the server is restarted") == 1 && told("the store is damaged") > READS.len(), "{lines:#?}");
}

/// Exchanges two indexes of customers. Each then leads to rows of other keys, which neither a query nor `quick_check` notices.
fn swap_indexes(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let root = |name: &str| -> i64 {
        connection.query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [name], |row| row.get(0)).unwrap()
    };
    let (number, id) = (root("sqlite_autoindex_customers_2"), root("sqlite_autoindex_customers_1"));
    connection.execute_batch("PRAGMA writable_schema = ON").unwrap();
    let swap = "UPDATE sqlite_schema SET rootpage = ?1 WHERE name = ?2";
    connection.execute(swap, (number, "sqlite_autoindex_customers_1")).unwrap();
    connection.execute(swap, (id, "sqlite_autoindex_customers_2")).unwrap();
}

async fn checked(data: &Path, more: &[&str]) -> Said {
    said(&[&["check", "--data", data.to_str().unwrap()], more].concat()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_refuses_a_damaged_store_lists_the_findings_and_restores_a_backup() {
    let (chance, good) = (chance(), filled().await);
    let whole = folder_with(&good);
    let server = Server::serve(whole.path()).await;
    let found = checked(whole.path(), &[]).await;
    assert!(found.code == 0 && found.out.contains("no damage"), "beside a running server: {found:?}");
    let json: serde_json::Value = serde_json::from_str(&checked(whole.path(), &["--json"]).await.out).unwrap();
    assert_eq!((&json["damaged"], &json["findings"]), (&false.into(), &serde_json::json!([])));
    server.kill().await;
    let found = checked(whole.path(), &[]).await;
    assert_eq!(found.code, 0, "after a kill: {found:?}");

    let backup = folder_with(&good);
    let mut refused = 0;
    while refused < 5 {
        let data = flipped(&good, &chance);
        let report: CheckReport = check(&file(data.path()), 1000, |_| {}).unwrap();
        if report.findings.is_empty() {
            continue;
        }
        refused += 1;
        let mut serve = Command::new(obp_host());
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data.path()).stdin(Stdio::null());
        let output = serve.output().await.unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{told}");
        let path = file(data.path()).display().to_string();
        for part in ["the store is damaged", &path, report.findings[0].as_str(), "hint:", "obp-host restore"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        let found = checked(data.path(), &[]).await;
        assert!(found.code == 1 && report.findings.iter().all(|finding| found.out.contains(finding)), "{found:?}");
        let json: serde_json::Value = serde_json::from_str(&checked(data.path(), &["--json"]).await.out).unwrap();
        assert_eq!((&json["damaged"], &json["findings"]), (&true.into(), &serde_json::json!(report.findings)));
        // The command of the hint. The check before it is the control.
        let (folder, backup) = (data.path().to_str().unwrap(), file(backup.path()));
        let restored = said(&["restore", "--data", folder, backup.to_str().unwrap()]).await;
        assert!(restored.code == 0 && restored.out.contains("replaced-"), "{restored:?}");
        let found = checked(data.path(), &[]).await;
        assert!(found.code == 0 && found.out.contains("no damage"), "after the restore: {found:?}");
    }
    let missing = checked(&whole.path().join("nowhere"), &[]).await;
    assert!(missing.code == 1 && missing.err.contains("there is no store"), "{missing:?}");
}
