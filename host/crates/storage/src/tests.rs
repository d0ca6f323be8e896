//! Each change is committed and read back.

mod at_rest;
mod documents;
mod everything;
mod grammar;
mod preconditions;
mod samples;
mod timeline;
mod tokens;
mod watched;

use bindings::Change;
use bindings::changes::{ConsumerSwitch, CustomerNumberChange, ScreeningNote};
use bindings::consumers_types::{Consumer, NewConsumer};
use bindings::entitlements_types::{EntitlementOfUser, EntitlementRequest};
use bindings::users_types::{Entitlement, UserDetails};

use self::samples::*;
use self::watched::Watched;
use crate::failed_logins::{self, FailedLogins, LoginPlace};
use crate::{
    CommitError, Statement, Store, accounts, banks, consumers, customers, entitlements, kyc, logins, meetings, users,
};

/// A store with the users kim and ben, the banks bank-a and bank-b, and the customer c-1 at both.
async fn populated() -> Watched {
    let store = Watched::open();
    let changes = [
        Change::CreateUser(user("kim")),
        Change::CreateUser(user("ben")),
        Change::CreateBank(bank("bank-a")),
        Change::CreateBank(bank("bank-b")),
        Change::CreateCustomer(customer("bank-a", "c-1", "n-1")),
        Change::CreateCustomer(customer("bank-b", "c-1", "n-1")),
    ];
    store.change(changes).await.unwrap();
    store
}

#[tokio::test]
async fn users_are_read_as_they_were_created_and_sorted_by_name() {
    let store = populated().await;
    let roles =
        [entitlement("e-1", "CanA", ""), entitlement("e-2", "CanB", "bank-a"), entitlement("e-3", "CanB", "bank-b")];
    store.change(roles.iter().rev().map(|role| Change::GrantEntitlement(grant("u-kim", role)))).await.unwrap();
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    let (ben, kim) = (user_details("ben", &[]), user_details("kim", &roles));
    assert_eq!(users::by_id(facts, "u-kim").await.unwrap().as_ref(), Some(&kim));
    assert_eq!(users::by_id(facts, "kim").await.unwrap(), None);
    assert_eq!(users::by_username(facts, "kim").await.unwrap().as_ref(), Some(&kim));
    assert_eq!(users::page(facts, 1, 1).await.unwrap(), std::slice::from_ref(&kim));
    assert_eq!(users::page(facts, 10, 0).await.unwrap(), [ben, kim]);
    assert_eq!(entitlements::of_user(facts, "u-kim").await.unwrap(), roles);
    assert_eq!(entitlements::of_user(facts, "u-missing").await.unwrap(), []);
}

#[tokio::test]
async fn failed_logins_are_counted_by_name_and_address_and_reset_by_name() {
    let store = populated().await;
    let status = async |username: &str| {
        let mut facts = store.snapshot().await;
        let status = failed_logins::status(facts.as_mut(), username).await.unwrap()?;
        Some((status.username, status.bad_attempts_since_last_success_or_reset, status.last_failure_date))
    };
    let kim = |failures, date| Some(("kim".to_owned(), failures, at(date)));
    let (here, there) = (place("192.0.2.1"), place("192.0.2.2"));
    assert_eq!(status("kim").await, kim(0, 0));
    store.commit(vec![counted(&here, 0, 1, 70), counted(&there, 0, 1, 80)]).await.unwrap();
    store.commit(vec![counted(&here, 1, 2, 75)]).await.unwrap();
    assert_eq!(status("kim").await, kim(3, 80));
    // Another node has counted meanwhile.
    assert!(matches!(store.commit(vec![counted(&here, 1, 2, 75)]).await, Err(CommitError::Conflict)));
    store.commit(vec![failed_logins::clear(&here)]).await.unwrap();
    assert_eq!(status("kim").await, kim(1, 80));
    store.change([Change::ResetFailedLogins("kim".to_owned())]).await.unwrap();
    assert_eq!(status("kim").await, kim(0, 80));
    store.change([Change::ResetFailedLogins("missing".to_owned())]).await.unwrap();
    assert_eq!(status("missing").await, None);
}

