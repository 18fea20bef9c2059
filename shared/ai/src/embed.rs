//! The port to a model that places texts in a space where near means alike.

use async_trait::async_trait;

use crate::ModelError;

/// A model that turns texts into vectors.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// The model's name. Vectors of different models must not be compared.
    fn name(&self) -> &str;

    /// How many numbers a vector has.
    fn dimensions(&self) -> usize;

    /// One vector of length 1 for each text, in order; all zeros for a text without words. The vector of a text does
    /// not depend on the others, so vectors may be stored and compared later.
    ///
    /// # Errors
    /// If the model cannot be asked.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError>;
}
