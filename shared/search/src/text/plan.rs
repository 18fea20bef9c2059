//! How much each word of a query says, before anybody looks where it is found.

use app_text::function_words::{FunctionWords, Weight};
use app_text::tokens::Shape;

use super::analysis::{Languages, each_language};
use super::query::{Query, Term};

/// What a general word (`day`, `name`) weighs beside one that names a topic.
const GENERAL: f32 = 0.6;
/// What a word weighs that asks for a memory (`find`, `note`).
const ASKING: f32 = 0.3;
/// What a letter on its own weighs.
const LETTER: f32 = 0.35;
/// What a pair of characters weighs that has grammar in it.
const GRAMMAR: f32 = 0.2;

/// How much each word of the query says, from 0 for those that are not looked for, in the order of its terms. Words that
/// carry grammar only are left out unless there is nothing else: somebody may look for The Who.
pub(super) fn weights(query: &Query, languages: Languages) -> Vec<f32> {
    // A language that the documents are not in was most likely told wrongly by a word or two.
    let detected = query.language.map_or(0, |language| 1 << language as u8);
    let languages =
        if detected != 0 && (detected & languages != 0 || languages == 0) { detected } else { languages };

    let weights: Vec<f32> = query.terms.iter().map(|term| weight(term, languages)).collect();
    let has_topic = !query.required.is_empty() || weights.iter().any(|&weight| weight > ASKING);
    if has_topic {
        return weights;
    }
    let has_any = weights.iter().any(|&weight| weight > 0.0);
    weights.into_iter().map(|weight| if has_any { f32::from(weight > 0.0) } else { 1.0 }).collect()
}

fn weight(term: &Term, languages: Languages) -> f32 {
    if term.is_grammar {
        return GRAMMAR;
    }
    if term.shape != Shape::Word {
        return 1.0;
    }
    let words = FunctionWords::get();
    let mut least = Weight::Full;
    each_language(languages, |language| least = least.min(words.weight(&term.folded, language)));
    let is_letter = term.folded.chars().nth(1).is_none() && term.folded.chars().all(char::is_alphabetic);
    match least {
        Weight::None => 0.0,
        Weight::Asking => ASKING,
        Weight::Weak => GENERAL,
        Weight::Full if is_letter => LETTER,
        Weight::Full => 1.0,
    }
}
