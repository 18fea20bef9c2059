//! Composing an answer: a few words of ours around the words of the memories.

use std::cmp::Reverse;

use super::BuiltIn;
use super::choose::choose;
use super::evidence::{Evidence, Sentence, weigh};
use super::index::{Index, languages};
use super::question::Question;
use super::rank::rank;
use super::suggest::suggestions;
use crate::text::fold::normalise;
use crate::text::function_words::Wanted;
use crate::text::quote::quotable;
use crate::text::sentences::sentences;
use crate::text::tokens::each_token;
use crate::{ChatAnswer, ChatRequest, Citation, Document, Usage};

/// Memories beyond this rank are not read closely.
const CLOSE_READING: usize = 24;
/// A sentence that covers less of the question than this is no answer. Set on the tuning half of the evaluation.
pub(crate) const RELEVANT: f32 = 0.5;
/// A further memory is quoted only if it covers this much.
const SURE: f32 = 0.65;
/// Answers whose standings are closer than this are equally good: then the later memory comes first.
const SAME_SCORE: f32 = 0.05;
/// The same, when what was saved last is asked for.
const SAME_SCORE_IF_RECENT: f32 = 0.3;
/// How much worse than the best a further quote may be.
pub(crate) const NEARLY_AS_GOOD: f32 = 0.1;
const MAX_QUOTES: usize = 3;
const MAX_QUOTE_CHARS: usize = 600;
const MAX_TITLE_CHARS: usize = 80;
/// Below this, an answer says that it may be beside the point.
const UNSURE: f32 = 0.5;

/// Answers a question.
pub(crate) fn reply(request: &ChatRequest) -> ChatAnswer {
    let focused: Vec<Document>;
    let documents = match request.focus {
        None => &request.documents,
        Some(id) => {
            focused = request
                .documents
                .iter()
                .filter(|document| document.id == id)
                .cloned()
                .collect();
            &focused
        }
    };
    let (language, per_document) = languages(&request.question, documents);
    let question = Question::read(&request.question, language, &per_document);
    let mut index = Index::read(&question, documents, &per_document);
    let ranked: Vec<usize> = rank(&index, documents).iter().map(|hit| hit.document).collect();
    let mut found: Vec<Evidence> = ranked
        .iter()
        .take(CLOSE_READING)
        .filter_map(|&at| weigh(&mut index, documents, at))
        .collect();
    sort(&mut found, documents, question.recent);
    found.retain(|evidence| evidence.best().relevance >= RELEVANT);

    let mut draft = Draft::new(documents, &index);
    match (request.focus, documents.as_slice()) {
        (Some(_), [document]) => draft.about_one(&question, found.first(), document),
        _ if question.has_topic() => draft.quote_best(&question, &found),
        _ if question.recent => draft.latest(),
        _ => draft
            .lines
            .push("Ask me about something you saved: a person, a place, a date, a thing.".to_owned()),
    }
    draft.finish(&question, &ranked)
}

/// The best first. Standings that hardly differ are taken for equal, and the later memory wins.
fn sort(found: &mut [Evidence], documents: &[Document], recent: bool) {
    let step = if recent { SAME_SCORE_IF_RECENT } else { SAME_SCORE };
    // Standings lie between 0 and 2, so the steps are few.
    let steps = |evidence: &Evidence| (evidence.standing / step).round() as u32;
    found.sort_by_key(|evidence| Reverse((steps(evidence), documents[evidence.document].saved_at)));
}

/// An answer in the making.
struct Draft<'a> {
    documents: &'a [Document],
    index: &'a Index<'a>,
    lines: Vec<String>,
    citations: Vec<Citation>,
    cited: Vec<usize>,
    confidence: f32,
}