#[tokio::test]
async fn old_failures_are_forgotten() {
    let store = populated().await;
    let here = place("192.0.2.1");
    let failures = async || {
        let mut facts = store.snapshot().await;
        failed_logins::at(facts.as_mut(), &here).await.unwrap().failures
    };
    store.commit(vec![counted(&here, 0, 1, 70)]).await.unwrap();
    store.commit(vec![failed_logins::delete_old(999)]).await.unwrap();
    assert_eq!(failures().await, 1);
    store.commit(vec![failed_logins::delete_old(1000)]).await.unwrap();
    assert_eq!(failures().await, 0);
}

fn place(address: &str) -> LoginPlace {
    LoginPlace::of_user("u-kim", address)
}

/// A write of that many failures, which can be forgotten after one second.
fn counted(place: &LoginPlace, before: i64, failures: i64, now_ms: i64) -> Statement {
    failed_logins::put(place, before, FailedLogins { failures, ..FailedLogins::default() }, now_ms, 1000)
}

#[tokio::test]
async fn banks_are_created_replaced_and_sorted_by_id() {
    let store = populated().await;
    let mut replaced = bank("bank-a");
    replaced.full_name = "another name".to_owned();
    store.change([Change::ReplaceBank(replaced)]).await.unwrap();
    let mut expected = bank_read("bank-a");
    expected.full_name = "another name".to_owned();
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    assert!(banks::exists(facts, "bank-a").await.unwrap());
    assert!(!banks::exists(facts, "bank-c").await.unwrap());
    assert_eq!(banks::find(facts, "bank-a").await.unwrap().as_ref(), Some(&expected));
    assert_eq!(banks::find(facts, "bank-c").await.unwrap(), None);
    assert_eq!(banks::all(facts).await.unwrap(), [expected, bank_read("bank-b")]);
}

#[tokio::test]
async fn customers_are_found_by_id_number_and_link() {
    let store = populated().await;
    let mut other = customer("bank-a", "c-2", "n-2");
    other.details.dob_of_dependants = Vec::new();
    let renumbered = CustomerNumberChange {
        bank_id: "bank-a".to_owned(),
        customer_id: "c-1".to_owned(),
        customer_number: "n-3".to_owned(),
    };
    let changes = [
        Change::CreateCustomer(other.clone()),
        Change::ChangeCustomerNumber(renumbered),
        Change::LinkUserToCustomer(link("l-2", "bank-a", "c-2", "u-kim", 2)),
        Change::LinkUserToCustomer(link("l-1", "bank-b", "c-1", "u-kim", 1)),
    ];
    store.change(changes).await.unwrap();
    let (first, elsewhere) = (customer("bank-a", "c-1", "n-3"), customer("bank-b", "c-1", "n-1"));
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    assert_eq!(customers::at_bank(facts, "bank-a", "c-1").await.unwrap().as_ref(), Some(&first));
    assert_eq!(customers::at_bank(facts, "bank-b", "c-2").await.unwrap(), None);
    assert_eq!(customers::by_number(facts, "bank-a", "n-3").await.unwrap(), Some(first));
    assert_eq!(customers::by_number(facts, "bank-a", "n-1").await.unwrap(), None);
    assert_eq!(customers::linked_to(facts, "u-kim", None).await.unwrap(), [other, elsewhere.clone()]);
    assert_eq!(customers::linked_to(facts, "u-kim", Some("bank-b")).await.unwrap(), [elsewhere]);
    assert_eq!(customers::linked_to(facts, "u-ben", None).await.unwrap(), []);
}

