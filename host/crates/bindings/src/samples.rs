//! A typed sample of each record that clients send. The documents print them, and the demo, the benchmark and the tests use
//! them: a new field has its sample value here and nowhere else.

pub mod seed;

use crate::accounts_types::{AccountDraft, Balance};
use crate::banks_types::{BankDraft, Routing};
use crate::consumers_types::{ConsumerDraft, ConsumerEnabled, ConsumerRegistration};
use crate::customers_types::{Amount, CreditRating, CustomerDraft, CustomerNumberDraft, FaceImage, LinkDraft};
use crate::entitlements_types::EntitlementDraft;
use crate::kyc_types::{
    KycCheck, KycCheckDraft, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatus, KycStatusDraft,
};
use crate::meetings_types::MeetingDraft;
use crate::timestamp::Timestamp;
use crate::users_types::{Entitlement, EntitlementList, UserDetails, UserDraft};

/// 2017-09-19T00:00:00Z, the date of the seed page's examples.
pub const DATE: Timestamp = Timestamp { milliseconds: 1_505_779_200_000 };
/// The bank of the examples.
pub const BANK_ID: &str = "gh.29.uk";

/// The body of addKycCheck, as on the seed page.
#[must_use]
pub fn kyc_check_draft() -> KycCheckDraft {
    KycCheckDraft {
        customer_number: "1239879".to_owned(),
        date: DATE,
        how: "online_meeting".to_owned(),
        staff_user_id: "67876".to_owned(),
        staff_name: "Simon".to_owned(),
        satisfied: true,
        comments: "String".to_owned(),
    }
}

/// The check that a draft becomes under these ids.
#[must_use]
pub fn kyc_check(bank_id: &str, customer_id: &str, id: &str, draft: KycCheckDraft) -> KycCheck {
    let KycCheckDraft { customer_number, date, how, staff_user_id, staff_name, satisfied, comments } = draft;
    let (bank_id, customer_id, id) = (bank_id.to_owned(), customer_id.to_owned(), id.to_owned());
    KycCheck { bank_id, customer_id, id, customer_number, date, how, staff_user_id, staff_name, satisfied, comments }
}

/// The body of addKycDocument, as on the seed page.
#[must_use]
pub fn kyc_document_draft() -> KycDocumentDraft {
    KycDocumentDraft {
        customer_number: "1234".to_owned(),
        type_: "passport".to_owned(),
        number: "12345".to_owned(),
        issue_date: DATE,
        issue_place: "Berlin".to_owned(),
        expiry_date: Some(DATE),
    }
}

/// The document that a draft becomes under these ids.
#[must_use]
pub fn kyc_document(bank_id: &str, customer_id: &str, id: &str, draft: KycDocumentDraft) -> KycDocument {
    let KycDocumentDraft { customer_number, type_, number, issue_date, issue_place, expiry_date } = draft;
    let (bank_id, customer_id, id) = (bank_id.to_owned(), customer_id.to_owned(), id.to_owned());
    KycDocument { bank_id, customer_id, id, customer_number, type_, number, issue_date, issue_place, expiry_date }
}

/// The body of addKycMedia, as on the seed page.
#[must_use]
pub fn kyc_media_draft() -> KycMediaDraft {
    KycMediaDraft {
        customer_number: "1239879".to_owned(),
        type_: "image".to_owned(),
        url: "http://www.example.com/id-docs/123/image.png".to_owned(),
        date: DATE,
        relates_to_kyc_document_id: "123".to_owned(),
        relates_to_kyc_check_id: "123".to_owned(),
    }
}

/// The image or scan that a draft becomes under these ids.
#[must_use]
pub fn kyc_media(bank_id: &str, customer_id: &str, id: &str, draft: KycMediaDraft) -> KycMedia {
    let KycMediaDraft { customer_number, type_, url, date, relates_to_kyc_document_id, relates_to_kyc_check_id } =
        draft;
    let (bank_id, customer_id, id) = (bank_id.to_owned(), customer_id.to_owned(), id.to_owned());
    KycMedia {
        bank_id,
        customer_id,
        id,
        customer_number,
        type_,
        url,
        date,
        relates_to_kyc_document_id,
        relates_to_kyc_check_id,
    }
}

/// The body of addKycStatus, as on the seed page.
#[must_use]
pub fn kyc_status_draft() -> KycStatusDraft {
    KycStatusDraft { customer_number: "String".to_owned(), ok: true, date: DATE }
}

/// The entry of the timeline that a draft becomes.
#[must_use]
pub fn kyc_status(customer_id: &str, draft: KycStatusDraft) -> KycStatus {
    let KycStatusDraft { customer_number, ok, date } = draft;
    KycStatus { customer_id: customer_id.to_owned(), customer_number, ok, date }
}

/// The body of createUser.
#[must_use]
pub fn user_draft() -> UserDraft {
    UserDraft {
        email: "robert.x.0.gh@example.com".to_owned(),
        username: "robert.x.0.gh".to_owned(),
        password: "Example-Password-1".to_owned(),
        first_name: "Robert".to_owned(),
        last_name: "X".to_owned(),
    }
}

