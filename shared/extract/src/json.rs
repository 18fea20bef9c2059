//! The words of a JSON file: its keys, its strings and its numbers, in their order.

use crate::Reading;
use crate::charset::decode;
use crate::error::{Flow, Stop};

/// Reads tokens, not values: how deep they are nested does not matter, and what is broken in one place is read on behind it. Lines of
/// JSON, and JSON with comments, are read as well.
pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let text = decode(reading.budget.affordable(bytes), None);
    let mut rest = text.trim_start();
    if !rest
        .starts_with(|char: char| matches!(char, '{' | '[' | '"' | '-' | '/' | '#') || char.is_alphanumeric())
    {
        return Err(Stop::broken("it is not JSON"));
    }
    while let Some(char) = rest.chars().next() {
        match char {
            '"' => {
                let (string, behind) = string(&rest[1..]);
                rest = behind.trim_start();
                reading.writer.push_str(&string)?;
                match rest.strip_prefix(':') {
                    Some(behind) => {
                        reading.writer.push(':')?;
                        reading.writer.space();
                        rest = behind;
                    }
                    None => reading.writer.line(),
                }
            }
            '-' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
                let end = rest
                    .find(|char: char| !matches!(char, '-' | '+' | '.') && !char.is_ascii_alphanumeric())
                    .unwrap_or(rest.len());
                if !matches!(&rest[..end], "null" | "true" | "false") {
                    reading.writer.push_str(&rest[..end])?;
                }
                reading.writer.line();
                rest = &rest[end..];
            }
            _ => {
                if matches!(char, '{' | '[' | '}' | ']') {
                    reading.writer.line();
                }
                rest = &rest[char.len_utf8()..];
            }
        }
    }
    Ok(())
}

/// The string that begins here, and what is behind it.
fn string(text: &str) -> (String, &str) {
    let mut string = String::new();
    let mut rest = text;
    loop {
        let Some(at) = rest.find(['"', '\\']) else {
            string.push_str(rest);
            return (string, "");
        };
        string.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix('"') {
            return (string, behind);
        }
        let mut chars = rest[1..].chars();
        let char = match chars.next() {
            Some('n' | 'r') => Some('\n'),
            Some('t') => Some('\t'),
            Some('b' | 'f') => Some(' '),
            Some('u') => {
                let (char, behind) = unicode(chars.as_str());
                chars = behind.chars();
                char
            }
            other => other,
        };
        string.extend(char);
        rest = chars.as_str();
    }
}

/// The character behind `\u`, which may be two of them, and what follows.
fn unicode(text: &str) -> (Option<char>, &str) {
    let unit = |text: &str| text.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(first) = unit(text) else { return (None, text) };
    let behind = &text[4..];
    let second = behind.strip_prefix("\\u").and_then(unit);
    let mut units = char::decode_utf16([first].into_iter().chain(second));
    match (units.next(), second) {
        (Some(Ok(char)), Some(_)) if char.len_utf16() == 2 => (Some(char), &behind[6..]),
        (Some(Ok(char)), _) => (Some(char), behind),
        _ => (Some(char::REPLACEMENT_CHARACTER), behind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unescaped() {
        let quoted = r#"a\"b\\ \u00e9 \ud83d\ude00 \ud83d \u12 \n" rest"#;
        assert_eq!(string(quoted), ("a\"b\\ é 😀 \u{fffd} 12 \n".to_owned(), " rest"));
        assert_eq!(string("open"), ("open".to_owned(), ""));
        assert_eq!(string("open\\"), ("open".to_owned(), ""));
        assert_eq!(string("\\u00e"), ("00e".to_owned(), ""));
        assert_eq!(string("\\u00ß0\""), ("00ß0".to_owned(), ""));
    }
}
