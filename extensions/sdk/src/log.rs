//! Lines for the server's log, which adds the extension's name and the request's correlation id. A line is cut after 1,000
//! characters, and a call may log as many as the manifest allows (`log_lines_max`); one more ends the call.

use crate::bindings::screening::obp::onboarding::logging::{Level, log};

/// What is of use only while something is being looked for.
pub fn debug(message: &str) {
    log(Level::Debug, "", message);
}

/// What is as it should be, and of interest.
pub fn info(message: &str) {
    log(Level::Info, "", message);
}

/// What somebody should look at.
pub fn warn(message: &str) {
    log(Level::Warn, "", message);
}

/// What did not work.
pub fn error(message: &str) {
    log(Level::Error, "", message);
}

/// Why the call ends. Panics are logged so without further ado.
pub fn critical(message: &str) {
    log(Level::Critical, "", message);
}
