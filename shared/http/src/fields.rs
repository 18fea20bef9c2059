//! Collects what is wrong with a request, so that the client hears of every field at once.

use app_domain::Invalid;

use crate::{ApiError, FieldError};

/// The fields that broke a rule so far.
#[derive(Debug, Clone, Default)]
pub struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    /// Errors that hold one field.
    pub fn one(field: &str, invalid: &Invalid) -> Self {
        let mut errors = Self::default();
        errors.add(field, invalid);
        errors
    }

    /// Notes a broken rule.
    pub fn add(&mut self, field: &str, invalid: &Invalid) {
        self.0.push(FieldError { field: field.to_owned(), message: invalid.message().to_owned() });
    }

    /// The value, or `None` with its broken rule noted under `field`.
    pub fn check<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.add(field, &invalid)).ok()
    }

    /// As [`Self::check`], for a value that may be absent. The outer `None` is a broken rule.
    pub fn check_optional<T>(
        &mut self,
        field: &str,
        parsed: Option<Result<T, Invalid>>,
    ) -> Option<Option<T>> {
        self.check(field, parsed.transpose())
    }

    /// These and others.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Nothing, if nothing broke a rule.
    ///
    /// # Errors
    /// All that did.
    pub fn into_result(self) -> Result<(), Self> {
        if self.0.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<FieldErrors> for ApiError {
    fn from(errors: FieldErrors) -> Self {
        Self::invalid(errors.0)
    }
}
