//! Which screeners are called for which subjects, in which order, and the effect of their verdicts.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use obp_host::storage::{CommitError, Param, Pending, Rows, Snapshot, Statement, Store, StoreError};
use reqwest::Method;

use crate::support::extensions::{Manifest, ask, document, documents, notes, put_document, server, server_over};
use crate::support::peer::Peer;
use crate::support::{TestApp, check_body, log};

const USER: &str =
    r#"{"email":"zoe@example.com","username":"zoe","password":"Abcdefg12!","first_name":"Zoe","last_name":"Test"}"#;

/// A screener of `bank-1` that does this deed for every subject.
fn screener(name: &str, deed: &str) -> Manifest {
    let screener = Manifest::screener(name).bank("bank-1").limit("running_ms_max", 10_000);
    screener.host("http://api.example:80").private_addresses(true).setting("deed", deed)
}

/// Sends one request of each operation with a screener, in the order of the WIT. Returns the statuses.
async fn write_one_of_each_kind(app: &TestApp) -> Vec<u16> {
    let account = r#"{"user_id":"","label":"Label","type":"CURRENT","balance":{"currency":"EUR","amount":"0"},"branch_id":"1","account_routing":{"scheme":"OBP","address":"UK1"}}"#;
    let media = r#"{"customer_number":"1","type":"image","url":"u","date":"2017-09-19T00:00:00Z","relates_to_kyc_document_id":"","relates_to_kyc_check_id":""}"#;
    let status = r#"{"customer_number":"1","ok":true,"date":"2017-09-19T00:00:00Z"}"#;
    let customer = "/banks/bank-1/customers/c-1";
    let mut statuses = Vec::new();
    for (method, path, body) in [
        (Method::POST, "/users".to_owned(), USER),
        (Method::PUT, "/banks/bank-1/accounts/a-1".to_owned(), account),
        (Method::PUT, format!("{customer}/kyc_check/k-1"), &check_body("")),
        (Method::PUT, format!("{customer}/kyc_documents/k-2"), &document("")),
        (Method::PUT, format!("{customer}/kyc_media/k-3"), media),
        (Method::PUT, format!("{customer}/kyc_statuses"), status),
    ] {
        statuses.push(ask(app, method, &path, body).await.status);
    }
    statuses
}

