//! Secrets at rest: sealed with XChaCha20-Poly1305 under a key that is kept apart from the database.
//!
//! There may be several keys: the first seals, the others open what was sealed before it. What is sealed is bound to its place (`table:row:column`): copied elsewhere it does not open.

mod key_file;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

use super::config::Config;
use crate::domain::integration::clean_pasted;

/// Marks the format, so that another one can be told from it later.
const VERSION: u8 = 1;
const NONCE: usize = 24;

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the secret key cannot be read, made or replaced at {path}: {source}")]
    KeyFile { path: String, source: std::io::Error },
    #[error("the secret key must be 64 hex digits (make one with `openssl rand -hex 32`)")]
    KeyFormat,
    #[error(
        "the key comes from PARLANCE_SECRET_KEY, so the new one has to come from you: set it to NEW,OLD on every node, restart them, and rotate again"
    )]
    NoOldKey,
    #[error("the machine gave no random bytes")]
    Random,
    #[error("a stored secret does not open with this key: was the database restored with another key?")]
    Open,
}

/// One key with what is made of it.
struct Key {
    cipher: XChaCha20Poly1305,
    bytes: SecretBox<[u8; 32]>,
}

impl Key {
    fn parse(hex_key: &str) -> Result<Self, SecretError> {
        let mut key = [0_u8; 32];
        hex::decode_to_slice(hex_key, &mut key).map_err(|_| SecretError::KeyFormat)?;
        Ok(Self { cipher: XChaCha20Poly1305::new(&key.into()), bytes: SecretBox::new(Box::new(key)) })
    }

    fn digest(&self, purpose: &str, secret: &str) -> Vec<u8> {
        Sha256::new()
            .chain_update(self.bytes.expose_secret())
            .chain_update(purpose.as_bytes())
            .chain_update([0])
            .chain_update(secret.as_bytes())
            .finalize()
            .to_vec()
    }
}

/// The keys in force. The first seals; all of them open.
type Keys = Arc<[Key]>;

/// Seals and opens secrets.
pub struct Sealer {
    keys: RwLock<Keys>,
    /// Where the keys stand, when they are not part of the configuration: another process may change them.
    file: Option<PathBuf>,
}

impl Sealer {
    /// Takes the keys from the configuration, or from their file, which is made at first use.
    ///
    /// # Errors
    /// When a key is unreadable or not a key.
    pub fn open(config: &Config) -> Result<Self, SecretError> {
        if let Some(keys) = &config.secret_key {
            return Ok(Self { keys: RwLock::new(parse(keys.expose_secret())?), file: None });
        }
        let path = config.secret_key_file.clone().unwrap_or_else(|| config.data_dir.join("secret.key"));
        let text = key_file::read_or_make(&path, config.secret_key_file.is_none()).map_err(|e| unreadable(&path, e))?;
        Ok(Self { keys: RwLock::new(parse(text.expose_secret())?), file: Some(path) })
    }

    fn keys(&self) -> Keys {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the file again: a running server follows a change of the key.
    fn refresh(&self) -> Result<(), SecretError> {
        if let Some(path) = &self.file {
            let text = key_file::read_or_make(path, false).map_err(|e| unreadable(path, e))?;
            *self.keys.write().unwrap_or_else(PoisonError::into_inner) = parse(text.expose_secret())?;
        }
        Ok(())
    }

    /// Puts a new key in front of the others. The old ones go on opening what they sealed, old backups included.
    ///
    /// # Errors
    /// When the keys come from the configuration with no old one among them, or the file cannot be written.
    pub fn begin_rotation(&self) -> Result<(), SecretError> {
        match &self.file {
            Some(path) => {
                let text = key_file::read_or_make(path, false).map_err(|e| unreadable(path, e))?;
                parse(text.expose_secret())?;
                key_file::prepend(path, &text).map_err(|e| unreadable(path, e))?;
                self.refresh()
            }
            None if self.keys().len() > 1 => Ok(()),
            None => Err(SecretError::NoOldKey),
        }
    }

    /// Seals a secret for one place, with the newest key.
    ///
    /// # Errors
    /// When the machine gives no random bytes.
    pub fn seal(&self, secret: &str, place: &str) -> Result<Vec<u8>, SecretError> {
        // Sealing is rare, and must not use a key that another process has just replaced.
        self.refresh()?;
        let keys = self.keys();
        let key = keys.first().ok_or(SecretError::KeyFormat)?;
        let mut nonce = [0_u8; NONCE];
        fill_random(&mut nonce)?;
        let payload = Payload { msg: secret.as_bytes(), aad: place.as_bytes() };
        let sealed = key.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SecretError::Open)?;
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
        match unseal_with(&self.keys(), sealed, place) {
            Err(SecretError::Open) if self.file.is_some() => {
                self.refresh()?;
                unseal_with(&self.keys(), sealed, place)
            }
            outcome => outcome,
        }
    }

