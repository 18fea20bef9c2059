//! What is taken and what is not.

/// What a server takes. The vendor's own rules, unless they are changed.
#[derive(Debug, Clone)]
pub struct Rules {
    /// What can be asked for vectors.
    pub models: Vec<Model>,
    /// What can be talked with.
    pub chat_models: Vec<ChatModel>,
    /// What writes down recordings.
    pub transcription_models: Vec<&'static str>,
    /// The most tokens that a model one can talk with reads and writes.
    pub max_context_tokens: usize,
    /// The largest recording.
    pub max_audio_bytes: usize,
    /// The most texts of one request.
    pub max_inputs: usize,
    /// The most tokens of one text.
    pub max_input_tokens: usize,
    /// The most tokens of all texts of one request.
    pub max_request_tokens: usize,
    /// How many bytes make a token. The tokeniser is as simple as that.
    pub token_bytes: usize,
    /// Whether vectors can be had as base64. If not, asking for it is a mistake.
    pub takes_base64: bool,
    /// Whether a mistake is explained, or refused with no more than a status.
    pub explains: bool,
    /// Where the key is expected.
    pub key_header: KeyHeader,
    /// Keys that are good beside [`FakeOpenAi::KEY`](super::FakeOpenAi::KEY).
    pub further_keys: Vec<String>,
    /// Texts that hold this are refused.
    pub refused_text: Option<String>,
}

/// A model that makes vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Model {
    /// What it is called.
    pub id: &'static str,
    /// How many dimensions its vectors have.
    pub dimensions: usize,
    /// Whether it can be asked for fewer.
    pub takes_dimensions: bool,
}

/// A model that one can talk with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatModel {
    /// What it is called.
    pub id: &'static str,
    /// Whether it takes `max_tokens`. Those that reason do not.
    pub takes_max_tokens: bool,
}

/// Where a key is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyHeader {
    /// `Authorization: Bearer …`
    Authorization,
    /// `api-key: …`
    ApiKey,
    /// Nowhere: there is no account.
    None,
}

impl Default for Rules {
    fn default() -> Self {
        let model = |id, dimensions, takes_dimensions| Model { id, dimensions, takes_dimensions };
        Self {
            models: vec![
                model("text-embedding-3-small", 1536, true),
                model("text-embedding-3-large", 3072, true),
                model("text-embedding-ada-002", 1536, false),
            ],
            chat_models: vec![
                ChatModel { id: "gpt-6-luna", takes_max_tokens: false },
                ChatModel { id: "gpt-4.1", takes_max_tokens: true },
            ],
            transcription_models: vec!["gpt-transcribe", "gpt-4o-mini-transcribe", "whisper-1"],
            max_context_tokens: 128_000,
            max_audio_bytes: 25 * 1024 * 1024,
            max_inputs: 2048,
            max_input_tokens: 8192,
            max_request_tokens: 300_000,
            token_bytes: 4,
            takes_base64: true,
            explains: true,
            key_header: KeyHeader::Authorization,
            further_keys: Vec::new(),
            refused_text: None,
        }
    }
}

impl Rules {
    pub(super) fn tokens(&self, text: &str) -> usize {
        text.len().div_ceil(self.token_bytes)
    }
}
