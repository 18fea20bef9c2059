//! Languages, as people name them to software.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A language, such as `de` or `zh-Hant-TW`: language, script, region and variants of a tag of BCP 47 (RFC 5646, section 2.1), each in
/// the case in which it is usually written. Extensions say other things than the language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LanguageTag(String);

impl LanguageTag {
    /// What fits into the fields of other software (RFC 5646, section 4.4.1).
    const MAX_BYTES: usize = 35;

    /// # Errors
    /// If it is no such tag.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("must be a language such as de, pt-BR or zh-Hant");
        if text.len() > Self::MAX_BYTES || !text.is_ascii() {
            return Err(wrong());
        }
        let text = text.to_ascii_lowercase();
        let mut parts = text.split('-').peekable();
        let is_alphabetic = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
        let language = parts.next().filter(|part| matches!(part.len(), 2 | 3 | 5..=8) && is_alphabetic(part));
        let mut tag = language.ok_or_else(wrong)?.to_owned();
        let mut add = |part: &str| {
            tag.push('-');
            tag.push_str(part);
        };
        if let Some(script) = parts.next_if(|part| part.len() == 4 && is_alphabetic(part)) {
            add(&format!("{}{}", script[..1].to_ascii_uppercase(), &script[1..]));
        }
        let is_number = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
        let is_region = |part: &str| (part.len() == 2 && is_alphabetic(part)) || is_number(part);
        if let Some(region) = parts.next_if(|part| is_region(part)) {
            add(&region.to_ascii_uppercase());
        }
        let mut variants = BTreeSet::new();
        for variant in parts {
            let is_variant = match variant.len() {
                4 => variant.as_bytes()[0].is_ascii_digit(),
                length => (5..=8).contains(&length),
            };
            if !is_variant || !variant.bytes().all(|b| b.is_ascii_alphanumeric()) || !variants.insert(variant)
            {
                return Err(wrong());
            }
            add(variant);
        }
        Ok(Self(tag))
    }

    /// `en`.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_written_as_usual() {
        let parse = |text| LanguageTag::parse(text).map(|tag| tag.as_str().to_owned());
        for (text, tag) in [
            ("de", "de"),
            ("PT-br", "pt-BR"),
            ("ZH-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("yue", "yue"),
            ("sl-ROZAJ-biske", "sl-rozaj-biske"),
            ("de-CH-1901", "de-CH-1901"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(tag));
        }
        for bad in [
            "",
            "d",
            "deut",
            "de_DE",
            "de-",
            "-de",
            "de--DE",
            "de-D",
            "12",
            "de-DE-DE",
            "de-x-private",
            "en-u-ca-gregory",
            "dé",
            "sl-rozaj-rozaj",
            "German language",
            "de-1a01é",
            "sl-rozaj-biske-1994-nedis-solba-osojs",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