#[tokio::test]
async fn accounts_are_read_with_the_views_of_the_user() {
    let store = populated().await;
    let (second, first, elsewhere) =
        (account("bank-a", "a-2", "kim"), account("bank-a", "a-1", "ben"), account("bank-b", "a-1", "kim"));
    let changes = [
        Change::CreateAccount(second.clone()),
        Change::CreateAccount(first.clone()),
        Change::CreateAccount(elsewhere.clone()),
        Change::GrantView(view_grant("bank-b", "a-1", "owner", "u-kim")),
        Change::GrantView(view_grant("bank-a", "a-2", "owner", "u-kim")),
        Change::GrantView(view_grant("bank-a", "a-2", "auditor", "u-kim")),
        Change::GrantView(view_grant("bank-a", "a-1", "owner", "u-kim")),
    ];
    store.change(changes).await.unwrap();
    let views = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();

    let create = accounts::facts_for_create(facts, "bank-a", "a-1", "u-kim").await.unwrap();
    let owner = Some(("provider of kim".to_owned(), "kim".to_owned()));
    assert_eq!((create.bank_exists, create.account_exists, create.owner), (true, true, owner));
    let create = accounts::facts_for_create(facts, "bank-c", "a-1", "u-missing").await.unwrap();
    assert_eq!((create.bank_exists, create.account_exists, create.owner), (false, false, None));

    let (both, owner) = (views(&["auditor", "owner"]), views(&["owner"]));
    let found = accounts::find(facts, "bank-a", "a-2", "u-kim").await.unwrap();
    assert_eq!(found, Some((second.clone(), both.clone())));
    assert_eq!(accounts::find(facts, "bank-a", "a-2", "u-ben").await.unwrap(), Some((second.clone(), views(&[]))));
    assert_eq!(accounts::find(facts, "bank-b", "a-2", "u-kim").await.unwrap(), None);

    let at_a = [(first.clone(), owner.clone()), (second.clone(), both)];
    assert_eq!(accounts::seen_by(facts, "u-kim", Some("bank-a")).await.unwrap(), at_a);
    let [first_seen, second_seen] = at_a;
    assert_eq!(
        accounts::seen_by(facts, "u-kim", None).await.unwrap(),
        [first_seen, second_seen, (elsewhere.clone(), owner)]
    );
    assert_eq!(accounts::seen_by(facts, "u-ben", None).await.unwrap(), []);
    assert_eq!(accounts::held_by(facts, "u-kim", "bank-a").await.unwrap(), [second]);
    assert_eq!(accounts::held_by(facts, "u-ben", "bank-b").await.unwrap(), []);
}

#[tokio::test]
async fn entitlements_are_granted_listed_and_revoked() {
    let store = populated().await;
    let (of_kim, of_ben, other) = (
        entitlement("e-1", "CanB", "bank-a"),
        entitlement("e-2", "CanB", "bank-b"),
        entitlement("e-3", "CanA", "bank-a"),
    );
    let changes = [
        Change::GrantEntitlement(grant("u-kim", &of_kim)),
        Change::GrantEntitlement(grant("u-ben", &of_ben)),
        Change::GrantEntitlement(grant("u-kim", &other)),
    ];
    store.change(changes).await.unwrap();
    store.commit(vec![logins::add_super_admin("kim")]).await.unwrap();
    let of = |entitlement: &Entitlement, username: &str| {
        let Entitlement { entitlement_id, role_name, bank_id } = entitlement.clone();
        let (user_id, username) = (format!("u-{username}"), username.to_owned());
        EntitlementOfUser { entitlement_id, role_name, bank_id, user_id, username }
    };
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    let of_role = [of(&of_ben, "ben"), of(&of_kim, "kim")];
    assert_eq!(entitlements::all(facts, Some("CanB")).await.unwrap(), of_role);
    let [ben, kim] = of_role;
    assert_eq!(entitlements::all(facts, None).await.unwrap(), [of(&other, "kim"), ben, kim]);
    assert!(entitlements::is_super_admin(facts, "u-kim").await.unwrap());
    assert!(!entitlements::is_super_admin(facts, "u-ben").await.unwrap());

    store.change([Change::RevokeEntitlement("e-2".to_owned())]).await.unwrap();
    assert_eq!(entitlements::of_user(store.snapshot().await.as_mut(), "u-ben").await.unwrap(), []);
}

