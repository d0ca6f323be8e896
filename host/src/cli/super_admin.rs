//! `super-admin add`: gives a user the right to grant roles. The server needs no restart, and the user need not
//! exist yet (decision 13).

use anyhow::Context as _;
use clap::{Args, Subcommand};
use obp_host::storage::logins;

use super::StoreArguments;
use super::output::print;

#[derive(Debug, Subcommand)]
pub(super) enum SuperAdmin {
    /// Makes a user a super admin. A super admin may grant roles to every user, itself included, and has no other right.
    ///
    /// Anyone can register. Register the name before you run this command, or its first owner becomes super admin.
    #[command(after_help = "Example:\n  obp-host super-admin add --data ./data kim")]
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    store: StoreArguments,
    /// The user name.
    username: String,
}

impl SuperAdmin {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self::Add(Add { store, username }) = self;
        // A name that cannot register is a typing error.
        guest::users::check_username(&username).map_err(|refusal| anyhow::anyhow!(refusal.problem().message))?;
        let store = store.open()?;
        store.commit(vec![logins::add_super_admin(&username)]).await.context("cannot store the super admin")?;
        store.close().await?;
        print(&format!("{username} is a super admin\n"))
    }
}
