//! The data of all stores: one bank, one user with a token, and customers with KYC checks. It is the same for every subject.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use obp_host::app::store_options;
use obp_host::component::bindings::Change;
use obp_host::component::bindings::kyc_types::{KycCheck, KycCheckDraft};
use obp_host::component::samples::{self, seed};
use obp_host::config::Config;
use obp_host::credentials::digest;
use obp_host::storage::logins::Login;
use obp_host::storage::sqlite::{Durability, FILE_NAME, Options, SqliteStore};
use obp_host::storage::{Statement, Store as _, logins, statement};

/// The user's token. It is as long as the server's tokens.
pub(crate) const TOKEN: &str = "bench-token-0123456789-0123456789-0123456789";
pub(crate) const BANK: &str = "bench.bank";
/// The number of checks of a customer with many.
pub(crate) const MANY: u64 = 20;

/// The expiry of the token: 2100-01-01T00:00:00Z.
const FAR_MS: i64 = 4_102_444_800_000;
/// The statements per commit while a store is filled.
const BATCH: usize = 5_000;

/// The number of customers of each kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customers {
    /// Customers with one check: `one-00000000`, …
    pub(crate) one: u64,
    /// Customers with [`MANY`] checks: `many-00000000`, …
    pub(crate) many: u64,
}

/// The default configuration of a server on this folder.
pub(crate) fn config(data: &Path) -> anyhow::Result<Config> {
    let mut config = Config::load(None, std::iter::empty())?;
    config.data = data.to_owned();
    Ok(config)
}

/// Fills a new store in this folder.
pub(crate) fn fill(data: &Path, customers: Customers) -> anyhow::Result<()> {
    let options = Options { durability: Durability::ProcessExit, ..store_options(&config(data)?) };
    let store = SqliteStore::open(data, options).context("cannot open a store")?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let commit = |batch: Vec<Statement>| runtime.block_on(store.commit(batch)).context("cannot fill a store");
    let seeds = [
        seed::bank(BANK, "The Bank of the Bench"),
        seed::consumer("bench-consumer", "bench-key", "Bench", digest("bench-secret")),
        // The user logs in by token only.
        seed::user("bench-user", "bench", ""),
    ];
    let mut first: Vec<Statement> = seeds.into_iter().map(statement).collect();
    let user = Login { user_id: "bench-user".to_owned(), password_hash: String::new(), disabled: false };
    first.push(logins::issue_token(digest(TOKEN), &user, "bench-consumer", 0, FAR_MS));
    commit(first)?;
    let one = (0..customers.one).flat_map(|number| with_checks("one", number, 1));
    let many = (0..customers.many).flat_map(|number| with_checks("many", number, MANY));
    let mut rest = one.chain(many).map(statement).peekable();
    while rest.peek().is_some() {
        commit(rest.by_ref().take(BATCH).collect())?;
    }
    // Sync everything before the measurement, which later writes to the disk would disturb.
    File::open(data.join(FILE_NAME))?.sync_all().context("cannot sync a store")
}

/// The KYC check that a PUT of the body stores for this customer.
pub(crate) fn check(customer_id: &str, id: &str) -> KycCheck {
    samples::kyc_check(BANK, customer_id, id, check_draft())
}

/// The body of an addKycCheck.
pub(crate) fn check_body() -> anyhow::Result<String> {
    Ok(serde_json::to_string(&check_draft())?)
}

/// The draft of all puts.
pub(crate) fn check_draft() -> KycCheckDraft {
    samples::kyc_check_draft()
}

/// The changes that create a customer and its checks.
fn with_checks(kind: &'static str, number: u64, checks: u64) -> impl Iterator<Item = Change> {
    let customer_id = format!("{kind}-{number:08}");
    let customer = seed::customer(BANK, &customer_id, &customer_id, samples::customer_draft());
    let checks = (0..checks).map(move |check_number| {
        Change::PutKycCheck(check(&customer_id, &format!("check-{check_number:02}-of-{kind}-{number:08}")))
    });
    std::iter::once(customer).chain(checks)
}
