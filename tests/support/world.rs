//! The standard data of the tests. It is ordinary, so that a test states only what matters.
//!
//! - Banks: `bank-1` and `bank-2`.
//! - Users: `kim` and `lee` without roles, `root` (super admin), `ada` (all roles, bank roles at `bank-1`). No user can log in by
//!   password.
//! - The id of `kim` is `u-kim`, its token is `token-of-kim`. `expired-token-of-kim` expires at the time of the tests' clock,
//!   `expiring-token-of-kim` a millisecond later.
//! - The consumer's key is `key-1`.
//! - Customers: `c-1` (number 1001) at `bank-1`, linked to `lee`, and `c-2` (number 1002) at `bank-2`.

use guest::roles::{Role, Scope};
use obp_host::component::bindings::Change;
use obp_host::component::bindings::customers_types::{CreditRating, CustomerDraft, FaceImage};
use obp_host::component::bindings::entitlements_types::Grant;
use obp_host::component::bindings::kyc_types::KycCheckDraft;
use obp_host::component::bindings::users_types::Entitlement;
use obp_host::component::samples::{self, DATE, seed};
use obp_host::credentials::digest;
use obp_host::storage::logins::Login;
use obp_host::storage::{Statement, Store, logins, statement};

use super::app::NOW_MS;

/// 2100-01-01T00:00:00Z, so that tokens do not expire in a test with any clock.
const FAR_MS: i64 = 4_102_444_800_000;

pub const USERS: [&str; 4] = ["kim", "lee", "root", "ada"];

/// The token of a user.
pub fn token(username: &str) -> String {
    format!("token-of-{username}")
}

pub async fn create(store: &dyn Store) {
    let mut changes =
        vec![bank("bank-1"), bank("bank-2"), seed::consumer("consumer-1", "key-1", "The tests", digest("secret-1"))];
    changes.extend(USERS.iter().map(|name| user(name)));
    changes.extend([customer("bank-1", "c-1", "1001"), customer("bank-2", "c-2", "1002")]);
    changes.extend(Role::ALL.iter().map(|role| grant("ada", *role)));
    changes.push(link("bank-1", "c-1", "lee"));
    let mut all: Vec<Statement> = changes.into_iter().map(statement).collect();
    all.push(logins::add_super_admin("root"));
    all.extend(USERS.iter().map(|name| issue(name, &token(name), FAR_MS)));
    all.push(issue("kim", "expired-token-of-kim", NOW_MS));
    all.push(issue("kim", "expiring-token-of-kim", NOW_MS + 1));
    store.commit(all).await.expect("the world is stored");
}

fn bank(id: &str) -> Change {
    seed::bank(id, &format!("The {id}"))
}

fn user(name: &str) -> Change {
    seed::user(&format!("u-{name}"), name, UNUSABLE)
}

fn issue(name: &str, token: &str, expires_ms: i64) -> Statement {
    let login = Login { user_id: format!("u-{name}"), password_hash: UNUSABLE.to_owned(), disabled: false };
    logins::issue_token(digest(token), &login, "consumer-1", 0, expires_ms)
}

/// A text that is not the hash of any password.
const UNUSABLE: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn grant(name: &str, role: Role) -> Change {
    match role.scope() {
        Scope::Bank => grant_at(name, role, "bank-1"),
        Scope::System => grant_at(name, role, ""),
    }
}

/// Grants this user a role at a bank.
pub fn grant_at(name: &str, role: Role, bank_id: &str) -> Change {
    let at = if ["", "bank-1"].contains(&bank_id) { String::new() } else { format!("-{bank_id}") };
    let entitlement = Entitlement {
        entitlement_id: format!("e-{name}-{}{at}", role.name()),
        role_name: role.name().to_owned(),
        bank_id: bank_id.to_owned(),
    };
    Change::GrantEntitlement(Grant { user_id: format!("u-{name}"), entitlement })
}

fn customer(bank_id: &str, customer_id: &str, number: &str) -> Change {
    let details = CustomerDraft {
        legal_name: format!("Customer {customer_id}"),
        mobile_phone_number: "+49 1".to_owned(),
        email: "customer@example.com".to_owned(),
        face_image: FaceImage { url: String::new(), date: DATE },
        date_of_birth: DATE,
        dob_of_dependants: vec![DATE],
        credit_rating: CreditRating { rating: "A".to_owned(), source: "S".to_owned() },
        highest_education_attained: "school".to_owned(),
        employment_status: "employed".to_owned(),
        title: "Dr".to_owned(),
        branch_id: "b-1".to_owned(),
        ..samples::customer_draft()
    };
    seed::customer(bank_id, customer_id, number, details)
}

fn link(bank_id: &str, customer_id: &str, name: &str) -> Change {
    seed::link(&format!("l-{name}"), bank_id, customer_id, &format!("u-{name}"))
}

/// Adds the records in the examples of the documents: the bank `gh.29.uk`, a user and a customer of it. `ada` gets all bank roles
/// there too.
pub async fn add_documented(store: &dyn Store) {
    const BANK: &str = "gh.29.uk";
    let mut changes = vec![
        bank(BANK),
        seed::user("5995d6a2-01b3-423c-a173-5481df49bdaf", "documented", UNUSABLE),
        customer(BANK, "7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "5987953"),
        link(BANK, "7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "ada"),
    ];
    let of_bank = Role::ALL.iter().filter(|role| role.scope() == Scope::Bank);
    changes.extend(of_bank.map(|role| grant_at("ada", *role, BANK)));
    store.commit(changes.into_iter().map(statement).collect()).await.expect("it is stored");
}

/// The id of an additional customer at `bank-1`.
pub fn extra_customer(number: u64) -> String {
    format!("c-extra-{number}")
}

/// Adds this many customers at `bank-1`.
pub async fn add_customers(store: &dyn Store, count: u64) {
    let customers = (0..count).map(|number| customer("bank-1", &extra_customer(number), &format!("extra-{number}")));
    store.commit(customers.map(statement).collect()).await.expect("the customers are stored");
}

/// A KYC check with this comment.
pub fn check(bank_id: &str, customer_id: &str, id: &str, comments: &str) -> Change {
    Change::PutKycCheck(samples::kyc_check(bank_id, customer_id, id, check_draft(comments)))
}

/// The draft of a KYC check with this comment.
pub fn check_draft(comments: &str) -> KycCheckDraft {
    KycCheckDraft { comments: comments.to_owned(), ..samples::kyc_check_draft() }
}
