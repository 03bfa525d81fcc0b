//! Values as Meta and its relays spell them (contract, sections 2 and 3): what is a text may come as a number, and the
//! other way round; what is a list may come as its only member, what is an object in a list.

pub mod messages;

use serde_json::Value;

/// Reads a text that may also come as a number: ids and timestamps do.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// Reads a field as [`text`] does.
#[must_use]
pub fn text_of(object: &Value, field: &str) -> Option<String> {
    object.get(field).and_then(text)
}

/// Reads a number that may also come as text.
#[must_use]
pub fn number_of(object: &Value, field: &str) -> Option<i64> {
    match object.get(field)? {
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().and_then(whole)),
        Value::String(s) => s.trim().parse().ok().or_else(|| s.trim().parse().ok().and_then(whole)),
        _ => None,
    }
}

/// A number with a fraction, without it; none when it is beyond what is counted exactly.
fn whole(number: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "it is within bounds")]
    (number.abs() < 9e15).then_some(number.trunc() as i64)
}

/// An object in a field; the first one when a list holds it.
#[must_use]
pub fn object_of<'a>(parent: &'a Value, field: &str) -> Option<&'a Value> {
    match parent.get(field)? {
        found @ Value::Object(_) => Some(found),
        Value::Array(list) => list.iter().find(|member| member.is_object()),
        _ => None,
    }
}

/// The members of what should be a list. A lone object is its only member, unless its keys count (`{"0": …}`, as PHP writes
/// lists); null, false, 0 and "" are how some write none.
///
/// # Errors
/// With the value, when it can be no list.
pub fn members(list: Value) -> Result<Vec<Value>, Value> {
    match list {
        Value::Array(list) => Ok(list),
        Value::Null | Value::Bool(false) => Ok(Vec::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Vec::new()),
        Value::Number(number) if number.as_f64() == Some(0.0) => Ok(Vec::new()),
        Value::Object(map) if map.keys().all(|key| key.parse::<u32>().is_ok()) => {
            let mut numbered: Vec<_> = map.into_iter().collect();
            numbered.sort_by_key(|(key, _)| key.parse::<u32>().unwrap_or(u32::MAX));
            Ok(numbered.into_iter().map(|(_, member)| member).collect())
        }
        lone @ Value::Object(_) => Ok(vec![lone]),
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{members, number_of, object_of};

    #[test]
    fn lists_come_in_many_shapes() {
        for (value, expected) in [
            (json!([1, null]), json!([1, null])),
            (json!(null), json!([])),
            (json!(""), json!([])),
            (json!(false), json!([])),
            (json!(0), json!([])),
            (json!({}), json!([])),
            (json!({"id": "x"}), json!([{"id": "x"}])),
            (json!({"1": "b", "0": "a", "10": "c"}), json!(["a", "b", "c"])),
        ] {
            assert_eq!(json!(members(value.clone()).unwrap()), expected, "{value}");
        }
        for value in [json!("x"), json!(7), json!(true)] {
            assert_eq!(members(value.clone()), Err(value));
        }
    }

    #[test]
    fn numbers_and_objects_do_too() {
        let value = json!({"a": 5, "b": " 5 ", "c": 5.0, "d": "5.9", "e": "five", "f": 1e300, "g": null});
        let read = ["a", "b", "c", "d", "e", "f", "g", "h"].map(|field| number_of(&value, field));
        assert_eq!(read, [Some(5), Some(5), Some(5), Some(5), None, None, None, None]);
        let value = json!({"a": {"x": 1}, "b": [null, {"x": 1}], "c": "x", "d": []});
        let read = ["a", "b", "c", "d"].map(|field| object_of(&value, field).is_some());
        assert_eq!(read, [true, true, false, false]);
    }
}
