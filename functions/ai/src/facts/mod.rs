//! What Memo has learnt about a person: each fact with where it was said.

mod body;
mod change;
mod extract;
mod list;

use app_domain::FactRefusal;
use app_http::{ApiError, Routes, routes};
use app_store::FactError;

use crate::App;

/// The operations on facts.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(list::list))
        .routes(routes!(change::patch, change::delete))
        .routes(routes!(extract::extract))
        .routes(routes!(extract::undo))
}

/// The answer where nothing could be done.
fn refused(error: FactError) -> ApiError {
    match error {
        FactError::Refused(FactRefusal::Missing) => ApiError::not_found("fact"),
        FactError::Refused(FactRefusal::Full) => {
            ApiError::conflict("FactsFull", "There are 500 facts, as many as can be: remove some first.")
        }
        FactError::Refused(FactRefusal::Same(_)) => {
            ApiError::conflict("SameFact", "Another fact says the same.")
        }
        FactError::Refused(FactRefusal::TooMany) => {
            ApiError::unprocessable("TooManyFacts", "More was found than can be taken in at once.")
        }
        FactError::Refused(FactRefusal::Undone) => {
            ApiError::conflict("AlreadyUndone", "These facts have been taken back already.")
        }
        FactError::Store(error) => error.into(),
    }
}
