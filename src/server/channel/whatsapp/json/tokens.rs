//! What stands in a text that should be JSON, piece by piece. Every byte belongs to some piece or is skipped, so it always
//! comes to an end.

use serde_json::{Number, Value};

#[derive(Debug)]
pub(super) enum Token {
    OpenList,
    CloseList,
    OpenObject,
    CloseObject,
    Comma,
    Colon,
    /// In quotes.
    Text(String),
    /// Not in quotes: a number, `true`, `false`, `null`; or anything else, as text.
    Bare(Value),
    /// The end came in the middle of a text.
    CutOff,
}

pub(super) struct Tokens<'a> {
    rest: &'a [u8],
}

impl<'a> Tokens<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) }
    }

    /// Takes this number of bytes.
    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, &[]));
        self.rest = rest;
        taken
    }

    /// The rest of a text whose quotation mark was taken.
    fn text(&mut self) -> Token {
        let mut text = Vec::new();
        loop {
            let plain = self.rest.iter().position(|b| matches!(b, b'"' | b'\\')).unwrap_or(self.rest.len());
            text.extend_from_slice(self.take(plain));
            match self.take(1) {
                b"\"" => return Token::Text(lossy(text)),
                b"\\" => self.escape(&mut text),
                _ => return Token::CutOff,
            }
        }
    }

    /// What a backslash stands for; before anything strange, for nothing.
    fn escape(&mut self, text: &mut Vec<u8>) {
        let &[kind] = self.take(1) else { return };
        let meant = match kind {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'b' => 8,
            b'f' => 12,
            b'u' => return text.extend_from_slice(self.unit_escape().encode_utf8(&mut [0; 4]).as_bytes()),
            other => other,
        };
        text.push(meant);
    }

    /// The character of one escape or of two that belong together; U+FFFD for half of one.
    fn unit_escape(&mut self) -> char {
        let Some(first) = self.unit() else { return char::REPLACEMENT_CHARACTER };
        let mut units = vec![first];
        if (0xd800..0xdc00).contains(&first)
            && let Some(after) = self.rest.strip_prefix(b"\\u")
        {
            let mut ahead = Tokens { rest: after };
            if let Some(second) = ahead.unit().filter(|unit| (0xdc00..0xe000).contains(unit)) {
                units.push(second);
                self.rest = ahead.rest;
            }
        }
        char::decode_utf16(units).next().and_then(Result::ok).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// Four hexadecimal digits; nothing is taken when they are none.
    fn unit(&mut self) -> Option<u16> {
        let digits = self.rest.get(..4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
        let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        self.take(4);
        Some(unit)
    }

    fn bare(&mut self) -> Token {
        let end = self.rest.iter().position(|b| is_blank(*b) || b"[]{}:,\"".contains(b)).unwrap_or(self.rest.len());
        let word = self.take(end);
        Token::Bare(match word {
            b"null" => Value::Null,
            b"true" => Value::Bool(true),
            b"false" => Value::Bool(false),
            _ => serde_json::from_slice::<Number>(word).map_or_else(|_| lossy(word.to_vec()).into(), Value::Number),
        })
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let blank = self.rest.iter().position(|b| !is_blank(*b)).unwrap_or(self.rest.len());
        self.take(blank);
        let token = match self.rest.first()? {
            b'[' => Token::OpenList,
            b']' => Token::CloseList,
            b'{' => Token::OpenObject,
            b'}' => Token::CloseObject,
            b',' => Token::Comma,
            b':' => Token::Colon,
            b'"' => {
                self.take(1);
                return Some(self.text());
            }
            _ => return Some(self.bare()),
        };
        self.take(1);
        Some(token)
    }
}

/// White space, and other control characters outside of texts: some pad with NUL.
fn is_blank(byte: u8) -> bool {
    byte <= b' '
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
