//! Tests of the rules of entitlements.

use super::*;
use crate::access::testing::{kim, kim_with};
use crate::users::testing::user_with;

const BANK: &str = "gh.29.uk";
const NOW: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };
const GRANTERS: &[Role] = &[Role::CanCreateEntitlementAtOneBank, Role::CanCreateEntitlementAtAnyBank];

fn draft(role_name: &str, bank_id: &str) -> EntitlementDraft {
    EntitlementDraft { bank_id: bank_id.to_owned(), role_name: role_name.to_owned() }
}

fn super_admin() -> Actor {
    let mut actor = kim();
    actor.caller.super_admin = true;
    actor
}

fn granted(actor: &Actor, facts: &GrantFacts, draft: EntitlementDraft) -> Result<(Entitlement, Vec<Change>), Refusal> {
    grant(actor, facts.clone(), "e-1".to_owned(), draft)
}

fn asked(facts: &RequestFacts, draft: EntitlementDraft) -> Result<(EntitlementRequest, Vec<Change>), Refusal> {
    request(facts.clone(), "r-1".to_owned(), NOW, draft)
}

fn asked_before(role: Role, bank_id: &str) -> EntitlementRequest {
    EntitlementRequest {
        entitlement_request_id: "r-0".to_owned(),
        user: user_with("kim", &[]),
        role_name: role.name().to_owned(),
        bank_id: bank_id.to_owned(),
        created: NOW,
    }
}

#[test]
fn the_answer_is_the_entitlement_that_is_stored() {
    let facts = GrantFacts { user: Some(user_with("lee", &[])), bank_exists: true };
    let (entitlement, changes) = granted(&super_admin(), &facts, draft("CanCreateAccount", BANK)).unwrap();
    assert_eq!((entitlement.entitlement_id.as_str(), entitlement.bank_id.as_str()), ("e-1", BANK));
    assert_eq!(entitlement.role_name, "CanCreateAccount");
    assert_eq!(changes, [Change::GrantEntitlement(Grant { user_id: "u-lee".to_owned(), entitlement })]);
}

#[test]
fn refusals_to_grant_come_in_the_order_of_the_contract() {
    let user = Some(user_with("lee", &[(Role::CanCreateAccount, BANK), (Role::CanCreateBank, "")]));
    let nothing = GrantFacts { user: None, bank_exists: false };
    let no_bank = GrantFacts { user: user.clone(), bank_exists: false };
    let all_there = GrantFacts { user, bank_exists: true };
    // First every fault at once, then one fewer in each case.
    let cases = [
        (kim(), &nothing, draft("CanDoAnything", ""), Refusal::RoleUnknown("CanDoAnything".to_owned())),
        (kim(), &nothing, draft("CanCreateAccount", ""), Refusal::RoleNeedsBank),
        (kim(), &nothing, draft("CanCreateBank", BANK), Refusal::RoleTakesNoBank),
        (kim(), &nothing, draft("CanCreateAccount", BANK), Refusal::MayNotGrant(GRANTERS)),
        (super_admin(), &nothing, draft("CanCreateAccount", BANK), Refusal::UserUnknown),
        (super_admin(), &no_bank, draft("CanCreateAccount", BANK), Refusal::BankUnknown),
        (super_admin(), &all_there, draft("CanCreateAccount", BANK), Refusal::EntitlementTaken),
        (super_admin(), &no_bank, draft("CanCreateBank", ""), Refusal::EntitlementTaken),
    ];
    for (actor, facts, draft, refusal) in cases {
        assert_eq!(granted(&actor, facts, draft), Err(refusal));
    }
    assert!(granted(&super_admin(), &all_there, draft("CanCreateAccount", "other")).is_ok());
    assert!(granted(&super_admin(), &no_bank, draft("CanCreateConsumer", "")).is_ok());
}

