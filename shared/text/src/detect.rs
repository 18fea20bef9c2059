//! Which language a short text is in: by its script, then by its grammar words, then by its letter trigrams.

use whatlang::Detector;

use crate::classes::{Class, class_of, is_kana};
use crate::fold::without_accents;
use crate::function_words::FunctionWords;
use crate::language::Language;
use crate::tokens::each_token;

/// Trigrams of fewer letters than this are a guess.
const MIN_TRIGRAM_BYTES: usize = 48;

/// Tells languages apart. Holds what is costly to build.
pub struct LanguageDetector {
    trigrams: Detector,
}

impl Default for LanguageDetector {
    fn default() -> Self {
        Self::new()
    }
}

impl LanguageDetector {
    /// How much of a text is looked at: more hardly changes the answer.
    pub const SAMPLE_BYTES: usize = 160;

    /// One that knows every [`Language`].
    pub fn new() -> Self {
        let known = Language::ALL.iter().filter_map(|(_, _, lang)| *lang).collect();
        Self { trigrams: Detector::with_allowlist(known) }
    }

    /// The language of a normalised text, or `None` when there is too little to tell.
    pub fn detect(&self, text: &str) -> Option<Language> {
        let sample = &text[..text.floor_char_boundary(Self::SAMPLE_BYTES)];
        match script(sample) {
            Script::Latin => by_grammar_words(sample).or_else(|| self.by_trigrams(sample)),
            Script::Of(language) => Some(language),
            Script::None => None,
        }
    }

    fn by_trigrams(&self, sample: &str) -> Option<Language> {
        if sample.len() < MIN_TRIGRAM_BYTES {
            return None;
        }
        let found = self.trigrams.detect(sample).filter(whatlang::Info::is_reliable)?.lang();
        Language::ALL.iter().find(|(_, _, lang)| *lang == Some(found)).map(|(language, ..)| *language)
    }
}

enum Script {
    Latin,
    Of(Language),
    None,
}

/// What most of the letters are written in. An ideograph or a syllable says about as much as two letters.
fn script(sample: &str) -> Script {
    let mut latin = 0;
    let mut others = [0; Language::COUNT];
    for c in sample.chars().filter(|c| c.is_alphabetic()) {
        let (language, counts) = match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => {
                latin += 1;
                continue;
            }
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => (Language::Greek, 1),
            '\u{400}'..='\u{52f}' => (Language::Russian, 1),
            '\u{600}'..='\u{6ff}' => (Language::Arabic, 1),
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => (Language::Korean, 2),
            c if is_kana(c) => (Language::Japanese, 2),
            c if class_of(c) == Class::Han => (Language::Chinese, 2),
            _ => (Language::Other, 1),
        };
        others[language as usize] += counts;
    }
    if others[Language::Japanese as usize] > 0 {
        // Ideographs among kana are Japanese.
        others[Language::Japanese as usize] += std::mem::take(&mut others[Language::Chinese as usize]);
    }
    let most = (0..Language::COUNT).max_by_key(|&at| others[at]).map(|at| (others[at], Language::ALL[at].0));
    match most {
        Some((count, language)) if count > latin => Script::Of(language),
        _ if latin > 0 => Script::Latin,
        _ => Script::None,
    }
}

/// Languages that a letter speaks for, because few others write it.
fn written_with(c: char) -> &'static [Language] {
    match c {
        'ß' | 'ä' | 'ö' | 'ü' => &[Language::German],
        'ñ' | '¿' | '¡' => &[Language::Spanish],
        'ã' | 'õ' => &[Language::Portuguese],
        'ê' | 'ô' | 'œ' => &[Language::French],
        'ì' | 'ò' => &[Language::Italian],
        'å' => &[Language::Swedish, Language::Danish, Language::Norwegian],
        'ø' | 'æ' => &[Language::Danish, Language::Norwegian],
        'ł' | 'ą' | 'ż' | 'ś' | 'ć' | 'ę' => &[Language::Polish],
        'ğ' | 'ş' | 'ı' => &[Language::Turkish],
        'ő' | 'ű' => &[Language::Hungarian],
        'ș' | 'ț' | 'ă' => &[Language::Romanian],
        _ => &[],
    }
}

/// The language whose grammar words stand out. A word that several languages share counts for each of them by its share.
fn by_grammar_words(sample: &str) -> Option<Language> {
    let mut votes = [0.0_f32; Language::COUNT];
    let words = FunctionWords::get();
    each_token(sample, |token| {
        let languages = words.languages_of(&without_accents(token.text));
        let share = 1.0 / languages.count_ones().max(1) as f32;
        let mut left = languages;
        while left != 0 {
            votes[left.trailing_zeros() as usize] += share;
            left &= left - 1;
        }
    });
    let mut told_by_letters = [0.0_f32; Language::COUNT];
    for language in sample.chars().filter(|c| !c.is_ascii()).flat_map(written_with) {
        // Half a word, however often the letter comes.
        told_by_letters[*language as usize] = 0.5;
    }
    votes.iter_mut().zip(told_by_letters).for_each(|(vote, told)| *vote += told);
    let best = (0..Language::COUNT).max_by(|&a, &b| votes[a].total_cmp(&votes[b]))?;
    let second =
        (0..Language::COUNT).filter(|&other| other != best).map(|other| votes[other]).fold(0.0, f32::max);
    (votes[best] >= 0.75 && votes[best] >= 1.3 * second).then_some(Language::ALL[best].0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_questions_are_recognised_by_their_grammar_words() {
        let detector = LanguageDetector::new();
        for (text, language) in [
            ("Where is the key?", Language::English),
            ("Wo ist der Schlüssel?", Language::German),
            ("Où est la clé ?", Language::French),
            ("¿Dónde está la llave?", Language::Spanish),
            ("Dov'è la chiave di casa?", Language::Italian),
            ("Onde está a chave do carro?", Language::Portuguese),
            ("Waar is de sleutel van het huis?", Language::Dutch),
            ("Где ключ?", Language::Russian),
            ("钥匙在哪里？", Language::Chinese),
            ("鍵はどこですか", Language::Japanese),
            ("열쇠는 어디에 있어?", Language::Korean),
        ] {
            assert_eq!(detector.detect(text), Some(language), "{text}");
        }
    }

    #[test]
    fn too_little_text_has_no_language() {
        let detector = LanguageDetector::new();
        for text in ["", "Passport", "42", "🎉🎉", "RX-88213"] {
            assert_eq!(detector.detect(text), None, "{text}");
        }
    }
}