impl<'a> Draft<'a> {
    fn new(documents: &'a [Document], index: &'a Index<'a>) -> Self {
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
    fn quote_best(&mut self, question: &Question, found: &[Evidence]) {
        let Some(first) = found.first() else {
            self.lines.push(format!(
                "I found nothing in your memories about “{}”.",
                question.topic
            ));
            return;
        };
        self.confidence = confidence(question, first.best());
        if self.confidence < UNSURE {
            self.lines
                .push("I am not sure that this is what you are looking for:".to_owned());
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
    fn about_one(&mut self, question: &Question, found: Option<&Evidence>, document: &Document) {
        if let Some(evidence) = found {
            self.quote_best(question, std::slice::from_ref(evidence));
            return;
        }
        let title = shown_title(document);
        let opening: Vec<_> = sentences(&document.text).into_iter().take(MAX_QUOTES).collect();
        let text = opening
            .first()
            .zip(opening.last())
            .map_or("", |(first, last)| &document.text[first.start..last.end]);
        let quote = or_title(quotable(text, MAX_QUOTE_CHARS), &title);
        if question.has_topic() {
            self.confidence = 0.2;
            self.lines.push(format!(
                "{title} says nothing about “{}”. It says: “{quote}”",
                question.topic
            ));
        } else {
            self.confidence = 0.6;
            self.lines.push(format!("{title} says: “{quote}”"));
        }
        self.cite(0, quote);
    }

    /// Quotes the beginnings of the memories saved last.
    fn latest(&mut self) {
        let mut newest: Vec<usize> = (0..self.documents.len()).collect();
        newest.sort_by_key(|&at| Reverse(self.documents[at].saved_at));
        self.lines.push(
            if newest.is_empty() {
                "You have saved nothing yet."
            } else {
                "What you saved last:"
            }
            .to_owned(),
        );
        self.confidence = if newest.is_empty() { 0.0 } else { 0.9 };
        for at in newest.into_iter().take(MAX_QUOTES) {
            let document = &self.documents[at];
            let title = shown_title(document);
            let text = sentences(&document.text)
                .first()
                .map_or("", |range| &document.text[range.clone()]);
            let quote = or_title(quotable(text, MAX_QUOTE_CHARS), &title);
            self.lines.push(format!("From {title}: “{quote}”"));
            self.cite(at, quote);
        }
    }

    /// Quotes sentences of one memory, those that follow each other as one.
    fn quote(&mut self, evidence: &Evidence, chosen: &[usize]) {
        let document = &self.documents[evidence.document];
        let title = shown_title(document);
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
        let quotes = stretches
            .into_iter()
            .map(|range| quotable(&document.text[range], MAX_QUOTE_CHARS));
        let quotes: Vec<String> = quotes.map(|quote| or_title(quote, &title)).collect();
        self.lines
            .push(format!("From {title}: “{}”", quotes.join("” … “")));
        self.cite(evidence.document, quotes.join(" … "));
    }

    fn cite(&mut self, at: usize, quote: String) {
        let document = &self.documents[at];
        let title = quotable(&document.title, MAX_TITLE_CHARS);
        self.citations.push(Citation {
            memory_id: document.id,
            title,
            quote,
        });
        self.cited.push(at);
    }

    fn finish(self, question: &Question, ranked: &[usize]) -> ChatAnswer {
        let response = self.lines.join("\n");
        let quoted: usize = self
            .citations
            .iter()
            .map(|citation| count_words(&citation.quote))
            .sum();
        let usage = Usage {
            prompt_tokens: u32::try_from(question.words + quoted).unwrap_or(u32::MAX),
            completion_tokens: u32::try_from(count_words(&response)).unwrap_or(u32::MAX),
        };
        ChatAnswer {
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
    let fits = if question.wanted == Wanted::Anything || best.holds_wanted {
        1.0
    } else {
        0.8
    };
    (0.35 + 0.6 * covered) * fits
}

fn shown_title(document: &Document) -> String {
    let title = quotable(&document.title, MAX_TITLE_CHARS);
    if title.is_empty() {
        "a memory without a title".to_owned()
    } else {
        format!("“{title}”")
    }
}

fn or_title(quote: String, shown_title: &str) -> String {
    if quote.is_empty() {
        shown_title.trim_matches(['“', '”']).to_owned()
    } else {
        quote
    }
}

fn count_words(text: &str) -> usize {
    let mut words = 0;
    each_token(&normalise(text), |_| words += 1);
    words
}
