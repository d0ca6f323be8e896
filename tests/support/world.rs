//! The world that the tests start from. Everything in it is dull on purpose, so that a test says what matters.
//!
//! Banks `bank-1` and `bank-2`. Users `kim` and `lee` (no roles), `root` (super admin) and `ada` (every role, bank roles at
//! `bank-1`); the id of `kim` is `u-kim`, its token `token-of-kim`; `expired-token-of-kim`
//! expires at the very time that the tests' clock shows, `expiring-token-of-kim` a millisecond later. The consumer's key is `key-1`. Customers `c-1` (number
//! 1001) at `bank-1`, linked to `lee`, and `c-2` (number 1002) at `bank-2`. No user can log in by password.

use guest::roles::{Role, Scope};
use obp_host::component::bindings::Change;
use obp_host::component::bindings::banks_types::{BankDraft, Routing};
use obp_host::component::bindings::consumers_types::NewConsumer;
use obp_host::component::bindings::customers_types::{
    Amount, CreditRating, Customer, CustomerDraft, FaceImage, NewLink, UserCustomerLink,
};
use obp_host::component::bindings::entitlements_types::Grant;
use obp_host::component::bindings::kyc_types::KycCheck;
use obp_host::component::bindings::users_types::{Entitlement, NewUser, User};
use obp_host::component::timestamp::Timestamp;
use obp_host::credentials::digest;
use obp_host::storage::{Statement, Store, logins, statements};

use super::app::NOW_MS;

/// 2100-01-01T00:00:00Z: tokens of the world do not expire in a test, whichever clock it runs by.
const FAR_MS: i64 = 4_102_444_800_000;

pub const USERS: [&str; 4] = ["kim", "lee", "root", "ada"];

/// The token of a user of the world.
pub fn token(username: &str) -> String {
    format!("token-of-{username}")
}

pub async fn create(store: &dyn Store) {
    let mut changes = vec![bank("bank-1"), bank("bank-2"), consumer()];
    changes.extend(USERS.iter().map(|name| user(name)));
    changes.extend([customer("bank-1", "c-1", "1001"), customer("bank-2", "c-2", "1002")]);
    changes.extend(Role::ALL.iter().map(|role| grant("ada", *role)));
    changes.push(link("bank-1", "c-1", "lee"));
    let mut all: Vec<Statement> = changes.into_iter().flat_map(statements).collect();
    all.push(logins::add_super_admin("root"));
    all.extend(
        USERS.iter().map(|name| logins::issue_token(digest(&token(name)), &format!("u-{name}"), "consumer-1", FAR_MS)),
    );
    all.push(logins::issue_token(digest("expired-token-of-kim"), "u-kim", "consumer-1", NOW_MS));
    all.push(logins::issue_token(digest("expiring-token-of-kim"), "u-kim", "consumer-1", NOW_MS + 1));
    store.commit(all).await.expect("the world is stored");
}

const DATE: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };

fn bank(id: &str) -> Change {
    Change::CreateBank(BankDraft {
        id: id.to_owned(),
        full_name: format!("The {id}"),
        short_name: id.to_owned(),
        logo_url: String::new(),
        website_url: String::new(),
        swift_bic: String::new(),
        national_identifier: String::new(),
        bank_routing: Routing { scheme: "OBP".to_owned(), address: id.to_owned() },
    })
}

fn consumer() -> Change {
    Change::CreateConsumer(NewConsumer {
        consumer_id: "consumer-1".to_owned(),
        key: "key-1".to_owned(),
        secret_digest: digest("secret-1"),
        app_name: "The tests".to_owned(),
        app_type: "Confidential".to_owned(),
        description: String::new(),
        developer_email: String::new(),
        redirect_url: String::new(),
        created_by_user_id: String::new(),
        enabled: true,
        created: DATE,
    })
}

fn user(name: &str) -> Change {
    let user = User {
        user_id: format!("u-{name}"),
        email: format!("{name}@example.com"),
        provider_id: name.to_owned(),
        provider: "OBP".to_owned(),
        username: name.to_owned(),
    };
    Change::CreateUser(NewUser {
        user,
        first_name: name.to_owned(),
        last_name: "Test".to_owned(),
        password_hash: UNUSABLE.to_owned(),
    })
}

/// The hash of no password.
const UNUSABLE: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

