//! Entitlements: granting, reading, revoking and requesting roles.

use crate::access::{Action, Actor};
use crate::caller::Caller;
use crate::changes::Change;
use crate::entitlements_types::{
    EntitlementDraft, EntitlementRequest, Grant, NewEntitlementRequest, Role as RoleRow, RoleList,
};
use crate::limits;
use crate::refusals::Refusal;
use crate::roles::{Role, Scope};
use crate::timestamp::Timestamp;
use crate::users_types::{Entitlement, EntitlementList, UserDetails};

/// The inputs that addEntitlement depends on.
#[derive(Clone, Debug)]
pub struct GrantFacts {
    /// The user who gets the role. `None` if no such user exists.
    pub user: Option<UserDetails>,
    /// Whether the bank in the draft exists.
    pub bank_exists: bool,
}

/// addEntitlement.
pub fn grant(
    actor: &Actor,
    facts: GrantFacts,
    entitlement_id: String,
    draft: EntitlementDraft,
) -> Result<(Entitlement, Vec<Change>), Refusal> {
    let role = role_of(&draft)?;
    require_grant(actor, &draft.bank_id)?;
    // Only from here on may the caller learn which users exist.
    let user = facts.user.ok_or(Refusal::UserUnknown)?;
    require_bank(role, facts.bank_exists)?;
    if holds(&user.entitlements.list, &draft.role_name, &draft.bank_id) {
        return Err(Refusal::EntitlementTaken);
    }
    let EntitlementDraft { bank_id, role_name } = draft;
    let entitlement = Entitlement { entitlement_id, role_name, bank_id };
    let grant = Grant { user_id: user.user_id, entitlement: entitlement.clone() };
    Ok((entitlement, vec![Change::GrantEntitlement(grant)]))
}

/// Checks the right to grant. Granting is the only thing that a super admin may do without a role (decision 13).
fn require_grant(actor: &Actor, bank_id: &str) -> Result<(), Refusal> {
    if actor.caller.super_admin {
        return Ok(());
    }
    actor.require(Action::GrantEntitlement, bank_id).map_err(|refusal| match refusal {
        Refusal::RolesMissing(roles) => Refusal::MayNotGrant(roles),
        other => other,
    })
}

/// getEntitlementsForCurrentUser: the roles that the caller holds.
#[must_use]
pub fn mine(caller: &Caller, held: Vec<Entitlement>) -> EntitlementList {
    with_super_admin(EntitlementList { list: held }, caller.super_admin)
}

/// Ends the list with `SuperAdmin`, for a user that the operator has named.
fn with_super_admin(mut entitlements: EntitlementList, is_super_admin: bool) -> EntitlementList {
    if is_super_admin {
        entitlements.list.push(Entitlement {
            entitlement_id: String::new(),
            role_name: "SuperAdmin".to_owned(),
            bank_id: String::new(),
        });
    }
    entitlements
}

/// getEntitlements of a user. The list of a super admin ends with `SuperAdmin`.
pub fn of_user(actor: &Actor, user: Option<UserDetails>, is_super_admin: bool) -> Result<EntitlementList, Refusal> {
    actor.require(Action::ReadAnyEntitlements, "")?;
    Ok(with_super_admin(user.ok_or(Refusal::UserUnknown)?.entitlements, is_super_admin))
}

/// getEntitlementsByBankAndUser: the bank roles that the user holds at that bank.
pub fn of_user_at_bank(
    actor: &Actor,
    bank_id: &str,
    bank_exists: bool,
    user: Option<UserDetails>,
) -> Result<EntitlementList, Refusal> {
    limits::bank_id(bank_id)?;
    if !bank_exists {
        return Err(Refusal::BankUnknown);
    }
    actor.require(Action::ReadEntitlementsAtBank, bank_id)?;
    let mut entitlements = user.ok_or(Refusal::UserUnknown)?.entitlements;
    entitlements.list.retain(|entitlement| entitlement.bank_id == bank_id);
    Ok(entitlements)
}

/// The conditions of getAllEntitlements, checked before the shell reads any entitlement.
pub fn require_read_all(actor: &Actor, role_name: Option<&str>) -> Result<(), Refusal> {
    actor.require(Action::ReadAnyEntitlements, "")?;
    role_name.map_or(Ok(()), |name| named(name).map(|_| ()))
}

