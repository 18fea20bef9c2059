//! Does the built-in model find and quote the right memory, and does it keep quiet when there is none?
//!
//! `data/questions.json` has two sets of questions over the memories of `data/memories.json`. The model's constants were
//! set on `tuning`; `heldOut` only measures.

use app_ai::{BuiltIn, ChatAnswer, ChatRequest, Document, Retriever};
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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Questions {
    tuning: Vec<Question>,
    held_out: Vec<Question>,
}

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
    Collection { documents: documents.collect(), keys: memories.iter().map(|memory| memory.key.clone()).collect() }
}

impl Collection {
    fn answer(&self, question: &str) -> ChatAnswer {
        BuiltIn.reply(&ChatRequest {
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
    answerable: usize,
    unanswerable: usize,
    /// The right memory is among the best three.
    found_in_three: usize,
    /// The first citation is the right memory, and the answer quotes what was asked for.
    right: usize,
    /// Answered from the wrong memory, or with the wrong sentence.
    wrong: usize,
    /// Said that there is nothing although there is.
    missed: usize,
    /// Said that there is nothing, and there is nothing.
    kept_quiet: usize,
    confidence_when_right: f32,
    confidence_when_wrong: f32,
}

impl Figures {
    fn recall_at_three(&self) -> f32 {
        self.found_in_three as f32 / self.answerable as f32
    }

    fn answered_right(&self) -> f32 {
        self.right as f32 / self.answerable as f32
    }

    /// Of the times it said that there is nothing, how often that was true.
    fn no_answer_precision(&self) -> f32 {
        self.kept_quiet as f32 / (self.kept_quiet + self.missed).max(1) as f32
    }

    /// Of the questions without an answer, how many it did not answer.
    fn no_answer_recall(&self) -> f32 {
        self.kept_quiet as f32 / self.unanswerable as f32
    }
}

fn measure(collection: &Collection, questions: &[Question]) -> Figures {
    let mut figures = Figures::default();
    for question in questions {
        let answer = collection.answer(&question.ask);
        let first = answer.citations.first();
        if question.expect.is_empty() {
            figures.unanswerable += 1;
            if first.is_none() {
                figures.kept_quiet += 1;
            } else {
                figures.confidence_when_wrong += answer.confidence;
                eprintln!("made up   {:.2} {} -> {}", answer.confidence, question.ask, answer.response);
            }
            continue;
        }
        figures.answerable += 1;
        let hits = Retriever.rank(&question.ask, &collection.documents);
        let found = |hit: &app_ai::Hit| collection.is_expected(question, collection.documents[hit.document].id);
        if hits.iter().take(3).any(found) {
            figures.found_in_three += 1;
        } else {
            eprintln!("not found      {} at {:?}", question.ask, hits.iter().position(found));
        }
        let is_right = |cited: &app_ai::Citation| {
            collection.is_expected(question, cited.memory_id) && answer.response.contains(&question.says)
        };
        if first.is_some_and(is_right) {
            figures.right += 1;
            figures.confidence_when_right += answer.confidence;
        } else if first.is_some() {
            figures.wrong += 1;
            figures.confidence_when_wrong += answer.confidence;
            eprintln!("wrong     {:.2} {} -> {}", answer.confidence, question.ask, answer.response);
        } else {
            figures.missed += 1;
            eprintln!("missed         {} -> {}", question.ask, answer.response);
        }
    }
    figures.confidence_when_right /= figures.right.max(1) as f32;
    let wrong = figures.wrong + figures.unanswerable - figures.kept_quiet;
    figures.confidence_when_wrong /= wrong.max(1) as f32;
    figures
}

fn questions() -> Questions {
    serde_json::from_str(include_str!("data/questions.json")).unwrap()
}

#[test]
fn answers_the_questions_it_was_tuned_on() {
    report(&measure(&collection(), &questions().tuning));
}

#[test]
fn answers_questions_it_was_not_tuned_on() {
    report(&measure(&collection(), &questions().held_out));
}

fn report(figures: &Figures) {
    eprintln!(
        "{figures:?} recall@3 {:.3} right {:.3} no-answer precision {:.3} recall {:.3}",
        figures.recall_at_three(),
        figures.answered_right(),
        figures.no_answer_precision(),
        figures.no_answer_recall(),
    );
}