/// The statuses of writes that are accepted.
const ACCEPTED: [u16; 6] = [201, 200, 200, 200, 200, 200];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_the_six_operations_passes_its_subject_to_the_screener() {
    let app = server(&[screener("asked", "note-subject").bank("*")], &[]).await;
    assert_eq!(write_one_of_each_kind(&app).await, ACCEPTED);
    let stored = notes(&app);
    let said: Vec<_> =
        stored.iter().map(|[bank, operation, _, note]| [bank, operation, note].map(String::as_str)).collect();
    assert_eq!(
        said,
        [
            ["", "createUser", "asked: user zoe"],
            ["bank-1", "createAccount", "asked: account bank-1 a-1"],
            ["bank-1", "addKycCheck", "asked: check bank-1 k-1"],
            ["bank-1", "addKycDocument", "asked: document bank-1 k-2"],
            ["bank-1", "addKycMedia", "asked: media bank-1 k-3"],
            ["bank-1", "addKycStatus", "asked: status bank-1 c-1"],
        ]
    );
    let subjects: Vec<_> = stored.iter().map(|[_, _, subject, _]| subject.as_str()).collect();
    assert_eq!(subjects[1..5], ["a-1", "c-1/k-1", "c-1/k-2", "c-1/k-3"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screener_gets_and_blocks_only_the_kinds_of_records_that_it_names() {
    const KINDS: [&str; 6] = ["user", "account", "kyc-check", "kyc-document", "kyc-media", "kyc-status"];
    const OPERATIONS: [&str; 6] =
        ["createUser", "createAccount", "addKycCheck", "addKycDocument", "addKycMedia", "addKycStatus"];
    let of = |name: &str, deed: &str, kinds: &[&str]| screener(name, deed).bank("*").key("records", kinds);
    for at in 0..KINDS.len() {
        // Each kind alone, and all kinds but one.
        for named in [vec![at], (0..KINDS.len()).filter(|kind| *kind != at).collect()] {
            let kinds: Vec<_> = named.iter().map(|kind| KINDS[*kind]).collect();
            let app = server(&[of("asked", "note-subject", &kinds)], &[]).await;
            assert_eq!(write_one_of_each_kind(&app).await, ACCEPTED);
            let operations: Vec<_> = notes(&app).into_iter().map(|[_, operation, ..]| operation).collect();
            assert_eq!(operations, named.iter().map(|kind| OPERATIONS[*kind]).collect::<Vec<_>>(), "{kinds:?}");
            // One that fails, and one that is not loaded.
            for screener in [of("fails", "trap", &kinds), of("missing", "", &kinds).key("sha256", "0".repeat(64))] {
                let app = server(&[screener], &[]).await;
                let mut expected = ACCEPTED;
                named.iter().for_each(|kind| expected[*kind] = 503);
                assert_eq!(write_one_of_each_kind(&app).await, expected, "{kinds:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn screeners_are_called_in_order_and_for_their_banks() {
    let all_banks = screener("all-banks", "note two").bank("*").order(20);
    let one_bank = screener("one-bank", "note one").order(10);
    let app = server(&[all_banks, one_bank], &[]).await;
    assert_eq!(put_document(&app, "").await.status, 200);
    let elsewhere = ask(&app, Method::PUT, "/banks/bank-2/customers/c-2/kyc_check/k-1", &check_body("")).await;
    assert_eq!(elsewhere.status, 200);
    assert_eq!(ask(&app, Method::POST, "/users", USER).await.status, 201);
    let stored = notes(&app);
    let said: Vec<_> = stored.iter().map(|[bank, _, _, note]| [bank, note].map(String::as_str)).collect();
    assert_eq!(
        said,
        [["bank-1", "one-bank: one\nall-banks: two"], ["bank-2", "all-banks: two"], ["", "all-banks: two"]]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_screener_is_called_after_the_first_rejection() {
    let rejects = screener("rejects", "reject The passport has expired.").order(1);
    let logs = screener("logs", "log 1").order(2);
    for (extensions, asked) in [([rejects.clone(), logs.clone()], 0), ([rejects.order(3), logs], 1)] {
        let app = server(&extensions, &[]).await;
        let answer = put_document(&app, "").await;
        answer.is(400, "OBP-10035: Incorrect json value. The passport has expired.");
        let id = &answer.correlation_id;
        let line = format!("INFO line 0 extension=\"logs\" correlation_id=\"{id}\" context=\"\"");
        assert_eq!(answer.logged(), vec![line; asked]);
        assert_eq!((documents(&app).await.as_str(), notes(&app).len()), (r#"{"documents":[]}"#, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_is_one_line_of_at_most_500_characters() {
    for (deed, reason) in [
        ("reject-in-lines", "one two [31m three".to_owned()),
        ("reject", "No reason was given.".to_owned()),
        ("reject-at-length 500", "x".repeat(500)),
        ("reject-at-length 501", "x".repeat(500)),
        ("reject-at-length 100000", "x".repeat(500)),
    ] {
        let app = server(&[screener("says", deed)], &[]).await;
        put_document(&app, "").await.is(400, &format!("OBP-10035: Incorrect json value. {reason}"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_contains_no_secrets_and_no_forged_lines() {
    const SECRET: &str = "a-secret-that-must-not-be-seen";
    let folder = crate::support::folder().unwrap();
    let file = folder.path().join("password");
    fs::write(&file, SECRET).unwrap();
    let app = server(&[screener("talks", "log-secret").secret("password", &file)], &[]).await;
    let answer = put_document(&app, "").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = &answer.correlation_id;
    let line = format!(
        "WARN it is [secret]\u{fffd}ERROR forged extension=\"talks\" correlation_id=\"{id}\" context=\"[secret]\""
    );
    assert_eq!(answer.logged(), [line]);
    assert_eq!(log::lines_with(SECRET), [""; 0]);
}

/// Counts the open snapshots of the store.
struct Counted {
    inner: Arc<dyn Store>,
    open: Arc<AtomicUsize>,
    opened: Arc<AtomicUsize>,
}

struct Open(Box<dyn Snapshot>, Arc<AtomicUsize>);

impl Snapshot for Open {
    fn rows<'a>(&'a mut self, sql: &'static str, params: &'a [Param<'a>]) -> Pending<'a, Result<Rows, StoreError>> {
        self.0.rows(sql, params)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Store for Counted {
    fn read(&self) -> Pending<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(async {
            let snapshot = self.inner.read().await?;
            self.open.fetch_add(1, Ordering::SeqCst);
            self.opened.fetch_add(1, Ordering::SeqCst);
            Ok(Box::new(Open(snapshot, Arc::clone(&self.open))) as Box<dyn Snapshot>)
        })
    }

    fn commit(&self, statements: Vec<Statement>) -> Pending<'_, Result<(), CommitError>> {
        self.inner.commit(statements)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_snapshot_of_the_store_is_open_while_a_screener_runs() {
    let peer = Peer::start().await;
    let host = format!("http://api.example:{}", peer.port);
    let asks = screener("asks", &format!("call {host}/held")).host(&host);
    let [open, opened] = [(); 2].map(|()| Arc::<AtomicUsize>::default());
    let (counted, total) = (Arc::clone(&open), Arc::clone(&opened));
    let wrap = |inner| Arc::new(Counted { inner, open: counted, opened: total }) as Arc<dyn Store>;
    let app = server_over(&[asks], &[("api.example", "127.0.0.1")], &[], wrap).await;
    let meanwhile = async {
        peer.is_asked().await;
        let seen = open.load(Ordering::SeqCst);
        peer.let_go();
        seen
    };
    let (answer, seen) = tokio::join!(put_document(&app, ""), meanwhile);
    assert_eq!((answer.status, notes(&app).len()), (200, 1), "{}", answer.body);
    // The control of the count: the login and the rule's inputs each opened one snapshot.
    assert_eq!((seen, opened.load(Ordering::SeqCst)), (0, 2));
}
