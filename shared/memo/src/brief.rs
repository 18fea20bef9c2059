//! All that goes into an answer.

use app_ai::Document;
use app_domain::{
    ConversationId, MemoSettings, Memory, MemoryId, MemorySource, Permission, Privacy, Tier, Timestamp,
    UserId,
};

use crate::speech::Earlier;
use crate::steps::{Step, Steps};
use crate::stop::Stop;

/// Who asks.
#[derive(Debug, Clone)]
pub struct Asker {
    /// The person.
    pub user: UserId,
    /// What they pay for.
    pub tier: Tier,
    /// What they may do, in this call.
    pub permissions: Vec<Permission>,
    /// How what they save comes in.
    pub source: MemorySource,
}

impl Asker {
    /// Whether they may see the person's memories. For who may not, there are none.
    pub(crate) fn may_read(&self) -> bool {
        self.permissions.contains(&Permission::ReadMemories)
    }
}

/// One question, with what it may be answered from.
pub(crate) struct Brief<'a> {
    pub(crate) asker: &'a Asker,
    pub(crate) settings: &'a MemoSettings,
    pub(crate) question: String,
    pub(crate) conversation: Option<ConversationId>,
    /// What was said before, on the same branch.
    pub(crate) earlier: Earlier,
    /// What was said before that, in short.
    pub(crate) summary: Option<String>,
    /// The best first.
    pub(crate) documents: Vec<Document>,
    /// The one memory that the person is talking about, if they opened one.
    pub(crate) focus: Option<MemoryId>,
    /// What the person has said about themselves.
    pub(crate) facts: Vec<String>,
    /// Whether the model is somebody else's.
    pub(crate) is_external: bool,
    pub(crate) now: Timestamp,
    /// When there must be an answer.
    pub(crate) until: tokio::time::Instant,
    pub(crate) steps: &'a Steps,
}

impl Brief<'_> {
    /// Whether a memory may be shown to the model.
    pub(crate) fn may_show(&self, memory: &Memory) -> bool {
        may_show(memory, self.is_external, self.settings)
    }

    /// Tells a step of the answer. Who does not listen any more must not keep the answer from its end.
    pub(crate) async fn tell(&self, step: Step) -> Result<(), Stop> {
        let told = tokio::time::timeout_at(self.until, self.steps.tell(step)).await;
        told.unwrap_or(Err(Stop::TimedOut))
    }
}

/// Whether a memory may be shown to a model, which may be somebody else's.
pub(crate) fn may_show(memory: &Memory, is_external: bool, settings: &MemoSettings) -> bool {
    memory.privacy != Privacy::Sealed && (!is_external || settings.lets_out(memory))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn who_does_not_listen_keeps_no_answer_from_its_end() {
        let (steps, heard) = Steps::channel();
        let now = Timestamp::from_millis(0).unwrap();
        let (tier, source) = (Tier::Premium, MemorySource::Web);
        let asker = Asker { user: UserId::new(now), tier, permissions: Vec::new(), source };
        let brief = Brief {
            asker: &asker,
            settings: &MemoSettings::default(),
            question: String::new(),
            conversation: None,
            earlier: Vec::new(),
            summary: None,
            documents: Vec::new(),
            focus: None,
            facts: Vec::new(),
            is_external: true,
            now,
            until: tokio::time::Instant::now() + Duration::from_millis(50),
            steps: &steps,
        };
        let telling = async { while brief.tell(Step::Words("word".to_owned())).await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(10), telling).await.unwrap();
        assert!(matches!(brief.tell(Step::Words("word".to_owned())).await, Err(Stop::TimedOut)));
        drop(heard);
        assert!(matches!(brief.tell(Step::Words("word".to_owned())).await, Err(Stop::Gone)));
    }
}
