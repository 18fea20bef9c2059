//! The parts of the API description that every operation shares.

use utoipa::IntoResponses;

use crate::ErrorBody;

/// The failures that any operation can answer with, all in one shape.
#[derive(IntoResponses)]
pub enum ApiErrors {
    /// The request cannot be read.
    #[response(status = 400)]
    Malformed(ErrorBody),
    /// The fields of the request break rules, each named in `details`.
    #[response(status = 422)]
    Invalid(ErrorBody),
    /// Too many requests; `Retry-After` says how long to wait.
    #[response(status = 429)]
    TooMany(ErrorBody),
    /// A fault on our side.
    #[response(status = 500)]
    Fault(ErrorBody),
    /// Busy; try again after `Retry-After` seconds.
    #[response(status = 503)]
    Busy(ErrorBody),
}
