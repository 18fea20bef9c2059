//! Categories: where memories are filed.

mod body;
mod create;
mod delete;
mod list;
mod order;
mod patch;
mod read;

use app_http::{ApiError, Routes, routes};
use app_store::CategoryError;

use crate::App;

/// The operations on categories.
pub(crate) fn api<R: Routes<App>>() -> R {
    R::new()
        .routes(routes!(create::create, list::list))
        .routes(routes!(read::read, patch::patch, delete::delete))
        .routes(routes!(order::order))
}

/// The answer to a name that another category has.
fn name_taken() -> ApiError {
    ApiError::conflict("CategoryNameTaken", "You have another category of this name.")
}

/// The answer to a change that was not made.
fn unchanged(error: CategoryError) -> ApiError {
    match error {
        CategoryError::Missing => ApiError::not_found("category"),
        CategoryError::Stale => ApiError::stale(),
        CategoryError::NameTaken => name_taken(),
        CategoryError::Store(error) => error.into(),
    }
}
