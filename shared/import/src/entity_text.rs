//! Texts of other services as texts of ours: what may not be in one is taken out, what is too long is cut or split, never in the middle of
//! a letter.

use app_domain::Metadata;
use serde_json::{Map, Value, json};

/// The most bytes of a string in metadata that have no room.
const CUT_STRING_BYTES: usize = 512;
/// How deep members of metadata are nested at most; what is deeper is kept as text.
const MAX_DEPTH: usize = 24;
/// What is said of members that had no room.
const LEFT_OUT: &str = "leftOut";
/// How many of those are named, and how long a name is at most, in characters.
const NAMED: usize = 20;
const NAME_CHARS: usize = 20;
/// What is kept free for their names.
const LEFT_OUT_BYTES: usize = 20 * (20 * 6 + 3) + 20;

/// The text without control characters but the white space of prose.
pub(crate) fn prose(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

/// The text as one line of at most `max` characters. `None` if nothing is left.
pub(crate) fn line(text: &str, max: usize) -> Option<String> {
    let spaced: String = text.chars().map(|c| if is_break(c) { ' ' } else { c }).collect();
    let plain: String = spaced.chars().filter(|c| !c.is_control()).collect();
    let plain = plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let plain = plain.trim();
    (!plain.is_empty()).then(|| cut(plain, max))
}

fn is_break(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The text with an ellipsis where more than `max` characters were.
pub(crate) fn cut(text: &str, max: usize) -> String {
    if text.chars().nth(max).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The text in parts whose weight is at most `most` each, between paragraphs, lines or words if there are any near the end of a part. The
/// parts together are the text, but for white space between them.
pub(crate) fn split(text: &str, most: usize, weight: fn(char) -> usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let end = fitting(rest, most, weight);
        if end == rest.len() {
            parts.push(rest);
            return parts.into_iter().filter(|part| !part.trim().is_empty()).collect();
        }
        let (part, more) = rest.split_at(boundary(rest, end));
        parts.push(part.trim_end());
        rest = more.trim_start_matches([' ', '\n', '\r']);
    }
}

/// Where a text ends of which as much is taken as weighs `most`; at least a letter.
fn fitting(text: &str, most: usize, weight: fn(char) -> usize) -> usize {
    let mut sum = 0;
    for (at, c) in text.char_indices() {
        sum += weight(c);
        if sum > most && at > 0 {
            return at;
        }
    }
    text.len()
}

/// The best place to split at or before `end`: not so far before it that parts become small.
fn boundary(text: &str, end: usize) -> usize {
    let from = text.floor_char_boundary(end - end / 2);
    let near = &text[from..end];
    let behind = |mark: &str| near.rfind(mark).map(|at| from + at + mark.len());
    behind("\n\n").or_else(|| behind("\n")).or_else(|| behind(". ")).or_else(|| behind(" ")).unwrap_or(end)
}

/// The weight of a character where characters are counted.
pub(crate) fn characters(_: char) -> usize {
    1
}

/// How many bytes a character has in a JSON string.
pub(crate) fn json_bytes(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        c if u32::from(c) < 0x20 => 6,
        c => c.len_utf8(),
    }
}

/// Members that fit into metadata: what is nested deeply becomes text, long strings are cut, then the largest members go; the names of those
/// are kept.
pub(crate) fn fitted(members: Map<String, Value>) -> Metadata {
    let mut members: Map<String, Value> =
        members.into_iter().map(|(name, value)| (cut(&prose(&name), 100), shallow(value))).collect();
    if let Ok(metadata) = Metadata::parse(members.clone()) {
        return metadata;
    }
    for value in members.values_mut() {
        if let Value::String(text) = value
            && text.len() > CUT_STRING_BYTES
        {
            *text = format!("{}…", &text[..text.floor_char_boundary(CUT_STRING_BYTES)]);
        }
    }
    let size = |name: &str, value: &Value| json!(name).to_string().len() + value.to_string().len() + 2;
    let mut sizes: Vec<(usize, String)> =
        members.iter().map(|(name, value)| (size(name, value), name.clone())).collect();
    sizes.sort();
    let mut total: usize = sizes.iter().map(|(size, _)| size).sum();
    let mut gone: Vec<String> = Vec::new();
    while total > Metadata::MAX_BYTES - LEFT_OUT_BYTES {
        let Some((size, name)) = sizes.pop() else { break };
        total -= size;
        members.remove(&name);
        gone.push(name);
    }
    if !gone.is_empty() {
        let named = gone.iter().take(NAMED).map(|name| cut(name, NAME_CHARS)).collect::<Vec<_>>();
        members.insert(LEFT_OUT.to_owned(), json!(named));
    }
    Metadata::parse(members).unwrap_or_default()
}

/// The value, or its JSON if it is nested so deeply that what holds it could not be read again.
fn shallow(value: Value) -> Value {
    if depth(&value, 0) > MAX_DEPTH { Value::String(value.to_string()) } else { value }
}

fn depth(value: &Value, above: usize) -> usize {
    let below = |value| depth(value, above + 1);
    match value {
        Value::Array(items) => items.iter().map(below).max().unwrap_or(above + 1),
        Value::Object(members) => members.values().map(below).max().unwrap_or(above + 1),
        _ => above,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line(" Trip\n\tto\u{2028}Lisbon\u{7} \u{0}", 255).as_deref(), Some("Trip to Lisbon"));
        assert_eq!(line("\u{0} \n", 255), None);
        assert_eq!(line(&"é".repeat(300), 255).unwrap().chars().count(), 255);
        assert!(line(&"é".repeat(300), 255).unwrap().ends_with("é…"));
        assert_eq!(line("abc", 3).as_deref(), Some("abc"));
    }

    #[test]
    fn a_long_text_is_split_between_paragraphs_lines_or_words() {
        assert_eq!(split("one two three four", 8, characters), ["one two", "three", "four"]);
        assert_eq!(split("ab cd efgh\n\nijk", 13, characters), ["ab cd efgh", "ijk"]);
        assert_eq!(split("日本日本日本", 4, characters), ["日本日本", "日本"]);
        assert_eq!(split("short", 8, characters), ["short"]);
        assert!(split(" \n ", 8, characters).is_empty());
    }

    #[test]
    fn metadata_that_have_no_room_lose_the_largest_and_say_so() {
        let members = |value: Value| value.as_object().cloned().unwrap();
        let small = json!({"author": "Ada", "n": [1, {"a": null}]});
        assert_eq!(json!(fitted(members(small.clone()))), small);
        let long = fitted(members(json!({"a": "x".repeat(9000), "b": 1})));
        assert!(long.members()["a"].as_str().unwrap().ends_with("x…") && long.members()["b"] == 1);
        let large = fitted(members(json!({"a": vec!["x".repeat(90); 100], "b": 1})));
        assert_eq!(json!(large), json!({"b": 1, "leftOut": ["a"]}));
        let deep = (0..60).fold(json!(1), |inner, _| json!([inner]));
        assert!(fitted(members(json!({"deep": deep}))).members()["deep"].is_string());
    }

    proptest! {
        #[test]
        fn no_part_is_too_long_and_no_word_is_lost(text in "[a-zé日\" \\n\\\\]{0,400}", most in 8usize..60) {
            let parts = split(&text, most, json_bytes);
            for part in &parts {
                prop_assert!(json!(part).to_string().len() - 2 <= most);
            }
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&parts.concat()), letters(&text));
        }

        #[test]
        fn whatever_metadata_are_they_fit(names in proptest::collection::vec(".{0,30}", 0..200), size in 0usize..4000) {
            let members = names.into_iter().map(|name| (name, json!("é\u{0}".repeat(size)))).collect();
            prop_assert!(Metadata::parse(fitted(members).members().clone()).is_ok());
        }
    }
}
