//! The KYC operations over HTTP.

use bindings::calls::kyc;
use bindings::kyc_types::{
    KycCheck, KycCheckDraft, KycDocument, KycDocumentDraft, KycMedia, KycMediaDraft, KycStatus, KycStatusDraft,
};
use bindings::samples;
use guest::access::Action;
use guest::kyc::{check, document, media, status};
use guest::limits::URL_CHARS_MAX;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call, reply};
use crate::docs::fields::Shape::Text;
use crate::docs::{Doc, example, host, placeholder, rule};
use crate::error_codes::HostErrorCode::{DocumentNotAdded, JsonIncorrect, MessageNotAdded, NotLoggedIn, Unknown};
use crate::error_codes::RefusalCode::{BankIdMalformed, BankUnknown, CustomerUnknown, JsonScreened, RolesMissing};
use crate::route::Route;

pub(crate) static ROUTES: &[Route] = &[
    Route {
        path: "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_check/KYC_CHECK_ID",
        operation: "addKycCheck",
        write_error: Some(MessageNotAdded),
        handler: |call| Box::pin(add_check(call)),
        doc: &Doc {
            summary: "Add KYC Check",
            description: "Records a check of the KYC team on the customer `CUSTOMER_ID`: method, date, staff member, comments and result.\n\nYou choose `KYC_CHECK_ID`, up to 44 characters. It identifies the check at this bank for this customer: the same call with the same id replaces the check.\n\nYou need a login.",
            request: Some(|| example(&samples::kyc_check_draft())),
            response: Some(placeholder::<KycCheck>),
            actions: &[Action::AddKycCheck],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(CustomerUnknown),
                host(MessageNotAdded),
                host(Unknown),
            ],
            further_errors: &[rule(RolesMissing), rule(JsonScreened)],
            fields: &[
                ("customer_number", Text(0, check::CUSTOMER_NUMBER_CHARS_MAX)),
                ("how", Text(0, check::HOW_CHARS_MAX)),
                ("staff_user_id", Text(0, check::STAFF_USER_ID_CHARS_MAX)),
                ("staff_name", Text(0, check::STAFF_NAME_CHARS_MAX)),
                ("comments", Text(0, check::COMMENTS_CHARS_MAX)),
            ],
            ..KYC
        },
        ..Route::PUT
    },
    Route {
        path: "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_documents/KYC_DOCUMENT_ID",
        operation: "addKycDocument",
        write_error: Some(DocumentNotAdded),
        handler: |call| Box::pin(add_document(call)),
        doc: &Doc {
            summary: "Add KYC Document.",
            description: "Records a document that proves the identity of the customer `CUSTOMER_ID`: its type, such as `passport`, its number, place and date of issue, and expiry date. The expiry date of a document that never expires is null.\n\nYou choose `KYC_DOCUMENT_ID`, up to 44 characters. It identifies the document at this bank for this customer: the same call with the same id replaces the document.\n\nYou need a login.",
            request: Some(|| example(&samples::kyc_document_draft())),
            response: Some(placeholder::<KycDocument>),
            actions: &[Action::AddKycDocument],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                rule(BankUnknown),
                rule(CustomerUnknown),
                host(DocumentNotAdded),
                host(Unknown),
            ],
            further_errors: &[rule(RolesMissing), rule(JsonScreened)],
            fields: &[
                ("customer_number", Text(0, document::CUSTOMER_NUMBER_CHARS_MAX)),
                ("type", Text(0, document::TYPE_CHARS_MAX)),
                ("number", Text(0, document::NUMBER_CHARS_MAX)),
                ("issue_place", Text(0, document::ISSUE_PLACE_CHARS_MAX)),
            ],
            ..KYC
        },
        ..Route::PUT
    },
    Route {
        path: "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_media/KYC_MEDIA_ID",
        operation: "addKycMedia",
        write_error: Some(MessageNotAdded),
        handler: |call| Box::pin(add_media(call)),
        doc: &Doc {
            summary: "Add KYC Media.",
            description: "Records the address of an image or scan for the customer `CUSTOMER_ID`, such as a passport, a utility bill or a recorded meeting. The server stores the URL and never opens it.\n\n`relates_to_kyc_document_id` and `relates_to_kyc_check_id` name the document and the check that it belongs to. Both may be empty.\n\nYou choose `KYC_MEDIA_ID`, up to 44 characters. It identifies the image or scan at this bank for this customer: the same call with the same id replaces it.\n\nYou need a login.",
            request: Some(|| example(&samples::kyc_media_draft())),
            response: Some(placeholder::<KycMedia>),
            actions: &[Action::AddKycMedia],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                rule(CustomerUnknown),
                host(MessageNotAdded),
                host(Unknown),
            ],
            further_errors: &[rule(BankUnknown), rule(RolesMissing), rule(JsonScreened)],
            fields: &[
                ("customer_number", Text(0, media::CUSTOMER_NUMBER_CHARS_MAX)),
                ("type", Text(0, media::TYPE_CHARS_MAX)),
                ("url", Text(0, URL_CHARS_MAX)),
                ("relates_to_kyc_document_id", Text(0, media::RELATES_TO_KYC_DOCUMENT_ID_CHARS_MAX)),
                ("relates_to_kyc_check_id", Text(0, media::RELATES_TO_KYC_CHECK_ID_CHARS_MAX)),
            ],
            ..KYC
        },
        ..Route::PUT
    },
    Route {
        path: "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_statuses",
        operation: "addKycStatus",
        write_error: Some(MessageNotAdded),
        handler: |call| Box::pin(add_status(call)),
        doc: &Doc {
            summary: "Add KYC Status",
            description: "Adds an entry to the status timeline of the customer `CUSTOMER_ID`: whether the customer was verified on that date.\n\nAn entry replaces nothing. Only repeating the entry that this bank added last (same date, `ok` and `customer_number`) changes nothing, so you can send a request again.\n\n`kyc_status` and `last_ok_date` of the customer at this bank follow the timeline.\n\nYou need a login.",
            request: Some(|| example(&samples::kyc_status_draft())),
            response: Some(placeholder::<KycStatus>),
            actions: &[Action::AddKycStatus],
            errors: &[
                host(NotLoggedIn),
                host(JsonIncorrect),
                rule(BankIdMalformed),
                host(Unknown),
                rule(BankUnknown),
                host(MessageNotAdded),
                rule(CustomerUnknown),
            ],
            further_errors: &[rule(RolesMissing), rule(JsonScreened)],
            fields: &[("customer_number", Text(0, status::CUSTOMER_NUMBER_CHARS_MAX))],
            ..KYC
        },
        ..Route::PUT
    },
    Route {
        path: "/customers/CUSTOMER_ID/kyc_checks",
        operation: "getKycChecks",
        handler: |call| Box::pin(checks(call)),
        doc: &Doc {
            summary: "Get Customer KYC Checks",
            description: "The KYC checks on the customer `CUSTOMER_ID` at all banks, the last written first.\n\nYou need a login.",
            response: Some(placeholder::<Checks>),
            actions: &[Action::ReadKycChecks],
            ..LIST
        },
        ..Route::GET
    },
    Route {
        path: "/customers/CUSTOMER_ID/kyc_documents",
        operation: "getKycDocuments",
        handler: |call| Box::pin(documents(call)),
        doc: &Doc {
            summary: "Get Customer KYC Documents",
            description: "The documents that prove the identity of the customer `CUSTOMER_ID`, such as a passport or a driving licence, at all banks, the last written first.\n\nYou need a login.",
            response: Some(placeholder::<Documents>),
            actions: &[Action::ReadKycDocuments],
            ..LIST
        },
        ..Route::GET
    },
    Route {
        path: "/customers/CUSTOMER_ID/kyc_statuses",
        operation: "getKycStatuses",
        handler: |call| Box::pin(statuses(call)),
        doc: &Doc {
            summary: "Get Customer KYC statuses",
            description: "The status timeline of the customer `CUSTOMER_ID`: the entries of all banks by date, newest first. Of the same date, the entry that was added last comes first.\n\nYou need a login.",
            response: Some(placeholder::<Statuses>),
            actions: &[Action::ReadKycStatuses],
            ..LIST
        },
        ..Route::GET
    },
    Route {
        path: "/customers/CUSTOMER_ID/kyc_media",
        operation: "getKycMedia",
        handler: |call| Box::pin(medias(call)),
        doc: &Doc {
            summary: "Get KYC Media for a customer",
            description: "The images, scans and videos that prove the identity of the customer `CUSTOMER_ID`, at all banks, the last written first.\n\nYou need a login.",
            response: Some(placeholder::<Medias>),
            actions: &[Action::ReadKycMedia],
            ..LIST
        },
        ..Route::GET
    },
];

