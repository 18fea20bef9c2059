//! Composing an answer: a few words of ours around the words of the memories.

use std::cmp::Reverse;

use super::BuiltIn;
use super::choose::choose;
use super::evidence::{Evidence, NEARLY_AS_GOOD, RELEVANT, Sentence};
use super::index::Index;
use super::question::Question;
use super::suggest::suggestions;
use crate::text::fold::normalise;
use crate::text::function_words::Wanted;
use crate::text::quote::quotable;
use crate::text::sentences::sentences;
use crate::text::tokens::each_token;
use crate::{Answer, Citation, Document, Usage};

/// A further memory is quoted only if it covers this much.
const SURE: f32 = 0.65;
/// Below this, an answer says that it may be beside the point.
const UNSURE: f32 = 0.5;
const MAX_QUOTES: usize = 3;
const MAX_QUOTE_CHARS: usize = 600;
const MAX_TITLE_CHARS: usize = 80;

/// An answer in the making.
pub(crate) struct Draft<'a> {
    documents: &'a [Document],
    index: &'a Index<'a>,
    lines: Vec<String>,
    citations: Vec<Citation>,
    cited: Vec<usize>,
    confidence: f32,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(documents: &'a [Document], index: &'a Index<'a>) -> Self {
        Self {
            documents,
            index,
            lines: Vec::new(),
            citations: Vec::new(),
            cited: Vec::new(),
            confidence: 0.0,
        }
    }

    /// Quotes the best sentences, or says that there are none.
    pub(crate) fn quote_best(&mut self, question: &Question, found: &[Evidence]) {
        let Some(first) = found.first() else {
            let topic = &question.topic;
            self.lines.push(format!("I found nothing in your memories about “{topic}”."));
            return;
        };
        self.confidence = confidence(question, first.best());
        if self.confidence < UNSURE {
            self.lines.push("I am not sure that this is what you are looking for:".to_owned());
        }
        let as_good = |other: &&Evidence| {
            other.document == first.document
                || (other.standing >= first.standing - NEARLY_AS_GOOD && other.best().relevance >= SURE)
        };
        let mut left = MAX_QUOTES;
        for evidence in found.iter().filter(as_good) {
            if left == 0 {
                break;
            }
            let chosen = choose(self.index, self.documents, evidence, left);
            left = left.saturating_sub(chosen.len());
            self.quote(evidence, &chosen);
        }
    }

    /// Speaks of the one memory that the person has opened, even if it does not hold the answer.
    pub(crate) fn about_one(&mut self, question: &Question, found: Option<&Evidence>, document: &Document) {
        if let Some(evidence) = found {
            self.quote_best(question, std::slice::from_ref(evidence));
            return;
        }
        let opening: Vec<_> = sentences(&document.text).into_iter().take(MAX_QUOTES).collect();
        let text = opening
            .first()
            .zip(opening.last())
            .map_or("", |(first, last)| &document.text[first.start..last.end]);
        let quote = or_title(quotable(text, MAX_QUOTE_CHARS), document);
        if question.has_topic() {
            self.confidence = 0.2;
            let (title, topic) = (title(document), &question.topic);
            self.lines.push(format!("“{title}” says nothing about “{topic}”. It says: “{quote}”"));
        } else {
            self.confidence = 0.6;
            self.lines.push(format!("“{}” says: “{quote}”", title(document)));
        }
        self.cite(0, quote);
    }

    /// Asks for something to look for.
    pub(crate) fn ask_back(&mut self) {
        let line = "Ask me about something you saved: a person, a place, a date, a thing.";
        self.lines.push(line.to_owned());
    }

    /// Quotes the beginnings of the memories saved last.
    pub(crate) fn latest(&mut self) {
        let mut newest: Vec<usize> = (0..self.documents.len()).collect();
        newest.sort_by_key(|&at| Reverse(self.documents[at].saved_at));
        let (line, confidence) = if newest.is_empty() {
            ("You have saved nothing yet.", 0.0)
        } else {
            ("What you saved last:", 0.9)
        };
        self.lines.push(line.to_owned());
        self.confidence = confidence;
        for at in newest.into_iter().take(MAX_QUOTES) {
            let document = &self.documents[at];
            let text = sentences(&document.text).first().map_or("", |range| &document.text[range.clone()]);
            let quote = or_title(quotable(text, MAX_QUOTE_CHARS), document);
            self.lines.push(format!("From “{}”: “{quote}”", title(document)));
            self.cite(at, quote);
        }
    }

    /// Quotes sentences of one memory, those that follow each other as one.
    fn quote(&mut self, evidence: &Evidence, chosen: &[usize]) {
        let document = &self.documents[evidence.document];
        let mut stretches: Vec<std::ops::Range<usize>> = Vec::new();
        let mut previous = None;
        for &at in chosen {
            let range = evidence.sentences[at].range.clone();
            match stretches.last_mut() {
                Some(last) if previous == Some(at.wrapping_sub(1)) => last.end = range.end,
                _ => stretches.push(range),
            }
            previous = Some(at);
        }
        let quote = |range| or_title(quotable(&document.text[range], MAX_QUOTE_CHARS), document);
        let quotes: Vec<String> = stretches.into_iter().map(quote).collect();
        self.lines.push(format!("From “{}”: “{}”", title(document), quotes.join("” … “")));
        self.cite(evidence.document, quotes.join(" … "));
    }

    fn cite(&mut self, at: usize, quote: String) {
        let document = &self.documents[at];
        self.citations.push(Citation { memory_id: document.id, title: title(document), quote });
        self.cited.push(at);
    }

    pub(crate) fn finish(self, question: &Question, ranked: &[usize]) -> Answer {
        let response = self.lines.join("\n");
        let quoted: usize = self.citations.iter().map(|citation| count_words(&citation.quote)).sum();
        let usage = Usage {
            prompt_tokens: u32::try_from(question.words + quoted).unwrap_or(u32::MAX),
            completion_tokens: u32::try_from(count_words(&response)).unwrap_or(u32::MAX),
        };
        Answer {
            response,
            suggestions: suggestions(self.documents, ranked, &self.cited, self.index),
            citations: self.citations,
            confidence: self.confidence,
            usage,
            model: BuiltIn::NAME.to_owned(),
        }
    }
}

/// How sure an answer is: by how much of the question it covers, and whether it holds what was asked for.
fn confidence(question: &Question, best: &Sentence) -> f32 {
    let covered = ((best.relevance - RELEVANT) / (1.0 - RELEVANT)).clamp(0.0, 1.0);
    let fits = if question.wanted == Wanted::Anything || best.holds_wanted { 1.0 } else { 0.8 };
    (0.35 + 0.6 * covered) * fits
}

/// A memory's title, fit to be shown on one line; of an untitled one, its date.
fn title(document: &Document) -> String {
    let title = quotable(&document.title, MAX_TITLE_CHARS);
    if title.is_empty() {
        let date: String = document.saved_at.to_string().chars().take("2026-11-21".len()).collect();
        format!("Memory of {date}")
    } else {
        title
    }
}

fn or_title(quote: String, document: &Document) -> String {
    if quote.is_empty() { title(document) } else { quote }
}

fn count_words(text: &str) -> usize {
    let mut words = 0;
    each_token(&normalise(text), |_| words += 1);
    words
}
