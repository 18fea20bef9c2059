//! The models that speak for Memo, as a deployer has set them up. The built-in one is always among them.

use std::sync::{Arc, Mutex, PoisonError};

use app_ai::openai::{ConfigError, OpenAiChat, OpenAiChatConfig};
use app_ai::{BuiltIn, ChatModel, ModelError, Window};
use app_runtime::{Env, EnvError, Reading, Secrets};
use secrecy::{ExposeSecret, SecretString};

/// Where models are asked unless told.
const OPENAI: &str = "https://api.openai.com/v1";
/// The longest answer that models are asked for.
const ANSWER_TOKENS: u32 = 4_000;

/// The models, by name.
pub struct Minds {
    served: Vec<Served>,
    /// The names of those that talk, the one that is asked unless told first.
    talking: Vec<String>,
    /// The one that does everything but talking: its place among them, or the built-in one.
    task: Option<usize>,
    is_external: bool,
    key: Option<Box<dyn Fn() -> Reading + Send + Sync>>,
}

struct Served {
    model: Model,
    name: String,
}

enum Model {
    Ready(Arc<dyn ChatModel>),
    /// Needs a key first, which may be replaced.
    Keyed(Box<OpenAiChat>, Mutex<Option<(SecretString, Arc<dyn ChatModel>)>>),
}

/// A model that is ready to be asked.
#[derive(Clone)]
pub enum Mind {
    /// The one that needs no server.
    BuiltIn,
    /// One on a server.
    Served {
        /// The model.
        model: Arc<dyn ChatModel>,
        /// Whether it is somebody else's, who must not see everything.
        is_external: bool,
    },
}

/// Why a model cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum NoMind {
    /// There is none of that name.
    #[error("there is no such model")]
    Unknown,
    /// It is somebody else's, and the person does not want to ask those.
    #[error("the person's settings exclude the model")]
    Excluded,
    /// Its key cannot be read.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// The models cannot be used as they are set up.
#[derive(Debug, thiserror::Error)]
pub enum MindError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Env(#[from] EnvError),
    /// There can be no such model.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl Mind {
    /// The model's name, as clients see it.
    pub fn name(&self) -> &str {
        match self {
            Self::BuiltIn => BuiltIn::NAME,
            Self::Served { model, .. } => model.name(),
        }
    }

    /// Whether it is somebody else's.
    pub(crate) fn is_external(&self) -> bool {
        matches!(self, Self::Served { is_external: true, .. })
    }
}

impl Minds {
    /// These, the first of which is asked unless told; and the built-in one, which is asked if there are none.
    pub fn of(models: Vec<Arc<dyn ChatModel>>, is_external: bool) -> Self {
        let served = models
            .into_iter()
            .map(|model| Served { name: model.name().to_owned(), model: Model::Ready(model) });
        let served: Vec<Served> = served.collect();
        let task = (!served.is_empty()).then_some(0);
        let talking = with_built_in(served.iter().map(|served| served.name.as_str()));
        Self { served, talking, task, is_external, key: None }
    }

    /// The models that `CHAT_MODELS` names, parted by commas, the first of which is asked unless told: `built-in`, or those that a server
    /// of OpenAI's kind at `OPENAI_BASE_URL` has, with the key in the secret `OPENAI_KEY_SECRET` if there is one. `TASK_MODEL` does everything
    /// but talking. They read `CHAT_WINDOW_TOKENS` at once. `MODELS_ARE_OURS` is `true` if the server is the deployer's own.
    ///
    /// # Errors
    /// If there can be no such models.
    pub fn from_env(env: &Env, secrets: &Secrets) -> Result<Self, MindError> {
        let url = env.optional("OPENAI_BASE_URL").unwrap_or_else(|| OPENAI.to_owned());
        let secret = env.optional("OPENAI_KEY_SECRET");
        let tokens = env.parsed("CHAT_WINDOW_TOKENS")?;
        let window = Window { tokens, answer_tokens: ANSWER_TOKENS.min(tokens / 4) };
        let listed = env.required("CHAT_MODELS")?;
        let task = env.required("TASK_MODEL")?;
        let talking = with_built_in(listed.split(',').map(str::trim));
        let mut served: Vec<Served> = Vec::new();
        for name in talking.iter().chain([&task]) {
            if name == BuiltIn::NAME || served.iter().any(|known| known.name == *name) {
                continue;
            }
            let model = OpenAiChat::new(OpenAiChatConfig::new(&url, None, name, window)?)?;
            let model = match secret {
                Some(_) => Model::Keyed(Box::new(model), Mutex::default()),
                None => Model::Ready(Arc::new(model)),
            };
            served.push(Served { name: name.clone(), model });
        }
        Ok(Self {
            task: served.iter().position(|known| known.name == task),
            served,
            talking,
            is_external: env.optional("MODELS_ARE_OURS").as_deref() != Some("true"),
            key: secret.map(|secret| Box::new(secrets.cached_reader(secret)) as _),
        })
    }

