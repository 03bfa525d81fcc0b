//! Secrets at rest: sealed with XChaCha20-Poly1305 under a key that is kept apart from the database.
//!
//! What is sealed is bound to its place (`table:row:column`): copied elsewhere it does not open.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use super::config::Config;

/// Marks the format, so that another one can be told from it later.
const VERSION: u8 = 1;
const NONCE: usize = 24;

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the secret key cannot be read or made at {path}: {source}")]
    KeyFile { path: String, source: std::io::Error },
    #[error("the secret key must be 64 hex digits (make one with `openssl rand -hex 32`)")]
    KeyFormat,
    #[error("the machine gave no random bytes")]
    Random,
    #[error("a stored secret does not open with this key: was the database restored with another key?")]
    Open,
}

/// Seals and opens secrets.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    key: SecretBox<[u8; 32]>,
}

impl Sealer {
    /// Takes the key from the configuration, or from its file, which is made at first use.
    ///
    /// # Errors
    /// When the key is unreadable or not a key.
    pub fn open(config: &Config) -> Result<Self, SecretError> {
        if let Some(key) = &config.secret_key {
            return Self::new(key.expose_secret());
        }
        let path = config.secret_key_file.clone().unwrap_or_else(|| config.data_dir.join("secret.key"));
        let may_make = config.secret_key_file.is_none();
        let text = read_or_make(&path, may_make)
            .map_err(|source| SecretError::KeyFile { path: path.display().to_string(), source })?;
        Self::new(text.expose_secret())
    }

    fn new(hex_key: &str) -> Result<Self, SecretError> {
        let mut key = [0_u8; 32];
        hex::decode_to_slice(hex_key.trim(), &mut key).map_err(|_| SecretError::KeyFormat)?;
        Ok(Self { cipher: XChaCha20Poly1305::new(&key.into()), key: SecretBox::new(Box::new(key)) })
    }

    /// Seals a secret for one place.
    ///
    /// # Errors
    /// When the machine gives no random bytes.
    pub fn seal(&self, secret: &str, place: &str) -> Result<Vec<u8>, SecretError> {
        let mut nonce = [0_u8; NONCE];
        fill_random(&mut nonce)?;
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SecretError::Open)?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(VERSION);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// When it was sealed with another key, for another place, or was changed.
    pub fn unseal(&self, sealed: &[u8], place: &str) -> Result<SecretString, SecretError> {
        let (version, rest) = sealed.split_first().ok_or(SecretError::Open)?;
        let (nonce, text) = rest.split_at_checked(NONCE).ok_or(SecretError::Open)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SecretError::Open)?;
        if *version != VERSION {
            return Err(SecretError::Open);
        }
        let payload = Payload { msg: text, aad: place.as_bytes() };
        let plain = self.cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| SecretError::Open)?;
        String::from_utf8(plain).map(SecretString::from).map_err(|_| SecretError::Open)
    }

    /// A digest by which equal secrets can be found without opening them. It needs the key, so nobody can guess at it.
    #[must_use]
    pub fn digest(&self, purpose: &str, secret: &str) -> Vec<u8> {
        Sha256::new()
            .chain_update(self.key.expose_secret())
            .chain_update(purpose.as_bytes())
            .chain_update([0])
            .chain_update(secret.as_bytes())
            .finalize()
            .to_vec()
    }
}

/// Fills a buffer with random bytes.
///
/// # Errors
/// When the machine has none.
pub fn fill_random(buffer: &mut [u8]) -> Result<(), SecretError> {
    getrandom::fill(buffer).map_err(|_| SecretError::Random)
}

/// A random text of hex digits, two for each byte.
///
/// # Errors
/// When the machine has no random bytes.
pub fn random_hex(bytes: usize) -> Result<String, SecretError> {
    let mut buffer = vec![0_u8; bytes];
    fill_random(&mut buffer)?;
    Ok(hex::encode(buffer))
}

/// SHA-256, for tokens and ids that are random themselves.
#[must_use]
pub fn sha256(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

fn read_or_make(path: &Path, may_make: bool) -> std::io::Result<SecretString> {
    match fs::read_to_string(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && may_make => make(path),
        other => other.map(SecretString::from),
    }
}

fn make(path: &Path) -> std::io::Result<SecretString> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let key = random_hex(32).map_err(std::io::Error::other)?;
    // `create_new`: of two processes that start at once, one makes the key and the other reads it.
    match fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            file.write_all(key.as_bytes())?;
            file.sync_all()?;
            Ok(key.into())
        }
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => fs::read_to_string(path).map(SecretString::from),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::Sealer;

    #[test]
    fn opens_only_at_its_place_with_its_key() {
        let key = "11".repeat(32);
        let sealer = Sealer::new(&key).unwrap();
        let sealed = sealer.seal("EAAG-token", "integrations:1:access_token").unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("EAAG"));
        assert_eq!(sealer.unseal(&sealed, "integrations:1:access_token").unwrap().expose_secret(), "EAAG-token");
        assert!(sealer.unseal(&sealed, "integrations:2:access_token").is_err());
        assert!(Sealer::new(&"22".repeat(32)).unwrap().unseal(&sealed, "integrations:1:access_token").is_err());
        assert!(sealer.unseal(&sealed[..10], "integrations:1:access_token").is_err());
        assert_ne!(sealed, sealer.seal("EAAG-token", "integrations:1:access_token").unwrap());
    }
}
