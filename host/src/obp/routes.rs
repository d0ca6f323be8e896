//! The one list of operations. The router is made from it; so will be whatever else speaks of operations.

use std::pin::Pin;

use hyper::{Method, StatusCode};

use super::call::{Answer, Call};
use super::{accounts, banks, consumers, customers, entitlements, kyc, login, meetings, meta, users};

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

type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Answer> + Send>>;

/// An operation.
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
    /// The contract's own text for a write that could not be stored (decision 1).
    pub unstored: Option<&'static str>,
    pub(super) handler: Handler,
}

/// The versions that the same handlers answer under (decision 11).
pub const VERSIONS: &[&str] = &["v2.0.0", "v2.1.0", "v2.2.0", "v3.0.0", "v3.1.0", "v4.0.0", "v5.0.0", "v5.1.0"];

const COULD_NOT_ADD_MESSAGE: Option<&str> = Some("OBP-00004: Server error: could not add message");
const COULD_NOT_ADD_DOCUMENT: Option<&str> = Some("Server error: could not add KycDocument");
const COULD_NOT_CREATE_USER: Option<&str> = Some("Error occurred during user creation.");

/// A row: method, path, operation, success, handler; then what differs from a logged-in call of an OBP path.
macro_rules! routes {
    ($($method:ident $path:literal $operation:literal $success:ident $handler:path $({ $($field:ident: $value:expr),* })?;)*) => {
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
                unstored: None,
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
    PUT "/banks/BANK_ID/accounts/ACCOUNT_ID" "createAccount" OK accounts::create;
    POST "/banks/BANK_ID/meetings" "createMeeting" CREATED meetings::create;
    GET "/banks/BANK_ID/meetings/MEETING_ID" "getMeeting" OK meetings::get;
    GET "/banks/BANK_ID/meetings" "getMeetings" OK meetings::at_bank;
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_check/KYC_CHECK_ID" "addKycCheck" OK kyc::add_check { unstored: COULD_NOT_ADD_MESSAGE };
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_documents/KYC_DOCUMENT_ID" "addKycDocument" OK kyc::add_document { unstored: COULD_NOT_ADD_DOCUMENT };
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_media/KYC_MEDIA_ID" "addKycMedia" OK kyc::add_media { unstored: COULD_NOT_ADD_MESSAGE };
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/kyc_statuses" "addKycStatus" OK kyc::add_status { unstored: COULD_NOT_ADD_MESSAGE };
    GET "/customers/CUSTOMER_ID/kyc_checks" "getKycChecks" OK kyc::checks;
    GET "/customers/CUSTOMER_ID/kyc_documents" "getKycDocuments" OK kyc::documents;
    GET "/customers/CUSTOMER_ID/kyc_statuses" "getKycStatuses" OK kyc::statuses;
    GET "/customers/CUSTOMER_ID/kyc_media" "getKycMedia" OK kyc::medias;
    POST "/users" "createUser" CREATED users::create { login: Login::Open, unstored: COULD_NOT_CREATE_USER };

    GET "/my/accounts" "getMyAccounts" OK accounts::mine;
    GET "/banks/BANK_ID/accounts/private" "getPrivateAccountsAtOneBank" OK accounts::mine_at_bank;
    GET "/banks/BANK_ID/accounts" "getAccountsAtBank" OK accounts::at_bank;
    GET "/banks/BANK_ID/accounts-held" "getAccountsHeld" OK accounts::held;
    GET "/my/banks/BANK_ID/accounts/ACCOUNT_ID/account" "getCoreAccountById" OK accounts::get;
    GET "/banks/BANK_ID/accounts/ACCOUNT_ID/owner/account" "getPrivateAccountById" OK accounts::get;
    GET "/banks/BANK_ID/accounts/ACCOUNT_ID/views" "getViewsForBankAccount" OK accounts::views;

    GET "/banks" "getBanks" OK banks::all { login: Login::Open };
    GET "/banks/BANK_ID" "getBank" OK banks::get { login: Login::Open };
    POST "/banks" "createBank" CREATED banks::create;

    POST "/management/consumers" "createConsumer" CREATED consumers::create;
    POST "/my/consumers" "createMyConsumer" CREATED consumers::register;
    GET "/management/users/current/consumers" "getConsumersForCurrentUser" OK consumers::mine;
    GET "/management/consumers" "getConsumers" OK consumers::all;
    PUT "/management/consumers/CONSUMER_ID" "enableDisableConsumers" OK consumers::set_enabled;

    POST "/banks/BANK_ID/customers" "createCustomer" CREATED customers::create;
    GET "/banks/BANK_ID/customers/CUSTOMER_ID" "getCustomer" OK customers::get;
    POST "/banks/BANK_ID/customers/customer-number" "getCustomerByCustomerNumber" CREATED customers::by_number;
    PUT "/banks/BANK_ID/customers/CUSTOMER_ID/number" "updateCustomerNumber" OK customers::update_number;
    GET "/banks/BANK_ID/customers" "getCustomersForUserAtBank" OK customers::mine_at_bank;
    GET "/users/current/customers" "getCustomersForUser" OK customers::mine;
    POST "/banks/BANK_ID/user_customer_links" "createUserCustomerLink" CREATED customers::link;

    POST "/users/USER_ID/entitlements" "addEntitlement" CREATED entitlements::grant;
    GET "/users/USER_ID/entitlements" "getEntitlements" OK entitlements::of_user;
    GET "/my/entitlements" "getEntitlementsForCurrentUser" OK entitlements::mine;
    GET "/banks/BANK_ID/users/USER_ID/entitlements" "getEntitlementsByBankAndUser" OK entitlements::of_user_at_bank;
    DELETE "/users/USER_ID/entitlement/ENTITLEMENT_ID" "deleteEntitlement" NO_CONTENT entitlements::revoke;
    GET "/entitlements" "getAllEntitlements" OK entitlements::all;
    GET "/roles" "getRoles" OK entitlements::roles;
    POST "/entitlement-requests" "addEntitlementRequest" CREATED entitlements::request;
    GET "/entitlement-requests" "getAllEntitlementRequests" OK entitlements::all_requests;
    GET "/my/entitlement-requests" "getEntitlementRequestsForCurrentUser" OK entitlements::my_requests;
    GET "/users/USER_ID/entitlement-requests" "getEntitlementRequests" OK entitlements::requests_of_user;
    DELETE "/entitlement-requests/ENTITLEMENT_REQUEST_ID" "deleteEntitlementRequest" NO_CONTENT entitlements::drop_request;

    GET "/users/current" "getCurrentUser" OK users::current;
    GET "/users" "getUsers" OK users::page;
    GET "/users/username/USERNAME" "getUserByUsername" OK users::by_username;
    GET "/users/user_id/USER_ID" "getUserByUserId" OK users::by_id;
    GET "/users/USERNAME/lock-status" "getUserLockStatus" OK users::failed_logins;
    PUT "/users/USERNAME/lock-status" "unlockUser" OK users::unlock { body: Body::Ignored };

    POST "/my/logins/direct" "directLogin" CREATED login::direct { base: Base::Root, login: Login::Open, body: Body::Ignored };

    GET "/root" "root" OK meta::root { login: Login::Open };
    GET "/" "rootIndex" OK meta::root { login: Login::Open };
    GET "/api/versions" "getScannedApiVersions" OK meta::versions { login: Login::Open };
};
