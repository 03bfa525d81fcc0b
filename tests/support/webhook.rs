//! Webhooks as Meta sends them, signed with the app secret.

use std::{fmt::Write as _, time::UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The WhatsApp Business Account of all numbers.
pub(crate) const ACCOUNT: &str = "102000000000001";

/// Signs bodies. The key is prepared once: what is left per request is hashing.
#[derive(Clone)]
pub(crate) struct Signer(Hmac<Sha256>);

impl Signer {
    pub(crate) fn new(secret: &str) -> Self {
        // HMAC takes keys of any length, so the error cannot happen.
        Self(
            <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes())
                .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default())),
        )
    }

    /// The value of `X-Hub-Signature-256`.
    pub(crate) fn sign(&self, body: &[u8]) -> String {
        let mut mac = self.0.clone();
        mac.update(body);
        format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }

    /// Whether a header's value belongs to the body; compared in constant time.
    pub(crate) fn verify(&self, body: &[u8], header: &[u8]) -> bool {
        let digits = header.strip_prefix(b"sha256=").unwrap_or_default();
        let mut digest = [0_u8; 32];
        let mut mac = self.0.clone();
        mac.update(body);
        hex::decode_to_slice(digits, &mut digest).is_ok() && mac.verify_slice(&digest).is_ok()
    }
}

/// Where webhooks of a number go.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Such as `/api/whatsapp/webhook/{integration id}`.
    pub(crate) path: String,
    pub(crate) phone_number_id: String,
}

/// A text message of a customer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inbound<'a> {
    /// Digits only.
    pub(crate) from: u64,
    pub(crate) wamid: &'a str,
    pub(crate) text: &'a str,
}

/// Unique ids in no index order, as Meta's are: an odd multiplier and shifts map every number to another one.
pub(crate) fn wamid(number: u64) -> String {
    let mix = |mut z: u64| {
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    format!("wamid.HBgNNDkxNTEwMDAw{:016X}{:016X}AA==", mix(number), mix(!number))
}

/// The body of a webhook with one message.
pub(crate) fn body(target: &Target, message: Inbound<'_>, out: &mut String) {
    let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    let Inbound { from, wamid, text } = message;
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "{{\"object\":\"whatsapp_business_account\",\"entry\":[{{\"id\":\"{ACCOUNT}\",\"changes\":[{{\"value\":{{\
         \"messaging_product\":\"whatsapp\",\"metadata\":{{\"display_phone_number\":\"15550100001\",\
         \"phone_number_id\":\"{}\"}},\"contacts\":[{{\"profile\":{{\"name\":\"Customer {}\"}},\"wa_id\":\"{from}\"}}],\
         \"messages\":[{{\"from\":\"{from}\",\"id\":\"{wamid}\",\"timestamp\":\"{now}\",\"text\":{{\"body\":\"{text}\"}},\
         \"type\":\"text\"}}]}},\"field\":\"messages\"}}]}}]}}",
        target.phone_number_id,
        from % 1_000_000,
    );
}

/// A whole signed request, ready to be sent over a kept connection.
pub(crate) fn request(signer: &Signer, target: &Target, body: &str, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(b"POST ");
    out.extend_from_slice(target.path.as_bytes());
    let head = format!(
        " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: facebookexternalua\r\nContent-Type: application/json\r\n\
         X-Hub-Signature-256: {}\r\nContent-Length: {}\r\n\r\n",
        signer.sign(body.as_bytes()),
        body.len(),
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(body.as_bytes());
}
