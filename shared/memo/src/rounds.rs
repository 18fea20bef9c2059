//! Asking a model on a server, hearing it, using the tools that it asks for, and asking again until it has said all.

use app_ai::{ChatEvent, ChatRequest, ChatStream, ChatTurn, Finish, ModelError, Tool, ToolCall};
use app_domain::{InteractionStatus, Task, TokenUsage};
use futures_util::StreamExt;

use crate::speech::Speech;
use crate::stop::Stop;

/// How often a model is asked for one answer, tools used in between. The last time it has none.
const MAX_ROUNDS: usize = 6;
/// How many tools it uses for one answer.
const MAX_CALLS: usize = 12;
/// What one answer may cost in all, in tokens.
const MAX_TOKENS: u64 = 120_000;
/// What stands around each turn.
pub(crate) const TURN_TOKENS: u32 = 8;

impl Speech<'_> {
    /// Asks until all is said.
    pub(crate) async fn rounds(&mut self) -> Result<(), Stop> {
        for round in 1..=MAX_ROUNDS {
            let is_last = round == MAX_ROUNDS || self.calls >= MAX_CALLS || self.is_nearly_spent();
            let tools = if is_last { Vec::new() } else { self.tools.clone() };
            let request = ChatRequest {
                instructions: self.instructions(!tools.is_empty()),
                turns: self.turns.clone(),
                tools,
                format: None,
                max_answer_tokens: self.answer_tokens(),
            };
            let (text, calls) = self.round(request).await?;
            if calls.is_empty() || is_last {
                break;
            }
            self.turns.push(ChatTurn::Assistant { text, calls: calls.clone() });
            if !self.answer.text.is_empty() && !self.answer.text.ends_with('\n') {
                // What it says next is a paragraph of its own.
                self.say("\n\n".to_owned()).await?;
            }
            for call in calls {
                self.calls += 1;
                let content = if self.calls > MAX_CALLS || self.room() == 0 {
                    "No more tools can be used for this answer.".to_owned()
                } else {
                    self.used(&call).await?
                };
                // What was hidden before stays so, and names and numbers that come from elsewhere are too.
                let content = self.redaction.hide(&content);
                self.turns.push(ChatTurn::Tool { call: call.id, content });
            }
        }
        if self.answer.text.trim().is_empty() && self.answer.actions.is_empty() {
            return Err(Stop::Model(ModelError::Corrupt("it said nothing".to_owned())));
        }
        Ok(())
    }

    /// One call of the model, noted and paid for: its words as the model said them, and what it asks for.
    async fn round(&mut self, request: ChatRequest) -> Result<(String, Vec<ToolCall>), Stop> {
        let prompt = self.prompt_tokens(&request.instructions, &request.turns, &request.tools);
        let most = TokenUsage { prompt, completion: request.max_answer_tokens };
        if self.answer.usage.total() + most.total() > MAX_TOKENS
            || most.total() > u64::from(self.model.window().tokens)
        {
            return Err(Stop::TooLong);
        }
        let call = (Task::Chat, self.answer.model.as_str(), self.brief.conversation);
        let open = self.memo.accounts.begin(self.brief.asker, call, most, self.memo.now()).await?;
        let mut heard = Heard::default();
        let ended = match self.listen(request, &mut heard).await {
            Ok(Finish::Refused) => Err(Stop::Refused),
            Ok(Finish::Length) => Err(Stop::TooLong),
            ended => ended,
        };
        let usage = heard.usage.unwrap_or(TokenUsage {
            // What was refused costs nothing; what was cut off was read, and written as far as it came.
            prompt: if heard.was_read { prompt } else { 0 },
            completion: heard.tokens,
        });
        let how = match &ended {
            Ok(_) => (InteractionStatus::Done, None),
            Err(stop) => stop.interaction(),
        };
        self.memo.accounts.end(open, usage, how).await;
        self.answer.usage.prompt = self.answer.usage.prompt.saturating_add(usage.prompt);
        self.answer.usage.completion = self.answer.usage.completion.saturating_add(usage.completion);
        ended.map(|_| (heard.words, heard.calls))
    }

    async fn listen(&mut self, request: ChatRequest, heard: &mut Heard) -> Result<Finish, Stop> {
        let asking = async {
            heard.was_read = true;
            self.model.chat(request).await
        };
        let asked = self.in_time(asking).await?;
        let mut stream = asked.inspect_err(|_| heard.was_read = false)?;
        let finish = self.hear(&mut stream, heard).await;
        let rest = self.let_go(|outgoing, known| outgoing.finish(known));
        // What was held when it stopped is kept, even if nobody hears it.
        let told = self.say(rest).await;
        let finish = finish?;
        told?;
        Ok(finish)
    }

    async fn hear(&mut self, stream: &mut ChatStream, heard: &mut Heard) -> Result<Finish, Stop> {
        loop {
            let event = self.in_time(stream.next()).await?;
            match event.transpose()? {
                Some(ChatEvent::Delta(words)) => {
                    heard.tokens = heard.tokens.saturating_add(self.model.tokens(&words));
                    heard.words.push_str(&words);
                    let words = self.let_go(|outgoing, known| outgoing.push(&words, known));
                    self.say(words).await?;
                }
                Some(ChatEvent::ToolCall(call)) => heard.calls.push(call),
                Some(ChatEvent::Usage(usage)) => {
                    heard.usage =
                        Some(TokenUsage { prompt: usage.prompt_tokens, completion: usage.completion_tokens });
                }
                Some(ChatEvent::Finished(finish)) => return Ok(finish),
                None => return Err(Stop::Model(ModelError::Corrupt("it was cut off".to_owned()))),
            }
        }
    }

    /// What a future gives, unless nobody waits any more or there is no time left.
    async fn in_time<T>(&self, future: impl Future<Output = T>) -> Result<T, Stop> {
        tokio::select! {
            biased;
            () = self.brief.steps.unheard() => Err(Stop::Gone),
            () = tokio::time::sleep_until(self.brief.until) => Err(Stop::TimedOut),
            it = future => Ok(it),
        }
    }

    /// Whether what an answer may cost holds one more call of the model, and not two.
    fn is_nearly_spent(&mut self) -> bool {
        let instructions = self.instructions(true);
        let asked = self.prompt_tokens(&instructions, &self.turns, &self.tools);
        self.answer.usage.total() + 2 * u64::from(asked + self.answer_tokens()) > MAX_TOKENS
    }

    /// What the model reads.
    pub(crate) fn prompt_tokens(&self, instructions: &str, turns: &[ChatTurn], tools: &[Tool]) -> u32 {
        let of = |turn: &ChatTurn| match turn {
            ChatTurn::User(text) => self.model.tokens(text),
            ChatTurn::Assistant { text, calls } => {
                self.model.tokens(text)
                    + calls.iter().map(|call| self.model.tokens(&call.arguments)).sum::<u32>()
            }
            ChatTurn::Tool { content, .. } => self.model.tokens(content),
        };
        let tools = tools.iter().map(|tool| self.model.tokens(&tool.parameters.to_string()) + 40);
        let turns = turns.iter().map(|turn| of(turn) + TURN_TOKENS);
        self.model.tokens(instructions) + tools.sum::<u32>() + turns.sum::<u32>()
    }
}

/// What has been heard in one call.
#[derive(Default)]
struct Heard {
    /// Whether the server may have read what it is asked.
    was_read: bool,
    usage: Option<TokenUsage>,
    tokens: u32,
    words: String,
    calls: Vec<ToolCall>,
}
