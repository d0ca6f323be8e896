//! Tests of the rules of users.

use super::testing::user_with;
use super::*;
use crate::access::testing::{kim, kim_with};
use crate::passwords::PasswordFault;
use crate::passwords::PasswordPart::{Digit, Lower, Upper};
use crate::roles::Role;
use crate::timestamp::Timestamp;

fn draft() -> UserDraft {
    UserDraft {
        email: " Robert.X.0.GH@example.com ".to_owned(),
        username: "robert.x.0.gh".to_owned(),
        password: "Abcdefg12!".to_owned(),
        first_name: "Robert".to_owned(),
        last_name: String::new(),
    }
}

fn created(username_taken: bool, draft: UserDraft) -> Result<Registration, Refusal> {
    create(username_taken, "OBP".to_owned(), "u-1".to_owned(), draft)
}

fn with_username(username: &str) -> Result<(), Refusal> {
    created(false, UserDraft { username: username.to_owned(), ..draft() }).map(|_| ())
}

#[test]
fn a_new_user_has_an_address_in_lower_case_and_no_roles_and_only_the_hash_of_the_password_is_stored() {
    let registration = created(false, draft()).unwrap();
    assert_eq!(registration.password, "Abcdefg12!");
    let user = registration.user.clone();
    let (reply, change) = registration.with_password_hash("$argon2id$…".to_owned());
    assert_eq!((reply.user_id.as_str(), reply.provider.as_str()), ("u-1", "OBP"));
    assert_eq!((reply.username.as_str(), reply.provider_id.as_str()), ("robert.x.0.gh", "robert.x.0.gh"));
    assert_eq!(reply.email, "robert.x.0.gh@example.com");
    assert!(reply.entitlements.list.is_empty());
    let stored = NewUser {
        user,
        first_name: "Robert".to_owned(),
        last_name: String::new(),
        password_hash: "$argon2id$…".to_owned(),
    };
    assert_eq!(change, Change::CreateUser(stored));
}

#[test]
fn refusals_come_in_the_order_of_the_contract() {
    // First every fault at once, then one fewer in each step.
    let mut draft = UserDraft {
        email: "x".repeat(255),
        username: "ü".repeat(255),
        password: "\t".repeat(9),
        first_name: "x".repeat(101),
        last_name: "x".repeat(101),
    };
    let mut check = |repair: fn(&mut UserDraft), refusal: Refusal| {
        assert_eq!(created(true, draft.clone()).map(|_| ()), Err(refusal));
        repair(&mut draft);
    };
    let charset = "must consist of A-Z, a-z, 0-9 and the characters .!#$%&'*+/=?^_`{|}~-@";
    let weak = PasswordFault::Weak { chars: 9, missing: vec![Digit, Lower, Upper] };
    check(|draft| draft.email = "no-address".to_owned(), Refusal::TextTooLong("email", 254));
    check(|draft| draft.username.clear(), Refusal::TextTooLong("username", 254));
    check(|draft| draft.username = " u".to_owned(), Refusal::TextMissing("username", 1));
    check(|draft| draft.username = "..".to_owned(), Refusal::TextMalformed("username", charset));
    let dots = Refusal::TextMalformed("username", "must not be '.' or '..'");
    check(|draft| draft.username = "u".to_owned(), dots);
    check(|draft| draft.first_name.clear(), Refusal::TextTooLong("first_name", 100));
    check(|draft| draft.last_name.clear(), Refusal::TextTooLong("last_name", 100));
    check(|draft| draft.password = "\t".repeat(17), Refusal::PasswordInvalid(weak));
    let tab = PasswordFault::Unusable('\t');
    check(|draft| draft.password = "x".repeat(17), Refusal::PasswordInvalid(tab));
    check(|_| {}, Refusal::UsernameTaken);
    assert_eq!(created(false, draft.clone()).map(|_| ()), Err(Refusal::EmailInvalid));
    draft.email = "a@b".to_owned();
    assert!(created(false, draft).is_ok());
}

