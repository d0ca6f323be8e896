//! `demo`: a server whose data is thrown away, with enough in it to try every operation.
//!
//! Names, ids, passwords and the consumer key are always the same, so that a page can quote them. That is harmless only
//! because the data is nobody's and the server refuses to listen beyond loopback.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use obp_host::ambient::Ambient;
use obp_host::app::{open_store, register};
use obp_host::component::bindings::Change;
use obp_host::component::bindings::banks_types::{BankDraft, Routing};
use obp_host::component::bindings::customers_types::{
    Amount, CreditRating, Customer, CustomerDraft, FaceImage, NewLink, UserCustomerLink,
};
use obp_host::component::bindings::kyc_types::{KycCheck, KycDocument, KycMedia, KycStatus, KycStatusEntry};
use obp_host::component::bindings::users_types::{NewUser, User};
use obp_host::component::timestamp::Timestamp;
use obp_host::config::{Config, Jitsi, Provider, Secret};
use obp_host::credentials::Passwords;
use obp_host::credentials::digest;
use obp_host::storage::{Store, logins, statements};
use tempfile::TempDir;

use super::{may_listen, serve, start_log};

const BANK: &str = "gh.29.uk";
const CUSTOMER: &str = "demo-customer";
const CONSUMER_KEY: &str = "demo-consumer-key";
const PASSWORD: &str = "Demo-Password-1";
/// The super admin, the customer's user, and another.
const USERS: [&str; 3] = ["admin", "anna", "ben"];

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The address to listen at; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A folder for its data, for commands that ask for it. It must not exist yet, and is removed with the data.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let data = folder(self.data.as_deref())?;
        let ambient = Ambient::system();
        let mut config = Config::load(None, std::iter::empty())?;
        config.listen = self.listen;
        config.data = data.path().to_owned();
        // It would go with the data.
        config.compiled_cache = false;
        config.meetings.enabled = true;
        config.meetings.providers.insert("jitsi".to_owned(), jitsi(&ambient)?);
        start_log(&config);
        may_listen(&config, config.listen)?;
        let store = open_store(&config)?;
        seed(&*store, &ambient).await.context("cannot seed the store")?;
        serve::serve(config, Arc::clone(&store), |address| {
            println!("{}", invitation(address, data.path()));
            println!("listening on http://{address}");
        })
        .await
    }
}

/// A new folder, that one or any, which is removed with what is in it.
fn folder(wanted: Option<&Path>) -> anyhow::Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    folder.permissions(Permissions::from_mode(0o700));
    let Some(wanted) = wanted else { return folder.tempdir().context("cannot make a temporary folder") };
    let wanted = std::path::absolute(wanted)?;
    let (above, name) = wanted.parent().zip(wanted.file_name()).context("--data must name a folder")?;
    let folder = folder.prefix(name).rand_bytes(0).tempdir_in(above);
    folder.with_context(|| format!("cannot make the folder {}; a demo begins with a new one", wanted.display()))
}

/// A Jitsi provider with a secret of its own: its tokens are real, only nobody else knows the secret.
fn jitsi(ambient: &Ambient) -> anyhow::Result<Provider> {
    let secret = digest(&ambient.uuid()?);
    let base_url = "https://meet.jit.si".parse().context("the base URL")?;
    Ok(Provider::Jitsi(Jitsi { app_id: "demo".to_owned(), secret: Secret::new(secret), base_url }))
}

async fn seed(store: &dyn Store, ambient: &Ambient) -> anyhow::Result<()> {
    register(store, ambient, "Demo".to_owned(), Some(CONSUMER_KEY)).await?;
    let password_hash = Passwords::new(1, 1).hash(PASSWORD.to_owned(), ambient).await?;
    let mut changes: Vec<Change> = USERS.iter().map(|name| user(name, &password_hash)).collect();
    changes.extend([bank(), customer(), link(), check(), document(), media(), status()]);
    let mut all: Vec<_> = changes.into_iter().flat_map(statements).collect();
    all.push(logins::add_super_admin("admin"));
    store.commit(all).await?;
    Ok(())
}

/// 2017-09-19T00:00:00Z, the date of the seed page's examples.
const DATE: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };

fn user(name: &str, password_hash: &str) -> Change {
    let user = User {
        user_id: format!("demo-{name}"),
        email: format!("{name}@example.com"),
        provider_id: name.to_owned(),
        provider: "OBP".to_owned(),
        username: name.to_owned(),
    };
    Change::CreateUser(NewUser {
        user,
        first_name: name.to_owned(),
        last_name: "Demo".to_owned(),
        password_hash: password_hash.to_owned(),
    })
}

