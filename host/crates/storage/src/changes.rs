//! The statement of each change.

use bindings::Change;

use crate::store::Statement;
use crate::{accounts, banks, consumers, customers, entitlements, failed_logins, kyc, meetings, screening, users};

/// Returns the statement of a change, with the change's precondition.
#[must_use]
pub fn statement(change: Change) -> Statement {
    match change {
        Change::CreateUser(user) => users::create(user),
        Change::ResetFailedLogins(username) => failed_logins::reset(username),
        Change::CreateBank(bank) => banks::create(bank),
        Change::ReplaceBank(bank) => banks::replace(bank),
        Change::CreateCustomer(customer) => customers::create(customer),
        Change::ChangeCustomerNumber(change) => customers::change_number(change),
        Change::LinkUserToCustomer(link) => customers::link(link),
        Change::CreateAccount(account) => accounts::create(account),
        Change::GrantView(grant) => accounts::grant_view(grant),
        Change::GrantEntitlement(grant) => entitlements::grant(grant),
        Change::RevokeEntitlement(entitlement_id) => entitlements::revoke(entitlement_id),
        Change::RequestEntitlement(request) => entitlements::create_request(request),
        Change::DropEntitlementRequest(request_id) => entitlements::drop_request(request_id),
        Change::CreateConsumer(consumer) => consumers::create(consumer),
        Change::SwitchConsumer(switch) => consumers::switch(switch),
        Change::PutKycCheck(check) => kyc::put_check(check),
        Change::PutKycDocument(document) => kyc::put_document(document),
        Change::PutKycMedia(media) => kyc::put_media(media),
        Change::AddKycStatus(new) => kyc::add_status(new),
        Change::SetCustomerKycStatus(status) => customers::set_kyc_status(status),
        Change::CreateMeeting(meeting) => meetings::create(meeting),
        Change::SetMeetingStaff(staff) => meetings::set_staff(staff),
        Change::NoteScreening(note) => screening::add_note(note),
    }
}
