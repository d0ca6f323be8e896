//! The operations, a file for each noun: rows of the table with their descriptions, handlers, and samples for the examples.

pub(crate) mod accounts;
pub(crate) mod banks;
pub(crate) mod consumers;
pub(crate) mod customers;
pub(crate) mod entitlements;
pub(crate) mod kyc;
pub(crate) mod logins;
pub(crate) mod meetings;
pub(crate) mod meta;
pub(crate) mod users;
