//! Who writes down what is said in recordings: a model, within the person's budget, if their settings let it hear them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use app_ai::openai::{ConfigError, OpenAiTranscriber, OpenAiTranscriberConfig};
use app_ai::{Audio, ModelError, Transcriber, Transcript};
use app_domain::{
    Budgets, Interaction, InteractionFailure, InteractionStatus, PriceTable, Spent, StoreError, Task,
    Timestamp, TokenUsage, User,
};
use app_runtime::{Env, EnvError, Reading, Secrets};
use app_store::{Interactions, Refusal, Table};
use secrecy::SecretString;

/// Where models are asked unless told.
const OPENAI: &str = "https://api.openai.com/v1";
/// How long a recording may take, and one attempt at it.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(30));
/// Bytes of a recording that come to a second, about, for recordings of voices are packed well.
const BYTES_PER_SECOND: u64 = 2_000;
/// Tokens of a second of speech, about, as it is heard and as it is written.
const TOKENS_PER_SECOND: (u64, u64) = (10, 5);

/// The scribe cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ScribeError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// There can be no such model.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// Why nothing was written down.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwritten {
    #[error("the budget of the day is used up")]
    Budget,
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A model that hears recordings.
#[derive(Clone)]
pub enum Speech {
    /// One that can be asked.
    Ready(Arc<dyn Transcriber>),
    /// One that needs a key first, which may be replaced.
    Keyed(Arc<OpenAiTranscriber>, Arc<dyn Fn() -> Reading + Send + Sync>),
}

/// Who writes down what is said. Cloning shares it.
#[derive(Clone)]
pub struct Scribe {
    speech: Speech,
    is_external: bool,
    interactions: Interactions,
    prices: PriceTable,
    budgets: Budgets,
}

impl Scribe {
    /// A model, somebody else's or not, whose calls are noted in `table`, at these prices, within these budgets.
    pub fn new(
        speech: Speech,
        is_external: bool,
        table: &Table,
        prices: PriceTable,
        budgets: Budgets,
    ) -> Self {
        Self { speech, is_external, interactions: Interactions::new(table.clone()), prices, budgets }
    }

    /// The model that `TRANSCRIPTION_MODEL` names, if it does, where the models are that talk: `OPENAI_BASE_URL`, `OPENAI_KEY_SECRET` and
    /// `MODELS_ARE_OURS`; with `AI_PRICES` and `AI_BUDGETS`.
    pub(crate) fn from_env(env: &Env, secrets: &Secrets, table: &Table) -> Result<Option<Self>, ScribeError> {
        let Some(model) = env.optional("TRANSCRIPTION_MODEL") else { return Ok(None) };
        let url = env.optional("OPENAI_BASE_URL").unwrap_or_else(|| OPENAI.to_owned());
        let config = OpenAiTranscriberConfig::new(&url, None, &model)?.patience(PATIENCE.0, PATIENCE.1);
        let model = Arc::new(OpenAiTranscriber::new(config)?);
        let speech = match env.optional("OPENAI_KEY_SECRET") {
            Some(secret) => Speech::Keyed(model, Arc::new(secrets.cached_reader(secret))),
            None => Speech::Ready(model),
        };
        let is_external = env.optional("MODELS_ARE_OURS").as_deref() != Some("true");
        let (prices, budgets) = (env.parsed("AI_PRICES")?, env.parsed("AI_BUDGETS")?);
        Ok(Some(Self::new(speech, is_external, table, prices, budgets)))
    }

    /// Whether it is somebody else's.
    pub(crate) fn is_external(&self) -> bool {
        self.is_external
    }

    /// Writes down what is said, and notes what that cost.
    pub(crate) async fn hear(
        &self,
        user: &User,
        audio: Audio,
        now: Timestamp,
    ) -> Result<Transcript, Unwritten> {
        let model = self.ready().await?;
        let call = Interaction::begin(user.id, Task::Transcribe, model.name(), None, now);
        let most = estimate(audio.bytes.len());
        let reserved = Spent { tokens: most.total(), cost: self.prices.cost(model.name(), most) };
        match self.interactions.reserve(&call, reserved, &self.budgets.of(user.tier)).await {
            Ok(()) => {}
            Err(Refusal::Store(error)) => return Err(error.into()),
            Err(Refusal::Exceeded { .. }) => {
                let refused = Interaction { status: InteractionStatus::Refused, ..call };
                self.interactions.log(&refused).await?;
                return Err(Unwritten::Budget);
            }
        }
        let began = Instant::now();
        let answer = model.transcribe(audio).await;
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, failure, usage) = match &answer {
            Ok(transcript) => (InteractionStatus::Done, None, used(transcript, most)),
            Err(error) => (InteractionStatus::Failed, Some(failure(error)), TokenUsage::default()),
        };
        let cost = self.prices.cost(model.name(), usage);
        let ended = Interaction { status, failure, usage, cost, milliseconds, ..call };
        // If that cannot be noted, what was reserved stays counted for its day, which is never too little.
        if let Err(error) = self.interactions.settle(&ended).await {
            tracing::error!(%error, "a call of a model was not settled");
        }
        Ok(answer?)
    }

    async fn ready(&self) -> Result<Arc<dyn Transcriber>, ModelError> {
        match &self.speech {
            Speech::Ready(model) => Ok(Arc::clone(model)),
            Speech::Keyed(model, key) => {
                let unavailable = |error: &dyn std::error::Error| ModelError::Unavailable(error.to_string());
                let key = key().await.map_err(|error| unavailable(&error))?;
                let keyed = model.with_key(SecretString::from(key)).map_err(|error| unavailable(&error))?;
                Ok(Arc::new(keyed))
            }
        }
    }
}

/// What hearing so many bytes may cost, about.
fn estimate(bytes: usize) -> TokenUsage {
    let seconds = (bytes as u64).div_ceil(BYTES_PER_SECOND);
    let tokens = |per_second: u64| u32::try_from(seconds.saturating_mul(per_second)).unwrap_or(u32::MAX);
    TokenUsage { prompt: tokens(TOKENS_PER_SECOND.0), completion: tokens(TOKENS_PER_SECOND.1) }
}

/// What was used. A model that is paid by the second counts no tokens: then the estimate counts.
fn used(transcript: &Transcript, estimate: TokenUsage) -> TokenUsage {
    let counted = |usage: app_ai::Usage| TokenUsage {
        prompt: usage.prompt_tokens,
        completion: usage.completion_tokens,
    };
    transcript.usage.map_or(estimate, counted)
}

fn failure(error: &ModelError) -> InteractionFailure {
    match error {
        ModelError::Unavailable(_) => InteractionFailure::Unavailable,
        ModelError::Throttled => InteractionFailure::Throttled,
        ModelError::Rejected(_) => InteractionFailure::Rejected,
        ModelError::TooLong => InteractionFailure::TooLong,
        ModelError::Corrupt(_) => InteractionFailure::Corrupt,
    }
}