const KYC: Doc = Doc { tags: &["KYC", "Customer"], implemented_in: "2_0_0", ..Doc::EMPTY };

/// The four lists of a customer.
const LIST: Doc = Doc {
    errors: &[host(NotLoggedIn), rule(CustomerUnknown), host(Unknown)],
    further_errors: &[rule(RolesMissing)],
    ..KYC
};

/// The answer of getKycChecks.
#[derive(Debug, Deserialize, Serialize)]
pub struct Checks {
    /// The records, in the order of the API.
    pub checks: Vec<KycCheck>,
}

/// The answer of getKycDocuments.
#[derive(Debug, Deserialize, Serialize)]
pub struct Documents {
    /// The records, in the order of the API.
    pub documents: Vec<KycDocument>,
}

/// The answer of getKycMedia.
#[derive(Debug, Deserialize, Serialize)]
pub struct Medias {
    /// The records, in the order of the API.
    pub medias: Vec<KycMedia>,
}

/// The answer of getKycStatuses.
#[derive(Debug, Deserialize, Serialize)]
pub struct Statuses {
    /// The records, in the order of the API.
    pub statuses: Vec<KycStatus>,
}

async fn add_check(call: Call) -> Answer {
    let draft: KycCheckDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.path("BANK_ID")?, call.path("CUSTOMER_ID")?);
    let id = call.path("KYC_CHECK_ID")?;
    reply(call.session.write(kyc::add_check(caller, bank, customer, id, &draft)).await?)
}

