//! How well a word of a memory answers to a different word of the question.

use super::terms::Term;
use crate::text::concepts::Concept;
use crate::text::language::Language;

/// Another form of the word.
const SAME_STEM: f32 = 0.97;
/// A word for the same thing, in the language of the question.
const SYNONYM: f32 = 0.85;
/// A word for the same thing in another language.
const TRANSLATION: f32 = 0.75;
/// A word inside a compound.
const PART: f32 = 0.7;
/// Two compounds that begin alike.
const SAME_BEGINNING: f32 = 0.5;
/// Trigram similarity below this is chance.
const MIN_SIMILARITY: f32 = 0.55;

/// How well a word of a text in `language` answers to a different one of a question, from 0 to 1.
pub(crate) fn strength(
    term: &Term,
    folded: &str,
    stem: &str,
    concepts: &[Concept],
    language: Language,
    asked_in: Language,
) -> f32 {
    if term.stems.iter().any(|known| known == stem) {
        return SAME_STEM;
    }
    if term.concepts.iter().any(|concept| concepts.contains(concept)) {
        return if language == asked_in { SYNONYM } else { TRANSLATION };
    }
    // Codes and pairs of characters are the same or they are not.
    if term.is_gram || has_digit(&term.folded) || has_digit(folded) {
        return 0.0;
    }
    let compound = match language {
        Language::Korean => same_beginning_in_korean(&term.folded, folded),
        language if language.compounds() => compound(&term.folded, folded),
        _ => 0.0,
    };
    compound.max(likeness(&term.folded, folded))
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}

/// Korean writes endings and further nouns onto a noun.
fn same_beginning_in_korean(a: &str, b: &str) -> f32 {
    let is_hangul = |c: char| matches!(c, '\u{ac00}'..='\u{d7a3}');
    let alike = a.chars().zip(b.chars()).take_while(|(a, b)| a == b && is_hangul(*a)).count();
    if alike >= 2 { PART } else { 0.0 }
}

fn compound(a: &str, b: &str) -> f32 {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short.len() >= 4 && long.len() >= short.len() + 3 && (long.starts_with(short) || long.ends_with(short))
    {
        return PART;
    }
    let alike = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    if alike >= 6 { SAME_BEGINNING } else { 0.0 }
}

/// How alike two words look: the Dice coefficient of their trigrams, made steeper. For slips of the pen and for
/// derivations that stemming leaves apart (`allergy`, `allergic`).
fn likeness(a: &str, b: &str) -> f32 {
    if a.len() < 4 || b.len() < 4 || a.chars().next() != b.chars().next() {
        return 0.0;
    }
    let (a, b) = (trigrams(a), trigrams(b));
    let shared = a.iter().filter(|gram| b.contains(gram)).count();
    let similarity = 2.0 * shared as f32 / (a.len() + b.len()) as f32;
    if similarity >= MIN_SIMILARITY { similarity.powf(1.5).min(0.85) } else { 0.0 }
}

fn trigrams(word: &str) -> Vec<[char; 3]> {
    let chars: Vec<char> = ['<'].into_iter().chain(word.chars()).chain(['>']).collect();
    chars.windows(3).filter_map(|window| window.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::question::Question;
    use crate::built_in::vocabulary::Vocabulary;
    use crate::text::tokens::{Shape, Token};

    fn strength_of(asked: &str, remembered: &str, language: Language) -> f32 {
        let question = Question::read(asked, language, &[language]);
        let mut vocabulary = Vocabulary::new(&question);
        let token = Token { text: remembered, start: 0, end: remembered.len(), shape: Shape::Word };
        let id = vocabulary.id(token, language);
        vocabulary.matches(id).first().map_or(0.0, |found| found.strength)
    }

    #[test]
    fn the_same_word_beats_its_forms_its_synonyms_and_its_lookalikes() {
        let order =
            ["passport", "passports", "pasport"].map(|word| strength_of("passport", word, Language::English));
        assert!(order.is_sorted_by(|a, b| a > b) && order[2] > 0.5, "{order:?}");
        assert_eq!(strength_of("born", "birthday", Language::English), SYNONYM);
    }

    #[test]
    fn compounds_answer_to_their_parts_in_languages_that_build_them() {
        assert_eq!(strength_of("Termin", "arzttermin", Language::German), PART);
        assert_eq!(strength_of("shelf", "bookshelf", Language::English), 0.0);
    }

    #[test]
    fn different_words_and_different_codes_do_not_match() {
        for (asked, remembered) in
            [("Marco", "maria"), ("Anna", "anne"), ("LH123", "lh124"), ("plumber", "number")]
        {
            assert_eq!(strength_of(asked, remembered, Language::English), 0.0, "{asked} {remembered}");
        }
    }
}
