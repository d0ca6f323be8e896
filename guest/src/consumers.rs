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

/// What a new consumer gets from chance and the clock.
#[derive(Debug)]
pub struct Issued {
    /// A UUID.
    pub consumer_id: String,
    /// Made by [`credential`].
    pub key: String,
    /// Made by [`credential`]; told once, never stored.
    pub secret: String,
    /// What is stored of the secret.
    pub secret_digest: String,
    /// When.
    pub created: Timestamp,
}

/// A key or a secret of 40 lower-case letters and digits, made of random numbers.
///
/// Eight characters need 42 of a number's 64 bits, so that none is noticeably likelier than another.
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

/// The user a new consumer is to belong to: the one the draft names, or else the caller.
#[must_use]
pub fn creator<'a>(actor: &'a Actor, draft: &'a ConsumerDraft) -> &'a str {
    if draft.created_by_user_id.is_empty() { &actor.caller.user_id } else { &draft.created_by_user_id }
}

/// createConsumer; `creator` is the user that [`creator()`] names, if there is one. The server's clock dates it, not the draft.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn create(
    actor: &Actor,
    creator: Option<UserDetails>,
    issued: Issued,
    draft: ConsumerDraft,
) -> Result<(ConsumerCreated, Vec<Change>), Refusal> {
    actor.require(Action::CreateConsumer, "")?;
    if !draft.created_by_user_id.is_empty() && draft.created_by_user_id != actor.caller.user_id {
        // The reply tells who that is.
        actor.require(Action::ReadAnyUser, "")?;
    }
    let creator = creator.ok_or(Refusal::UserUnknown)?;
    let ConsumerDraft { app_name, app_type, description, developer_email, redirect_url, enabled, .. } = draft;
    made(
        creator,
        issued,
        ConsumerRegistration { app_name, app_type, description, developer_email, redirect_url },
        enabled,
    )
}

/// createMyConsumer; `creator` is the caller, if there still is such a user.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn register(
    creator: Option<UserDetails>,
    issued: Issued,
    draft: ConsumerRegistration,
) -> Result<(ConsumerCreated, Vec<Change>), Refusal> {
    let creator = creator.ok_or(Refusal::UserUnknown)?;
    made(creator, issued, draft, true)
}

