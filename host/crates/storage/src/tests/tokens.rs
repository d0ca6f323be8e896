//! Tokens, passwords and the locks of operators.

use super::populated;
use super::watched::Watched;
use crate::logins::{self, Login};
use crate::{CommitError, Store as _, user_states};

async fn login(store: &Watched) -> Login {
    logins::login(&mut *store.read().await.unwrap(), "kim").await.unwrap().unwrap()
}

/// The tokens that open the API.
async fn valid(store: &Watched) -> Vec<&'static str> {
    let mut valid = Vec::new();
    for digest in ["one", "two"] {
        if logins::token_owner(&mut *store.read().await.unwrap(), digest, 1).await.unwrap().is_some() {
            valid.push(digest);
        }
    }
    valid
}

async fn with_tokens() -> (Watched, Login) {
    let store = populated().await;
    store.change([super::Change::CreateConsumer(super::consumer("k-1", "u-kim", 1))]).await.unwrap();
    let kim = login(&store).await;
    let issued = ["one", "two"].map(|digest| logins::issue_token(digest.to_owned(), &kim, "k-1", 1, 9));
    store.commit(issued.into()).await.unwrap();
    assert_eq!(valid(&store).await, ["one", "two"]);
    (store, kim)
}

#[tokio::test]
async fn a_token_is_not_issued_after_the_password_has_changed_or_the_user_is_locked() {
    let (store, before) = with_tokens().await;
    let issue = |user: &Login| vec![logins::issue_token("late".to_owned(), user, "k-1", 1, 9)];
    store.commit(vec![logins::set_password(&before, "another hash".to_owned())]).await.unwrap();
    assert!(matches!(store.commit(issue(&before)).await, Err(CommitError::Conflict)));
    // A second change that was verified against the old password is refused too.
    let second = vec![logins::set_password(&before, "a third hash".to_owned())];
    assert!(matches!(store.commit(second).await, Err(CommitError::Conflict)));
    let now = login(&store).await;
    store.commit(vec![logins::set_disabled(&now, true)]).await.unwrap();
    assert!(matches!(store.commit(issue(&now)).await, Err(CommitError::Conflict)));
    // The control: without change and lock it is issued.
    store.commit(vec![logins::set_disabled(&now, false)]).await.unwrap();
    store.commit(issue(&now)).await.unwrap();
}

#[tokio::test]
async fn tokens_of_a_user_are_revoked_together_or_except_one() {
    let (store, kim) = with_tokens().await;
    store.commit(vec![logins::revoke_tokens(&kim, "two")]).await.unwrap();
    assert_eq!(valid(&store).await, ["two"]);
    store.commit(vec![logins::revoke_tokens(&kim, "")]).await.unwrap();
    assert_eq!(valid(&store).await, [""; 0]);
}

#[tokio::test]
async fn no_token_of_a_locked_user_is_valid_and_the_state_says_so() {
    let (store, kim) = with_tokens().await;
    store.commit(vec![logins::set_disabled(&kim, true)]).await.unwrap();
    assert_eq!(valid(&store).await, [""; 0]);
    let states = user_states::after(&mut *store.read().await.unwrap(), "", 10, 1).await.unwrap();
    let states: Vec<_> = states.iter().map(|user| (user.username.as_str(), user.disabled, user.tokens)).collect();
    assert_eq!(states, [("ben", false, 0), ("kim", true, 2)]);
    let ben = user_states::after(&mut *store.read().await.unwrap(), "ben", 10, 9).await.unwrap();
    assert_eq!(ben.iter().map(|user| user.tokens).collect::<Vec<_>>(), [0], "tokens that have expired do not count");
}
