//! Consumers: applications that call the API.

use crate::access::{Action, Actor};
use crate::changes::{Change, ConsumerSwitch};
use crate::consumers_types::{ConsumerCreated, ConsumerDraft, ConsumerEnabled, ConsumerRegistration, NewConsumer};
use crate::limits;
use crate::refusals::Refusal;
use crate::timestamp::Timestamp;
use crate::users_types::UserDetails;

/// Smallest length of `app_name`.
pub const APP_NAME_CHARS_MIN: usize = 3;
/// Greatest length of every text of a consumer.
pub const TEXT_CHARS_MAX: usize = 255;

/// The parts of a new consumer that come from randomness and the clock.
#[derive(Debug)]
pub struct IssuedCredentials {
    /// The consumer id, a UUID.
    pub consumer_id: String,
    /// The key, made by [`credential`].
    pub key: String,
    /// The secret, made by [`credential`]. One answer contains it; it is never stored.
    pub secret: String,
    /// The SHA-256 of the secret, which is stored.
    pub secret_digest: String,
    /// The time of the call.
    pub created: Timestamp,
}

/// A key or a secret: 40 lower-case letters and digits, made of random numbers.
///
/// Each number gives eight characters. They need 42 of its 64 bits, so all characters are almost equally likely.
#[must_use]
pub fn credential(random: [u64; 5]) -> String {
    let mut text = String::with_capacity(40);
    for mut number in random {
        for _ in 0..8 {
            text.extend(u32::try_from(number % 36).ok().and_then(|digit| char::from_digit(digit, 36)));
            number /= 36;
        }
    }
    text
}

/// The user id of the creator: the one in the draft, or the caller's if that is empty.
#[must_use]
pub fn creator<'a>(actor: &'a Actor, draft: &'a ConsumerDraft) -> &'a str {
    if draft.created_by_user_id.is_empty() { &actor.caller.user_id } else { &draft.created_by_user_id }
}

/// createConsumer. `creator` is the user with the id of [`creator()`], if that user exists. The creation time comes from the clock,
/// not from the draft.
pub fn create(
    actor: &Actor,
    creator: Option<UserDetails>,
    issued: IssuedCredentials,
    draft: ConsumerDraft,
) -> Result<(ConsumerCreated, Vec<Change>), Refusal> {
    actor.require(Action::CreateConsumer, "")?;
    if !draft.created_by_user_id.is_empty() && draft.created_by_user_id != actor.caller.user_id {
        // The reply shows that user.
        actor.require(Action::ReadAnyUser, "")?;
    }
    let creator = creator.ok_or(Refusal::UserUnknown)?;
    let ConsumerDraft { app_name, app_type, description, developer_email, redirect_url, enabled, .. } = draft;
    new_consumer(
        creator,
        issued,
        ConsumerRegistration { app_name, app_type, description, developer_email, redirect_url },
        enabled,
    )
}

/// createMyConsumer. `creator` is the caller, if that user still exists.
pub fn register(
    creator: Option<UserDetails>,
    issued: IssuedCredentials,
    draft: ConsumerRegistration,
) -> Result<(ConsumerCreated, Vec<Change>), Refusal> {
    let creator = creator.ok_or(Refusal::UserUnknown)?;
    new_consumer(creator, issued, draft, true)
}

/// Checks the texts of a consumer and makes the reply and the change.
fn new_consumer(
    creator: UserDetails,
    issued: IssuedCredentials,
    draft: ConsumerRegistration,
    enabled: bool,
) -> Result<(ConsumerCreated, Vec<Change>), Refusal> {
    limits::text_between("app_name", &draft.app_name, APP_NAME_CHARS_MIN, TEXT_CHARS_MAX)?;
    limits::readable("app_name", &draft.app_name)?;
    if !["Confidential", "Public"].contains(&draft.app_type.as_str()) {
        return Err(Refusal::TextMalformed("app_type", "must be Confidential or Public"));
    }
    limits::text("description", &draft.description, TEXT_CHARS_MAX)?;
    limits::text("developer_email", &draft.developer_email, TEXT_CHARS_MAX)?;
    let email = limits::email(&draft.developer_email)
        .ok_or(Refusal::TextMalformed("developer_email", "must be an e-mail address"))?;
    limits::text("redirect_url", &draft.redirect_url, limits::URL_CHARS_MAX)?;
    let ConsumerRegistration { app_name, app_type, description, redirect_url, .. } = draft;
    let IssuedCredentials { consumer_id, key, secret, secret_digest, created } = issued;
    let stored = NewConsumer {
        consumer_id: consumer_id.clone(),
        key: key.clone(),
        secret_digest,
        app_name: app_name.clone(),
        app_type: app_type.clone(),
        description: description.clone(),
        developer_email: email.clone(),
        redirect_url: redirect_url.clone(),
        created_by_user_id: creator.user_id.clone(),
        enabled,
        created,
    };
    let reply = ConsumerCreated {
        consumer_id,
        key,
        secret,
        app_name,
        app_type,
        description,
        developer_email: email,
        redirect_url,
        created_by_user_id: creator.user_id.clone(),
        created_by_user: creator,
        enabled,
        created,
    };
    Ok((reply, vec![Change::CreateConsumer(stored)]))
}