/// A consumer of that user's, if it is described as it must be.
fn made(
    creator: UserDetails,
    issued: Issued,
    draft: ConsumerRegistration,
    enabled: bool,
) -> Result<(ConsumerCreated, Vec<Change>), Refusal> {
    limits::text_between("app_name", &draft.app_name, APP_NAME_CHARS_MIN, TEXT_CHARS_MAX)?;
    if !["Confidential", "Public"].contains(&draft.app_type.as_str()) {
        return Err(Refusal::TextMalformed("app_type", "must be Confidential or Public"));
    }
    limits::text("description", &draft.description, TEXT_CHARS_MAX)?;
    limits::text("developer_email", &draft.developer_email, TEXT_CHARS_MAX)?;
    let email = limits::email(&draft.developer_email)
        .ok_or(Refusal::TextMalformed("developer_email", "must be an e-mail address"))?;
    limits::text("redirect_url", &draft.redirect_url, TEXT_CHARS_MAX)?;
    let ConsumerRegistration { app_name, app_type, description, redirect_url, .. } = draft;
    let Issued { consumer_id, key, secret, secret_digest, created } = issued;
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

/// getConsumers: whether they may be read. Judged before they are read for nothing.
///
/// # Errors
/// [`Refusal::RolesMissing`].
pub fn require_read_all(actor: &Actor) -> Result<(), Refusal> {
    actor.require(Action::ReadConsumers, "")
}

/// What enableDisableConsumers is asked to do.
#[must_use]
pub const fn switching(draft: &ConsumerEnabled) -> Action {
    if draft.enabled { Action::EnableConsumer } else { Action::DisableConsumer }
}

/// enableDisableConsumers.
///
/// # Errors
/// The first refusal, in the order of the lines.
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

    fn issued() -> Issued {
        Issued {
            consumer_id: "c-1".to_owned(),
            key: "the key".to_owned(),
            secret: "the secret".to_owned(),
            secret_digest: "the digest".to_owned(),
            created: NOW,
        }
    }

    fn maker() -> Actor {
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
    fn a_new_consumers_secret_is_told_and_only_its_digest_is_stored() {
        let kim = user_with("kim", &[]);
        let (reply, changes) = create(&maker(), Some(kim.clone()), issued(), draft()).unwrap();
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
    fn a_consumer_belongs_to_the_user_named_or_else_to_the_caller() {
        let for_lee = ConsumerDraft { created_by_user_id: "u-lee".to_owned(), ..draft() };
        assert_eq!((creator(&maker(), &draft()), creator(&maker(), &for_lee)), ("u-kim", "u-lee"));
        let lee = || Some(user_with("lee", &[]));
        let reader = kim_with(&[(Role::CanCreateConsumer, ""), (Role::CanGetAnyUser, "")]);
        let (reply, _) = create(&reader, lee(), issued(), for_lee.clone()).unwrap();
        assert_eq!(reply.created_by_user_id, "u-lee");
        // The reply tells who lee is.
        let refused = create(&maker(), lee(), issued(), for_lee).map(|_| ());
        assert_eq!(refused, Err(Refusal::RolesMissing(&[Role::CanGetAnyUser])));
    }

    #[test]
    fn refusals_come_in_the_order_of_the_contract() {
        // Every fault at once, then one less each time.
        let long = || "x".repeat(256);
        let mut draft = ConsumerDraft {
            app_name: "Ap".to_owned(),
            app_type: "public".to_owned(),
            description: long(),
            developer_email: long(),
            redirect_url: long(),
            ..draft()
        };
        let roles_missing = Refusal::RolesMissing(&[Role::CanCreateConsumer]);
        assert_eq!(create(&kim(), None, issued(), draft.clone()), Err(roles_missing));
        assert_eq!(create(&maker(), None, issued(), draft.clone()), Err(Refusal::UserUnknown));
        let made = |draft: &ConsumerDraft| create(&maker(), Some(user_with("kim", &[])), issued(), draft.clone());
        let mut check = |repair: fn(&mut ConsumerDraft), refusal: Refusal| {
            assert_eq!(made(&draft), Err(refusal));
            repair(&mut draft);
        };
        check(|draft| draft.app_name = "x".repeat(256), Refusal::TextMissing("app_name", 3));
        check(|draft| draft.app_name = "x".repeat(255), Refusal::TextTooLong("app_name", 255));
        let no_type = Refusal::TextMalformed("app_type", "must be Confidential or Public");
        check(|draft| draft.app_type = "Confidential".to_owned(), no_type);
        check(|draft| draft.description.clear(), Refusal::TextTooLong("description", 255));
        check(|draft| draft.developer_email.clear(), Refusal::TextTooLong("developer_email", 255));
        let no_email = Refusal::TextMalformed("developer_email", "must be an e-mail address");
        check(|draft| draft.developer_email = "a@b".to_owned(), no_email);
        check(|draft| draft.redirect_url.clear(), Refusal::TextTooLong("redirect_url", 255));
        assert!(made(&draft).is_ok());
    }

    #[test]
    fn anybody_registers_for_themselves_what_create_would_accept() {
        // Every fault at once, then one less each time.
        let mut draft = ConsumerRegistration {
            app_name: "Ap".to_owned(),
            app_type: "public".to_owned(),
            description: "x".repeat(256),
            developer_email: "dev".to_owned(),
            redirect_url: "x".repeat(256),
        };
        assert_eq!(register(None, issued(), draft.clone()), Err(Refusal::UserUnknown));
        let kim = || user_with("kim", &[]);
        let mut check = |repair: fn(&mut ConsumerRegistration), refusal: Refusal| {
            assert_eq!(register(Some(kim()), issued(), draft.clone()), Err(refusal));
            repair(&mut draft);
        };
        check(|draft| draft.app_name = "App".to_owned(), Refusal::TextMissing("app_name", 3));
        let no_type = Refusal::TextMalformed("app_type", "must be Confidential or Public");
        check(|draft| draft.app_type = "Public".to_owned(), no_type);
        check(|draft| draft.description.clear(), Refusal::TextTooLong("description", 255));
        let no_email = Refusal::TextMalformed("developer_email", "must be an e-mail address");
        check(|draft| draft.developer_email = " Kim@Example.com".to_owned(), no_email);
        check(
            |draft| draft.redirect_url = "https://example.com/back".to_owned(),
            Refusal::TextTooLong("redirect_url", 255),
        );
        // What is made is what somebody with the role would have made for kim, who has none.
        assert_eq!(register(Some(kim()), issued(), draft), create(&maker(), Some(kim()), issued(), self::draft()));
    }

    #[test]
    fn switching_on_and_switching_off_need_a_role_each() {
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
    fn all_consumers_are_shown_to_those_who_hold_the_role() {
        assert_eq!(require_read_all(&kim()), Err(Refusal::RolesMissing(&[Role::CanGetConsumers])));
        assert_eq!(require_read_all(&kim_with(&[(Role::CanGetConsumers, "")])), Ok(()));
    }
}
