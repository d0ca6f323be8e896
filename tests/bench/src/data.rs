//! What the stores hold: one bank, one user with a token, and customers with KYC checks. The same for every subject.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use obp_host::app::store_options;
use obp_host::component::bindings::Change;
use obp_host::component::bindings::banks_types::{BankDraft, Routing};
use obp_host::component::bindings::consumers_types::NewConsumer;
use obp_host::component::bindings::customers_types::{Amount, CreditRating, Customer, CustomerDraft, FaceImage};
use obp_host::component::bindings::kyc_types::{KycCheck, KycCheckDraft};
use obp_host::component::bindings::users_types::{NewUser, User};
use obp_host::component::timestamp::Timestamp;
use obp_host::config::Config;
use obp_host::credentials::digest;
use obp_host::storage::sqlite::{Durability, FILE_NAME, Options, SqliteStore};
use obp_host::storage::{Statement, Store as _, logins, statements};

/// The user's token: as long as those that the server makes.
pub(crate) const TOKEN: &str = "bench-token-0123456789-0123456789-0123456789";
pub(crate) const BANK: &str = "bench.bank";
/// The checks of a customer who has many.
pub(crate) const MANY: u64 = 20;

const DATE: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };
/// 2100-01-01T00:00:00Z.
const FAR_MS: i64 = 4_102_444_800_000;
/// Statements in one commit while a store is filled.
const BATCH: usize = 5_000;

/// So many customers of either kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customers {
    /// With one check: `one-00000000`, …
    pub(crate) one: u64,
    /// With [`MANY`] checks: `many-00000000`, …
    pub(crate) many: u64,
}

/// The configuration of a server over that folder, otherwise as it is by default.
pub(crate) fn config(data: &Path) -> anyhow::Result<Config> {
    let mut config = Config::load(None, std::iter::empty())?;
    config.data = data.to_owned();
    Ok(config)
}

/// Fills a fresh store in that folder.
pub(crate) fn fill(data: &Path, customers: Customers) -> anyhow::Result<()> {
    let options = Options { durability: Durability::ProcessExit, ..store_options(&config(data)?) };
    let store = SqliteStore::open(data, options).context("cannot open a store")?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let commit = |batch: Vec<Statement>| runtime.block_on(store.commit(batch)).context("cannot fill a store");
    let mut first: Vec<Statement> = [bank(), consumer(), user()].into_iter().flat_map(statements).collect();
    first.push(logins::issue_token(digest(TOKEN), "bench-user", "bench-consumer", FAR_MS));
    commit(first)?;
    let one = (0..customers.one).flat_map(|number| with_checks("one", number, 1));
    let many = (0..customers.many).flat_map(|number| with_checks("many", number, MANY));
    let mut rest = one.chain(many).flat_map(statements).peekable();
    while rest.peek().is_some() {
        commit(rest.by_ref().take(BATCH).collect())?;
    }
    // On disk before anything is measured: writing back what is left over would disturb it.
    File::open(data.join(FILE_NAME))?.sync_all().context("cannot sync a store")
}

/// The KYC check that the body of a PUT makes of that customer.
pub(crate) fn check(customer_id: &str, id: &str) -> KycCheck {
    let KycCheckDraft { customer_number, date, how, staff_user_id, staff_name, satisfied, comments } = check_draft();
    KycCheck {
        bank_id: BANK.to_owned(),
        customer_id: customer_id.to_owned(),
        id: id.to_owned(),
        customer_number,
        date,
        how,
        staff_user_id,
        staff_name,
        satisfied,
        comments,
    }
}

/// The body of an addKycCheck.
pub(crate) fn check_body() -> anyhow::Result<String> {
    Ok(serde_json::to_string(&check_draft())?)
}

/// What is put, again and again.
pub(crate) fn check_draft() -> KycCheckDraft {
    KycCheckDraft {
        customer_number: "1239879".to_owned(),
        date: DATE,
        how: "online_meeting".to_owned(),
        staff_user_id: "67876".to_owned(),
        staff_name: "Simon".to_owned(),
        satisfied: true,
        comments: "All papers seen".to_owned(),
    }
}

/// A customer, and its checks.
fn with_checks(kind: &'static str, number: u64, checks: u64) -> impl Iterator<Item = Change> {
    let customer_id = format!("{kind}-{number:08}");
    let customer = customer(&customer_id);
    let checks = (0..checks).map(move |check_number| {
        Change::PutKycCheck(check(&customer_id, &format!("check-{check_number:02}-of-{kind}-{number:08}")))
    });
    std::iter::once(customer).chain(checks)
}

fn bank() -> Change {
    Change::CreateBank(BankDraft {
        id: BANK.to_owned(),
        full_name: "The Bank of the Bench".to_owned(),
        short_name: "Bench".to_owned(),
        logo_url: String::new(),
        website_url: String::new(),
        swift_bic: String::new(),
        national_identifier: String::new(),
        bank_routing: Routing { scheme: "OBP".to_owned(), address: BANK.to_owned() },
    })
}

fn consumer() -> Change {
    Change::CreateConsumer(NewConsumer {
        consumer_id: "bench-consumer".to_owned(),
        key: "bench-key".to_owned(),
        secret_digest: digest("bench-secret"),
        app_name: "Bench".to_owned(),
        app_type: "Confidential".to_owned(),
        description: String::new(),
        developer_email: String::new(),
        redirect_url: String::new(),
        created_by_user_id: String::new(),
        enabled: true,
        created: DATE,
    })
}

fn user() -> Change {
    let user = User {
        user_id: "bench-user".to_owned(),
        email: "bench@example.com".to_owned(),
        provider_id: "bench".to_owned(),
        provider: "OBP".to_owned(),
        username: "bench".to_owned(),
    };
    // Nobody logs in by password.
    let password_hash = String::new();
    Change::CreateUser(NewUser { user, first_name: "Bench".to_owned(), last_name: "Bench".to_owned(), password_hash })
}

fn customer(customer_id: &str) -> Change {
    Change::CreateCustomer(Customer {
        bank_id: BANK.to_owned(),
        customer_id: customer_id.to_owned(),
        customer_number: customer_id.to_owned(),
        details: CustomerDraft {
            legal_name: "Anna Bench".to_owned(),
            mobile_phone_number: "+49 170 0000000".to_owned(),
            email: "anna@example.com".to_owned(),
            face_image: FaceImage { url: String::new(), date: DATE },
            date_of_birth: DATE,
            relationship_status: "single".to_owned(),
            dependants: 0,
            dob_of_dependants: Vec::new(),
            credit_rating: CreditRating { rating: String::new(), source: String::new() },
            credit_limit: Amount { currency: "EUR".to_owned(), amount: "0".to_owned() },
            highest_education_attained: String::new(),
            employment_status: String::new(),
            kyc_status: true,
            last_ok_date: DATE,
            title: String::new(),
            branch_id: String::new(),
            name_suffix: String::new(),
        },
    })
}