/// The condition of getConsumers, checked before the shell reads any consumer.
///
/// # Errors
/// [`Refusal::RolesMissing`].
pub fn require_read_all(actor: &Actor) -> Result<(), Refusal> {
    actor.require(Action::ReadConsumers, "")
}

/// The action of enableDisableConsumers that the draft asks for.
#[must_use]
pub const fn switching(draft: &ConsumerEnabled) -> Action {
    if draft.enabled { Action::EnableConsumer } else { Action::DisableConsumer }
}

/// enableDisableConsumers.
pub fn set_enabled(
    actor: &Actor,
    exists: bool,
    consumer_id: String,
    draft: ConsumerEnabled,
) -> Result<(ConsumerEnabled, Vec<Change>), Refusal> {
    actor.require(switching(&draft), "")?;
    if !exists {
        return Err(Refusal::ConsumerUnknown);
    }
    let enabled = draft.enabled;
    Ok((draft, vec![Change::SwitchConsumer(ConsumerSwitch { consumer_id, enabled })]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::testing::{kim, kim_with};
    use crate::roles::Role;
    use crate::users::testing::user_with;

    const NOW: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };

    fn draft() -> ConsumerDraft {
        ConsumerDraft {
            app_name: "App".to_owned(),
            app_type: "Public".to_owned(),
            description: String::new(),
            developer_email: " Kim@Example.com".to_owned(),
            redirect_url: "https://example.com/back".to_owned(),
            created_by_user_id: String::new(),
            enabled: true,
            created: Timestamp { milliseconds: 0 },
        }
    }

    fn issued() -> IssuedCredentials {
        IssuedCredentials {
            consumer_id: "c-1".to_owned(),
            key: "the key".to_owned(),
            secret: "the secret".to_owned(),
            secret_digest: "the digest".to_owned(),
            created: NOW,
        }
    }

    fn creator_of_consumers() -> Actor {
        kim_with(&[(Role::CanCreateConsumer, "")])
    }

    #[test]
    fn a_credential_is_40_lower_case_letters_and_digits() {
        assert_eq!(credential([0; 5]), "0".repeat(40));
        assert_eq!(credential([35, 36, 10, 0, 1]), "z000000001000000a00000000000000010000000");
        let text = credential([u64::MAX, 1 << 63, 0x9e37_79b9_7f4a_7c15, 7, u64::MAX / 3]);
        assert_eq!(text.len(), 40);
        assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{text}");
    }

    #[test]
    fn the_answer_has_the_secret_of_a_new_consumer_and_only_its_digest_is_stored() {
        let kim = user_with("kim", &[]);
        let (reply, changes) = create(&creator_of_consumers(), Some(kim.clone()), issued(), draft()).unwrap();
        assert_eq!((reply.key.as_str(), reply.secret.as_str()), ("the key", "the secret"));
        assert_eq!((reply.consumer_id.as_str(), reply.created, reply.enabled), ("c-1", NOW, true));
        assert_eq!((&reply.created_by_user_id, &reply.created_by_user), (&kim.user_id, &kim));
        let stored = NewConsumer {
            consumer_id: "c-1".to_owned(),
            key: "the key".to_owned(),
            secret_digest: "the digest".to_owned(),
            app_name: "App".to_owned(),
            app_type: "Public".to_owned(),
            description: String::new(),
            developer_email: "kim@example.com".to_owned(),
            redirect_url: "https://example.com/back".to_owned(),
            created_by_user_id: "u-kim".to_owned(),
            enabled: true,
            created: NOW,
        };
        assert_eq!(changes, [Change::CreateConsumer(stored)]);
        assert_eq!(reply.developer_email, "kim@example.com");
    }

    #[test]
    fn a_consumer_belongs_to_the_named_user_or_to_the_caller() {
        let for_lee = ConsumerDraft { created_by_user_id: "u-lee".to_owned(), ..draft() };
        assert_eq!(
            (creator(&creator_of_consumers(), &draft()), creator(&creator_of_consumers(), &for_lee)),
            ("u-kim", "u-lee")
        );
        let lee = || Some(user_with("lee", &[]));
        let reader = kim_with(&[(Role::CanCreateConsumer, ""), (Role::CanGetAnyUser, "")]);
        let (reply, _) = create(&reader, lee(), issued(), for_lee.clone()).unwrap();
        assert_eq!(reply.created_by_user_id, "u-lee");
        // The reply shows lee.
        let refused = create(&creator_of_consumers(), lee(), issued(), for_lee).map(|_| ());
        assert_eq!(refused, Err(Refusal::RolesMissing(&[Role::CanGetAnyUser])));
    }

    #[test]
    fn refusals_come_in_the_order_of_the_contract() {
        // First every fault at once, then one fewer in each step.
        let long = || "x".repeat(256);
        let mut draft = ConsumerDraft {
            app_name: "Ap".to_owned(),
            app_type: "public".to_owned(),
            description: long(),
            developer_email: long(),
            redirect_url: "x".repeat(2049),
            ..draft()
        };
        let roles_missing = Refusal::RolesMissing(&[Role::CanCreateConsumer]);
        assert_eq!(create(&kim(), None, issued(), draft.clone()), Err(roles_missing));
        assert_eq!(create(&creator_of_consumers(), None, issued(), draft.clone()), Err(Refusal::UserUnknown));
        let made = |draft: &ConsumerDraft| {
            create(&creator_of_consumers(), Some(user_with("kim", &[])), issued(), draft.clone())
        };
        let mut check = |repair: fn(&mut ConsumerDraft), refusal: Refusal| {
            assert_eq!(made(&draft), Err(refusal));
            repair(&mut draft);
        };
        check(|draft| draft.app_name = "x".repeat(256), Refusal::TextMissing("app_name", 3));
        check(|draft| draft.app_name = "App ".to_owned(), Refusal::TextTooLong("app_name", 255));
        let space = Refusal::TextMalformed("app_name", "must not begin or end with a space");
        check(|draft| draft.app_name = "x".repeat(255), space);
        let wrong_type = Refusal::TextMalformed("app_type", "must be Confidential or Public");
        check(|draft| draft.app_type = "Confidential".to_owned(), wrong_type);
        check(|draft| draft.description.clear(), Refusal::TextTooLong("description", 255));
        check(|draft| draft.developer_email.clear(), Refusal::TextTooLong("developer_email", 255));
        let wrong_email = Refusal::TextMalformed("developer_email", "must be an e-mail address");
        check(|draft| draft.developer_email = "a@b".to_owned(), wrong_email);
        check(|draft| draft.redirect_url.clear(), Refusal::TextTooLong("redirect_url", 2048));
        assert!(made(&draft).is_ok());
    }

    #[test]
    fn every_user_registers_what_create_would_accept() {
        // First every fault at once, then one fewer in each step.
        let mut draft = ConsumerRegistration {
            app_name: "Ap".to_owned(),
            app_type: "public".to_owned(),
            description: "x".repeat(256),
            developer_email: "dev".to_owned(),
            redirect_url: "x".repeat(2049),
        };
        assert_eq!(register(None, issued(), draft.clone()), Err(Refusal::UserUnknown));
        let kim = || user_with("kim", &[]);
        let mut check = |repair: fn(&mut ConsumerRegistration), refusal: Refusal| {
            assert_eq!(register(Some(kim()), issued(), draft.clone()), Err(refusal));
            repair(&mut draft);
        };
        check(|draft| draft.app_name = "App".to_owned(), Refusal::TextMissing("app_name", 3));
        let wrong_type = Refusal::TextMalformed("app_type", "must be Confidential or Public");
        check(|draft| draft.app_type = "Public".to_owned(), wrong_type);
        check(|draft| draft.description.clear(), Refusal::TextTooLong("description", 255));
        let wrong_email = Refusal::TextMalformed("developer_email", "must be an e-mail address");
        check(|draft| draft.developer_email = " Kim@Example.com".to_owned(), wrong_email);
        check(
            |draft| draft.redirect_url = "https://example.com/back".to_owned(),
            Refusal::TextTooLong("redirect_url", 2048),
        );
        // kim has no role, and gets the consumer that a user with the role would create for kim.
        assert_eq!(
            register(Some(kim()), issued(), draft),
            create(&creator_of_consumers(), Some(kim()), issued(), self::draft())
        );
    }

    #[test]
    fn enabling_and_disabling_need_a_role_each() {
        let (can_enable, can_disable) = (Role::CanEnableConsumers, Role::CanDisableConsumers);
        let none: &[Role] = &[];
        let cases = [
            (true, none, Err(Refusal::RolesMissing(&[Role::CanEnableConsumers]))),
            (true, &[can_disable], Err(Refusal::RolesMissing(&[Role::CanEnableConsumers]))),
            (true, &[can_enable], Ok(())),
            (false, none, Err(Refusal::RolesMissing(&[Role::CanDisableConsumers]))),
            (false, &[can_enable], Err(Refusal::RolesMissing(&[Role::CanDisableConsumers]))),
            (false, &[can_disable], Ok(())),
        ];
        for (enabled, roles, allowed) in cases {
            let actor = kim_with(&roles.iter().map(|role| (*role, "")).collect::<Vec<_>>());
            let switched = |exists| set_enabled(&actor, exists, "c-1".to_owned(), ConsumerEnabled { enabled });
            let switch = Change::SwitchConsumer(ConsumerSwitch { consumer_id: "c-1".to_owned(), enabled });
            let unknown = allowed.clone().and(Err(Refusal::ConsumerUnknown));
            assert_eq!(switched(false), unknown);
            assert_eq!(switched(true), allowed.map(|()| (ConsumerEnabled { enabled }, vec![switch])));
        }
    }

    #[test]
    fn only_users_with_the_role_read_all_consumers() {
        assert_eq!(require_read_all(&kim()), Err(Refusal::RolesMissing(&[Role::CanGetConsumers])));
        assert_eq!(require_read_all(&kim_with(&[(Role::CanGetConsumers, "")])), Ok(()));
    }
}
