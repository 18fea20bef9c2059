//! Why a model could not be asked.

/// A failure of a model, not of a question: the built-in model has none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// It does not answer right now, or refuses everybody until its settings or its account change; trying again may help.
    #[error("the model is unavailable: {0}")]
    Unavailable(String),
    /// It answers too many already; trying again later will help.
    #[error("the model is throttled")]
    Throttled,
    /// It refuses this request, and would refuse it again.
    #[error("the model rejected the request: {0}")]
    Rejected(String),
    /// The request is longer than what it reads. A shorter one may pass.
    #[error("the request is too long for the model")]
    TooLong,
    /// Its answer makes no sense.
    #[error("the model gave a corrupt answer: {0}")]
    Corrupt(String),
}
