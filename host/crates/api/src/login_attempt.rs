//! One attempt to give a user's password: under the limits of logins, verified, and counted if it is wrong.

use std::sync::Arc;

use rules::Onboarding;
use storage::failed_logins::{FailedLogins, LoginPlace};
use storage::logins::Login;
use storage::{CommitError, Statement, failed_logins, logins};

use crate::call::Api;
use crate::errors::ApiError;
use crate::login_room::{Admitted, QueueName};

/// Attempts to commit the outcome before the login is answered with 503: another node may count at the same time.
const COMMITS_MAX: usize = 3;

/// The statements of the right password's transaction. They get the user and the time.
type Success = Box<dyn Fn(&Login, i64) -> Vec<Statement> + Send + Sync>;

/// Waits for a place, verifies the password, and commits the outcome. `passwords` are the readings of one password: one of them
/// must be right, and together they count as one attempt. `success` is committed if one is right.
///
/// # Errors
/// If no reading is right, the user is locked, or the server fails.
pub(crate) async fn attempt(
    api: &Arc<Api>,
    name: QueueName,
    passwords: Vec<String>,
    success: impl Fn(&Login, i64) -> Vec<Statement> + Send + Sync + 'static,
) -> Result<(), ApiError> {
    let admitted = api.login_room.enter(&api.onboarding.services.passwords, &name).await.ok_or(ApiError::Saturated)?;
    let attempt = Attempt { api: Arc::clone(api), admitted, name, passwords, success: Box::new(success) };
    // A task of its own: an attempt that has its place is decided and counted, even if the client leaves.
    tokio::spawn(attempt.decide()).await.map_err(|error| ApiError::Failed(error.to_string()))?
}

/// An attempt that has its place.
struct Attempt {
    api: Arc<Api>,
    admitted: Admitted,
    name: QueueName,
    passwords: Vec<String>,
    success: Success,
}

impl Attempt {
    /// Decides about the attempt.
    ///
    /// Unknown, wrong and locked do the same work: one read, the same verified readings, one commit. If the server itself fails,
    /// nothing is counted.
    async fn decide(mut self) -> Result<(), ApiError> {
        let mut snapshot = self.api.onboarding.store.read().await?;
        let user = logins::login(&mut *snapshot, &self.name.username).await?;
        drop(snapshot);
        let QueueName { username, address } = &self.name;
        let place = match &user {
            Some(user) => LoginPlace::of_user(&user.user_id, address),
            None => LoginPlace::of_unknown_name(username, address),
        };
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let is_right = self.verify(hash).await?;
        self.settle(&place, user, is_right).await
    }

    /// Whether one of the readings is the password with that hash.
    async fn verify(&mut self, hash: Option<String>) -> Result<bool, ApiError> {
        for password in std::mem::take(&mut self.passwords) {
            let passwords = &self.api.onboarding.services.passwords;
            if passwords.verify(&self.admitted.permit, password, hash.clone()).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Counts a wrong password, or commits the success.
    async fn settle(&self, place: &LoginPlace, user: Option<Login>, is_right: bool) -> Result<(), ApiError> {
        let Onboarding { store, services, .. } = &*self.api.onboarding;
        let (delay, now_ms) = (self.api.settings.login_delay, services.ambient.now_ms());
        for _ in 0..COMMITS_MAX {
            let mut snapshot = store.read().await?;
            let failed = failed_logins::at(&mut *snapshot, place).await?;
            let same = logins::login(&mut *snapshot, &self.name.username).await?;
            drop(snapshot);
            let is_same =
                same.as_ref().map(|same| &same.password_hash) == user.as_ref().map(|user| &user.password_hash);
            let right = same.filter(|_| is_right);
            let (after, answer) = match &right {
                // The password was changed while this attempt was verified. It was right when it was sent.
                Some(_) if !is_same => return Err(ApiError::CredentialsInvalid),
                Some(user) if user.disabled => return Err(ApiError::UserDisabled),
                None => (Some(delay.after_failure(failed, now_ms)), Err(ApiError::CredentialsInvalid)),
                Some(_) if !delay.is_open(failed, now_ms) => {
                    let seconds = seconds_until(failed.locked_until_ms, now_ms);
                    (Some(delay.after_refusal(failed)), Err(ApiError::UserLocked { seconds }))
                }
                Some(_) => (None, Ok(())),
            };
            let statements = match (after, &right) {
                (Some(after), _) => self.count(place, failed, after, now_ms),
                (None, right) => self.succeed(place, right.as_ref(), now_ms),
            };
            match store.commit(statements).await {
                Ok(()) => {
                    if let Some(after) = after {
                        self.log_lock(failed, after, user.is_some(), now_ms);
                    }
                    return answer;
                }
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(CommitError::Conflict.into())
    }

    fn count(&self, place: &LoginPlace, before: FailedLogins, after: FailedLogins, now_ms: i64) -> Vec<Statement> {
        let forget_ms = self.api.settings.login_delay.forget_ms(after, now_ms);
        let put = failed_logins::put(place, before.failures, after, now_ms, forget_ms);
        vec![put, failed_logins::delete_old(now_ms)]
    }

    /// The statements of the right password.
    fn succeed(&self, place: &LoginPlace, user: Option<&Login>, now_ms: i64) -> Vec<Statement> {
        let mut statements = vec![failed_logins::clear(place)];
        statements.extend(user.map(|user| (self.success)(user, now_ms)).into_iter().flatten());
        if self.api.onboarding.services.ambient.clock_is_trusted() {
            statements.push(logins::delete_expired_tokens(now_ms));
        }
        statements
    }

    /// Logs the lock that this attempt has caused, if any. The log names no unknown user: the name may be a mistyped password.
    fn log_lock(&self, before: FailedLogins, after: FailedLogins, is_known: bool, now_ms: i64) {
        if after.locked_until_ms == before.locked_until_ms {
            return;
        }
        let QueueName { username, address } = &self.name;
        let user = if is_known { username.as_str() } else { "(no user has this name)" };
        let (failures, seconds) = (after.failures, seconds_until(after.locked_until_ms, now_ms));
        tracing::warn!(user, address, failures, seconds, "failed logins lock a user name for this address");
    }
}

/// The seconds until a time, rounded up.
fn seconds_until(end_ms: i64, now_ms: i64) -> i64 {
    end_ms.saturating_sub(now_ms).saturating_add(999) / 1000
}
