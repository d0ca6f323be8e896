//! The one list of operations. The router is made from it, and so is whatever else speaks of operations: resource docs,
//! Swagger, OpenAPI, the pages for people.

use std::pin::Pin;

use hyper::{Method, StatusCode};

use crate::api_documents as documents;
use crate::call::{Answer, Call};
use crate::docs::{self, Doc};
use crate::error_codes::Code;
use crate::operations::{accounts, banks, consumers, customers, entitlements, kyc, logins, meetings, meta, users};

/// Below which prefix a route lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// `/obp/vX.Y.Z`, for every version served.
    Versioned,
    /// The server's root.
    Root,
}

/// What a route asks of the caller before anything else is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Login {
    /// A valid token.
    Needed,
    /// Nothing; what a request carries is not looked at.
    Open,
}

/// The JSON a route reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// It needs one, of a JSON content type.
    Json,
    /// What a request carries is not looked at.
    Ignored,
}

/// What a client may keep of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Nothing.
    Nothing,
    /// The answer, if it asks each time whether it is still the same: it has an `ETag`.
    Validated,
}

/// Handles a call of an operation.
pub type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

/// An operation.
#[derive(Clone)]
pub struct Route {
    /// Of the request; a HEAD is answered as the GET it asks about.
    pub method: Method,
    /// Below which prefix it lives.
    pub base: Base,
    /// Parameters are the segments in capitals, as the documents write them.
    pub path: &'static str,
    /// The reference's name of the operation.
    pub operation: &'static str,
    /// Whether it needs a login.
    pub login: Login,
    /// Whether it reads a body.
    pub body: Body,
    /// The status of the answer that was wished for.
    pub success: StatusCode,
    /// Error code if this operation's changes cannot be stored (decision 1).
    pub write_error: Option<Code>,
    /// What a client may keep of the answer.
    pub cache: Cache,
    /// What is said of it.
    pub doc: &'static Doc,
    /// Handles a call.
    pub handler: Handler,
}

impl Route {
    /// Whether it has the method and the path of that route.
    pub(crate) fn has_place_of(&self, other: &Self) -> bool {
        (&self.method, self.base, self.path) == (&other.method, other.base, other.path)
    }

    /// Its path on this server, under that version where it has one; parameters are words in capitals.
    #[must_use]
    pub fn path_under(&self, version: &str) -> String {
        match self.base {
            Base::Versioned => format!("/obp/{version}{}", self.path),
            Base::Root => self.path.to_owned(),
        }
    }
}

/// The versions that the same handlers answer under (decision 11).
pub const VERSIONS: &[&str] = &["v2.0.0", "v2.1.0", "v2.2.0", "v3.0.0", "v3.1.0", "v4.0.0", "v5.0.0", "v5.1.0"];

const COULD_NOT_ADD_MESSAGE: Option<Code> = Some(Code::MessageNotAdded);
const COULD_NOT_ADD_DOCUMENT: Option<Code> = Some(Code::DocumentNotAdded);
const COULD_NOT_CREATE_USER: Option<Code> = Some(Code::UserNotCreated);

/// A row: method, path, operation, success, handler, doc; then what differs from a logged-in call of an OBP path.
macro_rules! routes {
    ($($method:ident $path:literal $operation:literal $success:ident $handler:path, $doc:path $({ $($field:ident: $value:expr),* })?;)*) => {
        &[$(Route {
            $($($field: $value,)*)?
            ..Route {
                method: Method::$method,
                base: Base::Versioned,
                path: $path,
                operation: $operation,
                login: Login::Needed,
                body: routes!(@body $method),
                success: StatusCode::$success,
                write_error: None,
                cache: Cache::Nothing,
                doc: &$doc,
                handler: |call| Box::pin($handler(call)),
            }
        }),*]
    };
    (@body PUT) => { Body::Json };
    (@body POST) => { Body::Json };
    (@body $other:ident) => { Body::Ignored };
}

