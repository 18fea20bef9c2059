//! The port to a model that places texts in a space where near means alike.

use async_trait::async_trait;

use crate::ModelError;

/// A vector, or why this one text has none. What is wrong with one text does not keep others from their vectors.
pub type Embedding = Result<Vec<f32>, ModelError>;

/// What a vector is for. Some models place a question elsewhere than a text that answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To find with. Somebody waits for it.
    Query,
    /// To be found, now and later.
    Document,
}

/// How far a ranking of texts by similarity can be trusted, where another ranks them by their words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trust {
    /// What it counts, where the ranking by words counts 1.
    pub weight: f32,
    /// The similarity that texts may have by chance. What is not nearer, and not found by words either, is no hit.
    pub chance: f32,
}

impl Default for Trust {
    fn default() -> Self {
        Self { weight: 1.0, chance: f32::NEG_INFINITY }
    }
}

/// A model that turns texts into vectors.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Names the space that the vectors are in: the model, its dimensions, and whatever else decides where a text lies.
    /// Vectors under different names must not be compared. At most 255 bytes.
    fn name(&self) -> &str;

    /// How many numbers a vector has.
    fn dimensions(&self) -> usize;

    /// How far its ranking of texts can be trusted. By default as far as a ranking by words.
    fn trust(&self) -> Trust {
        Trust::default()
    }

    /// One vector of length 1 for each text, in order; all zeros for a text in which there is nothing to find. The vector
    /// of a text does not depend on the others, so vectors may be stored and compared later.
    ///
    /// A text that is too long for the model is placed by its beginning. [`ModelError::Rejected`] means that the model will
    /// never take this text; after every other error it may be tried again.
    async fn embed(&self, texts: &[String], purpose: Purpose) -> Vec<Embedding>;

    /// The vector of one text.
    ///
    /// # Errors
    /// If there is none.
    async fn embed_one(&self, text: &str, purpose: Purpose) -> Embedding {
        let nothing = || Err(ModelError::Corrupt("no vector".to_owned()));
        self.embed(&[text.to_owned()], purpose).await.pop().unwrap_or_else(nothing)
    }
}
