//! Weighing the sentences of the memories that were found: how much of the question does each one answer?

use std::ops::Range;

use super::index::{Index, words};
use super::terms::MAX_TERMS;
use crate::Document;
use crate::text::cues::holds;
use crate::text::sentences::sentences;

/// A sentence that covers less of the question than this is no answer. Set on the tuning half of the evaluation.
pub(crate) const RELEVANT: f32 = 0.5;
/// How much worse than the best a further sentence or memory may be that is quoted with it.
pub(crate) const NEARLY_AS_GOOD: f32 = 0.1;
/// What a word counts that stands in the title, beside one in the sentence itself.
const HEADING: f32 = 0.95;
/// What a word counts that stands in the sentence before or after.
const NEIGHBOUR: f32 = 0.8;
/// A weaker match than this does not name the topic.
const NAMES: f32 = 0.5;
/// No more topic words than these need to be found in a long question.
const ENOUGH_TERMS: f32 = 6.0;
/// What is left of the relevance when a name or a code of the question is missing.
const WITHOUT_NAME: f32 = 0.75;
/// What it is worth to hold a date when a date is asked for, and so on.
const CUE: f32 = 0.15;
/// Covering more of the question than this is covering it.
const COVERED: f32 = 0.85;
/// What it is worth for a memory to be about the question's words by its title.
const ABOUT: f32 = 0.2;
/// What it is worth to hold the words in the sentence itself rather than around it.
const OWN_WORDS: f32 = 0.1;

type Strengths = [f32; MAX_TERMS];

/// A sentence and how well it answers.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) range: Range<usize>,
    /// How much of the question it covers, with its surroundings, from 0 to 1.
    pub(crate) relevance: f32,
    /// The relevance, and what speaks for this sentence among its neighbours.
    pub(crate) score: f32,
    /// Whether it holds the kind of thing that is asked for, if one is.
    pub(crate) holds_wanted: bool,
    /// How much of the question the title and the sentence itself cover.
    own: Strengths,
}

/// A memory's sentences, in order.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) document: usize,
    pub(crate) sentences: Vec<Sentence>,
    /// The best sentence.
    pub(crate) best: usize,
    /// How well the memory answers beside other memories. Differences between full answers are left out.
    pub(crate) standing: f32,
}

impl Evidence {
    pub(crate) fn best(&self) -> &Sentence {
        &self.sentences[self.best]
    }

    /// How much more of the question two sentences cover than the first of them alone.
    pub(crate) fn gain(&self, index: &Index<'_>, first: usize, second: usize) -> f32 {
        let mut both = self.sentences[first].own;
        add(&mut both, &self.sentences[second].own, 1.0);
        share(index, &both) - share(index, &self.sentences[first].own)
    }
}

/// Weighs the sentences of one memory. `None` if it has none.
pub(crate) fn weigh(index: &mut Index<'_>, documents: &[Document], document: usize) -> Option<Evidence> {
    let text = &documents[document].text;
    let mut ranges = sentences(text);
    if ranges.is_empty() && !documents[document].title.is_empty() {
        // A memory may be no more than its title.
        ranges.push(0..0);
    }
    let heading = strengths(index, &index.documents[document].heading);
    let language = index.documents[document].language;
    let own: Vec<Strengths> = ranges
        .iter()
        .map(|range| {
            let words = words(&text[range.clone()], language, &mut index.vocabulary);
            strengths(index, &words)
        })
        .collect();
    let weighed = ranges.into_iter().enumerate().map(|(at, range)| {
        let mut around = own[at];
        add(&mut around, &heading, HEADING);
        for neighbour in [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|at| own.get(at))
        {
            add(&mut around, neighbour, NEIGHBOUR);
        }
        let relevance = coverage(index, &around);
        let holds_wanted = relevance > 0.0 && holds(&text[range.clone()], index.question.wanted);
        let score = relevance + OWN_WORDS * share(index, &own[at]) + if holds_wanted { CUE } else { 0.0 };
        let mut with_heading = own[at];
        add(&mut with_heading, &heading, HEADING);
        Sentence { range, relevance, score, holds_wanted, own: with_heading }
    });
    let sentences: Vec<Sentence> = weighed.collect();
    let best =
        (0..sentences.len()).rev().max_by(|&a, &b| sentences[a].score.total_cmp(&sentences[b].score))?;
    let cue = if sentences[best].holds_wanted { CUE } else { 0.0 };
    let standing = sentences[best].relevance.min(COVERED) + cue + ABOUT * share(index, &heading);
    Some(Evidence { document, sentences, best, standing })
}

