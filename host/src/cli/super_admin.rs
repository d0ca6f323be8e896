//! `super-admin add`: somebody who may grant roles, without a restart, also before that user exists (decision 13).

use anyhow::Context as _;
use clap::{Args, Subcommand};
use obp_host::storage::logins;

use super::Place;

#[derive(Debug, Subcommand)]
pub(super) enum SuperAdmin {
    /// Names a super admin by user name. It may grant roles, itself included, and has no other power.
    ///
    /// Registration is open: if the name is not taken yet, whoever registers it first is the super admin.
    #[command(after_help = "Example:\n  obp-host super-admin add --data ./data kim")]
    Add(Add),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    #[command(flatten)]
    place: Place,
    /// The user name; the user may register later.
    username: String,
}

impl SuperAdmin {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self::Add(Add { place, username }) = self;
        // Anything else could never register, and a slip of the pen would go unnoticed.
        guest::users::check_username(&username).map_err(|refusal| anyhow::anyhow!(refusal.problem().message))?;
        place
            .store()?
            .commit(vec![logins::add_super_admin(&username)])
            .await
            .context("cannot store the super admin")?;
        println!("{username} is a super admin");
        Ok(())
    }
}
