//! Which language a short text is in: by its script, then by its grammar words, then by its letter trigrams.

use whatlang::{Detector, Lang};

use super::fold::without_accents;
use super::function_words::FunctionWords;
use super::tokens::{Class, class_of, each_token};

/// A language whose words the model can take apart. `Other` is every language that it cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Language {
    Arabic,
    Chinese,
    Danish,
    Dutch,
    English,
    Finnish,
    French,
    German,
    Greek,
    Hungarian,
    Italian,
    Japanese,
    Korean,
    Norwegian,
    Polish,
    Portuguese,
    Romanian,
    Russian,
    Spanish,
    Swedish,
    Turkish,
    Other,
}

impl Language {
    pub(crate) const COUNT: usize = Self::Other as usize + 1;

    /// Every language, with its two-letter code and whatlang's name if trigrams can tell it.
    pub(crate) const ALL: [(Self, &'static str, Option<Lang>); Self::COUNT] = [
        (Self::Arabic, "ar", None),
        (Self::Chinese, "zh", None),
        (Self::Danish, "da", Some(Lang::Dan)),
        (Self::Dutch, "nl", Some(Lang::Nld)),
        (Self::English, "en", Some(Lang::Eng)),
        (Self::Finnish, "fi", Some(Lang::Fin)),
        (Self::French, "fr", Some(Lang::Fra)),
        (Self::German, "de", Some(Lang::Deu)),
        (Self::Greek, "el", None),
        (Self::Hungarian, "hu", Some(Lang::Hun)),
        (Self::Italian, "it", Some(Lang::Ita)),
        (Self::Japanese, "ja", None),
        (Self::Korean, "ko", None),
        (Self::Norwegian, "no", Some(Lang::Nob)),
        (Self::Polish, "pl", Some(Lang::Pol)),
        (Self::Portuguese, "pt", Some(Lang::Por)),
        (Self::Romanian, "ro", Some(Lang::Ron)),
        (Self::Russian, "ru", None),
        (Self::Spanish, "es", Some(Lang::Spa)),
        (Self::Swedish, "sv", Some(Lang::Swe)),
        (Self::Turkish, "tr", Some(Lang::Tur)),
        (Self::Other, "", None),
    ];

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, known, _)| *known == code && !code.is_empty())
            .map(|(language, ..)| language)
    }

    /// Whether it writes compound nouns as one word, so that a word may hold another (`Zahnarzttermin`).
    pub(crate) fn compounds(self) -> bool {
        use Language::{Danish, Dutch, Finnish, German, Hungarian, Norwegian, Swedish};
        matches!(
            self,
            Danish | Dutch | Finnish | German | Hungarian | Norwegian | Swedish
        )
    }
}

/// Trigrams of fewer letters than this are a guess.
const MIN_TRIGRAM_BYTES: usize = 48;

/// Tells languages apart. Holds what is costly to build.
pub(crate) struct LanguageDetector {
    trigrams: Detector,
}

impl LanguageDetector {
    /// How much of a text is looked at: more hardly changes the answer.
    pub(crate) const SAMPLE_BYTES: usize = 160;

    pub(crate) fn new() -> Self {
        let known = Language::ALL.iter().filter_map(|(_, _, lang)| *lang).collect();
        Self {
            trigrams: Detector::with_allowlist(known),
        }
    }

    /// The language of a normalised text, or `None` when there is too little to tell.
    pub(crate) fn detect(&self, text: &str) -> Option<Language> {
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
        let found = self
            .trigrams
            .detect(sample)
            .filter(whatlang::Info::is_reliable)?
            .lang();
        Language::ALL
            .iter()
            .find(|(_, _, lang)| *lang == Some(found))
            .map(|(language, ..)| *language)
    }
}

enum Script {
    Latin,
    Of(Language),
    None,
}

fn script(sample: &str) -> Script {
    let (mut latin, mut han, mut kana, mut hangul, mut cyrillic, mut greek, mut arabic, mut other) =
        (0, 0, 0, 0, 0, 0, 0, 0);
    for c in sample.chars().filter(|c| c.is_alphabetic()) {
        match c {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => latin += 1,
            '\u{30a1}'..='\u{30ff}' => kana += 1,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => greek += 1,
            '\u{400}'..='\u{52f}' => cyrillic += 1,
            '\u{600}'..='\u{6ff}' => arabic += 1,
            '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => hangul += 1,
            c if class_of(c) == Class::Hiragana => kana += 1,
            c if class_of(c) == Class::Han => han += 1,
            _ => other += 1,
        }
    }
    let candidates = [
        (latin, Script::Latin),
        // An ideograph says about as much as two letters.
        (
            han * 2,
            Script::Of(if kana > 0 {
                Language::Japanese
            } else {
                Language::Chinese
            }),
        ),
        (kana * 2, Script::Of(Language::Japanese)),
        (hangul * 2, Script::Of(Language::Korean)),
        (cyrillic, Script::Of(Language::Russian)),
        (greek, Script::Of(Language::Greek)),
        (arabic, Script::Of(Language::Arabic)),
        (other, Script::Of(Language::Other)),
    ];
    let most = candidates.into_iter().rev().max_by_key(|(count, _)| *count);
    most.filter(|(count, _)| *count > 0)
        .map_or(Script::None, |(_, script)| script)
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
    votes
        .iter_mut()
        .zip(told_by_letters)
        .for_each(|(vote, told)| *vote += told);
    let best = (0..Language::COUNT).max_by(|&a, &b| votes[a].total_cmp(&votes[b]))?;
    let second = (0..Language::COUNT)
        .filter(|&other| other != best)
        .map(|other| votes[other])
        .fold(0.0, f32::max);
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

    #[test]
    fn the_order_of_the_table_is_the_order_of_the_languages() {
        assert!(
            Language::ALL
                .iter()
                .enumerate()
                .all(|(at, (language, ..))| *language as usize == at)
        );
    }
}