fn strengths(index: &Index<'_>, words: &[u32]) -> Strengths {
    let mut strengths = [0.0; MAX_TERMS];
    for found in words.iter().flat_map(|&word| index.vocabulary.matches(word)) {
        let strength = &mut strengths[found.term as usize];
        *strength = found.strength.max(*strength);
    }
    strengths
}

fn add(to: &mut Strengths, other: &Strengths, factor: f32) {
    to.iter_mut().zip(other).for_each(|(to, other)| *to = to.max(other * factor));
}

/// How much of the question the words answer to, from 0 to 1.
fn share(index: &Index<'_>, strengths: &Strengths) -> f32 {
    let (mut found, mut needed, mut terms) = (0.0, 0.0, 0.0_f32);
    for (at, term) in index.question.terms.iter().enumerate() {
        found += strengths[at] * index.term_weights[at];
        if !term.is_aside {
            needed += if strengths[at] < NAMES { index.missing_weights[at] } else { index.term_weights[at] };
            terms += 1.0;
        }
    }
    let needed = needed * (ENOUGH_TERMS / terms).min(1.0);
    if needed > 0.0 { (found / needed).min(1.0) } else { 0.0 }
}

/// The share, if the topic is named at all, and less if a name is missing.
fn coverage(index: &Index<'_>, strengths: &Strengths) -> f32 {
    let terms = || index.question.terms.iter().zip(strengths);
    if !terms().any(|(term, &strength)| term.is_topic && strength >= NAMES) {
        return 0.0;
    }
    let lacks_name = terms().any(|(term, &strength)| term.is_proper && term.is_topic && strength < NAMES);
    share(index, strengths) * if lacks_name { WITHOUT_NAME } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::question::Question;
    use crate::built_in::samples::memory;
    use crate::text::language::Language;

    fn best(question: &str, title: &str, text: &str) -> (String, Sentence) {
        let documents = [memory(0, title, text)];
        let question = Question::read(question, Language::English, &[Language::English]);
        let mut index = Index::read(&question, &documents, &[Language::English]);
        let evidence = weigh(&mut index, &documents, 0).unwrap();
        (text[evidence.best().range.clone()].to_owned(), evidence.best().clone())
    }

    const DENTIST: &str = "Dr. Weber was kind. My next check-up is on 14 May. Bring the insurance card.";

    #[test]
    fn a_question_for_a_time_prefers_the_sentence_with_a_date() {
        assert_eq!(
            best("When do I see the dentist?", "Dentist", DENTIST).0,
            "My next check-up is on 14 May."
        );
    }

    #[test]
    fn a_question_for_a_person_prefers_the_sentence_with_a_name() {
        assert_eq!(best("Who is the dentist?", "Dentist", DENTIST).0, "Dr. Weber was kind.");
    }

    #[test]
    fn the_title_counts_for_every_sentence() {
        assert!(best("dentist insurance card", "Dentist", DENTIST).1.relevance > 0.9);
    }

    #[test]
    fn a_missing_name_costs_more_than_a_missing_word() {
        let text = "The phone number is 0171 555.";
        let name = best("What is the phone number of Robert?", "Phone", text).1.relevance;
        let word = best("What is the phone number of someone?", "Phone", text).1.relevance;
        assert!(name < word && name < 0.5, "{name} {word}");
    }

    #[test]
    fn a_memory_that_is_only_a_title_counts() {
        assert!(best("spare key", "Spare key is with Tom", "").1.relevance > 0.9);
    }
}
