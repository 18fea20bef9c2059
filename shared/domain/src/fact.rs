//! Facts: what is known of a person, found in what they said to Memo, each with where it was said.

use serde::{Deserialize, Serialize};

use crate::fact_terms::is_single;
use crate::{Certainty, ConversationId, FactId, FactStatement, FactTerm, Timestamp, TurnId, UserId, Version};

/// Where a person said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactSource {
    /// The conversation, which may be gone.
    pub conversation: ConversationId,
    /// What they said in it.
    pub turn: TurnId,
    /// When.
    pub said_at: Timestamp,
}

/// What counts of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum FactStatus {
    /// It is held to be true.
    Active,
    /// It waits for the person to say whether it is.
    Review,
    /// It was true until something else was.
    Superseded {
        /// By this.
        by: FactId,
    },
    /// The person said that it is not.
    Rejected,
}

impl FactStatus {
    /// Whether it counts, or may.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Active | Self::Review)
    }
}

/// Something that is known of a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its id.
    pub id: FactId,
    /// Whose it is.
    pub owner: UserId,
    /// The fact as a sentence.
    pub statement: FactStatement,
    /// Who or what it is about.
    pub subject: FactTerm,
    /// What of it.
    pub attribute: FactTerm,
    /// What that is.
    pub value: FactTerm,
    /// How certain it is.
    pub certainty: Certainty,
    /// Where it was said: the latest [`Self::MAX_SOURCES`], in order.
    pub sources: Vec<FactSource>,
    /// What counts of it.
    pub status: FactStatus,
    /// Since when it is true.
    pub valid_from: Timestamp,
    /// Until when it was, if that is over.
    pub valid_until: Option<Timestamp>,
    /// In how many turns it was stated.
    pub seen: u32,
    /// When the person last accepted it or put it right, if ever. What was said before that does not change it.
    pub decided_at: Option<Timestamp>,
    /// How often it has been written.
    pub version: Version,
    /// When it was found.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A fact that was found in what a person said.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFact {
    /// The fact as a sentence.
    pub statement: FactStatement,
    /// Who or what it is about.
    pub subject: FactTerm,
    /// What of it.
    pub attribute: FactTerm,
    /// What that is.
    pub value: FactTerm,
    /// How certain it is.
    pub certainty: Certainty,
    /// Where it was said.
    pub source: FactSource,
    /// Since when it is true, if that was said; else since it was said.
    pub valid_from: Option<Timestamp>,
}

/// Why facts were not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FactRefusal {
    /// There is no such fact, or no such batch.
    #[error("there is no such fact")]
    Missing,
    /// As many count as a person can have, and none of them waits to be looked at.
    #[error("there are as many facts as a person can have")]
    Full,
    /// Another that counts, or may, says the same.
    #[error("another fact says the same")]
    Same(FactId),
    /// More were found than are merged at once.
    #[error("too many facts at once")]
    TooMany,
    /// The batch has been undone already.
    #[error("these facts have been taken back already")]
    Undone,
}

/// What a change comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FactChanges {
    /// Those that are new or otherwise than before, each at its next version.
    pub written: Vec<Fact>,
    /// Those that are gone.
    pub removed: Vec<FactId>,
}

impl Fact {
    /// The most that a person has of those that count or may.
    pub const MAX_OPEN: usize = 500;
    /// The most that are kept of those that do not count any more. The oldest go.
    pub const MAX_CLOSED: usize = 200;
    /// The most sources that are kept.
    pub const MAX_SOURCES: usize = 5;

    /// A fact that was found, as it is first kept.
    pub fn new(owner: UserId, found: NewFact, status: FactStatus, now: Timestamp) -> Self {
        Self {
            id: FactId::new(now),
            owner,
            statement: found.statement,
            subject: found.subject,
            attribute: found.attribute,
            value: found.value,
            certainty: found.certainty,
            sources: vec![found.source],
            status,
            valid_from: found.valid_from.unwrap_or(found.source.said_at),
            valid_until: None,
            seen: 1,
            decided_at: None,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        }
    }

    /// When it was last said, or decided.
    pub fn stands_since(&self) -> Timestamp {
        let said = self.sources.iter().map(|source| source.said_at).max().unwrap_or(self.created_at);
        self.decided_at.map_or(said, |decided| decided.max(said))
    }

    /// Notes that it was stated once more.
    pub(crate) fn restate(&mut self, found: &NewFact) {
        self.seen = self.seen.saturating_add(1);
        self.certainty = self.certainty.max(found.certainty);
        self.sources.push(found.source);
        self.sources.sort_by_key(|source| source.said_at);
        let too_many = self.sources.len().saturating_sub(Self::MAX_SOURCES);
        self.sources.drain(..too_many);
    }

    /// Notes that another is true from a time on.
    pub(crate) fn supersede(&mut self, by: FactId, until: Timestamp) {
        self.status = FactStatus::Superseded { by };
        self.valid_until = Some(until.max(self.valid_from));
    }

    /// Whether both cannot be true at a time: different values of one attribute that has one value.
    pub(crate) fn excludes(&self, other: &Self) -> bool {
        let slot = |fact: &Self| (fact.subject.folded_name(), fact.attribute.folded_name());
        is_single(&self.attribute) && slot(self) == slot(other) && self.value.folded() != other.value.folded()
    }

    /// Whether both say the same.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let key =
            |fact: &Self| (fact.subject.folded_name(), fact.attribute.folded_name(), fact.value.folded());
        key(self) == key(other)
    }
}
