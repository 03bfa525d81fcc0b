//! Everything that serde can write is read, and nothing else.

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};

use super::{Unreadable, read};

#[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
struct Everything {
    flag: bool,
    small: i8,
    negative: i64,
    largest: u64,
    share: f32,
    text: String,
    letter: char,
    maybe: Option<u32>,
    #[serde(default)]
    left_out: Option<String>,
    list: Vec<Option<i32>>,
    pair: (String, u16),
    named: BTreeMap<String, bool>,
    nothing: (),
    wrapped: Wrapped,
    shapes: Vec<Shape>,
    outcome: Result<u8, String>,
    id: uuid::Uuid,
}

#[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
struct Wrapped(i64);

#[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Shape {
    Point,
    Circle(f64),
    Line(i32, i32),
    Box { width: u8 },
}

fn everything() -> Everything {
    Everything {
        flag: true,
        small: -7,
        negative: i64::MIN,
        largest: u64::MAX,
        share: 0.25,
        text: "“Grüße” \n \u{1f33b}".to_owned(),
        letter: 'ß',
        maybe: Some(3),
        left_out: None,
        list: vec![Some(1), None],
        pair: ("a".to_owned(), 2),
        named: [("x".to_owned(), true)].into(),
        nothing: (),
        wrapped: Wrapped(9),
        shapes: vec![Shape::Point, Shape::Circle(1.0), Shape::Line(1, -1), Shape::Box { width: 4 }],
        outcome: Err("no".to_owned()),
        id: uuid::Uuid::from_u128(7),
    }
}

#[test]
fn reads_what_serde_writes() {
    let json = serde_json::to_string(&everything()).unwrap();
    assert_eq!(read::<Everything>(json.as_bytes()).unwrap(), everything());
    // What a newer server may add is passed over, and what it may leave out is left out.
    let newer = json.replacen('{', r#"{"brand_new":{"deep":[1]},"#, 1).replace(r#""left_out":null,"#, "");
    assert_eq!(read::<Everything>(newer.as_bytes()).unwrap(), everything());
    // A whole number is a float too.
    assert_eq!(read::<f64>(b"3").unwrap(), 3.0);
}

fn refuses<T: DeserializeOwned + std::fmt::Debug>(json: &str) {
    assert_eq!(read::<T>(json.as_bytes()).unwrap_err(), Unreadable, "{json}");
}

#[test]
fn refuses_what_is_of_another_type() {
    refuses::<bool>("1");
    refuses::<u8>("256");
    refuses::<u8>("-1");
    refuses::<i32>("1.5");
    refuses::<i32>("\"1\"");
    refuses::<String>("null");
    refuses::<Vec<u8>>("{}");
    refuses::<BTreeMap<String, u8>>("[]");
    refuses::<(u8, u8)>("[1]");
    refuses::<Shape>("\"comet\"");
    refuses::<Shape>(r#"{"circle":1,"point":null}"#);
    refuses::<Shape>("{}");
    refuses::<Shape>(r#"{"point":1}"#);
    refuses::<Everything>("{}");
    refuses::<Everything>("[true]");
    refuses::<uuid::Uuid>("\"no id\"");
    refuses::<u8>("");
    refuses::<u8>("1 2");
}
