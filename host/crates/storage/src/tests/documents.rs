//! Documents: those that never expire, and those that an earlier version has stored.

use bindings::Change;
use bindings::kyc_types::KycDocument;

use super::samples::*;
use super::timeline::execute;
use super::watched::Watched;
use crate::migrations::MIGRATIONS;
use crate::sqlite::FILE_NAME;
use crate::{kyc, statement};

async fn documents(store: &Watched) -> Vec<KycDocument> {
    kyc::documents(store.snapshot().await.as_mut(), "c-1").await.unwrap().unwrap()
}

#[tokio::test]
async fn a_document_may_never_expire() {
    let store = super::populated().await;
    let endless = KycDocument { expiry_date: None, ..document("bank-a", "c-1", "1") };
    for written in [endless, document("bank-a", "c-1", "1")] {
        store.change([Change::PutKycDocument(written.clone())]).await.unwrap();
        assert_eq!(documents(&store).await, [written]);
    }
}

#[tokio::test]
async fn the_documents_of_an_earlier_version_keep_their_dates_and_their_order() {
    let data = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(data.path().join(FILE_NAME)).unwrap();
    for (_, sql) in &MIGRATIONS[..6] {
        connection.execute_batch(sql).unwrap();
    }
    connection.pragma_update(None, "user_version", 6).unwrap();
    let written = [document("bank-a", "c-1", "1"), document("bank-a", "c-1", "2")];
    let [older, newer] = written.clone().map(Change::PutKycDocument);
    for change in
        [Change::CreateBank(bank("bank-a")), Change::CreateCustomer(customer("bank-a", "c-1", "n-1")), older, newer]
    {
        execute(&connection, statement(change));
    }
    drop(connection);
    let store = Watched::open_in(data);
    let [older, newer] = written;
    assert_eq!(documents(&store).await, [newer, older]);
}