/// deleteEntitlement. An entitlement of another user counts as unknown.
pub fn revoke(actor: &Actor, user: Option<UserDetails>, entitlement_id: String) -> Result<Vec<Change>, Refusal> {
    actor.require(Action::RevokeEntitlement, "")?;
    let user = user.ok_or(Refusal::UserUnknown)?;
    if !user.entitlements.list.iter().any(|entitlement| entitlement.entitlement_id == entitlement_id) {
        return Err(Refusal::EntitlementUnknown);
    }
    Ok(vec![Change::RevokeEntitlement(entitlement_id)])
}

/// getRoles.
#[must_use]
pub fn roles() -> RoleList {
    let row = |role: &Role| RoleRow { role: role.name().to_owned(), requires_bank_id: role.scope() == Scope::Bank };
    RoleList { roles: Role::ALL.iter().map(row).collect() }
}

/// The inputs that addEntitlementRequest depends on.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// The caller with the roles held. `None` if the caller no longer exists.
    pub user: Option<UserDetails>,
    /// Whether the caller has already requested the role in the draft at the bank in the draft.
    pub requested: bool,
    /// Whether the bank in the draft exists.
    pub bank_exists: bool,
}

/// addEntitlementRequest.
pub fn request(
    facts: RequestFacts,
    entitlement_request_id: String,
    created: Timestamp,
    draft: EntitlementDraft,
) -> Result<(EntitlementRequest, Vec<Change>), Refusal> {
    let role = role_of(&draft)?;
    require_bank(role, facts.bank_exists)?;
    let user = facts.user.ok_or(Refusal::UserUnknown)?;
    if holds(&user.entitlements.list, &draft.role_name, &draft.bank_id) {
        return Err(Refusal::EntitlementTaken);
    }
    if facts.requested {
        return Err(Refusal::EntitlementRequestTaken);
    }
    let EntitlementDraft { bank_id, role_name } = draft;
    let stored = NewEntitlementRequest {
        entitlement_request_id: entitlement_request_id.clone(),
        user_id: user.user_id.clone(),
        role_name: role_name.clone(),
        bank_id: bank_id.clone(),
        created,
    };
    let reply = EntitlementRequest { entitlement_request_id, user, role_name, bank_id, created };
    Ok((reply, vec![Change::RequestEntitlement(stored)]))
}

/// The condition of getAllEntitlementRequests, checked before the shell reads any request.
///
/// # Errors
/// [`Refusal::RolesMissing`].
pub fn require_read_requests(actor: &Actor) -> Result<(), Refusal> {
    actor.require(Action::ReadEntitlementRequests, "")
}

/// The conditions of getEntitlementRequests of a user, checked before the shell reads any request.
///
/// # Errors
/// [`Refusal::RolesMissing`] or [`Refusal::UserUnknown`].
pub fn require_read_requests_of(actor: &Actor, user_exists: bool) -> Result<(), Refusal> {
    require_read_requests(actor)?;
    if user_exists { Ok(()) } else { Err(Refusal::UserUnknown) }
}

/// deleteEntitlementRequest.
pub fn drop_request(actor: &Actor, request: Option<EntitlementRequest>) -> Result<Vec<Change>, Refusal> {
    actor.require(Action::DropEntitlementRequest, "")?;
    let request = request.ok_or(Refusal::EntitlementRequestUnknown)?;
    Ok(vec![Change::DropEntitlementRequest(request.entitlement_request_id)])
}

/// Whether `held` contains the role at exactly this bank. The bank id of a system role is empty.
pub(crate) fn holds(held: &[Entitlement], role_name: &str, bank_id: &str) -> bool {
    held.iter().any(|entitlement| entitlement.role_name == role_name && entitlement.bank_id == bank_id)
}

fn named(name: &str) -> Result<Role, Refusal> {
    Role::named(name).ok_or_else(|| Refusal::RoleUnknown(name.to_owned()))
}

/// The role of a draft. The draft must name a bank exactly if it is a bank role.
fn role_of(draft: &EntitlementDraft) -> Result<Role, Refusal> {
    let role = named(&draft.role_name)?;
    match (role.scope(), draft.bank_id.is_empty()) {
        (Scope::Bank, true) => Err(Refusal::RoleNeedsBank),
        (Scope::System, false) => Err(Refusal::RoleTakesNoBank),
        (Scope::Bank, false) | (Scope::System, true) => Ok(role),
    }
}

/// Checks that the bank of a bank role exists.
fn require_bank(role: Role, bank_exists: bool) -> Result<(), Refusal> {
    if role.scope() == Scope::Bank && !bank_exists {
        return Err(Refusal::BankUnknown);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
