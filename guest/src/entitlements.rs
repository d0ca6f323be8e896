//! Entitlements: roles granted, read, revoked and asked for.

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

/// What a grant is judged by.
#[derive(Clone, Debug)]
pub struct GrantFacts {
    /// Who is to get the role, if there is such a user.
    pub user: Option<UserDetails>,
    /// Whether the draft's bank exists.
    pub bank_exists: bool,
}

/// addEntitlement.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn grant(
    actor: &Actor,
    facts: GrantFacts,
    entitlement_id: String,
    draft: EntitlementDraft,
) -> Result<(Entitlement, Vec<Change>), Refusal> {
    let role = drafted(&draft)?;
    require_grant(actor, &draft.bank_id)?;
    // From here on the caller may know who exists.
    let user = facts.user.ok_or(Refusal::UserUnknown)?;
    exists_if_needed(role, facts.bank_exists)?;
    if holds(&user.entitlements.list, &draft.role_name, &draft.bank_id) {
        return Err(Refusal::EntitlementTaken);
    }
    let EntitlementDraft { bank_id, role_name } = draft;
    let entitlement = Entitlement { entitlement_id, role_name, bank_id };
    let grant = Grant { user_id: user.user_id, entitlement: entitlement.clone() };
    Ok((entitlement, vec![Change::GrantEntitlement(grant)]))
}

/// Decision 13: to grant roles is all a super admin may do without one.
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

/// getEntitlements of a user, whom the operator may have made super admin.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn of_user(actor: &Actor, user: Option<UserDetails>, is_super_admin: bool) -> Result<EntitlementList, Refusal> {
    actor.require(Action::ReadAnyEntitlements, "")?;
    Ok(with_super_admin(user.ok_or(Refusal::UserUnknown)?.entitlements, is_super_admin))
}

/// getEntitlementsByBankAndUser: the roles the user holds at that bank, and no others.
///
/// # Errors
/// The first refusal, in the order of the lines.
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

/// getAllEntitlements: whether those of everybody, or of one role, may be read. Judged before they are read for nothing.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn require_read_all(actor: &Actor, role_name: Option<&str>) -> Result<(), Refusal> {
    actor.require(Action::ReadAnyEntitlements, "")?;
    role_name.map_or(Ok(()), |name| named(name).map(|_| ()))
}

/// deleteEntitlement. An entitlement of somebody else is unknown here.
///
/// # Errors
/// The first refusal, in the order of the lines.
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

/// What a request for a role is judged by.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// The caller, with the roles held.
    pub user: Option<UserDetails>,
    /// What the caller has asked for already.
    pub requests: Vec<EntitlementRequest>,
    /// Whether the draft's bank exists.
    pub bank_exists: bool,
}

/// addEntitlementRequest.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn request(
    facts: RequestFacts,
    entitlement_request_id: String,
    created: Timestamp,
    draft: EntitlementDraft,
) -> Result<(EntitlementRequest, Vec<Change>), Refusal> {
    let role = drafted(&draft)?;
    exists_if_needed(role, facts.bank_exists)?;
    let user = facts.user.ok_or(Refusal::UserUnknown)?;
    if holds(&user.entitlements.list, &draft.role_name, &draft.bank_id) {
        return Err(Refusal::EntitlementTaken);
    }
    if facts.requests.iter().any(|asked| asked.role_name == draft.role_name && asked.bank_id == draft.bank_id) {
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

/// getAllEntitlementRequests: whether they may be read. Judged before they are read for nothing.
///
/// # Errors
/// [`Refusal::RolesMissing`].
pub fn require_read_requests(actor: &Actor) -> Result<(), Refusal> {
    actor.require(Action::ReadEntitlementRequests, "")
}

/// getEntitlementRequests of a user; `None` says that there is no such user.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn requests_of_user(
    actor: &Actor,
    requests: Option<Vec<EntitlementRequest>>,
) -> Result<Vec<EntitlementRequest>, Refusal> {
    require_read_requests(actor)?;
    requests.ok_or(Refusal::UserUnknown)
}

/// deleteEntitlementRequest.
///
/// # Errors
/// The first refusal, in the order of the lines.
pub fn drop_request(actor: &Actor, request: Option<EntitlementRequest>) -> Result<Vec<Change>, Refusal> {
    actor.require(Action::DropEntitlementRequest, "")?;
    let request = request.ok_or(Refusal::EntitlementRequestUnknown)?;
    Ok(vec![Change::DropEntitlementRequest(request.entitlement_request_id)])
}

/// Whether a role of that name is among those held, at exactly that bank ("" for a system role).
pub(crate) fn holds(held: &[Entitlement], role_name: &str, bank_id: &str) -> bool {
    held.iter().any(|entitlement| entitlement.role_name == role_name && entitlement.bank_id == bank_id)
}

fn named(name: &str) -> Result<Role, Refusal> {
    Role::named(name).ok_or_else(|| Refusal::RoleUnknown(name.to_owned()))
}

/// The role that is meant, with a bank if and only if it is a bank role.
fn drafted(draft: &EntitlementDraft) -> Result<Role, Refusal> {
    let role = named(&draft.role_name)?;
    match (role.scope(), draft.bank_id.is_empty()) {
        (Scope::Bank, true) => Err(Refusal::RoleNeedsBank),
        (Scope::System, false) => Err(Refusal::RoleTakesNoBank),
        (Scope::Bank, false) | (Scope::System, true) => Ok(role),
    }
}

fn exists_if_needed(role: Role, bank_exists: bool) -> Result<(), Refusal> {
    if role.scope() == Scope::Bank && !bank_exists {
        return Err(Refusal::BankUnknown);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
