//! Preconditions, batches of commits, and SQLite's plans.

use std::sync::Arc;

use bindings::Change;

use super::everything::{
    creations, follow, read_about_one_subject, renumber, staffed, switch, write_about_one_subject,
};
use super::populated;
use super::samples::*;
use crate::{CommitError, banks, customers, users};

fn conflicts(answer: &Result<(), CommitError>) -> bool {
    matches!(answer, Err(CommitError::Conflict))
}

#[tokio::test]
async fn a_creation_conflicts_the_second_time() {
    let store = populated().await;
    for change in creations() {
        store.change([change.clone()]).await.unwrap();
        assert!(conflicts(&store.change([change.clone()]).await), "{change:?}");
    }
    // Each other unique key is checked like the id.
    let mut namesake = user("kim");
    namesake.user.user_id = "u-other".to_owned();
    namesake.user.provider_id = "other".to_owned();
    let mut same_number = account("bank-a", "a-2", "kim");
    same_number.number = "number a-1".to_owned();
    let mut same_key = consumer("k-2", "u-kim", 1);
    same_key.key = "key of k-1".to_owned();
    let taken = [
        Change::CreateUser(namesake),
        Change::CreateCustomer(customer("bank-a", "c-3", "n-2")),
        renumber("c-1", "n-2"),
        Change::LinkUserToCustomer(link("l-2", "bank-a", "c-2", "u-kim", 1)),
        Change::CreateAccount(same_number),
        Change::GrantEntitlement(grant("u-kim", &entitlement("e-2", "CanA", "bank-a"))),
        Change::RequestEntitlement(request("r-2", "u-kim", "CanA", 1)),
        Change::CreateConsumer(same_key),
    ];
    for change in taken {
        assert!(conflicts(&store.change([change.clone()]).await), "{change:?}");
    }
    let mut facts = store.snapshot().await;
    let unchanged = customers::at_bank(facts.as_mut(), "bank-a", "c-1").await.unwrap();
    assert_eq!(unchanged, Some(customer("bank-a", "c-1", "n-1")));
}

#[tokio::test]
async fn a_change_conflicts_if_it_refers_to_something_missing() {
    let store = populated().await;
    store.change([Change::CreateAccount(account("bank-a", "a-1", "kim"))]).await.unwrap();
    let missing = [
        Change::CreateCustomer(customer("bank-c", "c-2", "n-2")),
        renumber("c-2", "n-2"),
        Change::LinkUserToCustomer(link("l-1", "bank-a", "c-2", "u-kim", 1)),
        Change::LinkUserToCustomer(link("l-1", "bank-a", "c-1", "u-ann", 1)),
        Change::CreateAccount(account("bank-c", "a-2", "kim")),
        Change::CreateAccount(account("bank-a", "a-2", "ann")),
        Change::GrantView(view_grant("bank-a", "a-2", "owner", "u-kim")),
        Change::GrantView(view_grant("bank-a", "a-1", "owner", "u-ann")),
        Change::GrantEntitlement(grant("u-ann", &entitlement("e-1", "CanA", "bank-a"))),
        Change::RevokeEntitlement("e-1".to_owned()),
        Change::RequestEntitlement(request("r-1", "u-ann", "CanA", 1)),
        Change::DropEntitlementRequest("r-1".to_owned()),
        Change::CreateConsumer(consumer("k-1", "u-ann", 1)),
        switch("k-1"),
        Change::PutKycCheck(check("bank-a", "c-2", "1")),
        Change::PutKycDocument(document("bank-a", "c-2", "1")),
        Change::PutKycMedia(media("bank-a", "c-2", "1")),
        new_status(&status("bank-a", "c-2", true, 1), None),
        follow("c-2", true, None),
        Change::CreateMeeting(meeting("bank-c", "m-1", "u-kim")),
        Change::CreateMeeting(meeting("bank-a", "m-1", "u-ann")),
        staffed("m-1", "kim"),
    ];
    for change in missing {
        assert!(conflicts(&store.change([change.clone()]).await), "{change:?}");
    }
}

#[tokio::test]
async fn a_list_whose_second_change_conflicts_writes_nothing() {
    let store = populated().await;
    let list =
        [Change::CreateBank(bank("bank-c")), Change::CreateUser(user("kim")), Change::CreateBank(bank("bank-d"))];
    assert!(conflicts(&store.change(list).await));
    let all = banks::all(store.snapshot().await.as_mut()).await.unwrap();
    assert_eq!(all, [bank_read("bank-a"), bank_read("bank-b")]);
}

#[tokio::test]
async fn a_conflict_does_not_affect_other_commits_of_its_batch() {
    let store = Arc::new(populated().await);
    let mut commits = tokio::task::JoinSet::new();
    for number in 0..32 {
        let store = Arc::clone(&store);
        commits.spawn(async move {
            // Every eighth commit uses a name that is taken, after a change that must be undone too.
            let name = if number % 8 == 3 { "kim".to_owned() } else { format!("user {number:02}") };
            let bank = Change::CreateBank(bank(&format!("bank {number:02}")));
            (number, store.change([bank, Change::CreateUser(user(&name))]).await)
        });
    }
    for (number, answer) in commits.join_all().await {
        assert_eq!(conflicts(&answer), number % 8 == 3, "{number}: {answer:?}");
        assert_eq!(answer.is_ok(), number % 8 != 3, "{number}: {answer:?}");
    }
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    for number in 0..32 {
        let (bank_id, user_id) = (format!("bank {number:02}"), format!("u-user {number:02}"));
        assert_eq!(banks::exists(facts, &bank_id).await.unwrap(), number % 8 != 3, "{bank_id}");
        assert_eq!(users::by_id(facts, &user_id).await.unwrap().is_some(), number % 8 != 3, "{user_id}");
    }
}

/// A read or write about one user, customer, account or bank must not look at the rows of all of them.
#[tokio::test]
async fn reads_and_writes_about_one_subject_scan_no_table() {
    let store = populated().await;
    store.texts();
    write_about_one_subject(&store).await;
    read_about_one_subject(&store).await;
    let plans = store.plans();
    assert!(plans.len() > 50, "{} texts", plans.len());
    for (sql, plan) in plans {
        let scans = plan.lines().filter(|line| line.starts_with("SCAN ") && !line.ends_with("CONSTANT ROW"));
        assert_eq!(scans.collect::<Vec<_>>(), Vec::<&str>::new(), "{sql}\n{plan}");
    }
}
