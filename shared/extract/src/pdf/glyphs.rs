//! Characters by the names of their glyphs (the Adobe Glyph List for New Fonts and its rules).
//!
//! Most names are a letter and its accent, and become characters by composition; only the others are listed.

use unicode_normalization::UnicodeNormalization;

/// Accents by name, and the characters that combine as them.
const ACCENTS: [(&str, char); 14] = [
    ("acute", '\u{301}'),
    ("breve", '\u{306}'),
    ("caron", '\u{30c}'),
    ("cedilla", '\u{327}'),
    ("circumflex", '\u{302}'),
    ("commaaccent", '\u{326}'),
    ("dieresis", '\u{308}'),
    ("dotaccent", '\u{307}'),
    ("grave", '\u{300}'),
    ("hungarumlaut", '\u{30b}'),
    ("macron", '\u{304}'),
    ("ogonek", '\u{328}'),
    ("ring", '\u{30a}'),
    ("tilde", '\u{303}'),
];

/// Names that are neither a letter nor a letter with an accent, each with what it stands for.
const NAMES: &str = r#"
    AE Æ  Dcroat Đ  Delta Δ  Eng Ŋ  Eth Ð  Euro €  Gamma Γ  Hbar Ħ  IJ Ĳ  Lambda Λ  Ldot Ŀ  Lslash Ł  OE Œ  Omega Ω
    Oslash Ø  Phi Φ  Pi Π  Psi Ψ  Sigma Σ  Tbar Ŧ  Theta Θ  Thorn Þ  Upsilon Υ  Xi Ξ  acute ´  ae æ  alpha α
    ampersand &  approxequal ≈  arrowright →  arrowleft ←  asciicircum ^  asciitilde ~  asterisk *  at @
    backslash \  bar |  beta β  braceleft {  braceright }  bracketleft [  bracketright ]  brokenbar ¦  bullet •
    cedilla ¸  cent ¢  chi χ  colon :  comma ,  copyright ©  currency ¤  dagger †  daggerdbl ‡  dcroat đ  degree °
    delta δ  dieresis ¨  divide ÷  dollar $  dotlessi ı  dotlessj ȷ  eight 8  ellipsis …  emdash —  endash –  eng ŋ
    epsilon ε  equal =  eta η  eth ð  exclam !  exclamdown ¡  f_f ff  f_f_i ffi  f_f_l ffl  f_i fi  f_l fl  ff ff
    ffi ffi  ffl ffl  fi fi  five 5  fl fl  florin ƒ  four 4  fraction ⁄  gamma γ  germandbls ß  greater >
    greaterequal ≥  guillemotleft «  guillemotright »  guilsinglleft ‹  guilsinglright ›  hbar ħ  hyphen -  ij ĳ
    infinity ∞  iota ι  kappa κ  lambda λ  less <  lessequal ≤  logicalnot ¬  longs s  lslash ł  minus −  mu µ
    multiply ×  nine 9  notequal ≠  nu ν  numbersign #  oe œ  omega ω  one 1  onehalf ½  onequarter ¼  onesuperior ¹
    ordfeminine ª  ordmasculine º  oslash ø  paragraph ¶  parenleft (  parenright )  percent %  period .
    periodcentered ·  perthousand ‰  phi φ  pi π  plus +  plusminus ±  psi ψ  question ?  questiondown ¿
    registered ®  rho ρ  section §  semicolon ;  seven 7  sigma σ  six 6  slash /  quotedbl "  quotedblbase „
    quotedblleft “  quotedblright ”  quoteleft ‘  quoteright ’  quotesinglbase ‚  quotesingle '  sfthyphen -
    softhyphen -  sterling £  tau τ  tbar ŧ  theta θ  thorn þ  three 3  threequarters ¾  threesuperior ³
    trademark ™  two 2  twosuperior ²  underscore _  upsilon υ  xi ξ  yen ¥  zero 0  zeta ζ  grave `  macron ¯
    partialdiff ∂  summation ∑
"#;

/// What a glyph of a name stands for.
pub(super) fn text_of(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok().filter(|name| name.len() <= 64)?;
    // What is behind a dot says how it looks: `a.sc`, `one.oldstyle`.
    let name = name.split('.').next().filter(|name| !name.is_empty())?;
    if matches!(name, "space" | "nbspace" | "nonbreakingspace") {
        return Some(" ".to_owned());
    }
    let mut names = NAMES.split_ascii_whitespace();
    while let (Some(known), Some(text)) = (names.next(), names.next()) {
        if known == name {
            return Some(text.to_owned());
        }
    }
    if let Some(text) = of_number(name) {
        return Some(text);
    }
    let mut chars = name.chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?;
    match chars.as_str() {
        "" => Some(letter.to_string()),
        // Capitals in the shape of small ones: `Asmall`.
        "small" => Some(letter.to_ascii_lowercase().to_string()),
        accent => {
            let (_, mark) = ACCENTS.iter().find(|(known, _)| *known == accent)?;
            Some([letter, *mark].into_iter().nfc().collect())
        }
    }
}

/// `uni00E900E8`, `u1F600`, and the old names of Cyrillic letters, `afii10017` to `afii10097`.
fn of_number(name: &str) -> Option<String> {
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() >= 4 && digits.is_ascii()) {
        let units: Option<Vec<u16>> = digits
            .as_bytes()
            .chunks_exact(4)
            .map(|unit| u16::from_str_radix(std::str::from_utf8(unit).ok()?, 16).ok())
            .collect();
        return Some(char::decode_utf16(units?).flatten().collect());
    }
    if let Some(digits) = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len())) {
        return u32::from_str_radix(digits, 16).ok().and_then(char::from_u32).map(|char| char.to_string());
    }
    let number = name.strip_prefix("afii")?.parse::<u32>().ok()?;
    let char = match number {
        10017..=10022 => char::from_u32(0x410 + number - 10017),
        10023 => Some('Ё'),
        10024..=10049 => char::from_u32(0x416 + number - 10024),
        10065..=10070 => char::from_u32(0x430 + number - 10065),
        10071 => Some('ё'),
        10072..=10097 => char::from_u32(0x436 + number - 10072),
        _ => None,
    };
    char.map(|char| char.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_accents_or_numbers() {
        for (name, text) in [
            ("A", "A"),
            ("eacute", "é"),
            ("Scaron", "Š"),
            ("scommaaccent", "ș"),
            ("germandbls", "ß"),
            ("fi", "fi"),
            ("zero", "0"),
            ("a.sc", "a"),
            ("Asmall", "a"),
            ("uni00E9", "é"),
            ("uniD83DDE00", "😀"),
            ("u1F600", "😀"),
            ("afii10017", "А"),
            ("afii10049", "Я"),
            ("afii10097", "я"),
            ("afii10071", "ё"),
            ("udieresis", "ü"),
            ("space", " "),
        ] {
            assert_eq!(text_of(name.as_bytes()).as_deref(), Some(text), "{name}");
        }
        for name in [".notdef", "g123", "cid_7", "", "uni", "uniXYZW", "u110000", "eunknown", "é"] {
            assert_eq!(text_of(name.as_bytes()), None, "{name}");
        }
    }
}
