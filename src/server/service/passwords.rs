//! Password hashing with Argon2id: slow on purpose, so never on the async threads and never more than a few at once.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::server::error::{Error, Result};

/// Each hash takes about 19 MB of memory.
const AT_ONCE: usize = 4;

/// A real hash of no one's password: verifying against it takes as long for unknown users as for known ones.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$VE9VY2hzdG9uZS1zYWx0$3Gdnz6zTLdJFzBYJ8uB2Lv8CFyMbXyTS2Yz7uKqWzYw";

/// Hashes and verifies passwords.
pub struct Passwords {
    slots: Semaphore,
}

impl Passwords {
    #[must_use]
    pub fn new() -> Self {
        Self { slots: Semaphore::new(AT_ONCE) }
    }

    /// The hash to store, in PHC form.
    ///
    /// # Errors
    /// When hashing fails, which it does not with these parameters.
    pub async fn hash(&self, password: SecretString) -> Result<String> {
        self.run(move || {
            Argon2::default()
                .hash_password(password.expose_secret().as_bytes())
                .map(|hash| hash.to_string())
                .map_err(|e| Error::Task(e.to_string()))
        })
        .await?
    }

    /// Whether it is the password of that hash; for no hash it takes as long and is `false`.
    ///
    /// # Errors
    /// When the check could not run.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool> {
        self.run(move || {
            let text = hash.as_deref().unwrap_or(DUMMY);
            let fits = PasswordHash::new(text).is_ok_and(|parsed| {
                Argon2::default().verify_password(password.expose_secret().as_bytes(), &parsed).is_ok()
            });
            fits && hash.is_some()
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _slot = self.slots.acquire().await.map_err(|e| Error::Task(e.to_string()))?;
        tokio::task::spawn_blocking(work).await.map_err(|e| Error::Task(e.to_string()))
    }
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::phc::PasswordHash;

    use super::{DUMMY, Passwords};

    #[tokio::test]
    async fn verifies_what_it_hashed() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("wrong horse".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }

    #[test]
    fn the_dummy_is_a_hash_with_our_parameters() {
        let dummy = PasswordHash::new(DUMMY).unwrap();
        assert_eq!(dummy.params.to_string(), "m=19456,t=2,p=1");
        assert!(dummy.hash.is_some());
    }
}