#[test]
fn super_admins_and_holders_of_the_two_roles_grant_roles() {
    let at_one = |bank_id| kim_with(&[(Role::CanCreateEntitlementAtOneBank, bank_id)]);
    let at_any = || kim_with(&[(Role::CanCreateEntitlementAtAnyBank, "")]);
    let facts = GrantFacts { user: Some(user_with("lee", &[])), bank_exists: true };
    let cases = [
        ("no role, bank role", kim(), "CanCreateAccount", BANK, false),
        ("no role, system role", kim(), "CanCreateBank", "", false),
        ("super admin, bank role", super_admin(), "CanCreateAccount", BANK, true),
        ("super admin, system role", super_admin(), "CanCreateBank", "", true),
        ("at this bank, bank role", at_one(BANK), "CanCreateAccount", BANK, true),
        ("at this bank, its own role", at_one(BANK), "CanCreateEntitlementAtOneBank", BANK, true),
        ("at another bank, bank role", at_one("other"), "CanCreateAccount", BANK, false),
        ("at this bank, system role", at_one(BANK), "CanCreateEntitlementAtAnyBank", "", false),
        ("at any bank, bank role", at_any(), "CanCreateAccount", BANK, true),
        ("at any bank, system role", at_any(), "CanCreateBank", "", true),
    ];
    for (who, actor, role, bank_id, allowed) in cases {
        let result = granted(&actor, &facts, draft(role, bank_id));
        assert_eq!(result.is_ok(), allowed, "{who}");
        assert_eq!(result == Err(Refusal::MayNotGrant(GRANTERS)), !allowed, "{who}");
    }
}

#[test]
fn a_super_admin_has_no_other_right() {
    let admin = super_admin();
    let lee = Some(user_with("lee", &[]));
    let reads_any = Refusal::RolesMissing(&[Role::CanGetEntitlementsForAnyUserAtAnyBank]);
    let revokes = Refusal::RolesMissing(&[Role::CanDeleteEntitlementAtAnyBank]);
    assert_eq!(of_user(&admin, lee.clone(), false), Err(reads_any.clone()));
    assert_eq!(require_read_all(&admin, None), Err(reads_any));
    assert_eq!(revoke(&admin, lee, "e".to_owned()), Err(revokes));
    assert!(require_read_requests(&admin).is_err());
}

#[test]
fn the_role_super_admin_cannot_be_granted() {
    let facts = GrantFacts { user: Some(user_with("lee", &[])), bank_exists: true };
    let unknown = Refusal::RoleUnknown("SuperAdmin".to_owned());
    assert_eq!(granted(&super_admin(), &facts, draft("SuperAdmin", "")), Err(unknown));
}

#[test]
fn a_users_roles_are_shown_to_those_who_hold_the_role_and_end_with_super_admin() {
    let reader = kim_with(&[(Role::CanGetEntitlementsForAnyUserAtAnyBank, "")]);
    let needed = Refusal::RolesMissing(&[Role::CanGetEntitlementsForAnyUserAtAnyBank]);
    let lee = user_with("lee", &[(Role::CanCreateBank, "")]);
    assert_eq!(of_user(&kim(), None, true), Err(needed.clone()));
    assert_eq!(of_user(&kim(), Some(lee.clone()), true), Err(needed));
    assert_eq!(of_user(&reader, None, true), Err(Refusal::UserUnknown));
    assert_eq!(of_user(&reader, Some(lee.clone()), false), Ok(lee.entitlements.clone()));
    let list = of_user(&reader, Some(lee.clone()), true).unwrap().list;
    let crown =
        Entitlement { entitlement_id: String::new(), role_name: "SuperAdmin".to_owned(), bank_id: String::new() };
    assert_eq!(list, [lee.entitlements.list, vec![crown]].concat());
}

#[test]
fn the_callers_own_roles_end_with_super_admin() {
    let held = user_with("lee", &[(Role::CanCreateBank, "")]).entitlements.list;
    assert_eq!(mine(&kim().caller, held.clone()).list, held);
    let list = mine(&super_admin().caller, held.clone()).list;
    assert_eq!(list.split_last().map(|(last, rest)| (last.role_name.as_str(), rest)), Some(("SuperAdmin", &*held)));
}

