//! What stands at the top of a note between two lines of dashes, in YAML.

use serde_json::{Map, Number, Value};
use serde_yaml_ng::Value as Yaml;

/// What is longer is no front matter. YAML is costly to read.
const MAX_BYTES: usize = 64 * 1024;
/// What is nested deeper is left out.
const MAX_DEPTH: usize = 12;

/// The front matter and what is behind it. Where there is none that can be read, all of the note is its text.
pub(super) fn split(note: &str) -> (Map<String, Value>, &str) {
    parted(note).and_then(|(yaml, rest)| Some((members(yaml)?, rest))).unwrap_or((Map::new(), note))
}

/// The YAML between the dashes, and what is behind it.
fn parted(note: &str) -> Option<(&str, &str)> {
    let inside = note.strip_prefix("---")?;
    let (first, inside) = inside.split_once('\n')?;
    if !first.trim().is_empty() {
        return None;
    }
    let mut end = 0;
    for line in inside.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return Some((&inside[..end], &inside[end + line.len()..]));
        }
        end += line.len();
        if end > MAX_BYTES {
            break;
        }
    }
    None
}

/// The members of a mapping; of nothing at all, none.
fn members(yaml: &str) -> Option<Map<String, Value>> {
    match serde_yaml_ng::from_str::<Yaml>(yaml).ok()? {
        Yaml::Null => Some(Map::new()),
        Yaml::Mapping(mapping) => Some(object(mapping, 0)),
        _ => None,
    }
}

fn object(mapping: serde_yaml_ng::Mapping, depth: usize) -> Map<String, Value> {
    let members =
        mapping.into_iter().filter_map(|(name, value)| Some((name_of(&name)?, json(value, depth + 1))));
    members.collect()
}

fn name_of(name: &Yaml) -> Option<String> {
    match name {
        Yaml::String(name) => Some(name.clone()),
        Yaml::Number(number) => Some(number.to_string()),
        Yaml::Bool(bool) => Some(bool.to_string()),
        _ => None,
    }
}

fn json(yaml: Yaml, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Null;
    }
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Bool(bool) => Value::Bool(bool),
        Yaml::String(text) => Value::String(text),
        Yaml::Number(number) => {
            let whole = number.as_i64().map(Number::from).or(number.as_u64().map(Number::from));
            let number_or = whole.or_else(|| number.as_f64().and_then(Number::from_f64));
            number_or.map_or_else(|| Value::String(number.to_string()), Value::Number)
        }
        Yaml::Sequence(items) => items.into_iter().map(|item| json(item, depth + 1)).collect(),
        Yaml::Mapping(mapping) => Value::Object(object(mapping, depth)),
        Yaml::Tagged(tagged) => json(tagged.value, depth + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(note: &str) -> (String, &str) {
        let (members, rest) = split(note);
        (Value::Object(members).to_string(), rest)
    }

    #[test]
    fn is_what_is_between_dashes() {
        assert_eq!(
            read("---\ntags: [a, b]\n2026: x\nn: .nan\n---\n# Hi"),
            (r#"{"2026":"x","n":".nan","tags":["a","b"]}"#.to_owned(), "# Hi")
        );
        assert_eq!(read("---\r\na: 1\r\n...\r\nHi"), (r#"{"a":1}"#.to_owned(), "Hi"));
        assert_eq!(read("---\n---\nHi"), ("{}".to_owned(), "Hi"));
    }

    #[test]
    fn what_cannot_be_read_is_text() {
        for note in [
            "---\na: [\n---\nHi",
            "---\na: 1\na: 2\n---\n",
            "---\njust words\n---\n",
            "---\na: 1",
            "--- a\n---\n",
            "Hi\n---\na: 1\n---\n",
            "---\n\ta: 1\n---\n",
            "---",
            "",
        ] {
            assert_eq!(read(note), ("{}".to_owned(), note), "{note}");
        }
    }

    #[test]
    fn what_is_made_to_grow_does_not() {
        let mut bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
        for (name, before) in "bcdefghij".chars().zip("abcdefghi".chars()) {
            bomb.push_str(&format!("{name}: &{name} [*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before},*{before}]\n"));
        }
        bomb.push_str("---\n");
        assert_eq!(read(&bomb).0, "{}");
        assert_eq!(read(&format!("---\na: {}\n---\n", "[".repeat(30_000))).0, "{}");
        assert!(read(&format!("---\na: {}{}\n---\n", "[".repeat(60), "]".repeat(60))).0.len() < 100);
    }
}
