//! The OBP API over HTTP: routes, login, JSON, statuses. The crates below it know no path, no JSON key and no status.

mod api_documents;
mod call;
mod caller;
mod direct_login;
pub mod docs;
pub mod error_codes;
pub mod error_help;
mod errors;
mod freshness;
pub mod json;
mod login_locks;
mod operations;
mod router;
pub mod routes;
mod service;
mod settings;

pub use self::call::{Answer, Call, reply};
pub use self::direct_login::{Credentials, Header};
pub use self::errors::ApiError;
pub use self::operations::customers::{ShownCustomer, ShownCustomers};
pub use self::service::{Answering, Incoming, Service};
pub use self::settings::{HostedBy, Settings};
