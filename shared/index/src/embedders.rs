//! The model that makes vectors, as a deployer has set it up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use app_ai::openai::{ConfigError, OpenAiConfig, OpenAiEmbedder};
use app_ai::{BuiltIn, Embedder, ModelError, Purpose, Trust};
use app_runtime::{Env, EnvError, Reading, Secrets};
use secrecy::{ExposeSecret, SecretString};

/// The model that needs no server.
const BUILT_IN: &str = "built-in";
/// Where models are asked unless told.
const OPENAI: &str = "https://api.openai.com/v1";
/// How many questions are remembered with their vectors.
const REMEMBERED: usize = 64;

/// The model that makes vectors.
pub struct Embedders {
    model: Model,
    name: String,
    dimensions: usize,
    trust: Trust,
    is_external: bool,
    /// The last questions and where they point: somebody who pages or filters asks the same again.
    asked: Mutex<VecDeque<(String, Vec<f32>)>>,
}

enum Model {
    Ready(Arc<dyn Embedder>),
    /// Needs a key first, which may be replaced.
    Keyed {
        config: Box<OpenAiConfig>,
        key: Box<dyn Fn() -> Reading + Send + Sync>,
        made: Mutex<Option<(SecretString, Arc<dyn Embedder>)>>,
    },
}

/// The model cannot be used as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum EmbedderError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// There can be no such model.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Embedders {
    /// A model that needs nothing else.
    pub fn of(embedder: Arc<dyn Embedder>) -> Self {
        let (name, dimensions) = (embedder.name().to_owned(), embedder.dimensions());
        let trust = embedder.trust();
        let is_external = name != BuiltIn::SPACE;
        Self { model: Model::Ready(embedder), name, dimensions, trust, is_external, asked: Mutex::default() }
    }

    /// The same as a model of others, or as the deployer's own.
    #[must_use]
    pub fn external(self, is_external: bool) -> Self {
        Self { is_external, ..self }
    }

    /// The model that `EMBEDDING_MODEL` names: `built-in`, or one that a server of OpenAI's kind at `OPENAI_BASE_URL` has,
    /// with the key in the secret `OPENAI_KEY_SECRET` if there is one. `EMBEDDING_DIMENSIONS` must be those of the table's index.
    /// `MODELS_ARE_OURS` is `true` if the server is the deployer's own.
    ///
    /// # Errors
    /// If there can be no such model.
    pub fn from_env(env: &Env, secrets: &Secrets) -> Result<Self, EmbedderError> {
        let dimensions: usize = env.parsed("EMBEDDING_DIMENSIONS")?;
        let model = env.required("EMBEDDING_MODEL")?;
        if model == BUILT_IN {
            let built_in = Self::of(Arc::new(BuiltIn));
            return match built_in.dimensions == dimensions {
                true => Ok(built_in),
                false => Err(ConfigError::DIMENSIONS.into()),
            };
        }
        let url = env.optional("OPENAI_BASE_URL").unwrap_or_else(|| OPENAI.to_owned());
        let config = OpenAiConfig::new(&url, None, &model, dimensions)?;
        let (name, is_external) =
            (config.space(), env.optional("MODELS_ARE_OURS").as_deref() != Some("true"));
        let Some(secret) = env.optional("OPENAI_KEY_SECRET") else {
            return Ok(Self::of(Arc::new(OpenAiEmbedder::new(config)?)).external(is_external));
        };
        let key = Box::new(secrets.cached_reader(secret));
        let model = Model::Keyed { config: Box::new(config), key, made: Mutex::default() };
        Ok(Self { model, name, dimensions, trust: Trust::default(), is_external, asked: Mutex::default() })
    }

    /// Names the space that its vectors are in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is somebody else's, who must not see everything.
    pub fn is_external(&self) -> bool {
        self.is_external
    }

    /// How many numbers a vector has.
    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// How far its ranking of texts can be trusted.
    pub(crate) fn trust(&self) -> Trust {
        self.trust
    }

    /// The model, ready to be asked.
    ///
    /// # Errors
    /// If its key cannot be read.
    pub async fn get(&self) -> Result<Arc<dyn Embedder>, ModelError> {
        let (config, key, made) = match &self.model {
            Model::Ready(embedder) => return Ok(Arc::clone(embedder)),
            Model::Keyed { config, key, made } => (config, key, made),
        };
        let key = key().await.map_err(|error| ModelError::Unavailable(error.to_string()))?;
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, embedder)) = &*made
            && known.expose_secret() == key
        {
            return Ok(Arc::clone(embedder));
        }
        let config = config.clone().key(SecretString::from(key.clone()));
        let unusable = |error: ConfigError| ModelError::Unavailable(error.to_string());
        let embedder: Arc<dyn Embedder> = Arc::new(config.and_then(OpenAiEmbedder::new).map_err(unusable)?);
        *made = Some((SecretString::from(key), Arc::clone(&embedder)));
        Ok(embedder)
    }

    /// Where a question points.
    pub(crate) async fn of_query(&self, text: &str) -> Result<Vec<f32>, ModelError> {
        let asked = || self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = asked().iter().find(|(known, _)| known == text).map(|(_, vector)| vector.clone());
        if let Some(vector) = known {
            return Ok(vector);
        }
        let vector = self.get().await?.embed_one(text, Purpose::Query).await?;
        let mut asked = asked();
        if asked.len() == REMEMBERED {
            asked.pop_front();
        }
        asked.push_back((text.to_owned(), vector.clone()));
        Ok(vector)
    }
}
