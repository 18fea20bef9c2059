//! JSON as Meta sends it and as the queue takes it: both are narrower than what JSON allows.

use std::borrow::Cow;

/// The same JSON with every half of a surrogate pair that stands alone replaced by U+FFFD. A name or text that was cut in the
/// middle of an emoji ends in one, and would make the whole body unreadable.
pub(super) fn repaired(json: &[u8]) -> Cow<'_, [u8]> {
    let mut repaired = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(offset) = json.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        at += offset;
        match unit_at(json, at) {
            Some(0xd800..=0xdbff) if matches!(unit_at(json, at + 6), Some(0xdc00..=0xdfff)) => at += 12,
            Some(0xd800..=0xdfff) => {
                repaired.to_mut()[at..at + 6].copy_from_slice(br"\ufffd");
                at += 6;
            }
            Some(_) => at += 6,
            None => at += 2,
        }
    }
    repaired
}

/// The UTF-16 unit that is escaped at this place.
fn unit_at(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(br"\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// The same JSON in ASCII alone. SQS refuses some characters that JSON may hold (such as U+FFFF); escaped, all pass.
pub(super) fn ascii(json: &str) -> String {
    let mut ascii = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            let units = character
                .encode_utf16(&mut [0; 2])
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect::<String>();
            ascii.push_str(&units);
        }
    }
    ascii
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<String> {
        serde_json::from_slice(&repaired(json.as_bytes())).ok()
    }

    #[test]
    fn halves_of_a_pair_are_replaced() {
        for (json, text) in [
            (r#""cut \ud83d""#, "cut \u{fffd}"),
            (r#""\ude80 \ud83d\ud83d\ude80""#, "\u{fffd} \u{fffd}🚀"),
            (r#""\\ud83d""#, "\\ud83d"),
            (r#""whole \ud83d\ude80 \u00fc \"""#, "whole 🚀 ü \""),
        ] {
            assert_eq!(read(json).as_deref(), Some(text), "{json}");
        }
    }

    #[test]
    fn sound_json_is_not_copied_and_broken_json_stays_broken() {
        assert!(matches!(repaired(br#"{"a":"\ud83d\ude80 \/"}"#), Cow::Borrowed(_)));
        for json in ["\"\\", "\"\\u", "\"\\ud83", "\"\\ud83d\\u\""] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn ascii_reads_as_the_same_text() {
        let text = "ü 🚀 \u{ffff} \" \\ plain";
        let json = ascii(&serde_json::to_string(text).unwrap());
        assert!(json.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
