//! The two small errors that cross layers: a value that breaks a rule, and a store that could not do its work.

use std::borrow::Cow;

/// A value that breaks a rule, said in words that can be shown to the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(Cow<'static, str>);

impl Invalid {
    /// `message` completes the sentence "this field …", for example "must not be empty".
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(message.into())
    }

    /// The words to show.
    pub fn message(&self) -> &str {
        &self.0
    }
}

/// Why a store could not do what was asked. Absence is not an error: it is `None`.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was there first, or something that must be unique exists already.
    #[error("conflicts with what is stored")]
    Conflict,
    /// The store asks to slow down, and the SDK's own retries are used up.
    #[error("the store asks to slow down")]
    Throttled(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store could not be reached or refused the call.
    #[error("the store did not do its work")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What is stored cannot be read as what it should be.
    #[error("a stored item cannot be read")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}
