//! What handlers that change a memory share: why a change failed, as an answer.

use app_domain::{Invalid, InvalidMemory};
use app_http::{ApiError, FieldErrors};
use app_store::ChangeError;

/// The answer to a memory that breaks a rule.
pub(crate) fn broken(error: &InvalidMemory) -> ApiError {
    FieldErrors::one(error.field, &error.invalid).into()
}

/// The answer to a category that is not there.
pub(crate) fn no_category() -> ApiError {
    FieldErrors::one("categoryId", &Invalid::new("must be the id of a category of yours")).into()
}

/// The answer to a change that was not made.
pub(crate) fn unchanged(error: ChangeError<InvalidMemory>) -> ApiError {
    match error {
        ChangeError::Missing => ApiError::not_found("memory"),
        ChangeError::Stale => ApiError::stale(),
        ChangeError::NoCategory => no_category(),
        ChangeError::Refused(error) => broken(&error),
        ChangeError::Store(error) => error.into(),
    }
}