#[tokio::test]
async fn entitlement_requests_are_listed_with_their_users_and_deleted() {
    let store = populated().await;
    let held = entitlement("e-1", "CanX", "");
    let changes = [
        Change::GrantEntitlement(grant("u-kim", &held)),
        Change::RequestEntitlement(request("r-1", "u-kim", "CanA", 20)),
        Change::RequestEntitlement(request("r-2", "u-ben", "CanA", 10)),
        Change::RequestEntitlement(request("r-3", "u-kim", "CanB", 10)),
    ];
    store.change(changes).await.unwrap();
    let (ben, kim) = (user_details("ben", &[]), user_details("kim", &[held]));
    let of = |id: &str, user: &UserDetails, role_name: &str, created_ms| EntitlementRequest {
        entitlement_request_id: id.to_owned(),
        user: user.clone(),
        role_name: role_name.to_owned(),
        bank_id: "bank-a".to_owned(),
        created: at(created_ms),
    };
    let (first, second, third) =
        (of("r-1", &kim, "CanA", 20), of("r-2", &ben, "CanA", 10), of("r-3", &kim, "CanB", 10));
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    assert_eq!(entitlements::requests(facts, None).await.unwrap(), [first.clone(), second, third.clone()]);
    assert_eq!(entitlements::requests(facts, Some("u-kim")).await.unwrap(), [first.clone(), third]);
    assert_eq!(entitlements::request(facts, "r-1").await.unwrap(), Some(first));

    store.change([Change::DropEntitlementRequest("r-1".to_owned())]).await.unwrap();
    assert_eq!(entitlements::request(store.snapshot().await.as_mut(), "r-1").await.unwrap(), None);
}

#[tokio::test]
async fn consumers_are_listed_with_their_users_and_switched() {
    let store = populated().await;
    store.change([Change::CreateConsumer(consumer("k-1", "", 10))]).await.unwrap();
    let held = entitlement("e-1", "CanX", "");
    let changes = [
        Change::GrantEntitlement(grant("u-kim", &held)),
        Change::CreateConsumer(consumer("k-3", "u-ben", 20)),
        Change::CreateConsumer(consumer("k-2", "u-kim", 20)),
        Change::SwitchConsumer(ConsumerSwitch { consumer_id: "k-2".to_owned(), enabled: false }),
    ];
    store.change(changes).await.unwrap();
    let of = |id: &str, created_by_user: UserDetails, enabled, created_ms| {
        let NewConsumer { consumer_id, app_name, app_type, description, developer_email, redirect_url, .. } =
            consumer(id, "", 0);
        let created = at(created_ms);
        Consumer {
            consumer_id,
            app_name,
            app_type,
            description,
            developer_email,
            redirect_url,
            created_by_user,
            enabled,
            created,
        }
    };
    let mut operator = user_details("", &[]);
    for text in [&mut operator.user_id, &mut operator.email, &mut operator.provider_id, &mut operator.provider] {
        text.clear();
    }
    let of_kim = of("k-2", user_details("kim", &[held]), false, 20);
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    assert_eq!(
        consumers::made_by(facts, None).await.unwrap(),
        [of("k-1", operator, true, 10), of("k-3", user_details("ben", &[]), true, 20), of_kim.clone()]
    );
    assert_eq!(consumers::made_by(facts, Some("u-kim")).await.unwrap(), [of_kim]);
    assert!(consumers::exists(facts, "k-2").await.unwrap());
    assert!(!consumers::exists(facts, "k-4").await.unwrap());
    assert_eq!(logins::consumer(facts, "key of k-2").await.unwrap(), None);
    assert_eq!(logins::consumer(facts, "key of k-3").await.unwrap().as_deref(), Some("k-3"));
}

