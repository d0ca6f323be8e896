//! The shells of the account operations.

use super::{Component, Written, actor, new_number, screened};
use crate::access::Action;
use crate::accounts::{self, CreateFacts};
use crate::accounts_types::{AccountCreated, AccountDetails, AccountDraft, View, ViewList};
use crate::bindings::exports::obp::onboarding::accounts::Guest;
use crate::bindings::obp::onboarding::accounts_storage::{self, AccountList, VisibleAccountList};
use crate::bindings::obp::onboarding::banks_storage;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::screening_types::Subject;

impl Guest for Component {
    fn create(caller: Caller, bank_id: String, account_id: String, draft: AccountDraft) -> Written<AccountCreated> {
        let actor = actor(caller, Action::CreateAccountForOther);
        let facts = accounts_storage::facts_for_create(&bank_id, &account_id, accounts::owner(&actor.caller, &draft));
        let facts =
            CreateFacts { bank_exists: facts.bank_exists, owner: facts.owner, account_exists: facts.account_exists };
        let accepted = accounts::create(&actor, facts, bank_id, account_id, new_number(), draft)?;
        let (account, changes) = screened(&Subject::Account(accepted.0.clone()), accepted)?;
        Ok((accounts::creation_reply(account), changes))
    }

    fn mine(caller: Caller, bank_id: Option<String>) -> Result<(VisibleAccountList, Vec<View>), Problem> {
        let bank_id = bank_id.as_deref();
        accounts::require_bank(bank_id, bank_id.is_some_and(banks_storage::exists))?;
        Ok((accounts_storage::seen_by(&caller.user_id, bank_id), accounts::all_views()))
    }

    fn held(caller: Caller, bank_id: String) -> Result<AccountList, Problem> {
        accounts::require_bank(Some(&bank_id), banks_storage::exists(&bank_id))?;
        Ok(accounts_storage::held_by(&caller.user_id, &bank_id))
    }

    fn get(caller: Caller, bank_id: String, account_id: String) -> Result<AccountDetails, Problem> {
        let seen = accounts_storage::find(&bank_id, &account_id, &caller.user_id);
        Ok(accounts::get(&bank_id, banks_storage::exists(&bank_id), &account_id, seen)?)
    }

    fn views(caller: Caller, bank_id: String, account_id: String) -> Result<ViewList, Problem> {
        let seen = accounts_storage::find(&bank_id, &account_id, &caller.user_id);
        let views = accounts::views(&bank_id, banks_storage::exists(&bank_id), &account_id, seen)?;
        Ok(ViewList { views })
    }
}
