//! Records with a different value in each column: a test sees columns that are mixed up.

use bindings::Change;
use bindings::accounts_types::{Account, Balance, ViewGrant};
use bindings::banks_types::{Bank, BankDraft, Routing};
use bindings::changes::NewKycStatus;
use bindings::consumers_types::NewConsumer;
use bindings::customers_types::{Amount, CreditRating, Customer, CustomerDraft, FaceImage, NewLink, UserCustomerLink};
use bindings::entitlements_types::{Grant, NewEntitlementRequest};
use bindings::kyc_types::{
    KycCheck, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatusDraft, KycStatusEntry,
};
use bindings::meetings_types::{Present, StoredMeeting};
use bindings::samples::{
    kyc_check, kyc_check_draft, kyc_document, kyc_document_draft, kyc_media, kyc_media_draft, kyc_status,
    kyc_status_draft,
};
use bindings::timestamp::Timestamp;
use bindings::users_types::{Entitlement, EntitlementList, NewUser, User, UserDetails};

use crate::Record as _;

pub(super) fn at(milliseconds: i64) -> Timestamp {
    Timestamp { milliseconds }
}

fn text(name: &str, of: &str) -> String {
    format!("{name} of {of}")
}

/// The user `u-{name}`.
pub(super) fn user(name: &str) -> NewUser {
    let user = User {
        user_id: format!("u-{name}"),
        email: text("email", name),
        provider_id: text("provider id", name),
        provider: text("provider", name),
        username: name.to_owned(),
    };
    NewUser {
        user,
        first_name: text("first name", name),
        last_name: text("last name", name),
        password_hash: text("hash", name),
    }
}

/// The user [`user`], as reads return it.
pub(super) fn user_details(name: &str, entitlements: &[Entitlement]) -> UserDetails {
    let User { user_id, email, provider_id, provider, username } = user(name).user;
    let entitlements = EntitlementList { list: entitlements.to_vec() };
    UserDetails { user_id, email, provider_id, provider, username, entitlements }
}

pub(super) fn bank(id: &str) -> BankDraft {
    BankDraft {
        id: id.to_owned(),
        full_name: text("full name", id),
        short_name: text("short name", id),
        logo_url: text("logo", id),
        website_url: text("website", id),
        swift_bic: text("bic", id),
        national_identifier: text("national identifier", id),
        bank_routing: Routing { scheme: text("scheme", id), address: text("address", id) },
    }
}

/// The bank [`bank`], as reads return it.
pub(super) fn bank_read(id: &str) -> Bank {
    let BankDraft { id, full_name, short_name, logo_url, website_url, bank_routing, .. } = bank(id);
    Bank { id, short_name, full_name, logo: logo_url, website: website_url, bank_routing }
}

pub(super) fn customer(bank_id: &str, customer_id: &str, customer_number: &str) -> Customer {
    let of = customer_id;
    let details = CustomerDraft {
        legal_name: text("legal name", of),
        mobile_phone_number: text("phone", of),
        email: text("email", of),
        face_image: FaceImage { url: text("face", of), date: at(11) },
        date_of_birth: at(-2),
        relationship_status: text("relationship", of),
        dependants: 2,
        dob_of_dependants: vec![at(-3), at(4)],
        credit_rating: CreditRating { rating: text("rating", of), source: text("source", of) },
        credit_limit: Amount { currency: text("currency", of), amount: text("amount", of) },
        highest_education_attained: text("education", of),
        employment_status: text("employment", of),
        kyc_status: true,
        last_ok_date: at(5),
        title: text("title", of),
        branch_id: text("branch", of),
        name_suffix: text("suffix", of),
    };
    Customer {
        bank_id: bank_id.to_owned(),
        customer_id: customer_id.to_owned(),
        customer_number: customer_number.to_owned(),
        details,
    }
}

pub(super) fn link(id: &str, bank_id: &str, customer_id: &str, user_id: &str, inserted_ms: i64) -> NewLink {
    let link = UserCustomerLink {
        user_customer_link_id: id.to_owned(),
        customer_id: customer_id.to_owned(),
        user_id: user_id.to_owned(),
        date_inserted: at(inserted_ms),
        is_active: true,
    };
    NewLink { bank_id: bank_id.to_owned(), link }
}

