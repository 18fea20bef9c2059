//! JSON as other services write it. Every member may be missing, or be something else than it should: that never fails more than the
//! item which it belongs to. Large objects are taken apart without being read: what is in their members is read when it is needed.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::chat::named_by;

/// The most members of an object or elements of an array that are taken apart.
const MAX_MEMBERS: usize = 250_000;
/// The most values in what is read at once: each takes far more memory than the two bytes it may be written with.
const MAX_VALUES: usize = 50_000;
/// The longest id, in bytes. What is longer is no id, and has a short name made of it.
const MAX_ID: usize = 200;

/// The text of bytes that should be UTF-8. What is not becomes `U+FFFD`.
pub(crate) fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// The members of an object, in order, not read yet.
#[derive(Default)]
pub(crate) struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The members of the object that `json` is, or `None` if it is no object.
    pub(crate) fn of(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The JSON of a member; the last of those that have the same name.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().rev().find(|(member, _)| member == name).map(|(_, json)| json.get())
    }

    /// What a member is; null if it is missing or cannot be read.
    pub(crate) fn value(&self, name: &str) -> Value {
        self.get(name).and_then(value).unwrap_or(Value::Null)
    }

    /// All of them, each with its JSON.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(name, json)| (name.as_str(), json.get()))
    }

    /// An object of some of them, those that can be read.
    pub(crate) fn some(&self, names: &[&str]) -> Value {
        let found = names.iter().filter_map(|name| Some(((*name).to_owned(), value(self.get(name)?)?)));
        Value::Object(found.collect())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Gathered).map(Self)
    }
}

/// Gathers members, up to a bound.
struct Gathered;

impl<'de> Visitor<'de> for Gathered {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
            if members.len() > MAX_MEMBERS {
                return Err(A::Error::custom("too many members"));
            }
        }
        Ok(members)
    }
}

/// The elements of an array, in order, not read yet.
pub(crate) struct List<'a>(Vec<&'a RawValue>);

impl<'a> List<'a> {
    /// The JSON of each element of the array that `json` is, or `None` if it is no array.
    pub(crate) fn of(json: &'a str) -> Option<Vec<&'a str>> {
        let elements: Self = serde_json::from_str(json).ok()?;
        Some(elements.0.into_iter().map(RawValue::get).collect())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for List<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Gathered;
        impl<'de> Visitor<'de> for Gathered {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    elements.push(element);
                    if elements.len() > MAX_MEMBERS {
                        return Err(A::Error::custom("too many elements"));
                    }
                }
                Ok(elements)
            }
        }
        deserializer.deserialize_seq(Gathered).map(Self)
    }
}

/// What `json` is, or `None` if it cannot be read: it is broken, too deep, or too much.
pub(crate) fn value(json: &str) -> Option<Value> {
    if is_too_much(json.as_bytes()) {
        return None;
    }
    serde_json::from_str(json).ok().or_else(|| serde_json::from_str(&with_whole_characters(json)?).ok())
}

/// Whether there are more values in it than are read at once.
pub(crate) fn is_too_much(json: &[u8]) -> bool {
    // Each value but the first stands behind one of these bytes.
    json.len() > MAX_VALUES && values_in(json) > MAX_VALUES
}

/// An id, if it is as short as ids are; else a short name of it.
pub(crate) fn id(text: &str) -> String {
    if text.len() > MAX_ID { named_by(&[text]) } else { text.to_owned() }
}

/// About how many values there are.
fn values_in(json: &[u8]) -> usize {
    let (mut count, mut is_string, mut is_escaped) = (1, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_string,
            b'"' => is_string = !is_string,
            b',' | b'[' | b'{' if !is_string => count += 1,
            _ => {}
        }
    }
    count
}

/// The same with `U+FFFD` for each half of a character that stands alone, which other languages let pass and Rust does not, or `None` if
/// there is none.
fn with_whole_characters(json: &str) -> Option<String> {
    let unit = |at: usize| -> Option<u32> {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let (mut mended, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(found) = json.get(at..).and_then(|rest| rest.find('\\')).map(|next| at + next) {
        let is_high = |unit| (0xd800..0xdc00).contains(&unit);
        let is_low = |unit| (0xdc00..0xe000).contains(&unit);
        at = match unit(found) {
            Some(high) if is_high(high) && unit(found + 6).is_some_and(is_low) => found + 12,
            Some(half) if is_high(half) || is_low(half) => {
                mended.push_str(json.get(kept..found)?);
                mended.push_str("\\ufffd");
                kept = found + 6;
                kept
            }
            // Whatever is escaped, it is no backslash that begins an escape.
            _ => found + 1 + json.get(found + 1..)?.chars().next().map_or(0, char::len_utf8),
        };
    }
    (kept > 0).then(|| mended + json.get(kept..).unwrap_or_default())
}

/// Reads members of a value that may be anything.
pub(crate) trait Loose {
    /// A member; null if there is none.
    fn member(&self, name: &str) -> &Value;
    /// A member that is a text with something in it.
    fn text(&self, name: &str) -> Option<&str>;
    /// A member that is a text or a whole number, as a text.
    fn id(&self, name: &str) -> Option<String>;
    /// Whether a member is true.
    fn is(&self, name: &str) -> bool;
    /// The elements of a member that is an array.
    fn list(&self, name: &str) -> &[Value];
}

impl Loose for Value {
    fn member(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::Null)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.member(name).as_str().filter(|text| !text.trim().is_empty())
    }

    fn id(&self, name: &str) -> Option<String> {
        match self.member(name) {
            Value::String(text) if !text.trim().is_empty() => Some(id(text)),
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            _ => None,
        }
    }

    fn is(&self, name: &str) -> bool {
        self.member(name) == &Value::Bool(true)
    }

    fn list(&self, name: &str) -> &[Value] {
        self.member(name).as_array().map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_characters_do_not_cost_the_text_around_them() {
        let read = value(r#"{"a":"x\ud83dy \ud83d\ude00 \\ud800 \udc00"}"#).unwrap();
        assert_eq!(read.text("a"), Some("x\u{fffd}y 😀 \\ud800 \u{fffd}"));
    }

    #[test]
    fn an_object_is_taken_apart_however_deep_it_is() {
        let deep = format!("{{\"a\":{}{},\"b\":1}}", "[".repeat(100_000), "]".repeat(100_000));
        let members = Members::of(&deep).unwrap();
        assert_eq!((members.value("a"), members.value("b")), (Value::Null, Value::from(1)));
    }

    #[test]
    fn what_would_take_too_much_memory_is_not_read() {
        let many = format!("[{}0]", "0,".repeat(MAX_VALUES));
        assert_eq!(value(&many), None);
        assert!(
            value(&format!("\"{}\"", ",".repeat(MAX_VALUES))).is_some(),
            "commas in a text are no values"
        );
    }

    #[test]
    fn of_members_with_one_name_the_last_counts() {
        assert_eq!(Members::of(r#"{"a":1,"a":2}"#).unwrap().value("a"), Value::from(2));
    }
}
