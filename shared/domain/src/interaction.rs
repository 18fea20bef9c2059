//! Calls of models: what each was for, what became of it and what it cost. Never what was said in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ConversationId, Cost, Day, InteractionId, Timestamp, TokenUsage, UserId};

/// What a model is called for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// To talk with a person.
    Chat,
    /// To say where memories belong.
    Categorize,
    /// To say shortly what a text is about.
    Summarize,
    /// To say what a person could do next.
    Suggest,
    /// To find out what is to be known of a person.
    Facts,
    /// To write down what is said.
    Transcribe,
}

impl Task {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Chat, Self::Categorize, Self::Summarize, Self::Suggest, Self::Facts, Self::Transcribe];

    /// Its name on the wire and in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Categorize => "categorize",
            Self::Summarize => "summarize",
            Self::Suggest => "suggest",
            Self::Facts => "facts",
            Self::Transcribe => "transcribe",
        }
    }
}

/// How far a call has come. It ends once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InteractionStatus {
    /// It is being made, or what made it died.
    Running,
    /// The model answered.
    Done,
    /// It did not.
    Failed,
    /// Nobody waited for the answer any more.
    Cancelled,
    /// The call was not made, because there was no budget left for it.
    Refused,
}

impl InteractionStatus {
    /// Its name on the wire and in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
        }
    }
}

/// Why a model did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum InteractionFailure {
    /// It could not be reached.
    Unavailable,
    /// It had too much to do.
    Throttled,
    /// It does not take such a request.
    Rejected,
    /// It did not want to answer.
    Refused,
    /// It was asked more than it can read.
    TooLong,
    /// Its answer made no sense.
    Corrupt,
    /// It took too long.
    TimedOut,
}

impl TokenUsage {
    /// All of them.
    pub fn total(self) -> u64 {
        u64::from(self.prompt) + u64::from(self.completion)
    }
}

/// A call of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// Who it was made for.
    pub owner: UserId,
    /// What it was made for.
    pub task: Task,
    /// The model's name.
    pub model: String,
    /// How far it has come.
    pub status: InteractionStatus,
    /// The tokens that were read and written.
    pub usage: TokenUsage,
    /// What they cost.
    pub cost: Cost,
    /// How long it took.
    pub milliseconds: u64,
    /// Why it failed, if it did.
    pub failure: Option<InteractionFailure>,
    /// The conversation that it belongs to.
    pub conversation: Option<ConversationId>,
    /// When it began.
    pub created_at: Timestamp,
}

impl Interaction {
    /// How long it is known.
    pub const KEPT_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

    /// A call that begins `now`.
    pub fn begin(
        owner: UserId,
        task: Task,
        model: &str,
        conversation: Option<ConversationId>,
        now: Timestamp,
    ) -> Self {
        Self {
            id: InteractionId::new(now),
            owner,
            task,
            model: model.to_owned(),
            status: InteractionStatus::Running,
            usage: TokenUsage::default(),
            cost: Cost::ZERO,
            milliseconds: 0,
            failure: None,
            conversation,
            created_at: now,
        }
    }

    /// The day that it counts to: the one on which it began, however long it takes.
    pub fn day(&self) -> Day {
        Day::of(self.created_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_reads_the_same_in_json_and_text() {
        for task in Task::ALL {
            assert_eq!(serde_json::to_value(task).unwrap(), task.as_str());
        }
    }

    #[test]
    fn a_status_reads_the_same_in_json_and_text() {
        use InteractionStatus::{Cancelled, Done, Failed, Refused, Running};
        for status in [Running, Done, Failed, Cancelled, Refused] {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }

    #[test]
    fn a_call_counts_to_the_day_on_which_it_began() {
        let before_midnight: Timestamp = "2026-11-21T23:59:59.999Z".parse().unwrap();
        let owner = UserId::new(before_midnight);
        let call = Interaction::begin(owner, Task::Chat, "gpt-x", None, before_midnight);
        assert_eq!(call.day().to_string(), "2026-11-21");
    }

    #[test]
    fn tokens_add_up_beyond_what_either_kind_can_be() {
        assert_eq!(TokenUsage { prompt: u32::MAX, completion: 1 }.total(), 1 << 32);
    }
}