/// Every operation: the thirteen of the contract, in its order, then those around them by noun.
pub static ROUTES: &[Route] = routes! {
    PUT "/banks/BANK_ID/accounts/ACCOUNT_ID" "createAccount" OK accounts::create, docs::accounts::CREATE;
    POST "/banks/BANK_ID/meetings" "createMeeting" CREATED meetings::create, docs::meetings::CREATE;
    GET "/banks/BANK_ID/meetings/MEETING_ID" "getMeeting" OK meetings::get, docs::meetings::GET;
    GET "/banks/BANK_ID/meetings" "getMeetings" OK meetings::at_bank, docs::meetings::AT_BANK;
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_check/KYC_CHECK_ID" "addKycCheck" OK kyc::add_check, docs::kyc::ADD_CHECK { write_error: COULD_NOT_ADD_MESSAGE };
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_documents/KYC_DOCUMENT_ID" "addKycDocument" OK kyc::add_document, docs::kyc::ADD_DOCUMENT { write_error: COULD_NOT_ADD_DOCUMENT };
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_media/KYC_MEDIA_ID" "addKycMedia" OK kyc::add_media, docs::kyc::ADD_MEDIA { write_error: COULD_NOT_ADD_MESSAGE };
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_statuses" "addKycStatus" OK kyc::add_status, docs::kyc::ADD_STATUS { write_error: COULD_NOT_ADD_MESSAGE };
    GET "/customers/CUSTOMER_ID/kyc_checks" "getKycChecks" OK kyc::checks, docs::kyc::CHECKS;
    GET "/customers/CUSTOMER_ID/kyc_documents" "getKycDocuments" OK kyc::documents, docs::kyc::DOCUMENTS;
    GET "/customers/CUSTOMER_ID/kyc_statuses" "getKycStatuses" OK kyc::statuses, docs::kyc::STATUSES;
    GET "/customers/CUSTOMER_ID/kyc_media" "getKycMedia" OK kyc::medias, docs::kyc::MEDIAS;
    POST "/users" "createUser" CREATED users::create, docs::users::CREATE { login: Login::Open, write_error: COULD_NOT_CREATE_USER };

    GET "/my/accounts" "getMyAccounts" OK accounts::mine, docs::accounts::MINE;
    GET "/banks/BANK_ID/accounts/private" "getPrivateAccountsAtOneBank" OK accounts::mine_at_bank, docs::accounts::MINE_AT_BANK;
    GET "/banks/BANK_ID/accounts" "getAccountsAtBank" OK accounts::at_bank, docs::accounts::AT_BANK;
    GET "/banks/BANK_ID/accounts-held" "getAccountsHeld" OK accounts::held, docs::accounts::HELD;
    GET "/my/banks/BANK_ID/accounts/ACCOUNT_ID/account" "getCoreAccountById" OK accounts::get, docs::accounts::CORE;
    GET "/banks/BANK_ID/accounts/ACCOUNT_ID/owner/account" "getPrivateAccountById" OK accounts::get, docs::accounts::PRIVATE;
    GET "/banks/BANK_ID/accounts/ACCOUNT_ID/views" "getViewsForBankAccount" OK accounts::views, docs::accounts::VIEWS;

    GET "/banks" "getBanks" OK banks::all, docs::banks::ALL { login: Login::Open };
    GET "/banks/BANK_ID" "getBank" OK banks::get, docs::banks::GET { login: Login::Open };
    POST "/banks" "createBank" CREATED banks::create, docs::banks::CREATE;

    POST "/management/consumers" "createConsumer" CREATED consumers::create, docs::consumers::CREATE;
    POST "/my/consumers" "createMyConsumer" CREATED consumers::register, docs::consumers::REGISTER;
    GET "/management/users/current/consumers" "getConsumersForCurrentUser" OK consumers::mine, docs::consumers::MINE;
    GET "/management/consumers" "getConsumers" OK consumers::all, docs::consumers::ALL;
    PUT "/management/consumers/CONSUMER_ID" "enableDisableConsumers" OK consumers::set_enabled, docs::consumers::SET_ENABLED;

    POST "/banks/BANK_ID/customers" "createCustomer" CREATED customers::create, docs::customers::CREATE;
    GET "/banks/BANK_ID/customers/CUSTOMER_ID" "getCustomer" OK customers::get, docs::customers::GET;
    POST "/banks/BANK_ID/customers/customer-number" "getCustomerByCustomerNumber" CREATED customers::by_number, docs::customers::BY_NUMBER;
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/number" "updateCustomerNumber" OK customers::update_number, docs::customers::UPDATE_NUMBER;
    GET "/banks/BANK_ID/customers" "getCustomersForUserAtBank" OK customers::mine_at_bank, docs::customers::MINE_AT_BANK;
    GET "/users/current/customers" "getCustomersForUser" OK customers::mine, docs::customers::MINE;
    POST "/banks/BANK_ID/user_customer_links" "createUserCustomerLink" CREATED customers::link, docs::customers::LINK;

    POST "/users/USER_ID/entitlements" "addEntitlement" CREATED entitlements::grant, docs::entitlements::GRANT;
    GET "/users/USER_ID/entitlements" "getEntitlements" OK entitlements::of_user, docs::entitlements::OF_USER;
    GET "/my/entitlements" "getEntitlementsForCurrentUser" OK entitlements::mine, docs::entitlements::MINE;
    GET "/banks/BANK_ID/users/USER_ID/entitlements" "getEntitlementsByBankAndUser" OK entitlements::of_user_at_bank, docs::entitlements::OF_USER_AT_BANK;
    DELETE "/users/USER_ID/entitlement/ENTITLEMENT_ID" "deleteEntitlement" NO_CONTENT entitlements::revoke, docs::entitlements::REVOKE;
    GET "/entitlements" "getAllEntitlements" OK entitlements::all, docs::entitlements::ALL;
    GET "/roles" "getRoles" OK entitlements::roles, docs::entitlements::ROLES;
    POST "/entitlement-requests" "addEntitlementRequest" CREATED entitlements::request, docs::entitlements::ASK;
    GET "/entitlement-requests" "getAllEntitlementRequests" OK entitlements::all_requests, docs::entitlements::ALL_REQUESTS;
    GET "/my/entitlement-requests" "getEntitlementRequestsForCurrentUser" OK entitlements::my_requests, docs::entitlements::MY_REQUESTS;
    GET "/users/USER_ID/entitlement-requests" "getEntitlementRequests" OK entitlements::requests_of_user, docs::entitlements::REQUESTS_OF_USER;
    DELETE "/entitlement-requests/ENTITLEMENT_REQUEST_ID" "deleteEntitlementRequest" NO_CONTENT entitlements::drop_request, docs::entitlements::DROP_REQUEST;

    GET "/users/current" "getCurrentUser" OK users::current, docs::users::CURRENT;
    GET "/users" "getUsers" OK users::page, docs::users::PAGE;
    GET "/users/username/USERNAME" "getUserByUsername" OK users::by_username, docs::users::BY_USERNAME;
    GET "/users/user_id/USER_ID" "getUserByUserId" OK users::by_id, docs::users::BY_ID;
    GET "/users/USERNAME/lock-status" "getUserLockStatus" OK users::failed_logins, docs::users::LOCK;
    PUT "/users/USERNAME/lock-status" "unlockUser" OK users::unlock, docs::users::UNLOCK { body: Body::Ignored };

    POST "/my/logins/direct" "directLogin" CREATED logins::direct, docs::login::DIRECT { base: Base::Root, login: Login::Open, body: Body::Ignored };
    DELETE "/my/logins/direct" "deleteDirectLogin" NO_CONTENT logins::revoke, docs::login::REVOKE { base: Base::Root };

    GET "/root" "root" OK meta::root, docs::meta::ROOT { login: Login::Open };
    GET "/" "rootIndex" OK meta::root, docs::meta::INDEX { login: Login::Open };
    GET "/api/versions" "getScannedApiVersions" OK meta::versions, docs::meta::VERSIONS { login: Login::Open };
    GET "/resource-docs/VERSION/obp" "getResourceDocsObp" OK documents::resource_docs, docs::meta::RESOURCE_DOCS { login: Login::Open, cache: Cache::Validated };
    GET "/obp/v1.4.0/resource-docs/VERSION/obp" "getResourceDocsObpFirst" OK documents::resource_docs, docs::meta::RESOURCE_DOCS_FIRST { base: Base::Root, login: Login::Open, cache: Cache::Validated };
    GET "/resource-docs/VERSION/swagger" "getResourceDocsSwagger" OK documents::swagger, docs::meta::SWAGGER { login: Login::Open, cache: Cache::Validated };
    GET "/openapi.json" "getOpenApi" OK documents::openapi, docs::meta::OPENAPI { base: Base::Root, login: Login::Open, cache: Cache::Validated };
};
