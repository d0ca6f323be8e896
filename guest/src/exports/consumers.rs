//! The shells of the consumer operations.

use super::{Component, Written, asker, new_id, now};
use crate::access::Action;
use crate::bindings::exports::obp::onboarding::consumers::Guest;
use crate::bindings::obp::onboarding::{consumers_storage, credentials, users_storage};
use crate::bindings::wasi::random::random;
use crate::caller::Caller;
use crate::consumers::{self, Issued};
use crate::consumers_types::{ConsumerCreated, ConsumerDraft, ConsumerEnabled, ConsumerRegistration, Consumers};
use crate::problem::Problem;

impl Guest for Component {
    fn create(caller: Caller, draft: ConsumerDraft) -> Written<ConsumerCreated> {
        let asker = asker(caller, Action::CreateConsumer);
        let creator = users_storage::by_id(consumers::creator(&asker, &draft));
        Ok(consumers::create(&asker, creator, issue(), draft)?)
    }

    fn register(caller: Caller, draft: ConsumerRegistration) -> Written<ConsumerCreated> {
        let creator = users_storage::by_id(&caller.user_id);
        Ok(consumers::register(creator, issue(), draft)?)
    }

    fn mine(caller: Caller) -> Result<Consumers, Problem> {
        Ok(Consumers { consumers: consumers_storage::made_by(Some(&caller.user_id)) })
    }

    fn all(caller: Caller) -> Result<Consumers, Problem> {
        let asker = asker(caller, Action::ReadConsumers);
        consumers::may_read_all(&asker)?;
        Ok(Consumers { consumers: consumers_storage::made_by(None) })
    }

    fn set_enabled(caller: Caller, consumer_id: String, draft: ConsumerEnabled) -> Written<ConsumerEnabled> {
        let asker = asker(caller, consumers::switching(&draft));
        let exists = consumers_storage::exists(&consumer_id);
        Ok(consumers::set_enabled(&asker, exists, consumer_id, draft)?)
    }
}

fn issue() -> Issued {
    let credential = || consumers::credential(std::array::from_fn(|_| random::get_random_u64()));
    let (key, secret) = (credential(), credential());
    let secret_digest = credentials::digest_secret(&secret);
    Issued { consumer_id: new_id(), key, secret, secret_digest, created: now() }
}
