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

/// Escapes a text for HTML, within an element as within the quotes of an attribute.
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A number as people read it: `1,204`.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with its noun: `1 message`, `1,204 messages`.
#[must_use]
pub fn count(number: i64, noun: &str) -> String {
    let ending = match noun {
        _ if number == 1 => "",
        "delivery" => return format!("{} deliveries", grouped(number)),
        _ => "s",
    };
    format!("{} {noun}{ending}", grouped(number))
}

/// A size in bytes as people read it.
#[must_use]
pub fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => count(bytes, "byte"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, percent, size};

    #[test]
    fn counts_and_measures_for_people() {
        let counts = [0, 1, 999, 1_000, 1_234_567].map(|n| count(n, "item"));
        assert_eq!(counts, ["0 items", "1 item", "999 items", "1,000 items", "1,234,567 items"]);
        assert_eq!(count(2, "delivery"), "2 deliveries");
        assert_eq!([1, 999, 1_250, 3_100_000].map(size), ["1 byte", "999 bytes", "1.2 kB", "3.1 MB"]);
    }

    #[test]
    fn encodes_what_a_query_cannot_hold() {
        assert_eq!(percent("a+b@c.de"), "a%2Bb%40c.de");
    }
}
