//! The SQL of accounts and of the right to see them.

use bindings::accounts_storage::CreateFacts;
use bindings::accounts_types::{Account, Balance, ViewGrant};
use bindings::banks_types::Routing;

use crate::errors::StoreError;
use crate::queries::list;
use crate::record::{Record as _, record};
use crate::rows::Rows;
use crate::store::{Expect, Snapshot, Statement, list_limit};
use crate::value::Param;

// Provider and user name are the holder's, as they are when the account is read.
record! {
    account: accounts => Account {
        bank_id,
        account_id,
        number,
        user_id,
        label,
        type_,
        balance: Balance { currency, amount },
        branch_id,
        account_routing: Routing { scheme: routing_scheme, address: routing_address },
    } then { provider, username }
}

record! {
    view_grant: view_grants => ViewGrant {
        user_id,
        bank_id,
        account_id,
        view_id,
    }
}

/// The inputs that createAccount is judged by.
pub async fn facts_for_create(
    store: &mut dyn Snapshot,
    bank_id: &str,
    account_id: &str,
    owner_user_id: &str,
) -> Result<CreateFacts, StoreError> {
    const EXISTING: &str = "SELECT EXISTS (SELECT 1 FROM banks WHERE bank_id = $1), \
        EXISTS (SELECT 1 FROM accounts WHERE bank_id = $1 AND account_id = $2)";
    const OWNER: &str = "SELECT provider, username FROM users WHERE user_id = $1";
    let mut rows = store.rows(EXISTING, &[Param::Text(bank_id), Param::Text(account_id)]).await?;
    let mut existing = rows.pop().ok_or_else(|| StoreError::Failed("EXISTS returned no row".to_owned()))?;
    let owner = store.rows(OWNER, &[Param::Text(owner_user_id)]).await?.pop();
    Ok(CreateFacts {
        bank_exists: existing.read()?,
        account_exists: existing.read()?,
        owner: owner.map(|mut row| Ok::<_, StoreError>((row.read()?, row.read()?))).transpose()?,
    })
}

/// One account, and the ids of the views through which a user may see it.
pub async fn find(
    store: &mut dyn Snapshot,
    bank_id: &str,
    account_id: &str,
    user_id: &str,
) -> Result<Option<(Account, Vec<String>)>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        account!(columns),
        ", users.provider, users.username, COALESCE(view_grants.view_id, '') \
        FROM accounts JOIN users ON users.user_id = accounts.user_id \
            LEFT JOIN view_grants ON view_grants.user_id = $1 AND view_grants.bank_id = accounts.bank_id \
                AND view_grants.account_id = accounts.account_id \
        WHERE accounts.bank_id = $2 AND accounts.account_id = $3 ORDER BY view_grants.view_id",
        list_limit!()
    );
    let params = [Param::Text(user_id), Param::Text(bank_id), Param::Text(account_id)];
    Ok(with_views(store.rows(SQL, &params).await?)?.pop())
}

/// The accounts that a user may see, at one bank or at all, with the ids of the views. They are sorted by bank and
/// account id.
pub async fn seen_by(
    store: &mut dyn Snapshot,
    user_id: &str,
    bank_id: Option<&str>,
) -> Result<Vec<(Account, Vec<String>)>, StoreError> {
    const AT_BANK: &str = concat!(
        "SELECT ",
        account!(columns),
        ", users.provider, users.username, view_grants.view_id \
        FROM view_grants JOIN accounts ON accounts.bank_id = view_grants.bank_id AND accounts.account_id = view_grants.account_id \
            JOIN users ON users.user_id = accounts.user_id \
        WHERE view_grants.user_id = $1 AND view_grants.bank_id = $2 \
        ORDER BY view_grants.account_id, view_grants.view_id",
        list_limit!()
    );
    const AT_ALL: &str = concat!(
        "SELECT ",
        account!(columns),
        ", users.provider, users.username, view_grants.view_id \
        FROM view_grants JOIN accounts ON accounts.bank_id = view_grants.bank_id AND accounts.account_id = view_grants.account_id \
            JOIN users ON users.user_id = accounts.user_id \
        WHERE view_grants.user_id = $1 \
        ORDER BY view_grants.bank_id, view_grants.account_id, view_grants.view_id",
        list_limit!()
    );
    let user_id = Param::Text(user_id);
    with_views(match bank_id {
        Some(bank_id) => store.rows(AT_BANK, &[user_id, Param::Text(bank_id)]).await?,
        None => store.rows(AT_ALL, &[user_id]).await?,
    })
}

/// The accounts that a user holds at a bank, sorted by account id.
pub async fn held_by(store: &mut dyn Snapshot, user_id: &str, bank_id: &str) -> Result<Vec<Account>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        account!(columns),
        ", users.provider, users.username FROM accounts JOIN users ON users.user_id = accounts.user_id \
        WHERE accounts.user_id = $1 AND accounts.bank_id = $2 ORDER BY accounts.account_id",
        list_limit!()
    );
    list(store, SQL, &[Param::Text(user_id), Param::Text(bank_id)]).await
}

/// Joins the rows of an account, which has one for each view. The rows are sorted by account.
fn with_views(rows: Rows) -> Result<Vec<(Account, Vec<String>)>, StoreError> {
    let mut seen: Vec<(Account, Vec<String>)> = Vec::new();
    for mut row in rows {
        let account: Account = row.read()?;
        // The id is empty if the user has no view of the account.
        let view_id: Option<String> = Some(row.read()?).filter(|view_id: &String| !view_id.is_empty());
        match seen.last_mut() {
            Some((last, view_ids)) if last.bank_id == account.bank_id && last.account_id == account.account_id => {
                view_ids.extend(view_id);
            }
            _ => seen.push((account, view_id.into_iter().collect())),
        }
    }
    Ok(seen)
}

/// Creates an account, whose id and number must be new at the bank. Bank and holder must exist.
#[must_use]
pub fn create(account: Account) -> Statement {
    Statement {
        sql: concat!("INSERT INTO accounts (", account!(names), ") VALUES (", account!(placeholders), ")"),
        values: account.values(),
        expect: Expect::One,
    }
}

/// Lets a user see an account through a view. The grant must be new; account and user must exist.
#[must_use]
pub fn grant_view(grant: ViewGrant) -> Statement {
    Statement {
        sql: concat!("INSERT INTO view_grants (", view_grant!(names), ") VALUES (", view_grant!(placeholders), ")"),
        values: grant.values(),
        expect: Expect::One,
    }
}
