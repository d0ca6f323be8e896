//! The API's settings. The program that composes the server fills them.

use serde::{Deserialize, Serialize};

/// The settings of the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The realm in `WWW-Authenticate`.
    pub hostname: String,
    /// The `provider` of users who register here.
    pub identity_provider: String,
    /// The organisation that runs the server.
    pub hosted_by: HostedBy,
    /// Requests worked on at once.
    pub requests_in_flight_max: usize,
    /// Bytes of a request's body.
    pub body_bytes_max: usize,
    /// How long a request's body may take to arrive, in milliseconds.
    pub body_read_ms_max: u64,
}

/// The organisation that runs the server, as the API's root shows it. A text is empty where nothing is configured.
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
