//! The failures that operations share, for the API description. Each operation lists the sets that apply to it.

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

/// The failures of an operation that needs a caller.
#[derive(IntoResponses)]
pub enum CallerErrors {
    /// There is no access token, or it is not valid any more.
    #[response(status = 401)]
    Unauthenticated(ErrorBody),
    /// The caller lacks a permission.
    #[response(status = 403)]
    Forbidden(ErrorBody),
}

/// The failures of an operation that reads a JSON body.
#[derive(IntoResponses)]
pub enum BodyErrors {
    /// The body is too large.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// The body is not declared as JSON.
    #[response(status = 415)]
    UnsupportedMediaType(ErrorBody),
}

/// The failure of an operation on one thing.
#[derive(IntoResponses)]
pub enum ItemErrors {
    /// There is no such thing, or it is not the caller's.
    #[response(status = 404)]
    NotFound(ErrorBody),
}

/// The failures of an operation that changes one thing.
#[derive(IntoResponses)]
pub enum ChangeErrors {
    /// Others kept changing it at the same moment.
    #[response(status = 409)]
    Conflict(ErrorBody),
    /// It has another version than `If-Match` names.
    #[response(status = 412)]
    Stale(ErrorBody),
}
