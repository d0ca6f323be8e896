//! What is said of the KYC operations.

use guest::access::Action;
use guest::refusals::RefusalCode::{BankIdMalformed, BankUnknown, CustomerUnknown};

use super::fields::Shape::Text;
use super::{Doc, own, rule};
use crate::error_codes::Code::{DocumentNotAdded, JsonIncorrect, MessageNotAdded, NotLoggedIn, Unknown};

const TAGS: &[&str] = &["KYC", "Customer"];

/// addKycCheck.
pub static ADD_CHECK: Doc = Doc {
    summary: "Add KYC Check",
    description: "Records a check that the KYC team made on the customer `CUSTOMER_ID`: how and when it was made, by whom, with what comments, and whether it satisfied.\n\n`KYC_CHECK_ID` is yours to choose, up to 44 characters. It names the check at that bank, for that customer: the same call with the same id replaces the check.\n\nA login is needed.",
    tags: TAGS,
    implemented_in: "2_0_0",
    request: Some(
        r#"{"customer_number":"1239879","date":"2017-09-19T00:00:00Z","how":"online_meeting","staff_user_id":"67876","staff_name":"Simon","satisfied":true,"comments":"String"}"#,
    ),
    response: Some(
        r#"{"bank_id":"PlaceholderString","customer_id":"PlaceholderString","id":"PlaceholderString","customer_number":"PlaceholderString","date":"2017-09-19T00:00:00Z","how":"PlaceholderString","staff_user_id":"PlaceholderString","staff_name":"PlaceholderString","satisfied":true,"comments":"PlaceholderString"}"#,
    ),
    actions: &[Action::AddKycCheck],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(CustomerUnknown),
        own(MessageNotAdded),
        own(Unknown),
    ],
    fields: &[
        ("customer_number", Text(0, 50)),
        ("how", Text(0, 32)),
        ("staff_user_id", Text(0, 64)),
        ("staff_name", Text(0, 64)),
        ("comments", Text(0, 2000)),
    ],
    ..Doc::PLAIN
};

/// addKycDocument.
pub static ADD_DOCUMENT: Doc = Doc {
    summary: "Add KYC Document.",
    description: "Records a document that affirms the identity of the customer `CUSTOMER_ID`: its type, such as `passport`, its number, where and when it was issued, and when it expires.\n\n`KYC_DOCUMENT_ID` is yours to choose, up to 44 characters. It names the document at that bank, for that customer: the same call with the same id replaces the document.\n\nA login is needed.",
    tags: TAGS,
    implemented_in: "2_0_0",
    request: Some(
        r#"{"customer_number":"1234","type":"passport","number":"12345","issue_date":"2017-09-19T00:00:00Z","issue_place":"Berlin","expiry_date":"2017-09-19T00:00:00Z"}"#,
    ),
    response: Some(
        r#"{"bank_id":"PlaceholderString","customer_id":"PlaceholderString","id":"PlaceholderString","customer_number":"PlaceholderString","type":"PlaceholderString","number":"PlaceholderString","issue_date":"2017-09-19T00:00:00Z","issue_place":"PlaceholderString","expiry_date":"2017-09-19T00:00:00Z"}"#,
    ),
    actions: &[Action::AddKycDocument],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        rule(BankUnknown),
        rule(CustomerUnknown),
        own(DocumentNotAdded),
        own(Unknown),
    ],
    fields: &[
        ("customer_number", Text(0, 50)),
        ("type", Text(0, 50)),
        ("number", Text(0, 50)),
        ("issue_place", Text(0, 512)),
    ],
    ..Doc::PLAIN
};

/// addKycMedia.
pub static ADD_MEDIA: Doc = Doc {
    summary: "Add KYC Media.",
    description: "Records where a scan or picture of the customer `CUSTOMER_ID` is kept: of a passport, a utility bill, a meeting. The URL is stored and never fetched.\n\n`relates_to_kyc_document_id` and `relates_to_kyc_check_id` say which document and check it belongs to; both may be empty.\n\n`KYC_MEDIA_ID` is yours to choose, up to 44 characters. It names the medium at that bank, for that customer: the same call with the same id replaces it.\n\nA login is needed.",
    tags: TAGS,
    implemented_in: "2_0_0",
    request: Some(
        r#"{"customer_number":"1239879","type":"image","url":"http://www.example.com/id-docs/123/image.png","date":"2017-09-19T00:00:00Z","relates_to_kyc_document_id":"123","relates_to_kyc_check_id":"123"}"#,
    ),
    response: Some(
        r#"{"bank_id":"PlaceholderString","customer_id":"PlaceholderString","id":"PlaceholderString","customer_number":"PlaceholderString","type":"PlaceholderString","url":"PlaceholderString","date":"2017-09-19T00:00:00Z","relates_to_kyc_document_id":"PlaceholderString","relates_to_kyc_check_id":"PlaceholderString"}"#,
    ),
    actions: &[Action::AddKycMedia],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        rule(CustomerUnknown),
        own(MessageNotAdded),
        own(Unknown),
    ],
    fields: &[
        ("customer_number", Text(0, 44)),
        ("type", Text(0, 50)),
        ("url", Text(0, 255)),
        ("relates_to_kyc_document_id", Text(0, 255)),
        ("relates_to_kyc_check_id", Text(0, 255)),
    ],
    ..Doc::PLAIN
};

