//! Does the built-in model find and quote the right memory, and does it keep quiet when there is none?
//!
//! Two sets of questions are put to the memories of `data/memories.json`. The model's constants and word lists were set on
//! `data/tuning.json`. The model has not been changed since `data/held_out.json` was written: whoever changes it to
//! please one of those questions moves them all to the first set and writes new ones.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use app_ai::{Answer, AnswerRequest, BuiltIn, Document, Hit, Retriever};
use app_domain::MemoryId;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Memory {
    key: String,
    title: String,
    text: String,
    tags: Vec<String>,
    saved_at: String,
}

#[derive(Deserialize)]
struct Question {
    ask: String,
    /// The memories that answer it: none, one, or any of several.
    expect: Vec<String>,
    /// What the answer has to quote.
    #[serde(default)]
    says: String,
}

const TUNING: &str = include_str!("data/tuning.json");
const HELD_OUT: &str = include_str!("data/held_out.json");

struct Collection {
    keys: Vec<String>,
    documents: Vec<Document>,
}

fn collection() -> Collection {
    let memories: Vec<Memory> = serde_json::from_str(include_str!("data/memories.json")).unwrap();
    let documents = memories.iter().map(|memory| {
        let saved_at = memory.saved_at.parse().unwrap();
        Document {
            id: MemoryId::new(saved_at),
            title: memory.title.clone(),
            text: memory.text.clone(),
            tags: memory.tags.clone(),
            saved_at,
        }
    });
    Collection {
        documents: documents.collect(),
        keys: memories.iter().map(|memory| memory.key.clone()).collect(),
    }
}

impl Collection {
    fn answer(&self, question: &str) -> Answer {
        BuiltIn.reply(&AnswerRequest {
            question: question.to_owned(),
            documents: self.documents.clone(),
            focus: None,
        })
    }

    fn key(&self, id: MemoryId) -> &str {
        &self.keys[self.documents.iter().position(|document| document.id == id).unwrap()]
    }

    fn is_expected(&self, question: &Question, id: MemoryId) -> bool {
        question.expect.iter().any(|key| key == self.key(id))
    }
}

/// Counts over one set of questions.
#[derive(Debug, Default)]
struct Figures {
    answerable: f32,
    unanswerable: f32,
    /// The right memory is among the best three.
    found_in_three: f32,
    /// The first citation is the right memory, and the answer quotes what was asked for.
    right: f32,
    /// Said that there is nothing although there is.
    missed: f32,
    /// Said that there is nothing, and there is nothing.
    kept_quiet: f32,
    /// Answered where there is nothing, without a word of doubt.
    made_up: f32,
    /// How sure it was of answers that were right, and of those that were not.
    sure_when_right: Vec<f32>,
    sure_when_wrong: Vec<f32>,
    /// What went wrong, to read when a bar is missed.
    failures: Vec<String>,
}

impl Figures {
    fn recall_at_three(&self) -> f32 {
        self.found_in_three / self.answerable
    }

    fn answered_right(&self) -> f32 {
        self.right / self.answerable
    }

    /// Of the times it said that there is nothing, how often that was true.
    fn no_answer_precision(&self) -> f32 {
        self.kept_quiet / (self.kept_quiet + self.missed)
    }

    /// Of the questions without an answer, how many it did not answer.
    fn no_answer_recall(&self) -> f32 {
        self.kept_quiet / self.unanswerable
    }

    /// Of the questions without an answer, how many it answered as if it knew.
    fn made_up(&self) -> f32 {
        self.made_up / self.unanswerable
    }

    fn has_at_least(&self, what: &str, figure: f32, bar: f32) {
        assert!(figure >= bar, "{what} is {figure:.3}, below {bar}: {self:#?}");
    }
}

fn questions(set: &str) -> Vec<Question> {
    serde_json::from_str(set).unwrap()
}

fn measure(set: &str) -> Figures {
    let collection = collection();
    let mut figures = Figures::default();
    for question in &questions(set) {
        let answer = collection.answer(&question.ask);
        let note = format!("{} ({:.2}): {}", question.ask, answer.confidence, answer.response);
        let first = answer.citations.first();
        if question.expect.is_empty() {
            figures.unanswerable += 1.0;
            if first.is_none() {
                figures.kept_quiet += 1.0;
            } else {
                figures.made_up += f32::from(u8::from(answer.confidence >= 0.5));
                figures.sure_when_wrong.push(answer.confidence);
                figures.failures.push(note);
            }
            continue;
        }
        figures.answerable += 1.0;
        let hits = Retriever.rank(&question.ask, &collection.documents);
        let found = |hit: &Hit| collection.is_expected(question, collection.documents[hit.document].id);
        figures.found_in_three += f32::from(u8::from(hits.iter().take(3).any(found)));
        let is_right = first.is_some_and(|cited| collection.is_expected(question, cited.memory_id))
            && answer.response.contains(&question.says);
        if is_right {
            figures.right += 1.0;
            figures.sure_when_right.push(answer.confidence);
            continue;
        }
        if first.is_some() {
            figures.sure_when_wrong.push(answer.confidence);
        } else {
            figures.missed += 1.0;
        }
        figures.failures.push(note);
    }
    figures
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

#[test]
fn answers_the_questions_it_was_tuned_on() {
    let figures = measure(TUNING);
    figures.has_at_least("recall@3", figures.recall_at_three(), 0.99);
    figures.has_at_least("the share answered right", figures.answered_right(), 0.95);
    figures.has_at_least("no-answer precision", figures.no_answer_precision(), 0.92);
    figures.has_at_least("no-answer recall", figures.no_answer_recall(), 0.88);
    figures.has_at_least("the share not made up", 1.0 - figures.made_up(), 0.95);
}

#[test]
fn answers_questions_it_was_not_tuned_on() {
    let figures = measure(HELD_OUT);
    figures.has_at_least("recall@3", figures.recall_at_three(), 0.97);
    figures.has_at_least("the share answered right", figures.answered_right(), 0.9);
    figures.has_at_least("no-answer precision", figures.no_answer_precision(), 0.9);
    figures.has_at_least("no-answer recall", figures.no_answer_recall(), 0.8);
    figures.has_at_least("the share not made up", 1.0 - figures.made_up(), 0.9);
}

#[test]
fn is_surer_of_right_answers_than_of_wrong_ones() {
    for set in [TUNING, HELD_OUT] {
        let figures = measure(set);
        let (right, wrong) = (mean(&figures.sure_when_right), mean(&figures.sure_when_wrong));
        figures.has_at_least("the gap in confidence", right - wrong, 0.15);
    }
}

#[test]
fn every_suggestion_can_be_answered() {
    let collection = collection();
    let asked = [TUNING, HELD_OUT].into_iter().flat_map(questions);
    let mut suggestions: Vec<String> =
        asked.flat_map(|question| collection.answer(&question.ask).suggestions).collect();
    suggestions.sort_unstable();
    suggestions.dedup();
    assert!(suggestions.len() > 50);
    for suggestion in suggestions {
        let answer = collection.answer(&suggestion);
        let topic = suggestion.split(['“', '”']).nth(1).unwrap();
        let is_about = |title: &str, tags: &[String]| {
            title.contains(topic.trim_end_matches('…')) || tags.iter().any(|tag| tag == topic)
        };
        let about = answer.citations.iter().any(|cited| {
            let document =
                collection.documents.iter().find(|document| document.id == cited.memory_id).unwrap();
            is_about(&document.title, &document.tags)
        });
        assert!(about, "{suggestion}: {}", answer.response);
    }
}