#[test]
fn a_user_name_may_be_an_e_mail_address() {
    let specials = format!("a{USERNAME_SPECIAL_CHARS}");
    for good in ["x", "jane+test@example.com", "o'neil@example.com", "...", ".x", "12345", &specials, &"x".repeat(254)]
    {
        assert_eq!(with_username(good), Ok(()), "{good}");
    }
    for bad in ["", ".", "..", " kim", "kim lee", "kim,lee", "kim\"", "kim\\", "kim\t", "kïm", &"x".repeat(255)] {
        assert!(with_username(bad).is_err(), "{bad}");
    }
}

#[test]
fn every_name_that_can_register_and_every_name_of_earlier_versions_can_log_in() {
    for character in '\0'..='\u{ff}' {
        let name = format!("a{character}b");
        assert_eq!(may_be_username(&name), with_username(&name).is_ok() || character == ' ', "{character:?}");
    }
    assert!(!may_be_username(" kim") && !may_be_username("kim "));
}

#[test]
fn a_text_may_have_its_greatest_length() {
    let email = format!("{}@example.com", "x".repeat(242));
    let [first_name, last_name] = ["ü".repeat(100), "ü".repeat(100)];
    assert!(created(false, UserDraft { email, first_name, last_name, ..draft() }).is_ok());
}

#[test]
fn only_users_with_the_role_learn_whether_a_user_exists() {
    let reader = kim_with(&[(Role::CanGetAnyUser, "")]);
    let needed = Refusal::RolesMissing(&[Role::CanGetAnyUser]);
    let lee = user_with("lee", &[]);
    for user in [None, Some(lee.clone())] {
        assert_eq!(by_id(&kim(), user.clone()), Err(needed.clone()));
        assert_eq!(by_username(&kim(), user), Err(needed.clone()));
    }
    assert_eq!(by_id(&reader, None), Err(Refusal::UserUnknown));
    assert_eq!(by_username(&reader, None), Err(Refusal::UsernameUnknown));
    assert_eq!(by_id(&reader, Some(lee.clone())), Ok(lee.clone()));
    assert_eq!(by_username(&reader, Some(lee.clone())), Ok(lee.clone()));
    assert_eq!(current(Some(lee.clone())), Ok(lee));
    assert_eq!(current(None), Err(Refusal::UserUnknown));
}

#[test]
fn a_page_holds_1_to_1000_users() {
    let reader = kim_with(&[(Role::CanGetAnyUser, "")]);
    for (asked, answered) in [(0, 1), (1, 1), (50, 50), (1000, 1000), (u32::MAX, 1000)] {
        assert_eq!(page(&reader, asked), Ok(answered));
        assert_eq!(page(&kim(), asked), Err(Refusal::RolesMissing(&[Role::CanGetAnyUser])));
    }
}

#[test]
fn reading_and_resetting_failed_logins_need_a_role_each() {
    let when = Timestamp { milliseconds: 1_505_779_200_000 };
    let locked =
        LockStatus { username: "lee".to_owned(), bad_attempts_since_last_success_or_reset: 6, last_failure_date: when };
    let reader = kim_with(&[(Role::CanReadUserLockedStatus, "")]);
    let unlocker = kim_with(&[(Role::CanUnlockUser, "")]);
    assert_eq!(failed_logins(&unlocker, None), Err(Refusal::RolesMissing(&[Role::CanReadUserLockedStatus])));
    assert_eq!(failed_logins(&reader, None), Err(Refusal::UsernameUnknown));
    assert_eq!(failed_logins(&reader, Some(locked.clone())), Ok(locked.clone()));
    assert_eq!(unlock(&reader, None), Err(Refusal::RolesMissing(&[Role::CanUnlockUser])));
    assert_eq!(unlock(&unlocker, None), Err(Refusal::UsernameUnknown));
    let unlocked = LockStatus { bad_attempts_since_last_success_or_reset: 0, ..locked.clone() };
    let changes = vec![Change::ResetFailedLogins("lee".to_owned())];
    assert_eq!(unlock(&unlocker, Some(locked)), Ok((unlocked, changes)));
}
