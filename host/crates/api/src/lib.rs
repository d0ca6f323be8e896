//! The OBP API over HTTP: routes, login, JSON, statuses. The crates below it know no path, no JSON key and no status.
//!
//! A request takes this way: [`Service`] finds the route and the caller, the route's handler in `operations` reads a typed draft
//! and calls the rules, and [`json`] writes their reply.

mod answer_budget;
mod answer_room;
mod api_documents;
mod call;
mod caller;
mod containment;
mod direct_login;
pub mod docs;
pub mod error_codes;
pub mod error_help;
mod errors;
pub mod field_tables;
pub mod json;
mod lines;
mod login_attempt;
mod login_delay;
mod login_room;
mod login_source;
mod operations;
mod peer;
mod response;
mod route;
mod router;
pub mod routes;
mod service;
mod settings;
mod versions;

pub use self::answer_budget::AnswerShare;
pub use self::call::{Answer, Call, Reply, reply};
pub use self::direct_login::Credentials;
pub use self::errors::ApiError;
pub use self::login_delay::LoginDelay;
pub use self::login_source::LoginSource;
/// The shapes of answers that are no records of the bindings, for clients in this process.
pub use self::operations::{
    accounts::lists::{AccountSummaries, AccountSummary, ViewSummary},
    consumers::Consumers,
    customers::{ShownCustomer, ShownCustomers},
    entitlements::EntitlementRequests,
    kyc::{Checks, Documents, Medias, Statuses},
    logins::{PasswordChange, Token},
    meetings::MeetingLink,
};
pub use self::router::canonical_path;
pub use self::service::{Answering, Incoming, Service, content_coding};
pub use self::settings::{HostedBy, Settings};
