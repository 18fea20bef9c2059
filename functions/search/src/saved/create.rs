//! `POST /saved-searches`.

use app_domain::{SavedSearch, SavedSearchId, SavedSearchName};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse, ValidJson,
    WriteMemories,
};
use app_store::SavedSearches;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::body::{OneSavedSearch, is_taken, kept};
use super::{Unchanged, Unsaved};
use crate::criteria::Criteria;

/// A search to keep.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SaveSearchRequest {
    /// 1–100 characters on one line. No two names of a person differ in case or Unicode form alone.
    #[schema(min_length = 1, max_length = 100, example = "Unread books")]
    name: String,
    /// What it searches for.
    search: Criteria,
}

/// A parsed [`SaveSearchRequest`].
#[derive(Debug)]
pub(crate) struct Draft {
    name: SavedSearchName,
    search: Map<String, Value>,
}

impl Parse for SaveSearchRequest {
    type Parsed = Draft;

    fn parse(self) -> Result<Draft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("name", SavedSearchName::parse(&self.name));
        match (name, kept(&self.search)) {
            (Some(name), Ok(search)) => Ok(Draft { name, search }),
            (_, Ok(_)) => Err(errors),
            (_, Err(others)) => Err(errors.and(others)),
        }
    }
}

/// Keep a search. A person keeps at most 50.
#[utoipa::path(
    post, operation_id = "saveSearch", path = "/saved-searches", tag = "search", security(("bearer" = ["write:memories"]), ("apiKey" = ["write:memories"])),
    request_body = SaveSearchRequest,
    responses(
        (status = 201, description = "The saved search.", body = OneSavedSearch),
        (status = 409, description = "There is one of this name, or there are 50 already.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn create(
    State(searches): State<SavedSearches>,
    caller: Caller<WriteMemories>,
    Now(now): Now,
    ValidJson(Draft { name, search }): ValidJson<SaveSearchRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let new = SavedSearch { id: SavedSearchId::new(now), name, search, created_at: now, updated_at: now };
    let keep = |all: &mut Vec<SavedSearch>| {
        if is_taken(all, &new.name, None) {
            return Err(Unsaved::NameTaken);
        }
        if all.len() >= SavedSearch::MAX {
            return Err(Unsaved::TooMany);
        }
        all.push(new.clone());
        Ok(())
    };
    searches.change(caller.user_id, keep).await.map_err(Unchanged::from)?;
    let location = [(header::LOCATION, format!("/api/saved-searches/{}", new.id))];
    Ok((StatusCode::CREATED, location, Json(OneSavedSearch::new(&new)?)))
}
