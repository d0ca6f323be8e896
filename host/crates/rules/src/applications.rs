//! Applications that the operator registers: by command, or for the server's own pages.

use ambient::Ambient;
use anyhow::Context as _;
use bindings::Change;
use bindings::consumers_types::NewConsumer;
use bindings::timestamp::Timestamp;
use storage::{CommitError, Store, logins, statement};

use crate::credentials::digest;

/// The id of the application that the pages use for logins. An administrator can disable it like any other.
const OWN_CONSUMER_ID: &str = "api-explorer";

/// The credentials of a new application. The secret is not stored, and cannot be shown again.
#[derive(Debug)]
pub struct Registered {
    /// The id of the application.
    pub consumer_id: String,
    /// Its consumer key.
    pub key: String,
    /// Its secret.
    pub secret: String,
}

/// Registers an application for the operator. The key is random unless one is given.
///
/// # Errors
/// If there are no random bytes, or the application cannot be stored.
pub async fn register(
    store: &dyn Store,
    ambient: &Ambient,
    name: String,
    key: Option<&str>,
) -> anyhow::Result<Registered> {
    let registered = Registered {
        consumer_id: ambient.uuid()?,
        key: key.map_or_else(|| random_name(ambient), |key| Ok(key.to_owned()))?,
        secret: random_name(ambient)?,
    };
    create(store, ambient, name, &registered).await.context("cannot store the consumer")?;
    Ok(registered)
}

/// The consumer key of the pages' own application. The first call registers the application.
///
/// # Errors
/// If there are no random bytes, or the store fails.
pub async fn own_consumer_key(store: &dyn Store, ambient: &Ambient) -> anyhow::Result<String> {
    if let Some(key) = known_key(store).await? {
        return Ok(key);
    }
    let own = Registered {
        consumer_id: OWN_CONSUMER_ID.to_owned(),
        key: random_name(ambient)?,
        secret: random_name(ambient)?,
    };
    match create(store, ambient, "API Explorer".to_owned(), &own).await {
        Ok(()) => Ok(own.key),
        // Another call has registered it in the meantime.
        Err(CommitError::Conflict) => known_key(store).await?.context("the pages' own application does not exist"),
        Err(error) => Err(error).context("cannot store the pages' own application"),
    }
}

async fn known_key(store: &dyn Store) -> anyhow::Result<Option<String>> {
    Ok(logins::consumer_key(&mut *store.read().await?, OWN_CONSUMER_ID).await?)
}

async fn create(
    store: &dyn Store,
    ambient: &Ambient,
    name: String,
    application: &Registered,
) -> Result<(), CommitError> {
    let consumer = NewConsumer {
        consumer_id: application.consumer_id.clone(),
        key: application.key.clone(),
        secret_digest: digest(&application.secret),
        app_name: name,
        app_type: "Confidential".to_owned(),
        description: String::new(),
        developer_email: String::new(),
        redirect_url: String::new(),
        created_by_user_id: String::new(),
        enabled: true,
        created: Timestamp { milliseconds: ambient.now_ms() },
    };
    store.commit(vec![statement(Change::CreateConsumer(consumer))]).await
}

/// A text of 40 lower-case letters and digits, which is 200 random bits.
fn random_name(ambient: &Ambient) -> anyhow::Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bytes: [u8; 40] = ambient.random()?;
    Ok(bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).map(|letter| char::from(*letter)).collect())
}
