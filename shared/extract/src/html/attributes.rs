//! Attributes of tags.

use super::decode_entities;

/// How long the rest of a tag is, with its `>`, which may be in quotes before.
pub(super) fn tag_end(attributes: &str) -> usize {
    let mut quote = None;
    let mut is_value = false;
    for (at, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if is_value => quote = Some(byte),
            _ => {}
        }
        is_value = byte == b'=' || (is_value && byte.is_ascii_whitespace());
    }
    attributes.len()
}

/// The value of an attribute, by its name in lower case.
pub(super) fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes;
    loop {
        rest = rest.trim_start_matches(|char: char| char.is_ascii_whitespace() || matches!(char, '/' | '>'));
        if rest.is_empty() {
            return None;
        }
        // An equals sign at the beginning belongs to the name.
        let name_end = rest
            .char_indices()
            .skip(1)
            .find(|(_, char)| char.is_ascii_whitespace() || matches!(char, '=' | '/' | '>'))
            .map_or(rest.len(), |(at, _)| at);
        let is_it = rest[..name_end].eq_ignore_ascii_case(name);
        rest = rest[name_end..].trim_start();
        let value = match rest.strip_prefix('=') {
            Some(behind) => {
                let (value, behind) = value(behind.trim_start());
                rest = behind;
                value
            }
            None => "",
        };
        if is_it {
            return Some(decode_entities(value).into_owned());
        }
    }
}

/// The value that begins here, in quotes or not, and what is behind it.
fn value(text: &str) -> (&str, &str) {
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => text[1..].split_once(quote).unwrap_or((&text[1..], "")),
        _ => text.split_at(
            text.find(|char: char| char.is_ascii_whitespace() || char == '>').unwrap_or(text.len()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_found_by_name() {
        let attributes = " hidden src=a.png ALT = 'a &gt; b' title=\"x>y\" data-alt=no>";
        assert_eq!(attribute(attributes, "alt").as_deref(), Some("a > b"));
        assert_eq!(attribute(attributes, "title").as_deref(), Some("x>y"));
        assert_eq!(attribute(attributes, "hidden").as_deref(), Some(""));
        assert_eq!(attribute(attributes, "src").as_deref(), Some("a.png"));
        assert_eq!(attribute(attributes, "lang"), None);
        assert_eq!(attribute(" alt", "alt").as_deref(), Some(""));
        assert_eq!(attribute(" alt='open", "alt").as_deref(), Some("open"));
        assert_eq!(attribute("=é =", "alt"), None);
    }

    #[test]
    fn a_tag_ends_behind_its_quotes() {
        for (attributes, length) in [
            (">x", 1),
            (" a='>'>x", 7),
            (" a = \">\" b>x", 11),
            (" it's>x", 6),
            (" a='open>", 9),
            (" a=b'c>d'", 7),
        ] {
            assert_eq!(tag_end(attributes), length, "{attributes}");
        }
    }
}