    /// The names of all that can be asked, the one that is asked unless told first, and whether each is somebody else's.
    pub fn names(&self) -> impl Iterator<Item = (&str, bool)> {
        self.talking.iter().map(|name| (name.as_str(), self.is_external && name != BuiltIn::NAME))
    }

    /// The model of a name, or the one that is asked unless told.
    ///
    /// # Errors
    /// See [`NoMind`].
    pub async fn chat(&self, wanted: Option<&str>, may_be_external: bool) -> Result<Mind, NoMind> {
        let name = match wanted {
            Some(wanted) => self.talking.iter().find(|name| *name == wanted).ok_or(NoMind::Unknown)?,
            None => &self.talking[0],
        };
        match self.served.iter().find(|served| served.name == *name) {
            None => Ok(Mind::BuiltIn),
            Some(_) if self.is_external && !may_be_external => match wanted {
                Some(_) => Err(NoMind::Excluded),
                None => Ok(Mind::BuiltIn),
            },
            Some(named) => Ok(self.ready(named).await?),
        }
    }

    /// The model for everything but talking.
    ///
    /// # Errors
    /// If its key cannot be read.
    pub async fn task(&self, may_be_external: bool) -> Result<Mind, ModelError> {
        match self.task.filter(|_| may_be_external || !self.is_external) {
            Some(at) => self.ready(&self.served[at]).await,
            None => Ok(Mind::BuiltIn),
        }
    }

    async fn ready(&self, served: &Served) -> Result<Mind, ModelError> {
        let is_external = self.is_external;
        let (Model::Keyed(model, made), Some(key)) = (&served.model, &self.key) else {
            return match &served.model {
                Model::Ready(model) => Ok(Mind::Served { model: Arc::clone(model), is_external }),
                Model::Keyed(..) => Err(ModelError::Unavailable("it has no key".to_owned())),
            };
        };
        let key = key().await.map_err(|error| ModelError::Unavailable(error.to_string()))?;
        let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, model)) = &*made
            && known.expose_secret() == key
        {
            return Ok(Mind::Served { model: Arc::clone(model), is_external });
        }
        let keyed = model.with_key(SecretString::from(key.clone()));
        let keyed = keyed.map_err(|error| ModelError::Unavailable(error.to_string()))?;
        let model: Arc<dyn ChatModel> = Arc::new(keyed);
        *made = Some((SecretString::from(key), Arc::clone(&model)));
        Ok(Mind::Served { model, is_external })
    }
}

/// These names, each once, with the built-in model's.
fn with_built_in<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in names.chain([BuiltIn::NAME]).filter(|name| !name.is_empty()) {
        if !all.iter().any(|known| known == name) {
            all.push(name.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_model_is_always_there_and_comes_where_it_is_named() {
        for (listed, all) in [
            ("built-in", &["built-in"][..]),
            ("", &["built-in"]),
            ("built-in, gpt-x", &["built-in", "gpt-x"]),
            ("gpt-x,gpt-y,gpt-x", &["gpt-x", "gpt-y", "built-in"]),
        ] {
            assert_eq!(with_built_in(listed.split(',').map(str::trim)), all, "{listed}");
        }
    }
}
