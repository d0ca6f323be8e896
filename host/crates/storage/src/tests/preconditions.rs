//! Preconditions, groups of commits, and the plans of what every request or login runs.

use std::sync::Arc;

use super::samples::*;
use super::watched::Watched;
use super::{Change, ConsumerSwitch, CustomerNumberChange, ScreeningNote, Store, populated};
use super::{accounts, banks, consumers, customers, entitlements, kyc, logins, meetings, users};
use crate::CommitError;

fn conflicts(answer: &Result<(), CommitError>) -> bool {
    matches!(answer, Err(CommitError::Conflict))
}

fn renumber(customer_id: &str, customer_number: &str) -> Change {
    let (customer_id, customer_number) = (customer_id.to_owned(), customer_number.to_owned());
    Change::ChangeCustomerNumber(CustomerNumberChange { bank_id: "bank-a".to_owned(), customer_id, customer_number })
}

fn switch(consumer_id: &str) -> Change {
    Change::SwitchConsumer(ConsumerSwitch { consumer_id: consumer_id.to_owned(), enabled: true })
}

/// Every change that asks for something new, on a populated store.
fn creations() -> Vec<Change> {
    vec![
        Change::CreateUser(user("ann")),
        Change::CreateCustomer(customer("bank-a", "c-2", "n-2")),
        Change::LinkUserToCustomer(link("l-1", "bank-a", "c-1", "u-kim", 1)),
        Change::CreateAccount(account("bank-a", "a-1", "kim")),
        Change::GrantView(view_grant("bank-a", "a-1", "owner", "u-kim")),
        Change::GrantEntitlement(grant("u-kim", &entitlement("e-1", "CanA", "bank-a"))),
        Change::RequestEntitlement(request("r-1", "u-kim", "CanA", 1)),
        Change::AddKycStatus(status("bank-a", "c-1", true, 1)),
        Change::CreateConsumer(consumer("k-1", "u-kim", 1)),
        Change::CreateMeeting(meeting("bank-a", "m-1", "u-kim")),
    ]
}

/// What may be repeated, on a populated store with the [`creations`].
fn others() -> Vec<Change> {
    let (bank_id, operation, subject_id) = ("bank-a".to_owned(), "createUser".to_owned(), "u-kim".to_owned());
    vec![
        Change::ResetFailedLogins("kim".to_owned()),
        Change::ReplaceBank(bank("bank-a")),
        renumber("c-1", "n-3"),
        switch("k-1"),
        Change::PutKycCheck(check("bank-a", "c-1", "1")),
        Change::PutKycDocument(document("bank-a", "c-1", "1")),
        Change::PutKycMedia(media("bank-a", "c-1", "1")),
        Change::NoteScreening(ScreeningNote { bank_id, operation, subject_id, note: String::new(), when: at(1) }),
    ]
}

fn removals() -> Vec<Change> {
    vec![Change::RevokeEntitlement("e-1".to_owned()), Change::DropEntitlementRequest("r-1".to_owned())]
}

#[tokio::test]
async fn what_must_be_new_conflicts_the_second_time() {
    let store = populated().await;
    for change in creations() {
        store.change([change.clone()]).await.unwrap();
        assert!(conflicts(&store.change([change.clone()]).await), "{change:?}");
    }
    // Not only the id, but each key of its own.
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
async fn what_must_exist_conflicts_where_it_does_not() {
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
        Change::AddKycStatus(status("bank-a", "c-2", true, 1)),
        Change::CreateMeeting(meeting("bank-c", "m-1", "u-kim")),
        Change::CreateMeeting(meeting("bank-a", "m-1", "u-ann")),
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
async fn a_commit_that_conflicts_does_not_hurt_its_group() {
    let store = Arc::new(populated().await);
    let mut commits = tokio::task::JoinSet::new();
    for number in 0..32 {
        let store = Arc::clone(&store);
        commits.spawn(async move {
            // Every eighth takes a name that is taken, after a change that must be undone with it.
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

/// What reads or writes for one user, customer, account or bank must not look at all of them.
#[tokio::test]
async fn nothing_for_one_subject_scans_a_table() {
    let store = populated().await;
    store.plans();
    store.change(creations().into_iter().chain(others()).chain(removals())).await.unwrap();
    store.commit(vec![logins::reserve_try("u-kim", 5, 1), logins::reset_tries("u-kim")]).await.unwrap();
    let issued = logins::issue_token("digest".to_owned(), "u-kim", "k-1", 9);
    store.commit(vec![issued, logins::forget_expired(1), logins::add_super_admin("kim")]).await.unwrap();
    read_everything_of_one_subject(&store).await;
    let plans = store.plans();
    assert!(plans.len() > 50, "{} texts", plans.len());
    for (sql, plan) in plans {
        let scans = plan.lines().filter(|line| line.starts_with("SCAN ") && !line.ends_with("CONSTANT ROW"));
        assert_eq!(scans.collect::<Vec<_>>(), Vec::<&str>::new(), "{sql}\n{plan}");
    }
}

async fn read_everything_of_one_subject(store: &Watched) {
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    assert!(logins::token_owner(facts, "digest", 1).await.unwrap().is_some());
    logins::consumer(facts, "key of k-1").await.unwrap();
    logins::login(facts, "kim").await.unwrap();
    users::by_id(facts, "u-kim").await.unwrap();
    users::by_username(facts, "kim").await.unwrap();
    users::failed_logins(facts, "kim").await.unwrap();
    entitlements::of_user(facts, "u-kim").await.unwrap();
    kyc::status(facts, "bank-a", "c-1", at(1), true).await.unwrap();
    entitlements::is_super_admin(facts, "u-kim").await.unwrap();
    entitlements::all(facts, Some("CanA")).await.unwrap();
    entitlements::requests(facts, Some("u-kim")).await.unwrap();
    entitlements::request(facts, "r-1").await.unwrap();
    consumers::made_by(facts, Some("u-kim")).await.unwrap();
    consumers::exists(facts, "k-1").await.unwrap();
    banks::exists(facts, "bank-a").await.unwrap();
    banks::find(facts, "bank-a").await.unwrap();
    customers::at_bank(facts, "bank-a", "c-1").await.unwrap();
    customers::by_number(facts, "bank-a", "n-1").await.unwrap();
    customers::linked_to(facts, "u-kim", None).await.unwrap();
    customers::linked_to(facts, "u-kim", Some("bank-a")).await.unwrap();
    accounts::facts_for_create(facts, "bank-a", "a-1", "u-kim").await.unwrap();
    accounts::find(facts, "bank-a", "a-1", "u-kim").await.unwrap();
    accounts::seen_by(facts, "u-kim", None).await.unwrap();
    accounts::seen_by(facts, "u-kim", Some("bank-a")).await.unwrap();
    accounts::held_by(facts, "u-kim", "bank-a").await.unwrap();
    meetings::find(facts, "bank-a", "m-1").await.unwrap();
    meetings::at_bank(facts, "bank-a").await.unwrap();
    kyc::facts_for_write(facts, "bank-a", "c-1").await.unwrap();
    kyc::checks(facts, "c-2").await.unwrap();
    kyc::documents(facts, "c-1").await.unwrap();
    kyc::medias(facts, "c-1").await.unwrap();
    kyc::statuses(facts, "c-1").await.unwrap();
}
