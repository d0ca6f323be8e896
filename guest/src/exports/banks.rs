//! The shells of the bank operations.

use super::{Component, Written, actor, new_id};
use crate::access::Action;
use crate::banks;
use crate::banks_types::{Bank, BankDraft, Banks};
use crate::bindings::exports::obp::onboarding::banks::Guest;
use crate::bindings::obp::onboarding::banks_storage;
use crate::caller::Caller;
use crate::problem::Problem;

impl Guest for Component {
    fn all() -> Result<Banks, Problem> {
        Ok(Banks { banks: banks_storage::all() })
    }

    fn get(bank_id: String) -> Result<Bank, Problem> {
        Ok(banks::get(&bank_id, banks_storage::find(&bank_id))?)
    }

    fn create(caller: Caller, draft: BankDraft) -> Written<BankDraft> {
        let actor = actor(caller, Action::CreateBank);
        let exists = banks_storage::exists(&draft.id);
        Ok(banks::create(&actor, exists, new_id(), draft)?)
    }
}
