//! Which sentences of a memory an answer quotes.

use super::evidence::{Evidence, NEARLY_AS_GOOD, RELEVANT};
use super::index::Index;
use crate::Document;
use crate::text::fold::{normalise, without_accents};
use crate::text::function_words::FunctionWords;
use crate::text::tokens::each_token;

/// What a neighbouring sentence must add to be quoted along.
const WORTH_ADDING: f32 = 0.15;
/// A memory up to this length is quoted whole: it says one thing.
const WHOLE_BYTES: usize = 120;
/// A sentence and the one it refers back to are quoted together up to this length.
const MAX_BYTES: usize = 320;

/// The sentences of a memory to quote, in their order: all of a short one; else at most `most` of those nearly as good as
/// the best, and what they cannot be understood without.
pub(crate) fn choose(
    index: &Index<'_>,
    documents: &[Document],
    evidence: &Evidence,
    most: usize,
) -> Vec<usize> {
    if documents[evidence.document].text.len() <= WHOLE_BYTES {
        return (0..evidence.sentences.len()).collect();
    }
    let score = |at: usize| evidence.sentences[at].score;
    let good = |at: &usize| {
        score(*at) >= evidence.best().score - NEARLY_AS_GOOD && evidence.sentences[*at].relevance >= RELEVANT
    };
    let mut order: Vec<usize> = (0..evidence.sentences.len()).filter(good).collect();
    // The sort is stable: of equally good sentences the earlier one comes first.
    order.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
    order.truncate(most);
    // The question may be spread over two sentences: what the memory is about, then what it says about it.
    let best = evidence.best;
    for neighbour in [best.checked_sub(1), Some(best + 1)].into_iter().flatten() {
        let exists = neighbour < evidence.sentences.len();
        if exists && !order.contains(&neighbour) && evidence.gain(index, best, neighbour) >= WORTH_ADDING {
            order.push(neighbour);
        }
    }
    order.sort_unstable();
    if let Some(before) = order.first().and_then(|first| first.checked_sub(1))
        && refers_back(index, documents, evidence, before + 1)
    {
        order.insert(0, before);
    }
    order
}

/// Whether a sentence begins with a word that only the sentence before explains, and the two are short enough to quote.
fn refers_back(index: &Index<'_>, documents: &[Document], evidence: &Evidence, at: usize) -> bool {
    let (before, range) = (&evidence.sentences[at - 1].range, &evidence.sentences[at].range);
    if range.end - before.start > MAX_BYTES {
        return false;
    }
    let mut first = None;
    each_token(&normalise(&documents[evidence.document].text[range.clone()]), |token| {
        first.get_or_insert_with(|| without_accents(token.text).into_owned());
    });
    let language = index.documents[evidence.document].language;
    first.is_some_and(|word| FunctionWords::get().refers_back(&word, language))
}

#[cfg(test)]
mod tests {
    use crate::built_in::samples::{ask, memory};

    fn quote(question: &str, text: &str) -> String {
        ask(question, &[memory(0, "Note", text)]).citations.remove(0).quote
    }

    const LONG: &str = "We had a long walk along the canal and looked at the boats. I met Grace near the old bridge. She \
                        is moving to Dublin. The evening was cold and we went home early to cook lentils with rice.";

    #[test]
    fn a_short_memory_is_quoted_whole() {
        let text = "Vitamin D is low. Take 2000 units daily.";
        assert_eq!(quote("How low is vitamin D?", text), text);
    }

    #[test]
    fn a_sentence_that_refers_back_is_quoted_with_the_one_before() {
        assert_eq!(
            quote("Who is moving to Dublin?", LONG),
            "I met Grace near the old bridge. She is moving to Dublin."
        );
    }

    #[test]
    fn a_question_spread_over_two_sentences_is_answered_by_both() {
        let text = "Perfect Days and Anatomy of a Fall are the films that I still have to watch this winter. Sam \
                    recommended the last one. The cinema on the corner shows old films on Mondays, bring a blanket.";
        let quote = quote("Who recommended Anatomy of a Fall?", text);
        assert!(quote.contains("Anatomy of a Fall") && quote.contains("Sam"), "{quote}");
    }
}
