//! The three shapes of a query's result: a list, one record, or whether there is a row.

use crate::errors::StoreError;
use crate::rows::FromRow;
use crate::store::Snapshot;
use crate::value::Param;

/// All records that a query finds.
pub(crate) async fn list<T: FromRow>(
    store: &mut dyn Snapshot,
    sql: &'static str,
    params: &[Param<'_>],
) -> Result<Vec<T>, StoreError> {
    store.rows(sql, params).await?.into_iter().map(|mut row| row.read()).collect()
}

/// The record that a query finds. The query finds at most one.
pub(crate) async fn one<T: FromRow>(
    store: &mut dyn Snapshot,
    sql: &'static str,
    params: &[Param<'_>],
) -> Result<Option<T>, StoreError> {
    store.rows(sql, params).await?.pop().map(|mut row| row.read()).transpose()
}

/// Whether a query finds a row.
pub(crate) async fn any(store: &mut dyn Snapshot, sql: &'static str, params: &[Param<'_>]) -> Result<bool, StoreError> {
    Ok(!store.rows(sql, params).await?.is_empty())
}
