//! Ids, secrets and phone numbers in the shapes that Meta's have. They are opaque: nothing may read a meaning out of them.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::error::SandboxResult;
use crate::server::base::clock::mint_id;

/// A decimal id of 15 digits, as numbers, accounts and apps have.
pub(super) fn object_id() -> SandboxResult<String> {
    Ok(format!("9{}", digits::<14>()?))
}

/// A business-scoped user id: country, dot, up to 128 letters or digits (contract, section 2.1).
pub(super) fn user_id() -> SandboxResult<String> {
    Ok(format!("US.1{}", digits::<19>()?))
}

/// A message id. Base64 in its standard alphabet, so that `/` and `+` occur in it, as in Meta's.
pub(super) fn wamid() -> SandboxResult<String> {
    let mut bytes = mint_id::<Uuid>().as_bytes().to_vec();
    bytes.extend(random::<14>()?);
    Ok(format!("wamid.{}", STANDARD.encode(bytes)))
}

pub(super) fn app_secret() -> SandboxResult<String> {
    Ok(hex::encode(random::<16>()?))
}

pub(super) fn access_token() -> SandboxResult<String> {
    Ok(format!("EAA{}", hex::encode(random::<48>()?)))
}

pub(super) fn challenge() -> SandboxResult<String> {
    Ok(format!("1{}", digits::<9>()?))
}

/// The digest under which an access token is kept: the simulator never needs it in clear again.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// What Meta's support would ask for. An error must be answered even when the machine has no random numbers left.
pub(super) fn trace_id() -> String {
    format!("A{}", URL_SAFE_NO_PAD.encode(random::<16>().unwrap_or_default()))
}

/// The n-th number of a series, digits only. No area code is 555 and no exchange begins with 0, so it is nobody's.
pub(super) fn phone(series: char, nth: i64) -> String {
    format!("15550{series}{nth:05}")
}

/// A number for people: `15550100001` becomes `+1 555-010-0001`.
pub(super) fn display_phone(digits: &str) -> String {
    match (digits.get(..1), digits.get(1..4), digits.get(4..7), digits.get(7..)) {
        (Some(country), Some(area), Some(exchange), Some(line)) if digits.len() == 11 => {
            format!("+{country} {area}-{exchange}-{line}")
        }
        _ => format!("+{digits}"),
    }
}

fn digits<const N: usize>() -> SandboxResult<String> {
    Ok(random::<N>()?.iter().map(|byte| char::from(b'0' + byte % 10)).collect())
}

fn random<const N: usize>() -> SandboxResult<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{display_phone, object_id, phone, user_id, wamid};

    #[test]
    fn looks_like_metas() {
        assert_eq!(display_phone(&phone('1', 1)), "+1 555-010-0001");
        assert_eq!(display_phone(&phone('1', 123_456)), "+155501123456");
        assert!(user_id().unwrap().strip_prefix("US.").unwrap().chars().all(|c| c.is_ascii_digit()));
        assert_eq!(object_id().unwrap().len(), 15);
        let (one, other) = (wamid().unwrap(), wamid().unwrap());
        assert_eq!((one.len(), other.len()), (46, 46));
        assert_ne!(one, other);
    }
}
