//! Applications that are registered in the operator's name: by command, and the pages' own.

use anyhow::Context as _;

use crate::credentials::digest;
use ambient::Ambient;
use bindings::Change;
use bindings::consumers_types::NewConsumer;
use bindings::timestamp::Timestamp;
use storage::{CommitError, Store, logins, statements};

/// The id of the application that the pages sign people in with. An administrator can switch it off like any other.
const OWN_CONSUMER_ID: &str = "api-explorer";

/// What is told of a new application; the secret this once.
#[derive(Debug)]
pub struct Registered {
    /// Its id.
    pub consumer_id: String,
    /// Its consumer key.
    pub key: String,
    /// Its secret.
    pub secret: String,
}

/// Registers an application in the operator's name, with a random key unless one is given.
///
/// # Errors
/// If there are no random bytes, or it cannot be stored.
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

/// The key of the pages' own application, which is registered when it is asked for the first time.
///
/// # Errors
/// As [`register`].
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
        // Somebody was faster.
        Err(CommitError::Conflict) => known_key(store).await?.context("the pages' own application is not there"),
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
    store.commit(statements(Change::CreateConsumer(consumer))).await
}

/// 40 lower-case letters and digits: 200 random bits.
fn random_name(ambient: &Ambient) -> anyhow::Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bytes: [u8; 40] = ambient.random()?;
    Ok(bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).map(|letter| char::from(*letter)).collect())
}
