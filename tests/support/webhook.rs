//! Webhooks as Meta sends them, signed with the app secret.

use std::{fmt::Write as _, time::UNIX_EPOCH};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{double::ACCOUNT, random::mix};

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
        format!("sha256={}", hex::encode(self.over(body).finalize().into_bytes()))
    }

    /// The code over these bytes, to be compared or written out.
    pub(crate) fn over(&self, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(body);
        mac
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

/// Unique ids in no index order, as Meta's are.
pub(crate) fn wamid(number: u64) -> String {
    format!("wamid.HBgNNDkxNTEwMDAw{:016X}{:016X}AA==", mix(number), mix(!number))
}

/// Seconds, as a webhook writes time.
pub(crate) fn now() -> u64 {
    UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs())
}

/// The body of a webhook about a number: what is inside of `value` beside the number is written by `fill`, and begins
/// with a comma.
pub(crate) fn body(target: &Target, out: &mut String, fill: impl FnOnce(&mut String)) {
    // Here and below: writing to a String cannot fail.
    let _ = write!(
        out,
        "{{\"object\":\"whatsapp_business_account\",\"entry\":[{{\"id\":\"{ACCOUNT}\",\"changes\":[{{\"value\":{{\
         \"messaging_product\":\"whatsapp\",\"metadata\":{{\"display_phone_number\":\"15550100001\",\
         \"phone_number_id\":\"{}\"}}",
        target.phone_number_id,
    );
    fill(out);
    out.push_str("},\"field\":\"messages\"}]}]}");
}

/// The body of a webhook with messages.
pub(crate) fn messages(target: &Target, messages: &[Inbound<'_>], out: &mut String) {
    body(target, out, |out| {
        out.push_str(",\"contacts\":[");
        for (place, Inbound { from, .. }) in messages.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let name = from % 1_000_000;
            let _ = write!(out, "{comma}{{\"profile\":{{\"name\":\"Customer {name}\"}},\"wa_id\":\"{from}\"}}");
        }
        out.push_str("],\"messages\":[");
        let now = now();
        for (place, Inbound { from, wamid, text }) in messages.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let _ = write!(
                out,
                "{comma}{{\"from\":\"{from}\",\"id\":\"{wamid}\",\"timestamp\":\"{now}\",\
                 \"text\":{{\"body\":\"{text}\"}},\"type\":\"text\"}}",
            );
        }
        out.push(']');
    });
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
