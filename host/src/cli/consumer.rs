//! `consumer create`: a consumer key, without a restart (decision 13).

use anyhow::Context as _;
use clap::{Args, Subcommand};
use obp_host::ambient::Ambient;
use obp_host::component::bindings::Change;
use obp_host::component::bindings::consumers_types::NewConsumer;
use obp_host::component::timestamp::Timestamp;
use obp_host::credentials::digest;
use obp_host::storage::{Store, statements};
use serde::Serialize;

use super::Place;

#[derive(Debug, Subcommand)]
pub(super) enum Consumer {
    /// Registers an application and prints its key and secret. The secret is told this once.
    #[command(
        after_help = "Examples:\n  obp-host consumer create --data ./data --name \"My app\"\n  obp-host consumer create --data ./data --name ci --json | jq -r .key"
    )]
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    place: Place,
    /// What people call the application; 3 to 255 characters.
    #[arg(long)]
    name: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

/// What is printed of a new consumer.
#[derive(Debug, Serialize)]
pub(super) struct Created {
    consumer_id: String,
    pub(super) key: String,
    secret: String,
}

impl Consumer {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self::Create(Create { place, name, json }) = self;
        anyhow::ensure!((3..=255).contains(&name.chars().count()), "--name must have 3 to 255 characters");
        let created = create(&*place.store()?, &Ambient::system(), name, None).await?;
        if json {
            println!("{}", serde_json::to_string(&created)?);
        } else {
            let Created { consumer_id, key, secret } = created;
            println!("consumer_id: {consumer_id}\nkey:         {key}\nsecret:      {secret}");
        }
        Ok(())
    }
}

/// Registers an application in the operator's name, with a random key unless one is given.
pub(super) async fn create(
    store: &dyn Store,
    ambient: &Ambient,
    name: String,
    key: Option<&str>,
) -> anyhow::Result<Created> {
    let created = Created {
        consumer_id: ambient.uuid()?,
        key: key.map_or_else(|| random_name(ambient), |key| Ok(key.to_owned()))?,
        secret: random_name(ambient)?,
    };
    let consumer = NewConsumer {
        consumer_id: created.consumer_id.clone(),
        key: created.key.clone(),
        secret_digest: digest(&created.secret),
        app_name: name,
        app_type: "Confidential".to_owned(),
        description: String::new(),
        developer_email: String::new(),
        redirect_url: String::new(),
        created_by_user_id: String::new(),
        enabled: true,
        created: Timestamp { milliseconds: ambient.now_ms() },
    };
    store.commit(statements(Change::CreateConsumer(consumer))).await.context("cannot store the consumer")?;
    Ok(created)
}

/// 40 lower-case letters and digits: 200 random bits.
fn random_name(ambient: &Ambient) -> anyhow::Result<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bytes: [u8; 40] = ambient.random()?;
    Ok(bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).map(|letter| char::from(*letter)).collect())
}
