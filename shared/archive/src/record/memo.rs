//! What was said with Memo, and what is known from it.

use app_domain::{
    AnswerFailure, AnswerState, Cited, ConversationId, FactId, FactSource, FactStatus, ForkOrigin, MemoryId,
    Timestamp, TokenUsage, TurnAction, TurnId,
};
use serde::{Deserialize, Serialize};

/// A conversation with Memo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRecord {
    /// Its id.
    pub id: ConversationId,
    /// What it is called.
    pub title: String,
    /// The one memory that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub focus: Option<MemoryId>,
    /// The end of the branch that its owner looked at.
    #[serde(default)]
    pub leaf: Option<TurnId>,
    /// How many turns there are, on all branches.
    #[serde(default)]
    pub turns: u64,
    /// What was said long ago, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<SummaryRecord>,
    /// Where it was copied from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forked_from: Option<ForkOrigin>,
    /// When it began.
    pub created_at: Timestamp,
    /// When something was last said in it, or it was renamed.
    pub updated_at: Timestamp,
}

/// What was said up to a turn, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SummaryRecord {
    /// The summary.
    pub text: String,
    /// The last turn that is in it.
    pub up_to: TurnId,
}

/// Something that was said in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnRecord {
    /// Its id.
    pub id: TurnId,
    /// Where it was said.
    pub conversation_id: ConversationId,
    /// What it follows; nothing at the beginning.
    #[serde(default)]
    pub parent_id: Option<TurnId>,
    /// When it was said.
    pub created_at: Timestamp,
    /// What the person asked, if the person spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// What Memo answered, if Memo spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerRecord>,
}

/// What Memo answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerRecord {
    /// How far it came.
    pub state: AnswerState,
    /// The words.
    pub text: String,
    /// What it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub citations: Vec<Cited>,
    /// How certain it is, from 0 to 1.
    #[serde(default)]
    pub confidence: f32,
    /// What could be asked next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// Which model it is from.
    #[serde(default)]
    pub model: String,
    /// What it took.
    #[serde(default)]
    pub usage: TokenUsage,
    /// How long it took.
    #[serde(default)]
    pub milliseconds: u64,
    /// What Memo did, or proposed to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<TurnAction>,
    /// Why it ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<AnswerFailure>,
}

/// Something that is known of the person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactRecord {
    /// Its id.
    pub id: FactId,
    /// It, as a sentence.
    pub statement: String,
    /// Who or what it is about.
    pub subject: String,
    /// What of it.
    pub attribute: String,
    /// What that is.
    pub value: String,
    /// How certain it is, from 0 to 1.
    pub certainty: f32,
    /// Where it was said.
    #[serde(default)]
    pub sources: Vec<FactSource>,
    /// Whether it counts.
    pub status: FactStatus,
    /// Since when it is so.
    pub valid_from: Timestamp,
    /// Until when it was so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// How often it was said.
    pub seen: u32,
    /// When the person decided on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Timestamp>,
    /// How often it has been written.
    pub version: u64,
    /// When it was found.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
