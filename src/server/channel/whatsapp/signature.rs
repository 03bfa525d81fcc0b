//! The signature on Meta's webhooks (contract, section 1.2).
//!
//! `X-Hub-Signature-256: sha256=<64 hex digits>` is the HMAC-SHA256 of the raw body under the app secret. Only the bytes
//! as they came verify: Meta escapes characters that a JSON library would write differently.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header that carries the signature.
pub const HEADER: &str = "x-hub-signature-256";

const PREFIX: &str = "sha256=";

/// Why a delivery is not believed. All of them are answered alike; the difference is for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error("no signature header")]
    Missing,
    #[error("the signature header is not `sha256=` and 64 hex digits")]
    Malformed,
    #[error("the signature does not fit the body and the app secret")]
    Mismatch,
    #[error("there is no app secret to check the signature with")]
    NoSecret,
}

/// What a header claims: well-formed, and not yet compared with anything.
#[derive(Clone, Copy, Debug)]
pub struct Claim([u8; 32]);

impl Claim {
    /// Reads a header value.
    ///
    /// # Errors
    /// When the header is missing or malformed.
    pub fn read(header: Option<&[u8]>) -> Result<Self, SignatureError> {
        let digits = header.ok_or(SignatureError::Missing)?.strip_prefix(PREFIX.as_bytes());
        let mut claimed = [0_u8; 32];
        hex::decode_to_slice(digits.ok_or(SignatureError::Malformed)?, &mut claimed)
            .map_err(|_| SignatureError::Malformed)?;
        Ok(Self(claimed))
    }

    /// Compares it with the raw body, in constant time.
    ///
    /// # Errors
    /// When it is of another body or secret, or the secret is empty.
    pub fn check(&self, secret: &[u8], body: &[u8]) -> Result<(), SignatureError> {
        if secret.is_empty() {
            return Err(SignatureError::NoSecret);
        }
        mac(secret, body).verify_slice(&self.0).map_err(|_| SignatureError::Mismatch)
    }
}

/// Checks a header value against the raw body, in constant time.
///
/// # Errors
/// When the header is missing, malformed or of another body or secret, and always when the secret is empty: with an empty
/// key anybody can sign.
pub fn verify(secret: &[u8], body: &[u8], header: Option<&[u8]>) -> Result<(), SignatureError> {
    if secret.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    Claim::read(header)?.check(secret, body)
}

/// The header value for a body.
#[must_use]
pub fn sign(secret: &[u8], body: &[u8]) -> String {
    format!("{PREFIX}{}", digits(secret, body))
}

/// The same without the prefix, over whatever a secret stands for.
#[must_use]
pub fn digits(secret: &[u8], bytes: &[u8]) -> String {
    hex::encode(mac(secret, bytes).finalize().into_bytes())
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of any length: the error cannot happen, and an empty key verifies nothing.
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret)
        .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default()));
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::{SignatureError, sign, verify};

    const SECRET: &[u8] = b"test_app_secret";

    #[test]
    fn knows_published_vectors() {
        let body = br#"{"object":"whatsapp_business_account","entry":[]}"#;
        assert_eq!(sign(SECRET, body), "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756");
        let spaced = br#"{"object": "whatsapp_business_account", "entry": []}"#;
        assert_eq!(sign(SECRET, spaced), "sha256=56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a");
        let github = sign(b"It's a Secret to Everybody", b"Hello, World!");
        assert_eq!(github, "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
    }

    #[test]
    fn accepts_only_the_bytes_as_sent() {
        let body = br#"{"text":"Gr\u00fc\u00dfe \/ ok"}"#;
        let header = sign(SECRET, body);
        assert_eq!(verify(SECRET, body, Some(header.as_bytes())), Ok(()));
        let reserialised = serde_json::from_slice::<serde_json::Value>(body).unwrap().to_string();
        assert_eq!(verify(SECRET, reserialised.as_bytes(), Some(header.as_bytes())), Err(SignatureError::Mismatch));
    }

    #[test]
    fn an_empty_secret_verifies_nothing() {
        let forged = sign(b"", b"{}");
        assert_eq!(verify(b"", b"{}", Some(forged.as_bytes())), Err(SignatureError::NoSecret));
        assert_eq!(verify(b"", b"{}", None), Err(SignatureError::NoSecret));
    }

    #[test]
    fn tells_malformed_from_wrong() {
        let body = b"{}";
        let good = sign(SECRET, body);
        assert_eq!(verify(SECRET, body, None), Err(SignatureError::Missing));
        for bad in
            ["", "sha256=", &good[7..], &good[..70], "sha256=zz", &format!("{good}00"), &good.replace("sha256", "sha1")]
        {
            assert_eq!(verify(SECRET, body, Some(bad.as_bytes())), Err(SignatureError::Malformed), "{bad}");
        }
        assert_eq!(verify(b"other", body, Some(good.as_bytes())), Err(SignatureError::Mismatch));
        assert_eq!(verify(SECRET, body, Some("sha256=ü".as_bytes())), Err(SignatureError::Malformed));
    }
}
