//! What the codes of fonts mean that do not say so themselves (ISO 32000-2, annex D, and 9.7.5.2 for those of East Asia).

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, MACINTOSH, SHIFT_JIS, UTF_16BE, WINDOWS_1252,
};

/// How the codes of a simple font are assigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Standard,
    Windows,
    Mac,
}

/// The upper half of the standard encoding, from 0xA1 on. Blanks are unused.
const STANDARD: &str = "¡¢£⁄¥ƒ§¤'“«‹›\u{fb01}\u{fb02} –†‡· ¶•‚„”»…‰ ¿ `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—                Æ ª    ŁØŒº     æ   ı  łøœß";

/// Ligatures of fonts that TeX makes, which have no encoding and are standard in their letters.
const TEX_LIGATURES: [&str; 5] = ["ff", "fi", "fl", "ffi", "ffl"];

impl Base {
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        match name {
            b"StandardEncoding" => Some(Self::Standard),
            b"WinAnsiEncoding" | b"PDFDocEncoding" => Some(Self::Windows),
            b"MacRomanEncoding" => Some(Self::Mac),
            _ => None,
        }
    }

    /// What a code means. Empty, if nothing.
    pub(super) fn text(self, code: u8) -> String {
        let of = |encoding: &'static Encoding| {
            encoding
                .decode_without_bom_handling(&[code])
                .0
                .chars()
                .filter(|char| !char.is_control())
                .collect()
        };
        match (self, code) {
            (Self::Standard, 0x0b..=0x0f) => TEX_LIGATURES[usize::from(code) - 0x0b].to_owned(),
            (_, ..0x20) => String::new(),
            (Self::Standard, b'\'') => "’".to_owned(),
            (Self::Standard, b'`') => "‘".to_owned(),
            (Self::Standard, 0xa1..) => {
                let char = STANDARD.chars().nth(usize::from(code) - 0xa1).filter(|char| *char != ' ');
                char.map(|char| char.to_string()).unwrap_or_else(|| of(WINDOWS_1252))
            }
            (Self::Standard | Self::Windows, _) => of(WINDOWS_1252),
            (Self::Mac, _) => of(MACINTOSH),
        }
    }
}

/// The charset of the codes of a composite font, by the name of its encoding. None, if the codes are numbers of glyphs.
pub(super) fn composite(name: &[u8]) -> Option<&'static Encoding> {
    let name = std::str::from_utf8(name).ok()?;
    let charsets = [
        ("UTF16", UTF_16BE),
        ("UCS2", UTF_16BE),
        ("RKSJ", SHIFT_JIS),
        ("EUC-H", EUC_JP),
        ("EUC-V", EUC_JP),
        ("GBK2K", GB18030),
        ("GBK", GBK),
        ("GBpc", GBK),
        ("B5pc", BIG5),
        ("ETen", BIG5),
        ("HKscs", BIG5),
        ("KSC", EUC_KR),
    ];
    // `GB-EUC-H` and `KSC-EUC-H` are of their countries.
    if name.starts_with("GB-EUC") {
        return Some(GBK);
    }
    if name.starts_with("KSC") && !name.starts_with("KSC-Johab") {
        return Some(EUC_KR);
    }
    charsets.into_iter().find(|(part, _)| name.contains(part)).map(|(_, encoding)| encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_their_encoding_says() {
        let text = |base: Base, codes: &[u8]| codes.iter().map(|code| base.text(*code)).collect::<String>();
        assert_eq!(text(Base::Standard, b"a'`\xa4\xae\xd0\xe1\xfb\x0c"), "a’‘⁄\u{fb01}—Æßfi");
        assert_eq!(text(Base::Windows, b"a'\x80\xe9\x01"), "a'€é");
        assert_eq!(text(Base::Mac, b"\x8e\xde"), "é\u{fb01}");
        assert_eq!(composite(b"UniJIS-UTF16-H"), Some(UTF_16BE));
        assert_eq!(composite(b"90ms-RKSJ-H"), Some(SHIFT_JIS));
        assert_eq!(composite(b"Identity-H"), None);
    }
}
