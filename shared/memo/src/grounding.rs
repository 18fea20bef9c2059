//! How far an answer rests on what it cites: the share of its words that stand there too.

use std::collections::HashSet;

use app_text::detect::LanguageDetector;
use app_text::fold::{normalise, without_accents};
use app_text::function_words::{FunctionWords, Weight};
use app_text::language::Language;
use app_text::stem::stem;
use app_text::tokens::each_token;

/// The longest quote.
const MAX_QUOTE_CHARS: usize = 300;

/// From 0 to 1: how many of the words of `answer` that carry a topic stand in the `cited` texts. Zero if it cites none. An answer in another
/// language than what it cites shares names and numbers alone, and is trusted less.
pub(crate) fn grounding<'a>(answer: &str, cited: impl IntoIterator<Item = &'a str>) -> f32 {
    let mut known = HashSet::new();
    for text in cited {
        known.extend(topics(text));
    }
    let said: HashSet<String> = topics(answer).into_iter().collect();
    if known.is_empty() || said.is_empty() {
        return 0.0;
    }
    let shared = said.iter().filter(|word| known.contains(*word)).count();
    shared as f32 / said.len() as f32
}

/// The words of a text that say most about a question and its answer, to be shown on one line.
pub(crate) fn quote(question: &str, answer: &str, text: &str) -> String {
    let wanted: HashSet<String> = topics(question).into_iter().chain(topics(answer)).collect();
    let sentences = text.split_inclusive(['\n', '.', '!', '?', '。', '！', '？']);
    let mut best = (0, "");
    for sentence in sentences.map(str::trim).filter(|sentence| !sentence.is_empty()) {
        let shared = topics(sentence).into_iter().collect::<HashSet<_>>().intersection(&wanted).count();
        if shared > best.0 || best.1.is_empty() {
            best = (shared, sentence);
        }
    }
    let line = best.1.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The stems of the words of a text that carry a topic.
fn topics(text: &str) -> Vec<String> {
    let text = normalise(text);
    let language = LanguageDetector::new().detect(&text).unwrap_or(Language::English);
    let mut stems = Vec::new();
    each_token(&text, |token| {
        let folded = without_accents(token.text);
        if FunctionWords::get().weight(&folded, language) == Weight::Full {
            stems.push(without_accents(&stem(token.text, language)).into_owned());
        }
    });
    stems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_the_sentence_that_the_answer_rests_on() {
        let text = "We drove for hours. The wifi password at the cabin\nis heron-42! Bring wood.";
        let line = quote("What is the wifi password?", "It is heron-42 [1].", text);
        assert_eq!(line, "The wifi password at the cabin");
        assert_eq!(quote("?", "", ""), "");
        assert_eq!(quote("?", "", &"x".repeat(900)).chars().count(), 301);
    }

    #[test]
    fn an_answer_is_as_sure_as_what_it_cites() {
        let cited = ["The wifi password at the cabin is heron-42."];
        let close = grounding("Your wifi password at the cabin is heron-42 [1].", cited);
        let free = grounding("The capital of Mongolia is Ulaanbaatar [1].", cited);
        assert!(close > 0.7 && free < 0.2, "{close} {free}");
        assert_eq!((grounding("The password is heron-42.", []), grounding("", cited)), (0.0, 0.0));
    }
}
