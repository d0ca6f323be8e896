//! The shells of the consumer operations.

use super::{Component, Written, actor, new_id, now};
use crate::access::Action;
use crate::bindings::exports::obp::onboarding::consumers::Guest;
use crate::bindings::obp::onboarding::consumers_storage::{self, ConsumerList};
use crate::bindings::obp::onboarding::{credentials, users_storage};
use crate::bindings::wasi::random::random;
use crate::caller::Caller;
use crate::consumers::{self, IssuedCredentials};
use crate::consumers_types::{ConsumerCreated, ConsumerDraft, ConsumerEnabled, ConsumerRegistration};
use crate::problem::Problem;

impl Guest for Component {
    fn create(caller: Caller, draft: ConsumerDraft) -> Written<ConsumerCreated> {
        let actor = actor(caller, Action::CreateConsumer);
        let creator = users_storage::by_id(consumers::creator(&actor, &draft));
        Ok(consumers::create(&actor, creator, issue(), draft)?)
    }

    fn register(caller: Caller, draft: ConsumerRegistration) -> Written<ConsumerCreated> {
        let creator = users_storage::by_id(&caller.user_id);
        Ok(consumers::register(creator, issue(), draft)?)
    }

    fn mine(caller: Caller) -> Result<ConsumerList, Problem> {
        Ok(consumers_storage::made_by(Some(&caller.user_id)))
    }

    fn all(caller: Caller) -> Result<ConsumerList, Problem> {
        let actor = actor(caller, Action::ReadConsumers);
        consumers::require_read_all(&actor)?;
        Ok(consumers_storage::made_by(None))
    }

    fn set_enabled(caller: Caller, consumer_id: String, draft: ConsumerEnabled) -> Written<ConsumerEnabled> {
        let actor = actor(caller, consumers::switching(&draft));
        let exists = consumers_storage::exists(&consumer_id);
        Ok(consumers::set_enabled(&actor, exists, consumer_id, draft)?)
    }
}

fn issue() -> IssuedCredentials {
    let credential = || consumers::credential(std::array::from_fn(|_| random::get_random_u64()));
    let (key, secret) = (credential(), credential());
    let secret_digest = credentials::digest_secret(&secret);
    IssuedCredentials { consumer_id: new_id(), key, secret, secret_digest, created: now() }
}
