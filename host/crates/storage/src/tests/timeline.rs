//! The status timeline: its order, the end that a new entry depends on, and the stores of earlier versions.

use bindings::Change;
use bindings::kyc_types::{BankTimeline, KycStatusEntry};
use rusqlite::types::Value as SqlValue;

use super::everything::follow;
use super::samples::*;
use super::{populated, watched::Watched};
use crate::migrations::MIGRATIONS;
use crate::sqlite::FILE_NAME;
use crate::{CommitError, Statement, Value, customers, kyc, statement};

async fn add(store: &Watched, entry: &KycStatusEntry, after: Option<u64>) -> Result<(), CommitError> {
    store.change([new_status(entry, after)]).await
}

async fn timeline(store: &Watched, bank_id: &str) -> Option<BankTimeline> {
    kyc::timeline(store.snapshot().await.as_mut(), bank_id, "c-1").await.unwrap()
}

#[tokio::test]
async fn the_timeline_of_all_banks_comes_by_date_and_of_one_date_last_written_first() {
    let store = populated().await;
    let entries = [
        status("bank-a", "c-1", true, 20),
        status("bank-a", "c-1", false, 20),
        status("bank-b", "c-1", true, 20),
        status("bank-a", "c-1", true, 10),
        status("bank-a", "c-1", true, 20),
    ];
    for (entry, after) in entries.iter().zip([None, Some(1), None, Some(2), Some(4)]) {
        add(&store, entry, after).await.unwrap();
    }
    let statuses = kyc::statuses(store.snapshot().await.as_mut(), "c-1").await.unwrap().unwrap();
    let expected = [4, 2, 1, 0, 3].map(|index: usize| entries[index].status.clone());
    assert_eq!(statuses, expected);
    assert_eq!(kyc::statuses(store.snapshot().await.as_mut(), "c-2").await.unwrap(), None);
}

#[tokio::test]
async fn the_end_of_a_timeline_is_that_of_one_bank() {
    let store = populated().await;
    assert_eq!(timeline(&store, "bank-a").await, None);
    let (newest, old, other) =
        (status("bank-a", "c-1", false, 30), status("bank-a", "c-1", true, 10), status("bank-b", "c-1", true, 40));
    add(&store, &newest, None).await.unwrap();
    add(&store, &other, None).await.unwrap();
    let of_a = BankTimeline {
        last_written: newest.status.clone(),
        last_number: 1,
        newest: newest.status.clone(),
        last_ok_date: None,
    };
    assert_eq!(timeline(&store, "bank-a").await, Some(of_a));
    add(&store, &old, Some(1)).await.unwrap();
    let of_a =
        BankTimeline { last_written: old.status, last_number: 3, newest: newest.status, last_ok_date: Some(at(10)) };
    assert_eq!(timeline(&store, "bank-a").await, Some(of_a));
}

#[tokio::test]
async fn an_entry_conflicts_if_its_bank_has_written_another_since() {
    let store = populated().await;
    let entry = status("bank-a", "c-1", true, 20);
    for (after, accepted) in [(Some(1), false), (None, true), (None, false), (Some(1), true), (Some(1), false)] {
        let answer = add(&store, &entry, after).await;
        assert_eq!(answer.is_ok(), accepted, "{after:?}: {answer:?}");
        assert_eq!(matches!(answer, Err(CommitError::Conflict)), !accepted, "{after:?}: {answer:?}");
    }
    // An entry of another bank is no reason for a conflict.
    add(&store, &status("bank-b", "c-1", true, 20), None).await.unwrap();
    add(&store, &entry, Some(2)).await.unwrap();
}

#[tokio::test]
async fn a_customer_gets_the_status_of_the_timeline_and_keeps_a_date_that_is_not_given() {
    let store = populated().await;
    let status_of = async || {
        let customer = customers::at_bank(store.snapshot().await.as_mut(), "bank-a", "c-1").await.unwrap().unwrap();
        (customer.details.kyc_status, customer.details.last_ok_date)
    };
    let (_, created) = status_of().await;
    for (change, expected) in [
        (follow("c-1", false, None), (false, created)),
        (follow("c-1", true, Some(30)), (true, at(30))),
        (follow("c-1", false, None), (false, at(30))),
    ] {
        store.change([change]).await.unwrap();
        assert_eq!(status_of().await, expected);
    }
}

/// Executes statements of today on a store of an earlier version.
pub(super) fn execute(connection: &rusqlite::Connection, Statement { sql, values, .. }: Statement) {
    let values = values.into_iter().map(|value| match value {
        Value::Null => SqlValue::Null,
        Value::Int(number) => SqlValue::Integer(number),
        Value::Text(text) => SqlValue::Text(text),
    });
    connection.execute(sql, rusqlite::params_from_iter(values)).unwrap();
}

#[tokio::test]
async fn the_entries_of_an_earlier_version_are_kept_and_their_customers_follow_them() {
    let data = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(data.path().join(FILE_NAME)).unwrap();
    for (_, sql) in &MIGRATIONS[..3] {
        connection.execute_batch(sql).unwrap();
    }
    connection.pragma_update(None, "user_version", 3).unwrap();
    execute(&connection, statement(Change::CreateBank(bank("bank-a"))));
    for id in ["c-1", "c-2", "c-3"] {
        execute(&connection, statement(Change::CreateCustomer(customer("bank-a", id, id))));
    }
    // The customers were created as verified. c-1 was verified last, for an earlier date; c-2 never was; c-3 has no entry.
    for (id, written, date_ms, ok) in [("c-1", 1, 30, 0), ("c-1", 2, 20, 1), ("c-2", 1, 10, 0)] {
        let entry = "INSERT INTO kyc_statuses (bank_id, customer_id, date_ms, ok, customer_number, written) \
            VALUES ('bank-a', ?1, ?2, ?3, '', ?4)";
        connection.execute(entry, rusqlite::params![id, date_ms, ok, written]).unwrap();
    }
    drop(connection);
    let store = Watched::open_in(data);
    let mut facts = store.snapshot().await;
    let created = customer("bank-a", "c-3", "c-3").details;
    for (id, entries, kyc_status, last_ok_date) in [
        ("c-1", vec![(30, false), (20, true)], false, at(20)),
        ("c-2", vec![(10, false)], false, created.last_ok_date),
        ("c-3", vec![], created.kyc_status, created.last_ok_date),
    ] {
        let statuses = kyc::statuses(facts.as_mut(), id).await.unwrap().unwrap();
        let read: Vec<_> = statuses.iter().map(|status| (status.date.milliseconds, status.ok)).collect();
        assert_eq!(read, entries, "{id}");
        let customer = customers::at_bank(facts.as_mut(), "bank-a", id).await.unwrap().unwrap();
        assert_eq!((customer.details.kyc_status, customer.details.last_ok_date), (kyc_status, last_ok_date), "{id}");
    }
}