#[test]
fn reading_the_roles_at_a_bank_is_refused_in_the_order_of_the_contract() {
    let at_bank = || kim_with(&[(Role::CanGetEntitlementsForAnyUserAtOneBank, BANK)]);
    let needed = Refusal::RolesMissing(&[
        Role::CanGetEntitlementsForAnyUserAtOneBank,
        Role::CanGetEntitlementsForAnyUserAtAnyBank,
    ]);
    let elsewhere = kim_with(&[(Role::CanGetEntitlementsForAnyUserAtOneBank, "other")]);
    // First every fault at once, then one fewer in each case.
    let cases = [
        (kim(), "b b", false, Refusal::BankIdMalformed),
        (kim(), BANK, false, Refusal::BankUnknown),
        (kim(), BANK, true, needed.clone()),
        (elsewhere, BANK, true, needed),
        (at_bank(), BANK, true, Refusal::UserUnknown),
    ];
    for (actor, bank_id, bank_exists, refusal) in cases {
        assert_eq!(of_user_at_bank(&actor, bank_id, bank_exists, None), Err(refusal));
    }
    let here = (Role::CanCreateAccount, BANK);
    let lee = user_with("lee", &[here, (Role::CanCreateAccount, "other"), (Role::CanCreateBank, "")]);
    let anywhere = kim_with(&[(Role::CanGetEntitlementsForAnyUserAtAnyBank, "")]);
    for actor in [at_bank(), anywhere] {
        let shown = of_user_at_bank(&actor, BANK, true, Some(lee.clone()));
        assert_eq!(shown, Ok(user_with("lee", &[here]).entitlements));
    }
}

#[test]
fn only_users_with_the_role_read_the_entitlements_of_all_users() {
    let reader = kim_with(&[(Role::CanGetEntitlementsForAnyUserAtAnyBank, "")]);
    let needed = Refusal::RolesMissing(&[Role::CanGetEntitlementsForAnyUserAtAnyBank]);
    let cases = [
        (kim(), Some("CanDoAnything"), Err(needed)),
        (reader, Some("CanDoAnything"), Err(Refusal::RoleUnknown("CanDoAnything".to_owned()))),
    ];
    for (actor, role_name, result) in cases {
        assert_eq!(require_read_all(&actor, role_name), result);
    }
    let reader = kim_with(&[(Role::CanGetEntitlementsForAnyUserAtAnyBank, "")]);
    assert_eq!(require_read_all(&reader, Some("CanCreateBank")), Ok(()));
    assert_eq!(require_read_all(&reader, None), Ok(()));
}

#[test]
fn an_entitlement_is_revoked_only_from_its_holder() {
    let revoker = kim_with(&[(Role::CanDeleteEntitlementAtAnyBank, "")]);
    let needed = Refusal::RolesMissing(&[Role::CanDeleteEntitlementAtAnyBank]);
    // In these tests every entitlement has the id `e`.
    let holder = Some(user_with("lee", &[(Role::CanCreateBank, "")]));
    let cases = [
        (&kim(), None, "other", Err(needed)),
        (&revoker, None, "other", Err(Refusal::UserUnknown)),
        (&revoker, holder.clone(), "other", Err(Refusal::EntitlementUnknown)),
        (&revoker, holder.clone(), "", Err(Refusal::EntitlementUnknown)),
        (&revoker, holder, "e", Ok(vec![Change::RevokeEntitlement("e".to_owned())])),
    ];
    for (actor, user, id, result) in cases {
        assert_eq!(revoke(actor, user, id.to_owned()), result);
    }
}

#[test]
fn the_list_of_roles_shows_which_roles_need_a_bank() {
    let list = roles().roles;
    assert_eq!(list.len(), Role::ALL.len());
    for (role, requires_bank_id) in [("CanCreateAccount", true), ("CanCreateBank", false)] {
        assert!(list.contains(&RoleRow { role: role.to_owned(), requires_bank_id }), "{role}");
    }
}