/// An account of the user [`user`] `holder`. Its number contains its id.
pub(super) fn account(bank_id: &str, account_id: &str, holder: &str) -> Account {
    let User { user_id, provider, username, .. } = user(holder).user;
    Account {
        bank_id: bank_id.to_owned(),
        account_id: account_id.to_owned(),
        number: format!("number {account_id}"),
        user_id,
        provider,
        username,
        label: text("label", account_id),
        type_: text("type", account_id),
        balance: Balance { currency: text("currency", account_id), amount: text("amount", account_id) },
        branch_id: text("branch", account_id),
        account_routing: Routing { scheme: text("scheme", account_id), address: text("address", account_id) },
    }
}

pub(super) fn view_grant(bank_id: &str, account_id: &str, view_id: &str, user_id: &str) -> ViewGrant {
    ViewGrant {
        bank_id: bank_id.to_owned(),
        account_id: account_id.to_owned(),
        view_id: view_id.to_owned(),
        user_id: user_id.to_owned(),
    }
}

pub(super) fn entitlement(id: &str, role_name: &str, bank_id: &str) -> Entitlement {
    Entitlement { entitlement_id: id.to_owned(), role_name: role_name.to_owned(), bank_id: bank_id.to_owned() }
}

pub(super) fn grant(user_id: &str, entitlement: &Entitlement) -> Grant {
    Grant { user_id: user_id.to_owned(), entitlement: entitlement.clone() }
}

pub(super) fn request(id: &str, user_id: &str, role_name: &str, created_ms: i64) -> NewEntitlementRequest {
    NewEntitlementRequest {
        entitlement_request_id: id.to_owned(),
        user_id: user_id.to_owned(),
        role_name: role_name.to_owned(),
        bank_id: "bank-a".to_owned(),
        created: at(created_ms),
    }
}

pub(super) fn consumer(id: &str, user_id: &str, created_ms: i64) -> NewConsumer {
    NewConsumer {
        consumer_id: id.to_owned(),
        key: text("key", id),
        secret_digest: text("digest", id),
        app_name: text("name", id),
        app_type: text("type", id),
        description: text("description", id),
        developer_email: text("email", id),
        redirect_url: text("redirect", id),
        created_by_user_id: user_id.to_owned(),
        enabled: true,
        created: at(created_ms),
    }
}

pub(super) fn check(bank_id: &str, customer_id: &str, id: &str) -> KycCheck {
    kyc_check(bank_id, customer_id, id, kyc_check_draft())
}

pub(super) fn document(bank_id: &str, customer_id: &str, id: &str) -> KycDocument {
    kyc_document(bank_id, customer_id, id, KycDocumentDraft { expiry_date: Some(at(8)), ..kyc_document_draft() })
}

pub(super) fn media(bank_id: &str, customer_id: &str, id: &str) -> KycMedia {
    let relates_to_kyc_check_id = text("check", id);
    kyc_media(bank_id, customer_id, id, KycMediaDraft { relates_to_kyc_check_id, ..kyc_media_draft() })
}

pub(super) fn new_status(entry: &KycStatusEntry, after: Option<u64>) -> Change {
    Change::AddKycStatus(NewKycStatus { entry: entry.clone(), after })
}

pub(super) fn status(bank_id: &str, customer_id: &str, ok: bool, date_ms: i64) -> KycStatusEntry {
    let draft = KycStatusDraft { ok, date: at(date_ms), ..kyc_status_draft() };
    KycStatusEntry { bank_id: bank_id.to_owned(), status: kyc_status(customer_id, draft) }
}

pub(super) fn meeting(bank_id: &str, meeting_id: &str, customer_user_id: &str) -> StoredMeeting {
    let of = meeting_id;
    StoredMeeting {
        meeting_id: meeting_id.to_owned(),
        provider_id: text("provider", of),
        purpose_id: text("purpose", of),
        bank_id: bank_id.to_owned(),
        present: Present { staff_user_id: text("staff", of), customer_user_id: customer_user_id.to_owned() },
        session_id: text("session", of),
        when: at(10),
    }
}

#[test]
fn each_column_of_a_sample_has_its_own_value() {
    let samples = [
        user("kim").values(),
        bank("bank-a").values(),
        customer("bank-a", "c-1", "n-1").values(),
        account("bank-a", "a-1", "kim").values(),
        consumer("k-1", "u-kim", 10).values(),
        check("bank-a", "c-1", "1").values(),
        document("bank-a", "c-1", "1").values(),
        media("bank-a", "c-1", "1").values(),
        meeting("bank-a", "m-1", "u-kim").values(),
    ];
    for values in samples {
        for (number, value) in values.iter().enumerate() {
            assert!(!values[..number].contains(value), "{value:?} stands twice in {values:?}");
        }
    }
}
