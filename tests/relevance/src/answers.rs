//! What the built-in model answers to the set's questions, from what a search by words and by meaning finds for each, as Memo does it.

use std::fmt::Write as _;

use anyhow::Context;
use app_ai::{AnswerRequest, BuiltIn, Document};
use app_search::EntityId;
use serde_json::{Value, json};

use crate::set::{Question, Set};

/// How many memories a question is answered from, and how many messages of each are read, as in the functions.
const MEMORIES: usize = 12;
const MESSAGES: usize = 3;
/// An answer that is surer than this claims to know.
const SURE: f32 = 0.5;

/// A question and what was answered.
pub(crate) struct Answered<'s> {
    question: &'s Question,
    /// What was cited, by its name in the judgements.
    cited: Vec<&'s str>,
    confidence: f32,
    response: String,
    /// Whether what holds the answer was among what it was answered from.
    was_found: bool,
}

/// How good answers are.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) answerable: usize,
    /// The answer was among what was found.
    pub(crate) found: usize,
    /// It cites something.
    pub(crate) answered: usize,
    /// It cites what holds the answer first.
    pub(crate) right: usize,
    /// How much was cited, for whatever question; and how much of that holds the answer.
    pub(crate) citations: usize,
    pub(crate) good_citations: usize,
    pub(crate) unanswerable: usize,
    /// Nothing answers it, and the answer claims to know.
    pub(crate) false_answers: usize,
}

/// Answers each question from what `find` finds for the one at a place.
pub(crate) fn answers(set: &Set, find: impl Fn(usize) -> Vec<EntityId>) -> anyhow::Result<Vec<Answered<'_>>> {
    let mut answers = Vec::with_capacity(set.questions.len());
    for (place, question) in set.questions.iter().enumerate() {
        let documents = found(set, &find(place))?;
        let holds = |document: &Document| question.holds.iter().any(|held| held == set.name(document.id));
        let was_found = documents.iter().any(holds);
        let request = AnswerRequest { question: question.text.clone(), documents, focus: None };
        let said = BuiltIn.reply(&request);
        answers.push(Answered {
            question,
            cited: said.citations.iter().map(|cited| set.name(cited.memory_id)).collect(),
            confidence: said.confidence,
            response: said.response,
            was_found,
        });
    }
    Ok(answers)
}

/// The first memories of a ranking, each with its messages in it.
fn found(set: &Set, hits: &[EntityId]) -> anyhow::Result<Vec<Document>> {
    let mut memories = Vec::new();
    for hit in hits {
        let memory = set.owner(*hit)?;
        if !memories.contains(&memory) {
            memories.push(memory);
        }
    }
    memories.truncate(MEMORIES);
    let indexed = |id: EntityId| {
        set.documents.iter().find(|document| document.id == id).context("what was found is not of the set")
    };
    let document = |memory| {
        let own = indexed(EntityId::Memory(memory))?;
        let mut texts = vec![own.body.clone()];
        let is_message = |hit: &&EntityId| matches!(hit, EntityId::Message(_));
        for hit in hits.iter().filter(is_message) {
            if texts.len() <= MESSAGES && set.owner(*hit)? == memory {
                texts.push(indexed(*hit)?.body.clone());
            }
        }
        Ok(Document {
            id: memory,
            title: own.title.clone(),
            text: texts.join("\n"),
            tags: set.tags(memory).to_vec(),
            saved_at: own.created_at,
        })
    };
    memories.into_iter().map(document).collect()
}

impl Answered<'_> {
    /// As it is written down.
    pub(crate) fn line(&self) -> Value {
        json!({
            "id": self.question.id, "cited": self.cited, "confidence": self.confidence, "response": self.response,
        })
    }

    fn is_good(&self, cited: &str) -> bool {
        self.question.holds.iter().any(|held| held == cited)
    }
}

impl Figures {
    /// Counts over answers.
    pub(crate) fn of<'a, 's: 'a>(answers: impl IntoIterator<Item = &'a Answered<'s>>) -> Self {
        let mut figures = Self::default();
        for answer in answers {
            figures.citations += answer.cited.len();
            figures.good_citations += answer.cited.iter().filter(|cited| answer.is_good(cited)).count();
            if answer.question.holds.is_empty() {
                figures.unanswerable += 1;
                figures.false_answers += usize::from(answer.confidence >= SURE);
            } else {
                figures.answerable += 1;
                figures.found += usize::from(answer.was_found);
                figures.answered += usize::from(!answer.cited.is_empty());
                figures.right += usize::from(answer.cited.first().is_some_and(|cited| answer.is_good(cited)));
            }
        }
        figures
    }

    /// Of what is cited, how much holds the answer.
    pub(crate) fn precision(&self) -> f64 {
        share(self.good_citations, self.citations)
    }
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The figures by split and by language.
pub(crate) fn table(answers: &[Answered<'_>]) -> String {
    let mut text =
        "| **answers** | answerable | found | answered | right | precision | unanswerable | false |\n"
            .to_owned();
    text.push_str("| --- | --: | --: | --: | --: | --: | --: | --: |\n");
    let splits = ["dev", "test"]
        .map(|split| (split, answers.iter().filter(|it| it.question.split == split).collect()));
    let mut languages: Vec<(&str, Vec<&Answered<'_>>)> = Vec::new();
    for answer in answers {
        let language = answer.question.language.as_str();
        match languages.iter_mut().find(|(known, _)| *known == language) {
            Some((_, of)) => of.push(answer),
            None => languages.push((language, vec![answer])),
        }
    }
    let all = ("all", answers.iter().collect());
    for (name, of) in splits.into_iter().chain(languages).chain([all]) {
        let of = Figures::of(of);
        let _ = writeln!(
            text,
            "| {name} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {} | {} |",
            of.answerable,
            share(of.found, of.answerable),
            share(of.answered, of.answerable),
            share(of.right, of.answerable),
            of.precision(),
            of.unanswerable,
            of.false_answers,
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use app_ai::BuiltIn;
    use app_domain::Timestamp;

    use super::*;
    use crate::NOW_MILLIS;
    use crate::rank::{ByMeaning, ByWords, both};

    #[tokio::test]
    async fn what_is_cited_holds_the_answer_and_what_nobody_saved_is_not_known() {
        let set = Set::read(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let asked: Vec<String> = set.questions.iter().map(|question| question.text.clone()).collect();
        let words = ByWords::index(&set, &asked).unwrap();
        let meaning = ByMeaning::index(&set, &asked, &BuiltIn).await.unwrap();
        let now = Timestamp::from_millis(NOW_MILLIS).unwrap();
        let answers = answers(&set, |place| both(&words, &meaning, now, place)).unwrap();
        let table = table(&answers);
        let figures = Figures::of(&answers);
        assert!(figures.answerable >= 150 && figures.unanswerable >= 40, "{table}");
        assert!(figures.precision() >= 0.91, "{table}");
        assert!(share(figures.right, figures.answerable) >= 0.8, "{table}");
        assert!(share(figures.false_answers, figures.unanswerable) <= 0.05, "{table}");
    }
}
