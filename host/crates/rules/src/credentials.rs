//! Hashes of passwords and other secrets. Only hashes are stored.
//!
//! Passwords are hashed with argon2id, which is slow on purpose. It runs outside the async threads, and the number of hashes that
//! run or wait is limited: a further one is refused. Random secrets (tokens, secrets of consumers) are hashed with SHA-256.

use ambient::{Ambient, NoRandom};
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

/// The hash to compare with if there is no such user, so that both cases take the same time. No password has this hash.
const NO_PASSWORD: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The stored form of a random secret: its SHA-256, in hexadecimal. Not for passwords.
#[must_use]
pub fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// Hashes and verifies passwords, up to a number at the same time.
#[derive(Debug)]
pub struct Passwords {
    at_once: Semaphore,
    /// Counts hashes that run or wait.
    admitted: Semaphore,
}

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
    /// A hasher that runs at most `at_once_max` hashes at the same time (each takes 19 MiB). `waiting_max` further ones may wait.
    #[must_use]
    pub fn new(at_once_max: usize, waiting_max: usize) -> Self {
        Self { at_once: Semaphore::new(at_once_max), admitted: Semaphore::new(at_once_max.saturating_add(waiting_max)) }
    }

    /// Hashes a password. Returns a PHC string: argon2id, 19 MiB, two passes, a fresh salt of 16 bytes.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn hash(&self, password: String, ambient: &Ambient) -> Result<String, PasswordError> {
        let salt: [u8; 16] = ambient.random()?;
        self.run(move || {
            let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|hash| hash.to_string()).map_err(|error| PasswordError::Failed(error.to_string()))
        })
        .await
    }

    /// Whether the hash is that of the password. Without a hash the answer is `false`, after the same time.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool, PasswordError> {
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
        let _admitted = self.admitted.try_acquire().map_err(|_| PasswordError::Busy)?;
        let _permit = self.at_once.acquire().await.map_err(|_| PasswordError::Busy)?;
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
        assert!(passwords.verify("Abcdefg12!".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("Abcdefg12?".to_owned(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("Abcdefg12!".to_owned(), None).await.unwrap());
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