/// addKycStatus.
pub static ADD_STATUS: Doc = Doc {
    summary: "Add KYC Status",
    description: "Adds an entry to the status timeline of the customer `CUSTOMER_ID`: whether all was well on that date.\n\nNothing is overwritten. The same entry again, of the same bank, date and `ok`, changes nothing.\n\nA login is needed.",
    tags: TAGS,
    implemented_in: "2_0_0",
    request: Some(r#"{"customer_number":"String","ok":true,"date":"2017-09-19T00:00:00Z"}"#),
    response: Some(
        r#"{"customer_id":"PlaceholderString","customer_number":"PlaceholderString","ok":true,"date":"2017-09-19T00:00:00Z"}"#,
    ),
    actions: &[Action::AddKycStatus],
    errors: &[
        own(NotLoggedIn),
        own(JsonIncorrect),
        rule(BankIdMalformed),
        own(Unknown),
        rule(BankUnknown),
        own(MessageNotAdded),
        rule(CustomerUnknown),
    ],
    fields: &[("customer_number", Text(0, 64))],
    ..Doc::PLAIN
};

/// getKycChecks.
pub static CHECKS: Doc = Doc {
    summary: "Get Customer KYC Checks",
    description: "The KYC checks made on the customer `CUSTOMER_ID`, at whichever bank, the one written last first.\n\nA login is needed.",
    response: Some(
        r#"{"checks":[{"bank_id":"PlaceholderString","customer_id":"PlaceholderString","id":"PlaceholderString","customer_number":"PlaceholderString","date":"2017-09-19T00:00:00Z","how":"PlaceholderString","staff_user_id":"PlaceholderString","staff_name":"PlaceholderString","satisfied":true,"comments":"PlaceholderString"}]}"#,
    ),
    actions: &[Action::ReadKycChecks],
    ..LIST
};

/// getKycDocuments.
pub static DOCUMENTS: Doc = Doc {
    summary: "Get Customer KYC Documents",
    description: "The documents that affirm the identity of the customer `CUSTOMER_ID`, such as a passport or a driving licence, at whichever bank, the one written last first.\n\nA login is needed.",
    response: Some(
        r#"{"documents":[{"bank_id":"PlaceholderString","customer_id":"PlaceholderString","id":"PlaceholderString","customer_number":"PlaceholderString","type":"PlaceholderString","number":"PlaceholderString","issue_date":"2017-09-19T00:00:00Z","issue_place":"PlaceholderString","expiry_date":"2017-09-19T00:00:00Z"}]}"#,
    ),
    actions: &[Action::ReadKycDocuments],
    ..LIST
};

/// getKycStatuses.
pub static STATUSES: Doc = Doc {
    summary: "Get Customer KYC statuses",
    description: "The status timeline of the customer `CUSTOMER_ID`: every entry of every bank, newest first.\n\nA login is needed.",
    response: Some(
        r#"{"statuses":[{"customer_id":"PlaceholderString","customer_number":"PlaceholderString","ok":true,"date":"2017-09-19T00:00:00Z"}]}"#,
    ),
    actions: &[Action::ReadKycStatuses],
    ..LIST
};

/// getKycMedia.
pub static MEDIAS: Doc = Doc {
    summary: "Get KYC Media for a customer",
    description: "The scans, pictures and videos that affirm the identity of the customer `CUSTOMER_ID`, at whichever bank, the one written last first.\n\nA login is needed.",
    response: Some(
        r#"{"medias":[{"bank_id":"PlaceholderString","customer_id":"PlaceholderString","id":"PlaceholderString","customer_number":"PlaceholderString","type":"PlaceholderString","url":"PlaceholderString","date":"2017-09-19T00:00:00Z","relates_to_kyc_document_id":"PlaceholderString","relates_to_kyc_check_id":"PlaceholderString"}]}"#,
    ),
    actions: &[Action::ReadKycMedia],
    ..LIST
};

/// What the four lists have in common.
const LIST: Doc = Doc {
    tags: TAGS,
    implemented_in: "2_0_0",
    errors: &[own(NotLoggedIn), rule(CustomerUnknown), own(Unknown)],
    ..Doc::PLAIN
};
