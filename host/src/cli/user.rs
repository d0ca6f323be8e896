//! `user`: lists users, locks and unlocks them, sets a password and revokes tokens. The commands work while the server runs.

use std::io::{BufRead as _, IsTerminal as _};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use obp_host::ambient::Ambient;
use obp_host::component::timestamp::Timestamp;
use obp_host::credentials::Passwords;
use obp_host::storage::logins::{self, Login};
use obp_host::storage::user_states::{self, UserState};
use obp_host::storage::{Statement, Store, failed_logins};
use serde_json::{Value, json};

use super::DataArguments;
use super::output::print;

/// Users that are read at once.
const PAGE_USERS: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(super) enum User {
    /// Lists all users with their state.
    #[command(
        after_help = "Examples:\n  obp-host user list --data ./data\n  obp-host user list --data ./data --json | jq -r '.users[] | select(.disabled) | .username'"
    )]
    List(List),
    /// Locks a user out until `unlock`, and revokes the user's tokens.
    #[command(
        alias = "disable",
        after_help = "Examples:\n  obp-host user lock --data ./data kim\n  obp-host user lock --data ./data kim --json\n`disable` is the same command."
    )]
    Lock(Named),
    /// Ends a lock: that of an operator, and those of failed logins.
    #[command(
        alias = "enable",
        after_help = "Examples:\n  obp-host user unlock --data ./data kim\n  obp-host user unlock --data ./data kim --json\n`enable` is the same command."
    )]
    Unlock(Named),
    /// Sets a user's password, and revokes the user's tokens. Reads the password from standard input: one line, without its end.
    #[command(
        after_help = "Examples:\n  obp-host user password --data ./data kim\n  obp-host user password --data ./data kim < new-password.txt"
    )]
    Password(Named),
    /// Revokes all tokens of a user.
    #[command(
        after_help = "Examples:\n  obp-host user revoke --data ./data kim\n  obp-host user revoke --data ./data kim --json | jq .revoked_tokens"
    )]
    Revoke(Named),
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    data: DataArguments,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Named {
    #[command(flatten)]
    data: DataArguments,
    /// The user name.
    username: String,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl User {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run().await,
            Self::Lock(named) => {
                named
                    .change("locked", |user| vec![logins::set_disabled(user, true), logins::revoke_tokens(user, "")])
                    .await
            }
            Self::Unlock(named) => {
                let username = named.username.clone();
                named
                    .change("unlocked", |user| vec![logins::set_disabled(user, false), failed_logins::reset(username)])
                    .await
            }
            Self::Password(named) => named.set_password().await,
            Self::Revoke(named) => named.change("logged out", |user| vec![logins::revoke_tokens(user, "")]).await,
        }
    }
}

impl Named {
    /// Sets a password that follows the rule. Nothing is read or hashed for a user who does not exist.
    async fn set_password(self) -> anyhow::Result<()> {
        let store = self.data.open_store()?;
        self.user(&*store).await?;
        store.close().await?;
        let password = read_password()?;
        let refused = |fault| anyhow::anyhow!(guest::refusals::Refusal::PasswordInvalid(fault).problem().message);
        guest::passwords::check(&password).map_err(refused)?;
        let hash = Passwords::new(1, 1).hash(password, &Ambient::system()).await?;
        let username = self.username.clone();
        self.change("given a new password", |user| {
            vec![logins::set_password(user, hash), logins::revoke_tokens(user, ""), failed_logins::reset(username)]
        })
        .await
    }

    /// Commits statements about the user, and prints the user's new state.
    async fn change(self, done: &str, statements: impl FnOnce(&Login) -> Vec<Statement>) -> anyhow::Result<()> {
        let store = self.data.open_store()?;
        let user = self.user(&*store).await?;
        let now_ms = Ambient::system().now_ms();
        let tokens = state(&*store, &self.username, now_ms).await?.tokens;
        store.commit(statements(&user)).await.context("cannot store the change")?;
        let state = state(&*store, &self.username, now_ms).await?;
        store.close().await?;
        let revoked = tokens.saturating_sub(state.tokens);
        if self.json {
            let mut object = object(&state, now_ms);
            object.as_object_mut().map(|members| members.insert("revoked_tokens".to_owned(), json!(revoked)));
            return print(&format!("{object}\n"));
        }
        let tokens = if revoked == 1 { "token" } else { "tokens" };
        print(&format!("{} is {done}; {revoked} {tokens} revoked\n", self.username))
    }

    async fn user(&self, store: &dyn Store) -> anyhow::Result<Login> {
        let user = logins::login(&mut *store.read().await?, &self.username).await?;
        user.with_context(|| format!("no user has the name {:?}; `obp-host user list` lists all users", self.username))
    }
}

async fn state(store: &dyn Store, username: &str, now_ms: i64) -> anyhow::Result<UserState> {
    user_states::of(&mut *store.read().await?, username, now_ms).await?.context("the user does not exist any more")
}

/// The password that the operator types, or that a file or a program sends.
fn read_password() -> anyhow::Result<String> {
    if std::io::stdin().is_terminal() {
        super::complain("Type the new password and press Enter. It is shown.\n");
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input as UTF-8")?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let store = self.data.open_store()?;
        let now_ms = Ambient::system().now_ms();
        let mut users: Vec<UserState> = Vec::new();
        loop {
            let last = users.last().map_or("", |user| &user.username);
            let page = user_states::after(&mut *store.read().await?, last, PAGE_USERS, now_ms).await?;
            if page.is_empty() {
                break;
            }
            users.extend(page);
        }
        store.close().await?;
        if self.json {
            let users: Vec<_> = users.iter().map(|user| object(user, now_ms)).collect();
            return print(&format!("{}\n", json!({ "users": users })));
        }
        let width = users.iter().map(|user| user.username.len()).max().unwrap_or_default().max("user name".len());
        let mut text = format!("{:width$}  state\n", "user name");
        for user in &users {
            text.push_str(&format!("{:width$}  {}\n", user.username, words(user, now_ms)));
        }
        print(&text)
    }
}

/// A user's state in words.
fn words(user: &UserState, now_ms: i64) -> String {
    let tokens = format!("{} tokens, {} failed logins", user.tokens, user.failed_logins);
    match (user.disabled, locked_until(user, now_ms)) {
        (true, _) => format!("locked by an operator; {tokens}"),
        (false, Some(until)) => format!("locked at some address until {until}; {tokens}"),
        (false, None) => format!("active; {tokens}"),
    }
}

fn locked_until(user: &UserState, now_ms: i64) -> Option<String> {
    (user.locked_until_ms > now_ms).then(|| Timestamp { milliseconds: user.locked_until_ms }.format())
}

fn object(user: &UserState, now_ms: i64) -> Value {
    json!({
        "username": user.username,
        "user_id": user.user_id,
        "email": user.email,
        "disabled": user.disabled,
        "locked_until": locked_until(user, now_ms),
        "failed_logins": user.failed_logins,
        "tokens": user.tokens,
    })
}
