//! `demo`: runs a server with temporary data, enough to try every operation.
//!
//! Names, ids, passwords and the consumer key are always the same, so that a page can quote them. This is safe only because
//! the data is fictional and the server refuses to listen beyond loopback.

use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use obp_host::ambient::Ambient;
use obp_host::app::{DataFolder, open_store, register};
use obp_host::component::bindings::Change;
use obp_host::component::bindings::changes::NewKycStatus;
use obp_host::component::bindings::customers_types::CustomerDraft;
use obp_host::component::bindings::kyc_types::{KycDocumentDraft, KycMediaDraft, KycStatusDraft, KycStatusEntry};
use obp_host::component::samples::{self, seed};
use obp_host::component::timestamp::Timestamp;
use obp_host::config::{Config, Jitsi, Provider, Secret};
use obp_host::credentials::Passwords;
use obp_host::credentials::digest;
use obp_host::storage::{Store, logins, statement};
use tempfile::TempDir;

use super::{log, may_listen, serve};

const BANK: &str = "gh.29.uk";
const CUSTOMER: &str = "demo-customer";
const CONSUMER_KEY: &str = "demo-consumer-key";
const PASSWORD: &str = "Demo-Password-1";
/// The super admin, the customer's user, and another.
const USERS: [&str; 3] = ["admin", "anna", "ben"];

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// The address to listen at; port 0 takes any free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The data folder, for other commands with the option --data. It must not exist yet; it is removed at the end.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Demo {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let ambient = Ambient::system();
        let mut config = Config::load(None, std::iter::empty())?;
        config.listen = self.listen;
        may_listen(&config, config.listen)?;
        let socket = serve::bind(config.listen)?;
        let data = folder(self.data.as_deref())?;
        config.data = data.path().to_owned();
        // The cache would be removed with the data.
        config.compiled_cache = false;
        config.meetings.enabled = true;
        config.meetings.providers.insert("jitsi".to_owned(), jitsi(&ambient)?);
        let _log = log::start(&config)?;
        let _folder = DataFolder::claim(&config)?;
        let store = open_store(&config)?;
        fill(&*store, &ambient).await.context("cannot seed the store")?;
        serve::serve(config, Arc::clone(&store), socket, |address| {
            let address_lines = serve::address_lines("http", address, None);
            serve::announce(format!("{}\n{address_lines}", invitation(address, data.path())));
        })
        .await
    }
}

/// Creates the data folder: `wanted`, or a temporary one. It is removed with its contents when the value is dropped.
fn folder(wanted: Option<&Path>) -> anyhow::Result<TempDir> {
    let mut folder = tempfile::Builder::new();
    folder.permissions(Permissions::from_mode(0o700));
    let Some(wanted) = wanted else { return folder.tempdir().context("cannot create a temporary folder") };
    let wanted = std::path::absolute(wanted)?;
    let (above, name) = wanted.parent().zip(wanted.file_name()).context("--data must name a folder")?;
    let folder = folder.prefix(name).rand_bytes(0).tempdir_in(above);
    folder.with_context(|| format!("cannot create the folder {}; a demo needs a new folder", wanted.display()))
}

/// A Jitsi provider with a random secret. Its tokens are well-formed, but no Jitsi server knows the secret.
fn jitsi(ambient: &Ambient) -> anyhow::Result<Provider> {
    let secret = digest(&ambient.uuid()?);
    let base_url = "https://meet.jit.si".parse().context("the base URL")?;
    Ok(Provider::Jitsi(Jitsi { app_id: "demo".to_owned(), secret: Secret::new(secret), base_url }))
}

async fn fill(store: &dyn Store, ambient: &Ambient) -> anyhow::Result<()> {
    register(store, ambient, "Demo".to_owned(), Some(CONSUMER_KEY)).await?;
    let password_hash = Passwords::new(1, 1).hash(PASSWORD.to_owned(), ambient).await?;
    let anna = CustomerDraft {
        legal_name: "Anna Demo".to_owned(),
        email: "anna@example.com".to_owned(),
        ..samples::customer_draft()
    };
    let mut changes: Vec<Change> =
        USERS.iter().map(|name| seed::user(&format!("demo-{name}"), name, &password_hash)).collect();
    changes.extend([
        seed::bank(BANK, "The Bank of the Demo"),
        seed::customer(BANK, CUSTOMER, "1239879", anna),
        seed::link("demo-link", BANK, CUSTOMER, "demo-anna"),
    ]);
    changes.extend(kyc_file());
    let mut all: Vec<_> = changes.into_iter().map(statement).collect();
    all.push(logins::add_super_admin("admin"));
    store.commit(all).await?;
    Ok(())
}

/// The demo customer's KYC file: a record of each kind.
fn kyc_file() -> [Change; 4] {
    // 2027-09-19, so that the passport has not expired.
    let expiry_date = Some(Timestamp { milliseconds: 1_821_312_000_000 });
    let document = KycDocumentDraft { expiry_date, ..samples::kyc_document_draft() };
    let media = KycMediaDraft {
        relates_to_kyc_document_id: "demo-document".to_owned(),
        relates_to_kyc_check_id: "demo-check".to_owned(),
        ..samples::kyc_media_draft()
    };
    let status = KycStatusDraft { customer_number: "1239879".to_owned(), ..samples::kyc_status_draft() };
    let entry = KycStatusEntry { bank_id: BANK.to_owned(), status: samples::kyc_status(CUSTOMER, status) };
    [
        Change::PutKycCheck(samples::kyc_check(BANK, CUSTOMER, "demo-check", samples::kyc_check_draft())),
        Change::PutKycDocument(samples::kyc_document(BANK, CUSTOMER, "demo-document", document)),
        Change::PutKycMedia(samples::kyc_media(BANK, CUSTOMER, "demo-media", media)),
        Change::AddKycStatus(NewKycStatus { entry, after: None }),
    ]
}

/// Example calls to copy into a shell.
fn invitation(address: SocketAddr, data: &Path) -> String {
    let check = serde_json::to_string(&samples::kyc_check_draft()).unwrap_or_default();
    format!(
        r#"A demo server. Its data is removed when it ends (Ctrl-C).

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
    -d '{check}'

Read the customer's checks:

  curl -s http://{address}/obp/v3.1.0/customers/{CUSTOMER}/kyc_checks -H "DirectLogin: token=$TOKEN"
"#,
        data = data.display(),
    )
}
