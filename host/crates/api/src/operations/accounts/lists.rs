//! The answers of the lists of accounts. The rules decide who gets a list, and do not read its accounts.

use bindings::accounts_types::{Account, View};
use bindings::banks_types::Routing;
use serde::{Deserialize, Serialize};

/// An account, and the ids of the views through which the caller may see it.
pub(super) type VisibleAccount = (Account, Vec<String>);

/// The answer of getMyAccounts and getPrivateAccountsAtOneBank, sorted by bank id, then account id.
#[derive(Debug, Deserialize, Serialize)]
pub struct AccountSummaries {
    /// The accounts.
    pub accounts: Vec<AccountSummary>,
}

/// An account with the views that the caller may use.
#[derive(Debug, Deserialize, Serialize)]
pub struct AccountSummary {
    /// The account id.
    pub id: String,
    /// May be empty.
    pub label: String,
    /// The id of its bank.
    pub bank_id: String,
    /// May be empty.
    pub account_type: String,
    /// One routing.
    pub account_routings: Vec<Routing>,
    /// The views that show it to the caller.
    pub views: Vec<ViewSummary>,
}

/// A short description of a view.
#[derive(Debug, Deserialize, Serialize)]
pub struct ViewSummary {
    /// The view id.
    pub id: String,
    /// Its name.
    pub short_name: String,
    /// Its purpose.
    pub description: String,
    /// Whether everyone may use it.
    pub is_public: bool,
}

impl AccountSummaries {
    pub(super) fn new(accounts: Vec<VisibleAccount>, views: &[View]) -> Self {
        let summary = |(account, view_ids): VisibleAccount| AccountSummary {
            id: account.account_id,
            label: account.label,
            bank_id: account.bank_id,
            account_type: account.type_,
            account_routings: vec![account.account_routing],
            views: known(&view_ids, views)
                .map(|view| ViewSummary {
                    id: view.id.clone(),
                    short_name: view.short_name.clone(),
                    description: view.description.clone(),
                    is_public: view.is_public,
                })
                .collect(),
        };
        Self { accounts: accounts.into_iter().map(summary).collect() }
    }
}

/// The answer of getAccountsAtBank, sorted by account id.
#[derive(Debug, Serialize)]
pub(super) struct AccountsAtBank {
    accounts: Vec<AccountAtBank>,
}

#[derive(Debug, Serialize)]
struct AccountAtBank {
    id: String,
    label: String,
    bank_id: String,
    views_available: Vec<ViewAvailable>,
}

#[derive(Debug, Serialize)]
struct ViewAvailable {
    id: String,
    short_name: String,
    is_public: bool,
}

impl AccountsAtBank {
    pub(super) fn new(accounts: Vec<VisibleAccount>, views: &[View]) -> Self {
        let listed = |(account, view_ids): VisibleAccount| AccountAtBank {
            id: account.account_id,
            label: account.label,
            bank_id: account.bank_id,
            views_available: known(&view_ids, views)
                .map(|view| ViewAvailable {
                    id: view.id.clone(),
                    short_name: view.short_name.clone(),
                    is_public: view.is_public,
                })
                .collect(),
        };
        Self { accounts: accounts.into_iter().map(listed).collect() }
    }
}

/// The answer of getAccountsHeld, sorted by account id.
#[derive(Debug, Serialize)]
pub(super) struct AccountsHeld {
    accounts: Vec<AccountHeld>,
}

#[derive(Debug, Serialize)]
struct AccountHeld {
    id: String,
    bank_id: String,
    number: String,
    account_routings: Vec<Routing>,
    /// Only later versions show it.
    label: String,
}

impl AccountsHeld {
    pub(super) fn new(accounts: Vec<Account>) -> Self {
        let listed = |account: Account| AccountHeld {
            id: account.account_id,
            bank_id: account.bank_id,
            number: account.number,
            account_routings: vec![account.account_routing],
            label: account.label,
        };
        Self { accounts: accounts.into_iter().map(listed).collect() }
    }
}

/// The views with these ids. Unknown ids are skipped.
fn known<'a>(view_ids: &'a [String], views: &'a [View]) -> impl Iterator<Item = &'a View> {
    view_ids.iter().filter_map(|id| views.iter().find(|view| view.id == *id))
}

#[cfg(test)]
mod tests {
    use super::super::{account, owner_view};
    use super::*;

    #[test]
    fn an_account_is_shown_with_the_views_that_exist() {
        let seen = || vec![(account(), ["owner", "auditor"].map(str::to_owned).to_vec()), (account(), vec![])];
        let views = [owner_view()];
        let shown = serde_json::to_value(AccountSummaries::new(seen(), &views)).unwrap();
        assert_eq!(shown["accounts"][0]["account_type"], "CURRENT");
        assert_eq!(
            shown["accounts"][0]["views"],
            serde_json::json!([{ "id": "owner", "short_name": "Owner", "description": "Owner View", "is_public": false }])
        );
        assert_eq!(shown["accounts"][1]["views"], serde_json::json!([]));
        let shown = serde_json::to_value(AccountsAtBank::new(seen(), &views)).unwrap();
        assert_eq!(
            shown["accounts"][0]["views_available"],
            serde_json::json!([{ "id": "owner", "short_name": "Owner", "is_public": false }])
        );
        let shown = serde_json::to_value(AccountsHeld::new(vec![account()])).unwrap();
        assert_eq!(shown["accounts"][0]["number"], "0123456789");
    }
}
