//! The API's settings. The program that composes the server fills them.

use serde::{Deserialize, Serialize};
use settings::PublicUrl;

use crate::login_delay::LoginDelay;

/// The settings of the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The realm in `WWW-Authenticate`.
    pub hostname: String,
    /// The URL at which clients reach the server, if it is known.
    pub public_url: Option<PublicUrl>,
    /// The `provider` of users who register here.
    pub identity_provider: String,
    /// The organisation that runs the server.
    pub hosted_by: HostedBy,
    /// How failed logins delay further ones.
    pub login_delay: LoginDelay,
    /// The greatest number of requests at once.
    pub requests_in_flight_max: usize,
    /// The greatest number of requests of one connection at once.
    pub requests_per_connection_max: usize,
    /// The greatest size of all answers together that clients have not taken yet, in bytes.
    pub answers_bytes_max: usize,
    /// The greatest size of a request's body, in bytes.
    pub body_bytes_max: usize,
    /// The time within which a request's body must arrive, in milliseconds.
    pub body_read_ms_max: u64,
}

/// The organisation that runs the server, for the API's root. A text that is not configured is empty.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HostedBy {
    /// Its name.
    pub organisation: String,
    /// Its e-mail address.
    pub email: String,
    /// Its telephone number.
    pub phone: String,
    /// Its website.
    pub organisation_website: String,
}