/// The body of createAccount, as on the seed page.
#[must_use]
pub fn account_draft() -> AccountDraft {
    AccountDraft {
        user_id: String::new(),
        label: "Label".to_owned(),
        type_: "CURRENT".to_owned(),
        balance: Some(Balance { currency: "EUR".to_owned(), amount: "0".to_owned() }),
        branch_id: "1234".to_owned(),
        account_routing: Routing { scheme: "OBP".to_owned(), address: "UK123456".to_owned() },
    }
}

/// The body of createMeeting.
#[must_use]
pub fn meeting_draft() -> MeetingDraft {
    MeetingDraft { provider_id: "jitsi".to_owned(), purpose_id: "onboarding".to_owned() }
}

/// The body of createCustomer.
#[must_use]
pub fn customer_draft() -> CustomerDraft {
    CustomerDraft {
        legal_name: "Eveline Tripman".to_owned(),
        mobile_phone_number: "+44 07972 444 876".to_owned(),
        email: "eveline@example.com".to_owned(),
        face_image: FaceImage { url: "https://www.example.com/faces/eveline.png".to_owned(), date: DATE },
        // 1985-12-10 and 2010-01-01.
        date_of_birth: Timestamp { milliseconds: 503_020_800_000 },
        relationship_status: "single".to_owned(),
        dependants: 1,
        dob_of_dependants: vec![Timestamp { milliseconds: 1_262_304_000_000 }],
        credit_rating: CreditRating { rating: "OBP".to_owned(), source: "OBP".to_owned() },
        credit_limit: Amount { currency: "EUR".to_owned(), amount: "10".to_owned() },
        highest_education_attained: "Master".to_owned(),
        employment_status: "worker".to_owned(),
        kyc_status: true,
        last_ok_date: DATE,
        title: "Dr.".to_owned(),
        branch_id: "DERBY6".to_owned(),
        name_suffix: "Sr".to_owned(),
    }
}

/// The body of createUserCustomerLink.
#[must_use]
pub fn link_draft() -> LinkDraft {
    LinkDraft {
        user_id: "5995d6a2-01b3-423c-a173-5481df49bdaf".to_owned(),
        customer_id: "7b1a2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d".to_owned(),
    }
}

/// The body of createConsumer.
#[must_use]
pub fn consumer_draft() -> ConsumerDraft {
    let ConsumerRegistration { app_name, app_type, description, developer_email, redirect_url } =
        consumer_registration();
    ConsumerDraft {
        app_name,
        app_type,
        description,
        developer_email,
        redirect_url,
        created_by_user_id: String::new(),
        enabled: true,
        created: DATE,
    }
}

/// The body of createMyConsumer.
#[must_use]
pub fn consumer_registration() -> ConsumerRegistration {
    ConsumerRegistration {
        app_name: "Onboarding".to_owned(),
        app_type: "Public".to_owned(),
        description: "Opens accounts".to_owned(),
        developer_email: "robert.x.0.gh@example.com".to_owned(),
        redirect_url: "https://www.example.com/callback".to_owned(),
    }
}

/// The body of enableDisableConsumers.
#[must_use]
pub const fn consumer_enabled() -> ConsumerEnabled {
    ConsumerEnabled { enabled: true }
}

/// The body of createBank.
#[must_use]
pub fn bank_draft() -> BankDraft {
    BankDraft {
        id: BANK_ID.to_owned(),
        full_name: "The Bank of Examples".to_owned(),
        short_name: "Example Bank".to_owned(),
        logo_url: "https://www.example.com/logo.png".to_owned(),
        website_url: "https://www.example.com".to_owned(),
        swift_bic: "EXAMPLEX".to_owned(),
        national_identifier: "EX-29".to_owned(),
        bank_routing: Routing { scheme: "OBP".to_owned(), address: BANK_ID.to_owned() },
    }
}

/// The body of getCustomerByCustomerNumber and updateCustomerNumber.
#[must_use]
pub fn customer_number_draft() -> CustomerNumberDraft {
    CustomerNumberDraft { customer_number: "5987953".to_owned() }
}

/// The body of addEntitlement and addEntitlementRequest.
#[must_use]
pub fn entitlement_draft() -> EntitlementDraft {
    EntitlementDraft { bank_id: BANK_ID.to_owned(), role_name: "CanGetCustomer".to_owned() }
}

/// The entitlement that [`entitlement_draft`] becomes.
#[must_use]
pub fn entitlement() -> Entitlement {
    let EntitlementDraft { bank_id, role_name } = entitlement_draft();
    Entitlement { entitlement_id: "6fb17583-1e49-4435-bb74-a14fe0996723".to_owned(), role_name, bank_id }
}

/// The user of the examples, without roles.
#[must_use]
pub fn user_details() -> UserDetails {
    let UserDraft { email, username, .. } = user_draft();
    UserDetails {
        user_id: link_draft().user_id,
        email,
        provider_id: username.clone(),
        provider: "OBP".to_owned(),
        username,
        entitlements: EntitlementList { list: vec![] },
    }
}