fn bank() -> Change {
    Change::CreateBank(BankDraft {
        id: BANK.to_owned(),
        full_name: "The Bank of the Demo".to_owned(),
        short_name: "Demo Bank".to_owned(),
        logo_url: String::new(),
        website_url: String::new(),
        swift_bic: String::new(),
        national_identifier: String::new(),
        bank_routing: Routing { scheme: "OBP".to_owned(), address: BANK.to_owned() },
    })
}

fn customer() -> Change {
    Change::CreateCustomer(Customer {
        bank_id: BANK.to_owned(),
        customer_id: CUSTOMER.to_owned(),
        customer_number: "1239879".to_owned(),
        details: CustomerDraft {
            legal_name: "Anna Demo".to_owned(),
            mobile_phone_number: "+49 170 0000000".to_owned(),
            email: "anna@example.com".to_owned(),
            face_image: FaceImage { url: String::new(), date: DATE },
            date_of_birth: Timestamp { milliseconds: 631_152_000_000 },
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

fn link() -> Change {
    let link = UserCustomerLink {
        user_customer_link_id: "demo-link".to_owned(),
        customer_id: CUSTOMER.to_owned(),
        user_id: "demo-anna".to_owned(),
        date_inserted: DATE,
        is_active: true,
    };
    Change::LinkUserToCustomer(NewLink { bank_id: BANK.to_owned(), link })
}

fn check() -> Change {
    Change::PutKycCheck(KycCheck {
        bank_id: BANK.to_owned(),
        customer_id: CUSTOMER.to_owned(),
        id: "demo-check".to_owned(),
        customer_number: "1239879".to_owned(),
        date: DATE,
        how: "online_meeting".to_owned(),
        staff_user_id: "67876".to_owned(),
        staff_name: "Simon".to_owned(),
        satisfied: true,
        comments: "All papers seen".to_owned(),
    })
}

fn document() -> Change {
    Change::PutKycDocument(KycDocument {
        bank_id: BANK.to_owned(),
        customer_id: CUSTOMER.to_owned(),
        id: "demo-document".to_owned(),
        customer_number: "1239879".to_owned(),
        type_: "passport".to_owned(),
        number: "12345".to_owned(),
        issue_date: DATE,
        issue_place: "Berlin".to_owned(),
        expiry_date: Timestamp { milliseconds: 1_821_312_000_000 },
    })
}

fn media() -> Change {
    Change::PutKycMedia(KycMedia {
        bank_id: BANK.to_owned(),
        customer_id: CUSTOMER.to_owned(),
        id: "demo-media".to_owned(),
        customer_number: "1239879".to_owned(),
        type_: "image".to_owned(),
        url: "http://www.example.com/id-docs/123/image.png".to_owned(),
        date: DATE,
        relates_to_kyc_document_id: "demo-document".to_owned(),
        relates_to_kyc_check_id: "demo-check".to_owned(),
    })
}

fn status() -> Change {
    let status =
        KycStatus { customer_id: CUSTOMER.to_owned(), customer_number: "1239879".to_owned(), ok: true, date: DATE };
    Change::AddKycStatus(KycStatusEntry { bank_id: BANK.to_owned(), status })
}

/// What to try, ready to be copied into a shell.
fn invitation(address: SocketAddr, data: &Path) -> String {
    format!(
        r#"A demo server. Its data is gone when it ends (Ctrl-C).

  consumer key  {CONSUMER_KEY}
  users         admin (super admin), anna (the customer), ben; password {PASSWORD}
  bank          {BANK}, customer {CUSTOMER}
  data folder   {data}

Log in:

  TOKEN=$(curl -s -X POST http://{address}/my/logins/direct \
    -H 'DirectLogin: username="anna", password="{PASSWORD}", consumer_key="{CONSUMER_KEY}"' | cut -d'"' -f4)

Write a KYC check:

  curl -s -X PUT http://{address}/obp/v3.1.0/banks/{BANK}/customers/{CUSTOMER}/kyc_check/check-1 \
    -H "DirectLogin: token=$TOKEN" -H 'Content-Type: application/json' \
    -d '{{"customer_number":"1239879","date":"2017-09-19T00:00:00Z","how":"online_meeting","staff_user_id":"67876","staff_name":"Simon","satisfied":true,"comments":"String"}}'

Read the customer's checks:

  curl -s http://{address}/obp/v3.1.0/customers/{CUSTOMER}/kyc_checks -H "DirectLogin: token=$TOKEN"
"#,
        data = data.display()
    )
}
