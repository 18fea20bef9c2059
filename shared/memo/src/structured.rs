//! Asking a model on a server for JSON of a given shape: for everything but talking.

use std::sync::Arc;
use std::time::Duration;

use app_ai::{ChatEvent, ChatModel, ChatRequest, ChatTurn, Finish, JsonFormat, ModelError};
use app_domain::{InteractionStatus, Task, TokenUsage};
use app_runtime::causes;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use crate::Memo;
use crate::brief::Asker;
use crate::prompt::Fence;
use crate::redaction::Redaction;
use crate::stop::Stop;

/// The longest answer, in tokens: room for the longest summary that can be asked for. And in bytes.
const ANSWER_TOKENS: u32 = 4_000;
const ANSWER_BYTES: usize = 64 * 1024;
/// How long all calls of one request may take: the gateway waits for 29 seconds.
const WITHIN: Duration = Duration::from_secs(22);

/// What a model is to do with a text.
pub(crate) struct Order<'a> {
    pub(crate) task: Task,
    /// What to do: ours alone.
    pub(crate) instructions: &'a str,
    /// With what: data.
    pub(crate) text: &'a str,
    pub(crate) format: JsonFormat,
    /// Whether what names or numbers a person is taken out of the text.
    pub(crate) hides: bool,
    /// When there must be an answer.
    pub(crate) until: Instant,
}

/// When a request that begins now must have its answer.
pub(crate) fn in_time() -> Instant {
    Instant::now() + WITHIN
}

impl Memo {
    /// What a model makes of a text, and what that cost.
    pub(crate) async fn structured<T: DeserializeOwned>(
        &self,
        asker: &Asker,
        model: &Arc<dyn ChatModel>,
        order: Order<'_>,
    ) -> Result<(T, TokenUsage), Stop> {
        let (fence, mut redaction) = (Fence::new(), Redaction::new(order.hides));
        let instructions = format!("{}\n{}", order.instructions, fence.rule());
        let turn = fence.around_text(&redaction.hide(order.text));
        let prompt = model.tokens(&instructions)
            + model.tokens(&turn)
            + model.tokens(&order.format.schema.to_string());
        let max_answer_tokens = model.window().answer_tokens.min(ANSWER_TOKENS);
        if u64::from(prompt) + u64::from(max_answer_tokens) > u64::from(model.window().tokens) {
            return Err(Stop::TooLong);
        }
        let request = ChatRequest {
            instructions,
            turns: vec![ChatTurn::User(turn)],
            format: Some(order.format),
            max_answer_tokens,
            ..ChatRequest::default()
        };
        let most = TokenUsage { prompt, completion: max_answer_tokens };
        let open = self.accounts.begin(asker, (order.task, model.name(), None), most, self.now()).await?;
        let mut heard = Heard::default();
        let ended = tokio::time::timeout_at(order.until, listen(&**model, request, &mut heard)).await;
        let ended = ended.unwrap_or(Err(Stop::TimedOut)).and_then(|()| {
            serde_json::from_str(&redaction.restore_json(&heard.text))
                .map_err(|_| corrupt("it is not the JSON that was asked for"))
        });
        // What was refused costs nothing.
        let prompt = if heard.was_read { prompt } else { 0 };
        let cut = TokenUsage { prompt, completion: model.tokens(&heard.text) };
        let usage = heard.usage.unwrap_or(cut);
        let how = match &ended {
            Ok(_) => (InteractionStatus::Done, None),
            Err(stop) => {
                tracing::warn!(task = ?order.task, causes = causes(stop), "a model did not do what it was to do");
                stop.interaction()
            }
        };
        self.accounts.end(open, usage, how).await;
        Ok((ended?, usage))
    }
}

#[derive(Default)]
struct Heard {
    /// Whether the server may have read what it is asked.
    was_read: bool,
    text: String,
    usage: Option<TokenUsage>,
}

async fn listen(model: &dyn ChatModel, request: ChatRequest, heard: &mut Heard) -> Result<(), Stop> {
    heard.was_read = true;
    let mut stream = model.chat(request).await.inspect_err(|_| heard.was_read = false)?;
    while let Some(event) = stream.next().await {
        match event? {
            ChatEvent::Delta(words) => heard.text.push_str(&words),
            ChatEvent::Usage(usage) => {
                heard.usage =
                    Some(TokenUsage { prompt: usage.prompt_tokens, completion: usage.completion_tokens });
            }
            ChatEvent::Finished(Finish::Refused) => return Err(Stop::Refused),
            ChatEvent::Finished(Finish::Length) => return Err(corrupt("it is too long")),
            ChatEvent::Finished(_) => return Ok(()),
            ChatEvent::ToolCall(_) => return Err(corrupt("it asks for a tool")),
        }
        if heard.text.len() > ANSWER_BYTES {
            return Err(corrupt("it is too long"));
        }
    }
    Err(corrupt("it was cut off"))
}

fn corrupt(why: &str) -> Stop {
    Stop::Model(ModelError::Corrupt(why.to_owned()))
}
