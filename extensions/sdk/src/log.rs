//! Lines for the server's log. The server adds the extension's name and the correlation id of the request. It cuts a line after
//! 1,000 characters. A call that logs more than `log_lines_max` lines fails.

use crate::bindings::screening::obp::onboarding::logging::{Level, log};

/// Logs details for troubleshooting.
pub fn debug(message: &str) {
    log(Level::Debug, "", message);
}

/// Logs a normal event.
pub fn info(message: &str) {
    log(Level::Info, "", message);
}

/// Logs an event that the operator should check.
pub fn warn(message: &str) {
    log(Level::Warn, "", message);
}

/// Logs an error.
pub fn error(message: &str) {
    log(Level::Error, "", message);
}

/// Logs the reason why the call ends. Panics are logged automatically at this level.
pub fn critical(message: &str) {
    log(Level::Critical, "", message);
}
