//! Banks: creating and reading them.

use crate::access::{Action, Actor};
use crate::banks_types::{Bank, BankDraft};
use crate::changes::Change;
use crate::entitlements::holds;
use crate::entitlements_types::Grant;
use crate::limits;
use crate::refusals::Refusal;
use crate::roles::Role;
use crate::users_types::Entitlement;

/// Smallest length of the id of a new bank.
pub const ID_CHARS_MIN: usize = 5;
/// Greatest length of the id of a new bank.
pub const ID_CHARS_MAX: usize = 16;
/// Greatest length of every other text of a bank.
pub const TEXT_CHARS_MAX: usize = 255;

/// getBank.
pub fn get(bank_id: &str, bank: Option<Bank>) -> Result<Bank, Refusal> {
    limits::bank_id(bank_id)?;
    bank.ok_or(Refusal::BankUnknown)
}

/// createBank. The creator of a new bank may grant its roles. The replacer of a bank gets nothing.
pub fn create(
    actor: &Actor,
    exists: bool,
    entitlement_id: String,
    draft: BankDraft,
) -> Result<(BankDraft, Vec<Change>), Refusal> {
    actor.require(Action::CreateBank, "")?;
    limits::text_between("id", &draft.id, ID_CHARS_MIN, ID_CHARS_MAX)?;
    limits::text("full_name", &draft.full_name, TEXT_CHARS_MAX)?;
    limits::text("short_name", &draft.short_name, TEXT_CHARS_MAX)?;
    limits::text("logo_url", &draft.logo_url, limits::URL_CHARS_MAX)?;
    limits::text("website_url", &draft.website_url, limits::URL_CHARS_MAX)?;
    limits::text("swift_bic", &draft.swift_bic, TEXT_CHARS_MAX)?;
    limits::text("national_identifier", &draft.national_identifier, TEXT_CHARS_MAX)?;
    limits::text("bank_routing.scheme", &draft.bank_routing.scheme, TEXT_CHARS_MAX)?;
    limits::text("bank_routing.address", &draft.bank_routing.address, TEXT_CHARS_MAX)?;
    limits::bank_id(&draft.id)?;
    let put = if exists { Change::ReplaceBank(draft.clone()) } else { Change::CreateBank(draft.clone()) };
    let mut changes = vec![put];
    let role_name = Role::CanCreateEntitlementAtOneBank.name();
    if !exists && !holds(&actor.held, role_name, &draft.id) {
        changes.push(Change::GrantEntitlement(Grant {
            user_id: actor.caller.user_id.clone(),
            entitlement: Entitlement { entitlement_id, role_name: role_name.to_owned(), bank_id: draft.id.clone() },
        }));
    }
    Ok((draft, changes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::testing::{kim, kim_with};
    use crate::banks_types::Routing;

    const ID: &str = "gh.29.uk";

    fn draft() -> BankDraft {
        BankDraft {
            id: ID.to_owned(),
            full_name: "The Great Bank".to_owned(),
            short_name: "GH".to_owned(),
            logo_url: String::new(),
            website_url: "https://example.com".to_owned(),
            swift_bic: "IIIGGB22".to_owned(),
            national_identifier: String::new(),
            bank_routing: Routing { scheme: "OBP".to_owned(), address: ID.to_owned() },
        }
    }

    fn created(actor: &Actor, exists: bool, draft: BankDraft) -> Result<(BankDraft, Vec<Change>), Refusal> {
        create(actor, exists, "e-1".to_owned(), draft)
    }

    fn with_id(id: &str) -> Result<(), Refusal> {
        let creator = kim_with(&[(Role::CanCreateBank, "")]);
        created(&creator, false, BankDraft { id: id.to_owned(), ..draft() }).map(|_| ())
    }

    #[test]
    fn the_creator_of_a_new_bank_may_grant_its_roles() {
        let grant = Change::GrantEntitlement(Grant {
            user_id: "u-kim".to_owned(),
            entitlement: Entitlement {
                entitlement_id: "e-1".to_owned(),
                role_name: "CanCreateEntitlementAtOneBank".to_owned(),
                bank_id: ID.to_owned(),
            },
        });
        let creator = (Role::CanCreateBank, "");
        let (put, replace) = (Change::CreateBank(draft()), Change::ReplaceBank(draft()));
        let cases = [
            ("a new bank", vec![creator], false, vec![put.clone(), grant.clone()]),
            (
                "a new bank, role held elsewhere",
                vec![creator, (Role::CanCreateEntitlementAtOneBank, "other")],
                false,
                vec![put.clone(), grant],
            ),
            (
                "a new bank, role held",
                vec![creator, (Role::CanCreateEntitlementAtOneBank, ID)],
                false,
                vec![put.clone()],
            ),
            ("a bank replaced", vec![creator], true, vec![replace]),
        ];
        for (what, roles, exists, changes) in cases {
            assert_eq!(created(&kim_with(&roles), exists, draft()), Ok((draft(), changes)), "{what}");
        }
    }

    #[test]
    fn refusals_come_in_the_order_of_the_contract() {
        // First every fault at once, then one fewer in each step.
        let long = || "x".repeat(256);
        let mut draft = BankDraft {
            id: "b/b".to_owned(),
            full_name: long(),
            short_name: long(),
            logo_url: "x".repeat(2049),
            website_url: "x".repeat(2049),
            swift_bic: long(),
            national_identifier: long(),
            bank_routing: Routing { scheme: long(), address: long() },
        };
        let roles_missing = Refusal::RolesMissing(&[Role::CanCreateBank]);
        assert_eq!(created(&kim(), false, draft.clone()), Err(roles_missing));
        let creator = kim_with(&[(Role::CanCreateBank, "")]);
        let mut check = |repair: fn(&mut BankDraft), refusal: Refusal| {
            assert_eq!(created(&creator, false, draft.clone()), Err(refusal));
            repair(&mut draft);
        };
        let too_long = |name| Refusal::TextTooLong(name, 255);
        check(|draft| draft.id = "b/".repeat(9), Refusal::TextMissing("id", 5));
        check(|draft| draft.id = "b/b/b".to_owned(), Refusal::TextTooLong("id", 16));
        check(|draft| draft.full_name.clear(), too_long("full_name"));
        check(|draft| draft.short_name.clear(), too_long("short_name"));
        check(|draft| draft.logo_url.clear(), Refusal::TextTooLong("logo_url", 2048));
        check(|draft| draft.website_url.clear(), Refusal::TextTooLong("website_url", 2048));
        check(|draft| draft.swift_bic.clear(), too_long("swift_bic"));
        check(|draft| draft.national_identifier.clear(), too_long("national_identifier"));
        check(|draft| draft.bank_routing.scheme.clear(), too_long("bank_routing.scheme"));
        check(|draft| draft.bank_routing.address.clear(), too_long("bank_routing.address"));
        check(|draft| draft.id = "b.b.b".to_owned(), Refusal::BankIdMalformed);
        assert!(created(&creator, false, draft).is_ok());
    }

    #[test]
    fn a_bank_id_has_5_to_16_characters() {
        for (id, refusal) in [
            ("bank", Err(Refusal::TextMissing("id", 5))),
            ("bank5", Ok(())),
            ("A-very_long.bank", Ok(())),
            ("A-very_long.bank1", Err(Refusal::TextTooLong("id", 16))),
            ("bank 5", Err(Refusal::BankIdMalformed)),
            ("bänke", Err(Refusal::BankIdMalformed)),
        ] {
            assert_eq!(with_id(id), refusal, "{id}");
        }
    }

    #[test]
    fn a_bank_is_read_by_its_id() {
        let bank = Bank {
            id: ID.to_owned(),
            short_name: "GH".to_owned(),
            full_name: "The Great Bank".to_owned(),
            logo: String::new(),
            website: String::new(),
            bank_routing: Routing { scheme: "OBP".to_owned(), address: ID.to_owned() },
        };
        assert_eq!(get("b b", None), Err(Refusal::BankIdMalformed));
        assert_eq!(get(ID, None), Err(Refusal::BankUnknown));
        assert_eq!(get(ID, Some(bank.clone())), Ok(bank));
    }
}
