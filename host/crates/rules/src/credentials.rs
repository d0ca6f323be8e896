//! Hashes of passwords and other secrets. Only hashes are stored.
//!
//! Passwords are hashed with argon2id, which is slow on purpose. It runs outside the async threads, and the number of hashes that
//! run or wait is limited: a further one is refused. Random secrets (tokens, secrets of consumers) are hashed with SHA-256.

use std::sync::Arc;

use ambient::{Ambient, NoRandom};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The hash to compare with if there is no such user, so that both cases take the same time. No password has this hash.
const NO_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The stored form of a random secret: its SHA-256, in hexadecimal. Not for passwords.
#[must_use]
pub fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Hashes and verifies passwords, up to a number at the same time.
///
/// Logins and registrations have separate rooms: registrations, which are open to every client, cannot fill the room of
/// logins. Both wait for the same cores in the order of their arrival.
#[derive(Debug)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
    /// Counts logins whose password is verified or waits for it.
    logins: Arc<Semaphore>,
    /// Counts passwords that are hashed or wait for it.
    registrations: Arc<Semaphore>,
}

/// A place for one login, until it is dropped.
#[derive(Debug)]
pub struct LoginPermit(#[expect(dead_code, reason = "returns the place when it is dropped")] OwnedSemaphorePermit);

/// A password was not hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many passwords wait already.
    #[error("too many passwords wait to be hashed")]
    Busy,
    /// The hash in the store cannot be read, or there are no random bytes for a salt.
    #[error("a password cannot be hashed: {0}")]
    Failed(String),
}

impl From<NoRandom> for PasswordError {
    fn from(error: NoRandom) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Passwords {
    /// A hasher that runs at most `at_once_max` hashes at the same time (each takes 19 MiB). `waiting_max` further logins may
    /// wait, and as many registrations.
    #[must_use]
    pub fn new(at_once_max: usize, waiting_max: usize) -> Self {
        let room = || Arc::new(Semaphore::new(at_once_max.saturating_add(waiting_max)));
        Self { at_once: Arc::new(Semaphore::new(at_once_max)), logins: room(), registrations: room() }
    }

    /// Waits for a place for a login, in the order of arrival. Take it before the login has any effect: a login without a
    /// place has not been tried.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] if the server stops.
    pub async fn admit_login(&self) -> Result<LoginPermit, PasswordError> {
        let permit = Arc::clone(&self.logins).acquire_owned().await;
        permit.map(LoginPermit).map_err(|_| PasswordError::Busy)
    }

    /// Hashes a password. Returns a PHC string: argon2id, 19 MiB, two passes, a fresh salt of 16 bytes.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: String, ambient: &Ambient) -> Result<String, PasswordError> {
        let admitted = Arc::clone(&self.registrations).try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let salt: [u8; 16] = ambient.random()?;
        self.run(move || {
            let _admitted = admitted;
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Failed(error.to_string()))
        })
        .await
    }

    /// Whether the hash is that of the password. Without a hash the answer is `false`, after the same time.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn verify(&self, _: &LoginPermit, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
        self.run(move || {
            let hash = hash.as_deref().unwrap_or(NO_PASSWORD);
            let hash = PasswordHash::new(hash).map_err(|error| PasswordError::Failed(error.to_string()))?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        // The work keeps its permit to its end, even if the client leaves: otherwise clients that leave add further work.
        let work = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|error| PasswordError::Failed(error.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_hashed_password_is_verified() {
        let passwords = Passwords::new(1, 1);
        let hash = passwords.hash("Abcdefg12!".to_owned(), &Ambient::fixed(0, 1)).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let permit = passwords.admit_login().await.unwrap();
        assert!(passwords.verify(&permit, "Abcdefg12!".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify(&permit, "Abcdefg12?".to_owned(), Some(hash)).await.unwrap());
        assert!(!passwords.verify(&permit, "Abcdefg12!".to_owned(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_is_refused_if_too_many_wait() {
        let passwords = Passwords::new(1, 1);
        let hash = || passwords.hash("Abcdefg12!".to_owned(), &AMBIENT);
        static AMBIENT: std::sync::LazyLock<Ambient> = std::sync::LazyLock::new(|| Ambient::fixed(0, 1));
        let (first, second, third) = tokio::join!(hash(), hash(), hash());
        assert!(first.is_ok() && second.is_ok());
        assert!(matches!(third, Err(PasswordError::Busy)));
    }
}
