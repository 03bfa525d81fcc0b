//! JSON as it comes. Good JSON is read by serde_json alone; what it refuses is read once more here, forgivingly, so that
//! one bad spot costs no more than itself:
//!
//! - bytes that are no UTF-8, and halves of surrogate pairs, become U+FFFD;
//! - numbers beyond all bounds, and words that are none of JSON's, are kept as text;
//! - what is nested deeper than serde_json reads becomes null;
//! - raw control characters, strange escapes, surplus commas and a byte order mark do no harm;
//! - where the structure itself is broken, what stands whole before and after is kept, and what is not whole is marked.
//!
//! No recursion: a million opening brackets cost a counter, not the stack.

mod tokens;

use serde_json::{Map, Value};

use self::tokens::{Token, Tokens};

/// What was read.
#[derive(Debug)]
pub struct Reading {
    pub value: Value,
    /// Why it is not whole, in serde_json's words. Objects that lack something are told by [`is_broken`].
    pub broken: Option<String>,
}

/// As deep as serde_json reads: what is read here can be written down and read again.
const DEPTH_MAX: usize = 127;
/// A key that nobody else writes.
const MARK: &str = "\u{fffd} this object is not whole";

/// Reads JSON, forgivingly where need be. Of what is no JSON at all, null is left.
#[must_use]
pub fn read(bytes: &[u8]) -> Reading {
    match serde_json::from_slice(bytes) {
        Ok(value) => Reading { value, broken: None },
        Err(error) => {
            let (value, whole) = read_forgivingly(bytes);
            Reading { value, broken: (!whole).then(|| error.to_string()) }
        }
    }
}

/// Whether an object in it, or it itself, lacks something.
#[must_use]
pub fn is_broken(value: &Value) -> bool {
    // Never deeper than DEPTH_MAX.
    match value {
        Value::Object(map) => map.contains_key(MARK) || map.values().any(is_broken),
        Value::Array(list) => list.iter().any(is_broken),
        _ => false,
    }
}

/// The value, and whether all of it was understood.
fn read_forgivingly(bytes: &[u8]) -> (Value, bool) {
    let mut tree = Tree::default();
    for token in Tokens::new(bytes) {
        tree.take(token);
    }
    tree.end()
}

enum Frame {
    List(Vec<Value>),
    Object { map: Map<String, Value>, key: Option<String> },
}

/// The value that grows, from the outermost list or object to the one being read.
#[derive(Default)]
struct Tree {
    open: Vec<Frame>,
    /// Brackets open beyond the greatest depth.
    beyond: usize,
    root: Option<Value>,
    broken: bool,
}

impl Tree {
    fn take(&mut self, token: Token) {
        if self.beyond > 0 {
            match token {
                Token::OpenList | Token::OpenObject => self.beyond += 1,
                Token::CloseList | Token::CloseObject => {
                    self.beyond -= 1;
                    if self.beyond == 0 {
                        self.add(Value::Null);
                    }
                }
                Token::CutOff => self.broken = true,
                _ => {}
            }
            return;
        }
        match token {
            Token::OpenList => self.open(Frame::List(Vec::new())),
            Token::OpenObject => self.open(Frame::Object { map: Map::new(), key: None }),
            Token::CloseList => self.close(|frame| matches!(frame, Frame::List(_))),
            Token::CloseObject => self.close(|frame| matches!(frame, Frame::Object { .. })),
            // A text where a key belongs is one.
            Token::Text(text) => match self.open.last_mut() {
                Some(Frame::Object { key: key @ None, .. }) => *key = Some(text),
                _ => self.add(Value::String(text)),
            },
            Token::Bare(value) => {
                // A page of words is no JSON.
                self.broken |= self.open.is_empty() && value.is_string();
                self.add(value);
            }
            Token::Comma => self.drop_key(),
            Token::Colon => {}
            Token::CutOff => self.mark(),
        }
    }

    fn open(&mut self, frame: Frame) {
        if self.root.is_some() {
            // A second document behind the first.
            self.broken = true;
        }
        if self.open.len() == DEPTH_MAX {
            self.beyond = 1;
        } else {
            self.open.push(frame);
        }
    }

    /// Closes the innermost of a kind; whatever is still open in it was not closed itself, and is not whole.
    fn close(&mut self, fits: impl Fn(&Frame) -> bool) {
        let Some(at) = self.open.iter().rposition(fits) else {
            self.broken = true;
            return;
        };
        while self.open.len() > at + 1 {
            self.mark();
            self.close_one();
        }
        self.close_one();
    }

