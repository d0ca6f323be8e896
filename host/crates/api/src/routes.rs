//! The table of operations. Each noun's file in `operations` has its own rows; here they are joined. The router, the resource
//! docs, the Swagger and OpenAPI documents and the Explorer are made from the table.

use std::sync::LazyLock;

use crate::operations::{accounts, banks, consumers, customers, entitlements, kyc, logins, meetings, meta, users};
pub use crate::route::{Base, Body, Cache, DOCUMENTED, Handler, Login, Route, VERSIONS, is_parameter};

#[cfg(test)]
mod tests;

/// Every operation.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let nouns = [
        accounts::ROUTES,
        banks::ROUTES,
        consumers::ROUTES,
        customers::ROUTES,
        entitlements::ROUTES,
        kyc::ROUTES,
        logins::ROUTES,
        meetings::ROUTES,
        meta::ROUTES,
        users::ROUTES,
    ];
    nouns.concat()
});