#[tokio::test]
async fn meetings_are_listed_newest_first() {
    let store = populated().await;
    let meetings = ["m-1", "m-3", "m-2"].map(|id| meeting("bank-a", id, "u-kim"));
    let elsewhere = meeting("bank-b", "m-1", "u-ben");
    store.change(meetings.clone().map(Change::CreateMeeting)).await.unwrap();
    store.change([Change::CreateMeeting(elsewhere.clone())]).await.unwrap();
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    let [first, second, third] = meetings;
    assert_eq!(meetings::find(facts, "bank-b", "m-1").await.unwrap(), Some(elsewhere));
    assert_eq!(meetings::find(facts, "bank-b", "m-2").await.unwrap(), None);
    assert_eq!(meetings::at_bank(facts, "bank-a").await.unwrap(), [third, second, first]);
    assert_eq!(meetings::at_bank(facts, "bank-c").await.unwrap(), []);
}

#[tokio::test]
async fn a_meeting_has_the_staff_that_joined_last() {
    let store = populated().await;
    store.change([Change::CreateMeeting(meeting("bank-a", "m-1", "u-kim"))]).await.unwrap();
    for name in ["ben", "kim"] {
        store.change([everything::staffed("m-1", name)]).await.unwrap();
        let found = meetings::find(store.snapshot().await.as_mut(), "bank-a", "m-1").await.unwrap().unwrap();
        assert_eq!(found.present.staff_user_id, format!("u-{name}"));
    }
    let stranger = store.change([everything::staffed("m-1", "ann")]).await;
    assert!(matches!(stranger, Err(CommitError::Conflict)), "{stranger:?}");
}

#[tokio::test]
async fn kyc_records_are_replaced_and_move_to_the_front() {
    let store = populated().await;
    // The same id at another bank is another record.
    for (bank_id, id) in [("bank-a", "1"), ("bank-a", "2"), ("bank-b", "1")] {
        let changes = [
            Change::PutKycCheck(check(bank_id, "c-1", id)),
            Change::PutKycDocument(document(bank_id, "c-1", id)),
            Change::PutKycMedia(media(bank_id, "c-1", id)),
        ];
        store.change(changes).await.unwrap();
    }
    let (mut new_check, mut new_document, mut new_media) =
        (check("bank-a", "c-1", "1"), document("bank-a", "c-1", "1"), media("bank-a", "c-1", "1"));
    for text in [&mut new_check.comments, &mut new_document.issue_place, &mut new_media.url] {
        *text = "replaced".to_owned();
    }
    let changes = [
        Change::PutKycCheck(new_check.clone()),
        Change::PutKycDocument(new_document.clone()),
        Change::PutKycMedia(new_media.clone()),
    ];
    store.change(changes).await.unwrap();
    let mut facts = store.snapshot().await;
    let facts = facts.as_mut();
    assert_eq!(
        kyc::checks(facts, "c-1").await.unwrap().unwrap(),
        [new_check, check("bank-b", "c-1", "1"), check("bank-a", "c-1", "2")]
    );
    assert_eq!(
        kyc::documents(facts, "c-1").await.unwrap().unwrap(),
        [new_document, document("bank-b", "c-1", "1"), document("bank-a", "c-1", "2")]
    );
    assert_eq!(
        kyc::medias(facts, "c-1").await.unwrap().unwrap(),
        [new_media, media("bank-b", "c-1", "1"), media("bank-a", "c-1", "2")]
    );
    assert_eq!(kyc::checks(facts, "c-2").await.unwrap(), None);
}

#[tokio::test]
async fn screening_notes_are_kept() {
    let store = populated().await;
    let note = |note: &str| {
        let (bank_id, operation, subject_id) = (String::new(), "createUser".to_owned(), "u-kim".to_owned());
        Change::NoteScreening(ScreeningNote { bank_id, operation, subject_id, note: note.to_owned(), when: at(30) })
    };
    store.change([note("seen"), note("seen")]).await.unwrap();
    let notes = store.raw(
        "SELECT bank_id || '|' || operation || '|' || subject_id || '|' || note || '|' || when_ms FROM screening_notes",
    );
    assert_eq!(notes, ["|createUser|u-kim|seen|30", "|createUser|u-kim|seen|30"]);
}
