//! `consumer create`: registers an application. The server needs no restart (decision 13).

use clap::{Args, Subcommand};
use obp_host::ambient::Ambient;
use obp_host::app::{Registered, register};
use serde_json::json;

use super::StoreArguments;
use super::output::print;

#[derive(Debug, Subcommand)]
pub(super) enum Consumer {
    /// Registers an application and prints its key and secret. The secret is not shown again.
    #[command(
        after_help = "Examples:\n  obp-host consumer create --data ./data --name \"My app\"\n  obp-host consumer create --data ./data --name ci --json | jq -r .key"
    )]
    Create(Create),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    store: StoreArguments,
    /// The name of the application, 3 to 255 characters.
    #[arg(long)]
    name: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl Consumer {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self::Create(Create { store, name, json }) = self;
        anyhow::ensure!((3..=255).contains(&name.chars().count()), "--name must have 3 to 255 characters");
        let store = store.open()?;
        let Registered { consumer_id, key, secret } = register(&*store, &Ambient::system(), name, None).await?;
        store.close().await?;
        if json {
            return print(&format!("{}\n", json!({"consumer_id": consumer_id, "key": key, "secret": secret})));
        }
        print(&format!("consumer_id: {consumer_id}\nkey:         {key}\nsecret:      {secret}\n"))
    }
}
