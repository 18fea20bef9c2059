//! Models that ask the played vendor.

use std::time::Duration;

use app_ai::openai::{OpenAiChat, OpenAiChatConfig};
use app_ai::{ChatEvent, ChatModel, ChatRequest, ChatTurn, Finish, ModelError, ToolCall, Usage, Window};
use futures_util::StreamExt;

use crate::openai::FakeOpenAi;

pub(crate) const LUNA: &str = "gpt-6-luna";

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Settings for a model, with waits that a test can wait for.
pub(crate) fn config(fake: &FakeOpenAi) -> OpenAiChatConfig {
    let key = Some(FakeOpenAi::KEY.to_owned().into());
    let window = Window { tokens: 128_000, answer_tokens: 4000 };
    OpenAiChatConfig::new(&fake.base_url(), key, LUNA, window)
        .unwrap()
        .patience(ms(500), ms(500), ms(5000))
        .retries(3, ms(2))
}

/// The model that most tests ask.
pub(crate) fn luna(fake: &FakeOpenAi) -> OpenAiChat {
    OpenAiChat::new(config(fake)).unwrap()
}

/// A question of one turn.
pub(crate) fn question(text: &str) -> ChatRequest {
    ChatRequest {
        instructions: "Be kind.".to_owned(),
        turns: vec![ChatTurn::User(text.to_owned())],
        max_answer_tokens: 500,
        ..ChatRequest::default()
    }
}

/// All that comes of a question.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Told {
    pub(crate) text: String,
    pub(crate) calls: Vec<ToolCall>,
    pub(crate) usage: Option<Usage>,
    pub(crate) finish: Option<Finish>,
    /// In how many pieces the words came.
    pub(crate) pieces: usize,
    pub(crate) error: Option<ModelError>,
}

/// Asks, and listens to the end. Fails if something comes in an order in which it must not.
pub(crate) async fn ask(model: &impl ChatModel, request: ChatRequest) -> Told {
    let mut told = Told::default();
    let mut stream = match model.chat(request).await {
        Ok(stream) => stream,
        Err(error) => return Told { error: Some(error), ..told },
    };
    while let Some(event) = stream.next().await {
        assert!(told.error.is_none() && told.finish.is_none(), "nothing comes after the end: {event:?}");
        match event {
            Ok(ChatEvent::Delta(text)) => {
                assert!(!text.is_empty());
                told.text.push_str(&text);
                told.pieces += 1;
            }
            Ok(ChatEvent::ToolCall(call)) => told.calls.push(call),
            Ok(ChatEvent::Usage(usage)) => assert_eq!(told.usage.replace(usage), None, "told twice"),
            Ok(ChatEvent::Finished(finish)) => told.finish = Some(finish),
            Err(error) => told.error = Some(error),
        }
    }
    told
}

/// The same for a simple question.
pub(crate) async fn ask_luna(fake: &FakeOpenAi) -> Told {
    ask(&luna(fake), question("Where is the key?")).await
}

pub(crate) fn call(id: &str, name: &str, arguments: &str) -> ToolCall {
    ToolCall { id: id.to_owned(), name: name.to_owned(), arguments: arguments.to_owned() }
}

pub(crate) fn unavailable(why: &str) -> Option<ModelError> {
    Some(ModelError::Unavailable(why.to_owned()))
}

pub(crate) fn is_corrupt(told: &Told) -> bool {
    matches!(told.error, Some(ModelError::Corrupt(_)))
}
