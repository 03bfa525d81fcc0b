//! Texts in other spellings.

/// Percent-encodes a value for a query.
#[must_use]
pub fn percent(value: &str) -> String {
    use std::fmt::Write as _;
    value.bytes().fold(String::with_capacity(value.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn encodes_what_a_query_cannot_hold() {
        assert_eq!(percent("a+b@c.de"), "a%2Bb%40c.de");
    }
}
