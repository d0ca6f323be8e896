//! The SQL of accounts and of who may see them.

use super::{Expect, Param, Row, Rows, Snapshot, Statement, StoreError, list_limit, values};
use bindings::accounts_storage::CreateFacts;
use bindings::accounts_types::{Account, Balance, ViewGrant};
use bindings::banks_types::Routing;

/// The columns of an account and of its holder, in the order [`account`] takes them.
macro_rules! columns {
    () => {
        "accounts.bank_id, accounts.account_id, accounts.number, accounts.user_id, users.provider, users.username, \
        accounts.label, accounts.type, accounts.currency, accounts.amount, accounts.branch_id, accounts.routing_scheme, \
        accounts.routing_address"
    };
}

/// What createAccount is judged by.
///
/// # Errors
/// If the store fails.
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
    let mut existing = rows.pop().ok_or_else(|| StoreError::Failed("EXISTS answers no row".to_owned()))?;
    let owner = store.rows(OWNER, &[Param::Text(owner_user_id)]).await?.pop();
    Ok(CreateFacts {
        bank_exists: existing.truth()?,
        account_exists: existing.truth()?,
        owner: owner.map(|mut row| Ok::<_, StoreError>((row.text()?, row.text()?))).transpose()?,
    })
}

/// One account, and the ids of the views through which that user may see it.
///
/// # Errors
/// If the store fails.
pub async fn find(
    store: &mut dyn Snapshot,
    bank_id: &str,
    account_id: &str,
    user_id: &str,
) -> Result<Option<(Account, Vec<String>)>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        ", COALESCE(view_grants.view_id, '') \
        FROM accounts JOIN users ON users.user_id = accounts.user_id \
            LEFT JOIN view_grants ON view_grants.user_id = $1 AND view_grants.bank_id = accounts.bank_id \
                AND view_grants.account_id = accounts.account_id \
        WHERE accounts.bank_id = $2 AND accounts.account_id = $3 ORDER BY view_grants.view_id",
        list_limit!()
    );
    let params = [Param::Text(user_id), Param::Text(bank_id), Param::Text(account_id)];
    Ok(with_views(store.rows(SQL, &params).await?)?.pop())
}

/// The accounts that user may see, at one bank or at all, with the ids of the views; sorted by bank and account id.
///
/// # Errors
/// If the store fails.
pub async fn seen_by(
    store: &mut dyn Snapshot,
    user_id: &str,
    bank_id: Option<&str>,
) -> Result<Vec<(Account, Vec<String>)>, StoreError> {
    const AT_BANK: &str = concat!(
        "SELECT ",
        columns!(),
        ", view_grants.view_id \
        FROM view_grants JOIN accounts ON accounts.bank_id = view_grants.bank_id AND accounts.account_id = view_grants.account_id \
            JOIN users ON users.user_id = accounts.user_id \
        WHERE view_grants.user_id = $1 AND view_grants.bank_id = $2 \
        ORDER BY view_grants.account_id, view_grants.view_id",
        list_limit!()
    );
    const AT_ALL: &str = concat!(
        "SELECT ",
        columns!(),
        ", view_grants.view_id \
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

/// The accounts that user holds at the bank, sorted by account id.
///
/// # Errors
/// If the store fails.
pub async fn held_by(store: &mut dyn Snapshot, user_id: &str, bank_id: &str) -> Result<Vec<Account>, StoreError> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM accounts JOIN users ON users.user_id = accounts.user_id \
        WHERE accounts.user_id = $1 AND accounts.bank_id = $2 ORDER BY accounts.account_id",
        list_limit!()
    );
    let rows = store.rows(SQL, &[Param::Text(user_id), Param::Text(bank_id)]).await?;
    rows.into_iter().map(|mut row| account(&mut row)).collect()
}

/// Puts the views of an account, a row each, together; the rows are sorted by account.
fn with_views(rows: Rows) -> Result<Vec<(Account, Vec<String>)>, StoreError> {
    let mut seen: Vec<(Account, Vec<String>)> = Vec::new();
    for mut row in rows {
        let account = account(&mut row)?;
        // Empty where there is an account and no view of it.
        let view_id = Some(row.text()?).filter(|view_id| !view_id.is_empty());
        match seen.last_mut() {
            Some((last, view_ids)) if last.bank_id == account.bank_id && last.account_id == account.account_id => {
                view_ids.extend(view_id);
            }
            _ => seen.push((account, view_id.into_iter().collect())),
        }
    }
    Ok(seen)
}

fn account(row: &mut Row) -> Result<Account, StoreError> {
    Ok(Account {
        bank_id: row.text()?,
        account_id: row.text()?,
        number: row.text()?,
        user_id: row.text()?,
        provider: row.text()?,
        username: row.text()?,
        label: row.text()?,
        type_: row.text()?,
        balance: Balance { currency: row.text()?, amount: row.text()? },
        branch_id: row.text()?,
        account_routing: Routing { scheme: row.text()?, address: row.text()? },
    })
}

/// Creates an account, whose id and number must be new at the bank; bank and holder must exist.
#[must_use]
pub fn create(account: Account) -> Statement {
    let Account {
        bank_id,
        account_id,
        number,
        user_id,
        // The holder's, as they are when the account is read.
        provider: _,
        username: _,
        label,
        type_,
        balance: Balance { currency, amount },
        branch_id,
        account_routing: Routing { scheme, address },
    } = account;
    Statement {
        sql: "INSERT INTO accounts (bank_id, account_id, number, user_id, label, type, currency, amount, branch_id, \
                routing_scheme, routing_address) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values: values![
            bank_id, account_id, number, user_id, label, type_, currency, amount, branch_id, scheme, address
        ],
        expect: Expect::One,
    }
}

/// Lets a user see an account through a view, which must be new; account and user must exist.
#[must_use]
pub fn grant_view(grant: ViewGrant) -> Statement {
    let ViewGrant { bank_id, account_id, view_id, user_id } = grant;
    Statement {
        sql: "INSERT INTO view_grants (user_id, bank_id, account_id, view_id) VALUES ($1, $2, $3, $4)",
        values: values![user_id, bank_id, account_id, view_id],
        expect: Expect::One,
    }
}
