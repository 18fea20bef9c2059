//! Characters by their names: `&eacute;`, `&#233;`, `&#xe9;`.

use std::borrow::Cow;

use quick_xml::escape::resolve_html5_entity;

/// No name is longer.
const MAX_NAME_BYTES: usize = 32;

/// The text with characters in place of their names. What is no name stays as it is. Many names may be without their semicolon.
pub(crate) fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        let reference = &rest[at + 1..];
        match entity(reference) {
            Some((meant, length)) => {
                meant.push_to(&mut decoded);
                rest = reference[length..].strip_prefix(';').unwrap_or(&reference[length..]);
            }
            None => {
                decoded.push('&');
                rest = reference;
            }
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

enum Meant {
    Char(char),
    Text(&'static str),
}

impl Meant {
    fn push_to(&self, text: &mut String) {
        match self {
            Self::Char(char) => text.push(*char),
            Self::Text(meant) => text.push_str(meant),
        }
    }
}

/// What the reference that begins here means, and how long it is without its semicolon.
fn entity(reference: &str) -> Option<(Meant, usize)> {
    if let Some(number) = reference.strip_prefix('#') {
        let (digits, radix, before) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16, 2),
            None => (number, 10, 1),
        };
        let length = digits.bytes().take_while(|byte| char::from(*byte).is_digit(radix)).count();
        if length == 0 {
            return None;
        }
        let number = u32::from_str_radix(&digits[..length], radix).unwrap_or(u32::MAX);
        return Some((Meant::Char(char_of(number)), before + length));
    }
    let name_bytes = reference.bytes().take(MAX_NAME_BYTES).take_while(u8::is_ascii_alphanumeric).count();
    let name = &reference[..name_bytes];
    if reference[name_bytes..].starts_with(';') {
        return Some((Meant::Text(resolve_html5_entity(name)?), name_bytes));
    }
    // Those that once had no semicolon are of Latin-1 and short. `&ampersand` begins with one.
    (2..=name_bytes.min(6)).rev().find_map(|length| {
        let meant = resolve_html5_entity(&name[..length])?;
        let is_latin = meant.chars().all(|char| char as u32 <= 0xff);
        is_latin.then_some((Meant::Text(meant), length))
    })
}

/// The character of a number. Numbers of control characters mean what Windows made of them.
fn char_of(number: u32) -> char {
    if let Ok(byte @ 0x80..=0x9f) = u8::try_from(number) {
        let bytes = [byte];
        let meant = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0;
        return meant.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(number).filter(|char| *char != '\0').unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_become_characters() {
        for (text, decoded) in [
            ("plain", "plain"),
            ("caf&eacute; &amp; &#233;&#xE9; &hellip;", "café & éé …"),
            ("caf&eacute, R&D &unknown; & &;", "café, R&D &unknown; & &;"),
            ("&#150; &#0; &#x110000; &#99999999999999; &#; &#x;", "– \u{fffd} \u{fffd} \u{fffd} &#; &#x;"),
            ("&ampé &", "&é &"),
            ("&lt", "<"),
        ] {
            assert_eq!(decode_entities(text), decoded);
        }
    }
}