    fn close_one(&mut self) {
        self.drop_key();
        match self.open.pop() {
            Some(Frame::List(list)) => self.add(Value::Array(list)),
            Some(Frame::Object { map, .. }) => self.add(Value::Object(map)),
            None => {}
        }
    }

    fn add(&mut self, value: Value) {
        match self.open.last_mut() {
            Some(Frame::List(list)) => list.push(value),
            Some(Frame::Object { map, key }) => match key.take() {
                // As serde_json does: the last of a name counts.
                Some(key) => drop(map.insert(key, value)),
                None => self.mark(),
            },
            None if self.root.is_none() => self.root = Some(value),
            None => self.broken = true,
        }
    }

    /// A key whose value did not come.
    fn drop_key(&mut self) {
        if let Some(Frame::Object { key, .. }) = self.open.last_mut()
            && key.take().is_some()
        {
            self.mark();
        }
    }

    /// Marks the innermost object as not whole.
    fn mark(&mut self) {
        self.broken = true;
        let innermost = self.open.iter_mut().rev().find_map(|frame| match frame {
            Frame::Object { map, .. } => Some(map),
            Frame::List(_) => None,
        });
        if let Some(map) = innermost {
            map.insert(MARK.to_owned(), Value::Null);
        }
    }

    fn end(mut self) -> (Value, bool) {
        if self.beyond > 0 {
            self.broken = true;
            self.beyond = 0;
            self.add(Value::Null);
        }
        while !self.open.is_empty() {
            self.mark();
            self.close_one();
        }
        let whole = !self.broken && self.root.is_some();
        (self.root.unwrap_or_default(), whole)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{is_broken, read, read_forgivingly};

    /// What is read of something that serde_json refuses, yet is whole.
    fn forgiven(text: impl AsRef<[u8]>) -> Value {
        let text = text.as_ref();
        assert!(serde_json::from_slice::<Value>(text).is_err(), "{}", String::from_utf8_lossy(text));
        let reading = read(text);
        assert_eq!(reading.broken, None, "{}", String::from_utf8_lossy(text));
        assert!(!is_broken(&reading.value));
        reading.value
    }

    #[test]
    fn a_bad_spot_costs_no_more_than_itself() {
        for (text, expected) in [
            (&br#"{"a":"\ud83d","b":1}"#[..], json!({"a": "\u{fffd}", "b": 1})),
            (br#"{"a":"x\ud83dy\ude00","b":1}"#, json!({"a": "x\u{fffd}y\u{fffd}", "b": 1})),
            (br#"{"a":"\ud83d\ud83d\ude00","b":1}"#, json!({"a": "\u{fffd}😀", "b": 1})),
            (br#"{"a":"\ud83d\n","b":1}"#, json!({"a": "\u{fffd}\n", "b": 1})),
            (b"{\"a\":\"x\xffy\xf0\x9f\x98\",\"b\":1}", json!({"a": "x\u{fffd}y\u{fffd}", "b": 1})),
            (b"{\"a\xff\":1}", json!({"a\u{fffd}": 1})),
            (br#"{"a":1e999,"b":-1E+999,"c":0.5}"#, json!({"a": "1e999", "b": "-1E+999", "c": 0.5})),
            (br#"[007,+1,.5,NaN,-Infinity,undefined]"#, json!(["007", "+1", ".5", "NaN", "-Infinity", "undefined"])),
            (b"[\"one\ntwo\tthree\x00\"]", json!(["one\ntwo\tthree\0"])),
            (br#"["\x41\'\u00g\u12"]"#, json!(["x41'\u{fffd}00g\u{fffd}12"])),
            (b"\xef\xbb\xbf{\"a\":1}", json!({"a": 1})),
            (b"[1,,2,]", json!([1, 2])),
            (b"{\"a\":1,}\0\0", json!({"a": 1})),
        ] {
            assert_eq!(forgiven(text), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn depth_has_an_end() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(serde_json::from_str::<Value>(&nested(127)).is_ok());
        let value = forgiven(format!("{{\"a\":{},\"b\":1}}", nested(130)));
        assert_eq!(value["b"], 1);
        // What is left can be written down and read again.
        assert_eq!(serde_json::from_str::<Value>(&value.to_string()).unwrap(), value);
        // Brackets in texts do not count.
        let value = forgiven(format!("{{\"a\":{}\"]]{{\"{},\"b\":1}}", "[".repeat(200), "]".repeat(200)));
        assert_eq!(value["b"], 1);
    }

    #[test]
    fn a_million_brackets_do_not_end_the_stack() {
        for one in ["[", "{\"a\":", "]", "[{\"a\":"] {
            let reading = read(one.repeat(1_000_000).as_bytes());
            assert!(reading.broken.is_some(), "{one}");
            assert!(serde_json::from_str::<Value>(&reading.value.to_string()).is_ok());
        }
        let reading = read(format!("{{\"a\":{}{},\"b\":1}}", "[".repeat(1_000_000), "]".repeat(1_000_000)).as_bytes());
        assert_eq!((reading.broken, &reading.value["b"]), (None, &json!(1)));
    }

    #[test]
    fn what_is_not_whole_is_marked_and_the_rest_is_kept() {
        // Where it ends, the first element is always whole.
        for text in [
            r#"[{"id":1},{"id":2,"x":"#,
            r#"[{"id":1},{"id":2,"x":"half"#,
            r#"[{"id":1},{"id":2,"x"}]"#,
            r#"[{"id":1},{"id":2,"x":"he said "hi" there"}]"#,
            r#"[{"id":1},{"id":2,"x":{"y":[1}]"#,
            r#"[{"id":1},{"id":2 3}]"#,
            r#"[{"id":1},{"id":2,"x":{"y":1]"#,
            r#"[{"id":1},{"id":2,"x":{"y":[1}}]"#,
        ] {
            let reading = read(text.as_bytes());
            assert!(reading.broken.is_some(), "{text}");
            assert_eq!(reading.value[0], json!({"id": 1}), "{text}");
            assert_eq!(reading.value[1]["id"], 2, "{text}");
            assert!(is_broken(&reading.value[1]) && !is_broken(&reading.value[0]), "{text}");
        }
        for text in ["{} {}", "{}x", "{}]", "[1]]"] {
            assert!(read(text.as_bytes()).broken.is_some(), "{text}");
        }
    }

    #[test]
    fn rubbish_is_nothing() {
        for rubbish in
            [&b""[..], b" ", b"\xff\xfe", b",,,", b":", b"}", b"\xef\xbb\xbf", b"<html></html>", b"Bad gateway"]
        {
            let reading = read(rubbish);
            assert!(!reading.value.is_object() && reading.broken.is_some(), "{}", String::from_utf8_lossy(rubbish));
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Texts made of what matters in JSON.
    fn nearly_json() -> impl Strategy<Value = Vec<u8>> {
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "d8", "00", "1", "-", "e9", ".",
            "null", "true", "a", " ", "\n", "é", "\"k\":", "{\"k\":", "\"v\"",
        ];
        let piece = prop_oneof![
            8 => prop::sample::select(pieces.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
            1 => prop::collection::vec(any::<u8>(), 1..4),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn good_json_means_the_same_to_both(value in any_json(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
            prop_assert_eq!(read_forgivingly(text.as_bytes()), (serde_json::from_str(&text).unwrap(), true));
        }

        #[test]
        fn all_that_serde_json_takes_means_the_same_to_both(bytes in nearly_json()) {
            let (value, whole) = read_forgivingly(&bytes);
            if let Ok(expected) = serde_json::from_slice::<Value>(&bytes) {
                prop_assert_eq!((value, whole), (expected, true));
            } else {
                // Whatever it was, it can be written down and read again.
                prop_assert_eq!(serde_json::from_str::<Value>(&value.to_string()).unwrap(), value);
            }
        }

        #[test]
        fn neighbours_survive(
            good in any_json(),
            // Anything but what ends a text.
            spoiled in prop::collection::vec(any::<u8>().prop_filter("", |b| *b != b'"' && *b != b'\\'), 0..20),
        ) {
            let good_text = good.to_string();
            let text = [b"[", good_text.as_bytes(), b",{\"x\":\"", &spoiled, b"\\ud83d\"},", good_text.as_bytes(), b"]"].concat();
            let reading = read(&text);
            let expected = format!("{}\u{fffd}", String::from_utf8_lossy(&spoiled));
            let good: Value = serde_json::from_str(&good_text).unwrap();
            prop_assert_eq!(&reading.value, &json!([good, {"x": expected}, good]));
            prop_assert_eq!(reading.broken, None);
        }
    }
}
