//! Every SQL text of the crate, sent once.

use bindings::Change;
use bindings::changes::{ConsumerSwitch, CustomerKycStatus, CustomerNumberChange, MeetingStaff, ScreeningNote};

use super::samples::*;
use super::watched::Watched;
use crate::failed_logins::{self, FailedLogins, LoginPlace};
use crate::{
    Store as _, accounts, banks, consumers, customers, entitlements, kyc, logins, meetings, user_states, users,
};

pub(super) fn renumber(customer_id: &str, customer_number: &str) -> Change {
    let (customer_id, customer_number) = (customer_id.to_owned(), customer_number.to_owned());
    Change::ChangeCustomerNumber(CustomerNumberChange { bank_id: "bank-a".to_owned(), customer_id, customer_number })
}

pub(super) fn switch(consumer_id: &str) -> Change {
    Change::SwitchConsumer(ConsumerSwitch { consumer_id: consumer_id.to_owned(), enabled: true })
}

pub(super) fn staffed(meeting_id: &str, name: &str) -> Change {
    let (bank_id, meeting_id) = ("bank-a".to_owned(), meeting_id.to_owned());
    Change::SetMeetingStaff(MeetingStaff { bank_id, meeting_id, staff_user_id: format!("u-{name}") })
}

pub(super) fn follow(customer_id: &str, kyc_status: bool, last_ok_ms: Option<i64>) -> Change {
    let (bank_id, customer_id) = ("bank-a".to_owned(), customer_id.to_owned());
    let last_ok_date = last_ok_ms.map(at);
    Change::SetCustomerKycStatus(CustomerKycStatus { bank_id, customer_id, kyc_status, last_ok_date })
}

/// The changes that create something new, for a store from [`populated`](super::populated).
pub(super) fn creations() -> Vec<Change> {
    vec![
        Change::CreateUser(user("ann")),
        Change::CreateCustomer(customer("bank-a", "c-2", "n-2")),
        Change::LinkUserToCustomer(link("l-1", "bank-a", "c-1", "u-kim", 1)),
        Change::CreateAccount(account("bank-a", "a-1", "kim")),
        Change::GrantView(view_grant("bank-a", "a-1", "owner", "u-kim")),
        Change::GrantEntitlement(grant("u-kim", &entitlement("e-1", "CanA", "bank-a"))),
        Change::RequestEntitlement(request("r-1", "u-kim", "CanA", 1)),
        new_status(&status("bank-a", "c-1", true, 1), None),
        Change::CreateConsumer(consumer("k-1", "u-kim", 1)),
        Change::CreateMeeting(meeting("bank-a", "m-1", "u-kim")),
    ]
}

/// The changes that can be repeated, after the [`creations`].
fn others() -> Vec<Change> {
    let (bank_id, operation, subject_id) = ("bank-a".to_owned(), "createUser".to_owned(), "u-kim".to_owned());
    vec![
        Change::ResetFailedLogins("kim".to_owned()),
        Change::ReplaceBank(bank("bank-a")),
        renumber("c-1", "n-3"),
        switch("k-1"),
        staffed("m-1", "ben"),
        follow("c-1", true, Some(1)),
        follow("c-1", false, None),
        Change::PutKycCheck(check("bank-a", "c-1", "1")),
        Change::PutKycDocument(document("bank-a", "c-1", "1")),
        Change::PutKycMedia(media("bank-a", "c-1", "1")),
        Change::NoteScreening(ScreeningNote { bank_id, operation, subject_id, note: String::new(), when: at(1) }),
    ]
}

fn removals() -> Vec<Change> {
    vec![Change::RevokeEntitlement("e-1".to_owned()), Change::DropEntitlementRequest("r-1".to_owned())]
}

/// Writes everything that is about one user, customer, account or bank.
pub(super) async fn write_about_one_subject(store: &Watched) {
    store.change(creations().into_iter().chain(others()).chain(removals())).await.unwrap();
    let place = LoginPlace::of_user("u-kim", "192.0.2.1");
    let counted = failed_logins::put(&place, 0, FailedLogins { failures: 1, ..FailedLogins::default() }, 1, 9);
    store.commit(vec![counted, failed_logins::delete_old(1)]).await.unwrap();
    store.commit(vec![failed_logins::clear(&place)]).await.unwrap();
    let kim = logins::login(&mut *store.read().await.unwrap(), "kim").await.unwrap().unwrap();
    let issued = logins::issue_token("digest".to_owned(), &kim, "k-1", 1, 9);
    store.commit(vec![issued, logins::delete_expired_tokens(1), logins::add_super_admin("kim")]).await.unwrap();
    store.commit(vec![logins::revoke_token("other digest".to_owned())]).await.unwrap();
    let kept = vec![logins::revoke_tokens(&kim, "digest"), logins::set_disabled(&kim, false)];
    store
        .commit(kept.into_iter().chain([logins::set_password(&kim, kim.password_hash.clone())]).collect())
        .await
        .unwrap();
}

/// Reads everything that is about one user, customer, account or bank.
pub(super) async fn read_about_one_subject(store: &Watched) {
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    assert!(logins::token_owner(facts, "digest", 1).await.unwrap().is_some());
    logins::consumer(facts, "key of k-1").await.unwrap();
    logins::consumer_key(facts, "k-1").await.unwrap();
    logins::login(facts, "kim").await.unwrap();
    users::by_id(facts, "u-kim").await.unwrap();
    users::by_username(facts, "kim").await.unwrap();
    failed_logins::status(facts, "kim").await.unwrap();
    assert!(user_states::of(facts, "kim", 1).await.unwrap().is_some());
    user_states::after(facts, "", 1, 1).await.unwrap();
    failed_logins::at(facts, &LoginPlace::of_user("u-kim", "192.0.2.1")).await.unwrap();
    entitlements::of_user(facts, "u-kim").await.unwrap();
    entitlements::is_super_admin(facts, "u-kim").await.unwrap();
    entitlements::all(facts, Some("CanA")).await.unwrap();
    entitlements::requests(facts, Some("u-kim")).await.unwrap();
    entitlements::request(facts, "r-1").await.unwrap();
    entitlements::has_requested(facts, "u-kim", "CanA", "bank-a").await.unwrap();
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
    kyc::tests::read_about_one_customer(facts).await;
}

/// Reads the lists of all users, banks, entitlements, requests and consumers.
pub(super) async fn read_about_all(store: &Watched) {
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    users::page(facts, 10, 0).await.unwrap();
    banks::all(facts).await.unwrap();
    entitlements::all(facts, None).await.unwrap();
    entitlements::requests(facts, None).await.unwrap();
    consumers::made_by(facts, None).await.unwrap();
}
