//! Bytes as characters. The charset is what a byte order mark says, or what the bytes cannot but be (UTF-8), or what is declared,
//! or a guess.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A guess is made by so much of the beginning.
const GUESSED_BY_BYTES: usize = 256 * 1024;

/// The text of the bytes. What is no character of the charset becomes U+FFFD.
pub(crate) fn decode<'a>(bytes: &'a [u8], declared: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark_bytes..]).0;
    }
    let declared = declared.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    encoding(bytes, declared).decode_without_bom_handling(bytes).0
}

fn encoding(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    let beginning = &bytes[..bytes.len().min(GUESSED_BY_BYTES)];
    match declared {
        // Both are ASCII where they are alike, and what is valid UTF-8 for long is nothing else.
        Some(declared) if declared != UTF_8 && !is_utf8(beginning) => return declared,
        Some(declared) if !declared.is_ascii_compatible() => return declared,
        _ => {}
    }
    if is_utf8(beginning) {
        return utf16(beginning).unwrap_or(UTF_8);
    }
    if let Some(encoding) = utf16(beginning) {
        return encoding;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(beginning, beginning.len() == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether it is UTF-8, but for its end, where a character may be cut, and for few mistakes.
fn is_utf8(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(error) if error.error_len().is_none() => true,
        Err(_) => {
            let (mut long_chars, mut mistakes) = (0_usize, 0_usize);
            for chunk in bytes.utf8_chunks() {
                long_chars += chunk.valid().chars().filter(|char| !char.is_ascii()).count();
                mistakes += usize::from(!chunk.invalid().is_empty());
            }
            mistakes * 10 < long_chars
        }
    }
}

/// UTF-16 without its mark, where half of the bytes are NUL: no other text has any.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let nuls = |offset: usize| bytes.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    let many = bytes.len() / 4;
    match () {
        () if odd > many && even * 8 < odd => Some(UTF_16LE),
        () if even > many && odd * 8 < even => Some(UTF_16BE),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charsets_are_told_by_their_mark_their_name_or_their_bytes() {
        let russian = "Москва, столица России, крупнейший по численности населения город страны.";
        let japanese = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。";
        let german = "Die Straße war früh schön, die Bäume grün.";
        for (label, text) in [
            ("utf-8", german),
            ("windows-1252", german),
            ("windows-1251", russian),
            ("koi8-r", russian),
            ("shift_jis", japanese),
            ("euc-jp", japanese),
            ("utf-8", japanese),
        ] {
            let bytes = Encoding::for_label(label.as_bytes()).unwrap().encode(text).0;
            assert_eq!(decode(&bytes, None), text, "{label}, guessed");
            assert_eq!(decode(&bytes, Some(label)), text, "{label}, declared");
        }
        let little: Vec<u8> = german.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = german.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&[b"\xff\xfe", little.as_slice()].concat(), None), german);
        assert_eq!(decode(&[b"\xfe\xff", big.as_slice()].concat(), Some("utf-8")), german);
        assert_eq!(decode(&little, None), german);
        assert_eq!(decode(&big, None), german);
    }

    #[test]
    fn a_mistake_does_not_make_utf8_something_else() {
        let bytes = [german_words().as_bytes(), b"\xff", b"ende"].concat();
        assert_eq!(decode(&bytes, None), format!("{}\u{fffd}ende", german_words()));
        let cut = &"naïve é".as_bytes()[..8];
        assert_eq!(decode(cut, None), "naïve \u{fffd}");
    }

    fn german_words() -> String {
        "schöne grüße ".repeat(9)
    }
}