async fn add_document(call: Call) -> Answer {
    let draft: KycDocumentDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.path("BANK_ID")?, call.path("CUSTOMER_ID")?);
    let id = call.path("KYC_DOCUMENT_ID")?;
    reply(call.session.write(kyc::add_document(caller, bank, customer, id, &draft)).await?)
}

async fn add_media(call: Call) -> Answer {
    let draft: KycMediaDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.path("BANK_ID")?, call.path("CUSTOMER_ID")?);
    let id = call.path("KYC_MEDIA_ID")?;
    reply(call.session.write(kyc::add_media(caller, bank, customer, id, &draft)).await?)
}

async fn add_status(call: Call) -> Answer {
    let draft: KycStatusDraft = call.body()?;
    let (caller, bank, customer) = (call.caller()?, call.path("BANK_ID")?, call.path("CUSTOMER_ID")?);
    reply(call.session.write(kyc::add_status(caller, bank, customer, &draft)).await?)
}

async fn checks(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.path("CUSTOMER_ID")?);
    reply(Checks { checks: call.session.reveal(kyc::checks(caller, customer)).await? })
}

async fn documents(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.path("CUSTOMER_ID")?);
    reply(Documents { documents: call.session.reveal(kyc::documents(caller, customer)).await? })
}

async fn medias(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.path("CUSTOMER_ID")?);
    reply(Medias { medias: call.session.reveal(kyc::medias(caller, customer)).await? })
}

async fn statuses(call: Call) -> Answer {
    let (caller, customer) = (call.caller()?, call.path("CUSTOMER_ID")?);
    reply(Statuses { statuses: call.session.reveal(kyc::statuses(caller, customer)).await? })
}
