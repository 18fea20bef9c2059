//! Cutting inflections off words, language by language.

use std::borrow::Cow;

use rust_stemmers::{Algorithm, Stemmer};

use crate::fold::without_accents;
use crate::language::Language;

/// Korean particles that stick to a noun, longest first.
const KOREAN_PARTICLES: &[&str] = &[
    "에서는",
    "에게서",
    "으로는",
    "이라는",
    "에서",
    "에게",
    "한테",
    "까지",
    "부터",
    "으로",
    "이랑",
    "라고",
    "처럼",
    "보다",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "에",
    "의",
    "와",
    "과",
    "도",
    "만",
    "로",
];

/// The part of a lower-case word that its forms share, without accents.
pub fn stem(word: &str, language: Language) -> Cow<'_, str> {
    if word.bytes().any(|b| b.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    if language == Language::Korean {
        return Cow::Borrowed(without_particle(word));
    }
    match algorithm(language) {
        Some(algorithm) => Cow::Owned(without_accents(&Stemmer::create(algorithm).stem(word)).into_owned()),
        None => without_accents(word),
    }
}

fn without_particle(word: &str) -> &str {
    let stripped = KOREAN_PARTICLES.iter().find_map(|particle| {
        let noun = word.strip_suffix(particle)?;
        // 휴가 (holiday) is no particle on 휴: a short remainder is left alone unless the particle is unmistakable.
        let enough = if matches!(*particle, "은" | "는" | "을" | "를" | "에" | "의") { 1 } else { 2 };
        (noun.chars().count() >= enough).then_some(noun)
    });
    stripped.unwrap_or(word)
}

fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Arabic => Algorithm::Arabic,
        Language::Danish => Algorithm::Danish,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Greek => Algorithm::Greek,
        Language::Hungarian => Algorithm::Hungarian,
        Language::Italian => Algorithm::Italian,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Romanian => Algorithm::Romanian,
        Language::Russian => Algorithm::Russian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Turkish => Algorithm::Turkish,
        Language::Chinese | Language::Japanese | Language::Korean | Language::Polish | Language::Other => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_word_share_a_stem() {
        for (one, other, language) in [
            ("expires", "expire", Language::English),
            ("canciones", "canción", Language::Spanish),
            ("termine", "termin", Language::German),
            ("ключи", "ключей", Language::Russian),
            ("여권은", "여권", Language::Korean),
        ] {
            assert_eq!(stem(one, language), stem(other, language), "{one} and {other}");
        }
    }

    #[test]
    fn codes_are_left_alone() {
        assert_eq!(stem("rx88213s", Language::English), "rx88213s");
    }
}