fn grant(name: &str, role: Role) -> Change {
    match role.scope() {
        Scope::Bank => grant_at(name, role, "bank-1"),
        Scope::System => grant_at(name, role, ""),
    }
}

fn grant_at(name: &str, role: Role, bank_id: &str) -> Change {
    let at = if ["", "bank-1"].contains(&bank_id) { String::new() } else { format!("-{bank_id}") };
    let entitlement = Entitlement {
        entitlement_id: format!("e-{name}-{}{at}", role.name()),
        role_name: role.name().to_owned(),
        bank_id: bank_id.to_owned(),
    };
    Change::GrantEntitlement(Grant { user_id: format!("u-{name}"), entitlement })
}

fn customer(bank_id: &str, customer_id: &str, number: &str) -> Change {
    Change::CreateCustomer(Customer {
        bank_id: bank_id.to_owned(),
        customer_id: customer_id.to_owned(),
        customer_number: number.to_owned(),
        details: CustomerDraft {
            legal_name: format!("Customer {customer_id}"),
            mobile_phone_number: "+49 1".to_owned(),
            email: "customer@example.com".to_owned(),
            face_image: FaceImage { url: String::new(), date: DATE },
            date_of_birth: DATE,
            relationship_status: "single".to_owned(),
            dependants: 1,
            dob_of_dependants: vec![DATE],
            credit_rating: CreditRating { rating: "A".to_owned(), source: "S".to_owned() },
            credit_limit: Amount { currency: "EUR".to_owned(), amount: "10".to_owned() },
            highest_education_attained: "school".to_owned(),
            employment_status: "employed".to_owned(),
            kyc_status: true,
            last_ok_date: DATE,
            title: "Dr".to_owned(),
            branch_id: "b-1".to_owned(),
            name_suffix: "Sr".to_owned(),
        },
    })
}

fn link(bank_id: &str, customer_id: &str, name: &str) -> Change {
    let link = UserCustomerLink {
        user_customer_link_id: format!("l-{name}"),
        customer_id: customer_id.to_owned(),
        user_id: format!("u-{name}"),
        date_inserted: DATE,
        is_active: true,
    };
    Change::LinkUserToCustomer(NewLink { bank_id: bank_id.to_owned(), link })
}

/// Whom and what the examples of the documents name: the bank `gh.29.uk`, a user and a customer of it. `ada` holds every
/// bank role there too.
pub async fn add_documented(store: &dyn Store) {
    const BANK: &str = "gh.29.uk";
    let user = User {
        user_id: "5995d6a2-01b3-423c-a173-5481df49bdaf".to_owned(),
        email: "documented@example.com".to_owned(),
        provider_id: "documented".to_owned(),
        provider: "OBP".to_owned(),
        username: "documented".to_owned(),
    };
    let new_user =
        NewUser { user, first_name: String::new(), last_name: String::new(), password_hash: UNUSABLE.to_owned() };
    let mut changes = vec![
        bank(BANK),
        Change::CreateUser(new_user),
        customer(BANK, "7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "5987953"),
        link(BANK, "7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d", "ada"),
    ];
    let of_bank = Role::ALL.iter().filter(|role| role.scope() == Scope::Bank);
    changes.extend(of_bank.map(|role| grant_at("ada", *role, BANK)));
    store.commit(changes.into_iter().flat_map(statements).collect()).await.expect("it is stored");
}

/// The id of a further customer at `bank-1`.
pub fn extra_customer(number: u64) -> String {
    format!("c-extra-{number}")
}

/// So many further customers at `bank-1`.
pub async fn add_customers(store: &dyn Store, count: u64) {
    let customers = (0..count).map(|number| customer("bank-1", &extra_customer(number), &format!("extra-{number}")));
    store.commit(customers.flat_map(statements).collect()).await.expect("the customers are stored");
}

/// A KYC check with that comment.
pub fn check(bank_id: &str, customer_id: &str, id: &str, comments: &str) -> Change {
    Change::PutKycCheck(KycCheck {
        bank_id: bank_id.to_owned(),
        customer_id: customer_id.to_owned(),
        id: id.to_owned(),
        customer_number: "1".to_owned(),
        date: DATE,
        how: "h".to_owned(),
        staff_user_id: "s".to_owned(),
        staff_name: "n".to_owned(),
        satisfied: true,
        comments: comments.to_owned(),
    })
}
