//! The shells of the customer operations.

use super::{Component, Written, actor, new_id, new_number, now};
use crate::access::Action;
use crate::bindings::exports::obp::onboarding::customers::Guest;
use crate::bindings::obp::onboarding::{banks_storage, customers_storage, users_storage};
use crate::caller::Caller;
use crate::customers::{self, LinkFacts, NumberFacts};
use crate::customers_types::{Customer, CustomerDraft, CustomerNumberDraft, LinkDraft, UserCustomerLink};
use crate::problem::Problem;

impl Guest for Component {
    fn create(caller: Caller, bank_id: String, draft: CustomerDraft) -> Written<Customer> {
        let actor = actor(caller, Action::CreateCustomer);
        let bank_exists = banks_storage::exists(&bank_id);
        Ok(customers::create(&actor, bank_exists, bank_id, new_id(), new_number(), draft)?)
    }

    fn get(caller: Caller, bank_id: String, customer_id: String) -> Result<Customer, Problem> {
        let actor = actor(caller, Action::ReadCustomer);
        let customer = customers_storage::at_bank(&bank_id, &customer_id);
        Ok(customers::get(&actor, banks_storage::exists(&bank_id), &bank_id, customer)?)
    }

    fn by_number(caller: Caller, bank_id: String, draft: CustomerNumberDraft) -> Result<Customer, Problem> {
        let actor = actor(caller, Action::ReadCustomer);
        let customer = customers_storage::by_number(&bank_id, &draft.customer_number);
        Ok(customers::by_number(&actor, banks_storage::exists(&bank_id), &bank_id, &draft, customer)?)
    }

    fn update_number(
        caller: Caller,
        bank_id: String,
        customer_id: String,
        draft: CustomerNumberDraft,
    ) -> Written<Customer> {
        let actor = actor(caller, Action::ChangeCustomerNumber);
        let facts = NumberFacts {
            bank_exists: banks_storage::exists(&bank_id),
            customer: customers_storage::at_bank(&bank_id, &customer_id),
            number_exists: customers_storage::by_number(&bank_id, &draft.customer_number).is_some(),
        };
        Ok(customers::update_number(&actor, facts, &bank_id, draft)?)
    }

    fn mine(caller: Caller, bank_id: Option<String>) -> Result<Vec<Customer>, Problem> {
        let bank_id = bank_id.as_deref();
        let bank_exists = bank_id.is_none_or(banks_storage::exists);
        Ok(customers::mine(bank_id, bank_exists, customers_storage::linked_to(&caller.user_id, bank_id))?)
    }

    fn link(caller: Caller, bank_id: String, draft: LinkDraft) -> Written<UserCustomerLink> {
        let actor = actor(caller, Action::LinkUserToCustomer);
        let facts = LinkFacts {
            bank_exists: banks_storage::exists(&bank_id),
            customer_exists: customers_storage::at_bank(&bank_id, &draft.customer_id).is_some(),
            user_exists: users_storage::by_id(&draft.user_id).is_some(),
            user_linked: !customers_storage::linked_to(&draft.user_id, Some(&bank_id)).is_empty(),
        };
        Ok(customers::link(&actor, facts, bank_id, new_id(), now(), draft)?)
    }
}
