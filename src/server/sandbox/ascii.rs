//! JSON as Meta writes it (contract, section 1.2): pure ASCII, everything else as `\uXXXX` in lowercase hex with surrogate pairs
//! for what lies beyond, and `/` as `\/`. Receivers that verify a signature over re-serialised JSON fail on it, as they would on
//! Meta's; that is what it is for. Nothing here knows what is written.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// Writes a value in Meta's spelling.
///
/// # Errors
/// When the value's own serialisation fails.
pub(super) fn to_ascii_json(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::with_capacity(1024);
    value.serialize(&mut Serializer::with_formatter(&mut bytes, MetaFormatter))?;
    // Only ASCII was written, so nothing is lost.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct MetaFormatter;

impl Formatter for MetaFormatter {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut units = [0_u16; 2];
        for character in fragment.chars() {
            match character {
                '/' => writer.write_all(b"\\/")?,
                ascii if ascii.is_ascii() => write!(writer, "{ascii}")?,
                other => {
                    for unit in other.encode_utf16(&mut units) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::to_ascii_json;

    #[test]
    fn escapes_like_meta() {
        let value = json!({ "a/b": "Grüße 😀 https://x.test/?q=\"1\"\n\u{1f}" });
        let written = to_ascii_json(&value).unwrap();
        assert_eq!(written, r#"{"a\/b":"Gr\u00fc\u00dfe \ud83d\ude00 https:\/\/x.test\/?q=\"1\"\n\u001f"}"#);
    }

    proptest! {
        #[test]
        fn is_ascii_and_means_the_same(text in any::<String>()) {
            let written = to_ascii_json(&json!([text])).unwrap();
            prop_assert!(written.is_ascii());
            prop_assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), json!([text]));
        }
    }
}
