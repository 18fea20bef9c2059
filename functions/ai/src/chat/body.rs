//! What is asked, as clients say it.

use std::time::Duration;

use app_domain::{ConversationId, Invalid, MemoryId, TurnId, TurnText};
use app_http::{FieldErrors, Parse};
use app_memo::{Ask, Asked};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// How long an answer may take, unless more is said: the gateway waits for 29 seconds.
const WITHIN: Duration = Duration::from_secs(26);

/// A question to Memo.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ChatBody {
    /// What to ask: 1–10,000 characters. Only with `again` it is left out.
    #[schema(min_length = 1, max_length = 10000)]
    message: Option<String>,
    /// The conversation that goes on; a new one unless told.
    conversation_id: Option<Uuid>,
    /// A new conversation is about this memory alone.
    memory_id: Option<Uuid>,
    /// The model to ask, one of `GET /ai/models`; the first of those unless told.
    #[schema(example = "built-in")]
    model: Option<String>,
    /// An earlier question of the conversation that this one replaces. What was said after that one stays, as a branch of its own.
    instead_of: Option<Uuid>,
    /// Instead of `message`: an answer of the conversation, or its question, which is answered once more.
    again: Option<Uuid>,
}

impl Parse for ChatBody {
    type Parsed = Ask;

    fn parse(self) -> Result<Ask, FieldErrors> {
        let mut errors = FieldErrors::default();
        let conversation = self.conversation_id.map(ConversationId::from);
        let needs_conversation = || Invalid::new("must come with the conversationId of its conversation");
        if conversation.is_none() && self.instead_of.is_some() {
            errors.add("insteadOf", &needs_conversation());
        }
        if conversation.is_none() && self.again.is_some() {
            errors.add("again", &needs_conversation());
        }
        if conversation.is_some() && self.memory_id.is_some() {
            errors.add("memoryId", &Invalid::new("must not be there in a conversation that has begun"));
        }
        let asked = match (self.message.as_deref(), self.again) {
            (Some(_), Some(_)) => errors.check("again", Err(Invalid::new("must not come with a message"))),
            (None, Some(turn)) => Some(Asked::Again(TurnId::from(turn))),
            (message, None) => {
                let text = errors.check("message", TurnText::parse(message.unwrap_or_default()));
                let instead_of = self.instead_of.map(TurnId::from);
                text.map(|text| Asked::Question { text, instead_of })
            }
        };
        errors.into_result()?;
        // Without an error there is something asked.
        let asked = asked.ok_or_else(FieldErrors::default)?;
        Ok(Ask {
            conversation,
            asked,
            focus: self.memory_id.map(MemoryId::from),
            model: self.model,
            within: WITHIN,
        })
    }
}