#[test]
fn the_answer_is_the_request_that_is_stored() {
    let kim = user_with("kim", &[(Role::CanCreateAccount, "other")]);
    let facts = RequestFacts { user: Some(kim.clone()), requested: false, bank_exists: true };
    let (reply, changes) = asked(&facts, draft("CanCreateAccount", BANK)).unwrap();
    let expected = EntitlementRequest {
        entitlement_request_id: "r-1".to_owned(),
        user: kim,
        ..asked_before(Role::CanCreateAccount, BANK)
    };
    assert_eq!(reply, expected);
    let stored = NewEntitlementRequest {
        entitlement_request_id: "r-1".to_owned(),
        user_id: "u-kim".to_owned(),
        role_name: "CanCreateAccount".to_owned(),
        bank_id: BANK.to_owned(),
        created: NOW,
    };
    assert_eq!(changes, [Change::RequestEntitlement(stored)]);
}

#[test]
fn requests_are_refused_in_the_order_of_the_contract() {
    // First every fault at once, then one fewer in each case.
    let nothing = RequestFacts { user: None, requested: true, bank_exists: false };
    let unknown_caller = RequestFacts { bank_exists: true, ..nothing.clone() };
    let holder = user_with("kim", &[(Role::CanCreateAccount, BANK)]);
    let held = RequestFacts { user: Some(holder), ..unknown_caller.clone() };
    let asked_for = RequestFacts { user: Some(user_with("kim", &[])), ..held.clone() };
    let cases = [
        (&nothing, draft("CanDoAnything", ""), Refusal::RoleUnknown("CanDoAnything".to_owned())),
        (&nothing, draft("CanCreateAccount", ""), Refusal::RoleNeedsBank),
        (&nothing, draft("CanCreateBank", BANK), Refusal::RoleTakesNoBank),
        (&nothing, draft("CanCreateAccount", BANK), Refusal::BankUnknown),
        (&unknown_caller, draft("CanCreateAccount", BANK), Refusal::UserUnknown),
        (&held, draft("CanCreateAccount", BANK), Refusal::EntitlementTaken),
        (&asked_for, draft("CanCreateAccount", BANK), Refusal::EntitlementRequestTaken),
    ];
    for (facts, draft, refusal) in cases {
        assert_eq!(asked(facts, draft), Err(refusal));
    }
    let fresh = RequestFacts { requested: false, ..asked_for };
    assert!(asked(&fresh, draft("CanCreateAccount", BANK)).is_ok());
    let system_role = RequestFacts { bank_exists: false, ..fresh };
    assert!(asked(&system_role, draft("CanCreateBank", "")).is_ok());
}

#[test]
fn only_users_with_the_roles_read_and_delete_requests() {
    let reader = kim_with(&[(Role::CanGetEntitlementRequestsAtAnyBank, "")]);
    let dropper = kim_with(&[(Role::CanDeleteEntitlementRequestsAtAnyBank, "")]);
    let may_not_read = Refusal::RolesMissing(&[Role::CanGetEntitlementRequestsAtAnyBank]);
    let may_not_drop = Refusal::RolesMissing(&[Role::CanDeleteEntitlementRequestsAtAnyBank]);
    let asked = asked_before(Role::CanCreateAccount, BANK);

    assert_eq!(require_read_requests(&dropper), Err(may_not_read.clone()));
    assert_eq!(require_read_requests(&reader), Ok(()));
    assert_eq!(require_read_requests_of(&dropper, false), Err(may_not_read));
    assert_eq!(require_read_requests_of(&reader, false), Err(Refusal::UserUnknown));
    assert_eq!(require_read_requests_of(&reader, true), Ok(()));

    assert_eq!(drop_request(&reader, None), Err(may_not_drop));
    assert_eq!(drop_request(&dropper, None), Err(Refusal::EntitlementRequestUnknown));
    let dropped = vec![Change::DropEntitlementRequest("r-0".to_owned())];
    assert_eq!(drop_request(&dropper, Some(asked)), Ok(dropped));
}