    /// A digest by which equal secrets can be found without opening them. It needs the key, so nobody can guess at it.
    #[must_use]
    pub fn digest(&self, purpose: &str, secret: &str) -> Vec<u8> {
        self.keys().first().map(|key| key.digest(purpose, secret)).unwrap_or_default()
    }

    /// The digests under every key, newest first: for what was made under an old one.
    #[must_use]
    pub fn digests(&self, purpose: &str, secret: &str) -> Vec<Vec<u8>> {
        self.keys().iter().map(|key| key.digest(purpose, secret)).collect()
    }
}

fn unreadable(path: &Path, source: std::io::Error) -> SecretError {
    SecretError::KeyFile { path: path.display().to_string(), source }
}

/// Reads keys, newest first, separated by commas or lines.
fn parse(text: &str) -> Result<Keys, SecretError> {
    let keys: Result<Vec<Key>, SecretError> = text
        .split([',', '\n', '\r'])
        .map(clean_pasted)
        .filter(|key| !key.is_empty())
        .map(|key| Key::parse(&key))
        .collect();
    let keys = keys?;
    if keys.is_empty() { Err(SecretError::KeyFormat) } else { Ok(keys.into()) }
}

fn unseal_with(keys: &[Key], sealed: &[u8], place: &str) -> Result<SecretString, SecretError> {
    let (version, rest) = sealed.split_first().ok_or(SecretError::Open)?;
    let (nonce, text) = rest.split_at_checked(NONCE).ok_or(SecretError::Open)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| SecretError::Open)?;
    if *version != VERSION {
        return Err(SecretError::Open);
    }
    let open = |key: &Key| key.cipher.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: place.as_bytes() }).ok();
    let plain = keys.iter().find_map(open).ok_or(SecretError::Open)?;
    String::from_utf8(plain).map(SecretString::from).map_err(|_| SecretError::Open)
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

#[cfg(test)]
mod tests {
    use std::sync::RwLock;

    use secrecy::ExposeSecret;

    use super::{Sealer, parse};

    #[test]
    fn opens_only_at_its_place_with_its_key() {
        let key = "11".repeat(32);
        let with = |keys: &str| Sealer { keys: RwLock::new(parse(keys).unwrap()), file: None };
        let sealer = with(&key);
        let sealed = sealer.seal("EAAG-token", "integrations:1:access_token").unwrap();
        assert!(!String::from_utf8_lossy(&sealed).contains("EAAG"));
        assert_eq!(sealer.unseal(&sealed, "integrations:1:access_token").unwrap().expose_secret(), "EAAG-token");
        assert!(sealer.unseal(&sealed, "integrations:2:access_token").is_err());
        assert!(with(&"22".repeat(32)).unseal(&sealed, "integrations:1:access_token").is_err());
        assert!(sealer.unseal(&sealed[..10], "integrations:1:access_token").is_err());
        assert_ne!(sealed, sealer.seal("EAAG-token", "integrations:1:access_token").unwrap());
        // A newer key in front seals; the old one goes on opening.
        let both = with(&format!("{}, {key}", "22".repeat(32)));
        assert!(both.unseal(&sealed, "integrations:1:access_token").is_ok());
        let anew = both.seal("EAAG-token", "here").unwrap();
        assert!(sealer.unseal(&anew, "here").is_err() && with(&"22".repeat(32)).unseal(&anew, "here").is_ok());
        assert_eq!(both.digests("p", "s")[1], sealer.digest("p", "s"));
    }
}
