//! Learning facts about a person from what they said. Only their own words count: what Memo answered, and what it recalled, is never learnt
//! from again.

use app_ai::{BuiltIn, JsonFormat};
use app_domain::{
    Certainty, Conversation, ConversationId, FactLedger, FactSource, FactStatement, FactTerm, MergeReport,
    NewFact, Said, StoreError, Task, Turn, TurnId, UserId,
};
use app_store::{BranchLimits, FactError};
use serde::Deserialize;
use serde_json::json;

use crate::Memo;
use crate::brief::Asker;
use crate::minds::Mind;
use crate::structured::{Order, in_time};
use crate::task::{Done, TaskError};

/// From how much of a conversation it is learnt: its latest branch.
const BRANCH: BranchLimits = BranchLimits { max_turns: 200, max_bytes: 1024 * 1024 };
/// A model on a server reads as many characters of what was said, the latest.
const SHOWN_CHARS: usize = 24_000;
/// Facts that are less certain are not even kept for review.
const LEAST: f32 = 0.3;

#[derive(Deserialize)]
struct Written {
    facts: Vec<WrittenFact>,
}

#[derive(Deserialize)]
struct WrittenFact {
    message: usize,
    quote: String,
    subject: String,
    attribute: String,
    value: String,
    certainty: f32,
}

/// Something that a person said.
struct Statement<'a> {
    text: &'a str,
    source: FactSource,
}

/// Why nothing was learnt.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// The conversation is not there.
    #[error("there is no such conversation")]
    NoConversation,
    /// The model failed.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// There is no room for what was found, or it could not be kept.
    #[error(transparent)]
    Fact(#[from] FactError),
}

impl From<StoreError> for LearnError {
    fn from(error: StoreError) -> Self {
        Self::Task(error.into())
    }
}

impl Memo {
    /// Learns what the person said about themselves in a conversation. What was learnt from before is passed over.
    ///
    /// # Errors
    /// See [`LearnError`].
    pub async fn learn(&self, asker: &Asker, id: ConversationId) -> Result<Done<MergeReport>, LearnError> {
        let owner = asker.user;
        let conversation = self.conversations.get(owner, id).await?.ok_or(LearnError::NoConversation)?;
        let turns = match conversation.leaf {
            Some(leaf) => self.branch(&conversation, leaf).await?,
            None => Vec::new(),
        };
        let said: Vec<Statement<'_>> = turns.iter().filter_map(statement).collect();
        let (mind, settings) = self.task_mind(asker, true).await?;
        let done = match &mind {
            Mind::BuiltIn => {
                self.by_built_in(asker, Task::Facts, || said.iter().flat_map(by_built_in).collect()).await?
            }
            Mind::Served { model, is_external } => {
                let text = numbered(&said);
                let order = Order {
                    task: Task::Facts,
                    instructions: INSTRUCTIONS,
                    text: &text,
                    format: format(),
                    hides: *is_external && settings.redaction,
                    until: in_time(),
                };
                let written = self.structured::<Written>(asker, model, order).await;
                let (written, usage) = written.map_err(TaskError::from)?;
                let what: Vec<NewFact> =
                    written.facts.into_iter().filter_map(|fact| checked(fact, &said)).collect();
                Done { what, model: mind.name().to_owned(), usage }
            }
        };
        let report = self.take_in(owner, done.what).await?;
        Ok(Done { what: report, model: done.model, usage: done.usage })
    }

    /// Takes in what was found, in portions. If there are several, the last is what can be taken back.
    async fn take_in(&self, owner: UserId, found: Vec<NewFact>) -> Result<MergeReport, FactError> {
        let mut all = MergeReport::default();
        for portion in portions(found) {
            let report = self.facts.merge(owner, &portion, self.now()).await?;
            all.batch = report.batch.or(all.batch);
            all.added.extend(report.added);
            all.merged.extend(report.merged);
            all.superseded.extend(report.superseded);
            all.review.extend(report.review);
            all.dropped.extend(report.dropped);
        }
        Ok(all)
    }

    /// Learns from one question, where the person wants that. It costs no model on a server, and no failure of it is theirs.
    pub(crate) async fn overhear(&self, question: &Turn) {
        let Some(statement) = statement(question) else { return };
        let found: Vec<NewFact> = by_built_in(&statement).collect();
        if let Err(error) = self.take_in(question.owner, found).await {
            tracing::warn!(%error, "what was overheard was not kept");
        }
    }

    async fn branch(&self, conversation: &Conversation, leaf: TurnId) -> Result<Vec<Turn>, LearnError> {
        let (owner, id) = (conversation.owner, conversation.id);
        let path = self.conversations.path(owner, id, leaf, BRANCH, self.now()).await;
        path.map_err(|error| match error {
            app_store::ConversationError::Store(error) => error.into(),
            _ => LearnError::NoConversation,
        })
    }
}

/// What was found, in portions that can be taken in at once. Nothing is taken in twice from a turn: what is found in one is in one portion,
/// and what is too much for that is left out.
fn portions(mut found: Vec<NewFact>) -> Vec<Vec<NewFact>> {
    let most = FactLedger::MAX_AT_ONCE;
    found.sort_by_key(|fact| fact.source.turn);
    let mut portions: Vec<Vec<NewFact>> = Vec::new();
    for of_turn in found.chunk_by(|one, other| one.source.turn == other.source.turn) {
        let of_turn = &of_turn[..of_turn.len().min(most)];
        match portions.last_mut().filter(|portion| portion.len() + of_turn.len() <= most) {
            Some(portion) => portion.extend_from_slice(of_turn),
            None => portions.push(of_turn.to_vec()),
        }
    }
    portions
}

/// What a turn is to learn from: the person's own words.
fn statement(turn: &Turn) -> Option<Statement<'_>> {
    let Said::Question { text } = &turn.said else { return None };
    let source = FactSource { conversation: turn.conversation, turn: turn.id, said_at: turn.created_at };
    Some(Statement { text: text.as_str(), source })
}

fn by_built_in<'a>(said: &'a Statement<'a>) -> impl Iterator<Item = NewFact> + 'a {
    let found = BuiltIn.facts(said.text).into_iter();
    found.filter_map(|fact| {
        fact_of(&fact.statement, (&fact.subject, &fact.attribute, &fact.value), fact.certainty, said.source)
    })
}

/// What a model found, if the person said that in so many words.
fn checked(fact: WrittenFact, said: &[Statement<'_>]) -> Option<NewFact> {
    let statement = said.get(fact.message.checked_sub(1)?)?;
    let quote = fact.quote.trim();
    if quote.is_empty() || !statement.text.contains(quote) {
        return None;
    }
    fact_of(quote, (&fact.subject, &fact.attribute, &fact.value), fact.certainty, statement.source)
}

fn fact_of(
    statement: &str,
    (subject, attribute, value): (&str, &str, &str),
    certainty: f32,
    source: FactSource,
) -> Option<NewFact> {
    let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
    let fact = NewFact {
        statement: FactStatement::parse(&statement).ok()?,
        subject: FactTerm::parse(subject).ok()?,
        attribute: FactTerm::parse(attribute).ok()?,
        value: FactTerm::parse(value).ok()?,
        certainty: Certainty::parse(certainty.clamp(0.0, 1.0)).ok()?,
        source,
        valid_from: None,
    };
    (certainty >= LEAST).then_some(fact)
}

const INSTRUCTIONS: &str = "The text holds numbered messages that a person wrote. Find what they state about themselves, and about people and \
     things of theirs, that is worth knowing for long: where they live, whom they know, what they like, need or avoid, dates that matter. \
     Leave out questions, wishes, what is only supposed, and what others are said to have said. For each: the message's number; the quote, \
     word for word; the subject (\"me\", or whom or what it is about); the attribute in English in lower case (\"home city\", \"birthday\", \
     \"likes\"); the value in the person's words; how certain it is, from 0 to 1. None is a good answer.";

fn format() -> JsonFormat {
    let text = || json!({"type": "string"});
    let fact = json!({
        "type": "object",
        "properties": {
            "message": {"type": "integer"}, "quote": text(), "subject": text(), "attribute": text(), "value": text(),
            "certainty": {"type": "number"},
        },
        "required": ["message", "quote", "subject", "attribute", "value", "certainty"],
        "additionalProperties": false,
    });
    JsonFormat {
        name: "facts",
        schema: json!({
            "type": "object",
            "properties": {"facts": {"type": "array", "items": fact}},
            "required": ["facts"],
            "additionalProperties": false,
        }),
    }
}

/// The latest messages, each under its number.
fn numbered(said: &[Statement<'_>]) -> String {
    let mut left = SHOWN_CHARS;
    let mut lines = Vec::new();
    for (place, statement) in said.iter().enumerate().rev() {
        let line = format!("{}. {}", place + 1, statement.text);
        let chars = line.chars().count();
        if chars > left {
            break;
        }
        left -= chars;
        lines.push(line);
    }
    lines.reverse();
    lines.join("\n")
}
