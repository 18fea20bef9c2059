//! `PATCH` and `DELETE /ai/facts/{id}`.

use app_domain::{FactId, FactStatement, FactTerm, Invalid};
use app_http::{
    AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors, Now, Parse,
    PathId, ValidJson,
};
use app_store::Facts;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneFact;
use super::refused;

/// What is decided on a fact, or put right in it.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct PatchFact {
    /// `active`: it is true. `rejected`: it is not, and is not learnt again from where it was said.
    #[schema(example = "active")]
    status: Option<String>,
    /// The fact as a sentence: 1–500 characters on one line.
    #[schema(min_length = 1, max_length = 500)]
    statement: Option<String>,
    /// What it is: 1–200 characters on one line.
    #[schema(min_length = 1, max_length = 200)]
    value: Option<String>,
}

/// A parsed [`PatchFact`].
pub(crate) enum Change {
    Accept,
    Reject,
    Edit(Option<FactStatement>, Option<FactTerm>),
}

impl Parse for PatchFact {
    type Parsed = Change;

    fn parse(self) -> Result<Change, FieldErrors> {
        let mut errors = FieldErrors::default();
        let statement =
            errors.check_optional("statement", self.statement.as_deref().map(FactStatement::parse));
        let value = errors.check_optional("value", self.value.as_deref().map(FactTerm::parse));
        let (Some(statement), Some(value)) = (statement, value) else { return Err(errors) };
        let edits = statement.is_some() || value.is_some();
        match self.status.as_deref() {
            None if edits => Ok(Change::Edit(statement, value)),
            Some("active") if !edits => Ok(Change::Accept),
            Some("rejected") if !edits => Ok(Change::Reject),
            _ => {
                let rule =
                    Invalid::new("must be active or rejected, or else there must be a statement or a value");
                Err(FieldErrors::one("status", &rule))
            }
        }
    }
}

/// Accept a fact, reject it, or put it right.
#[utoipa::path(
    patch, operation_id = "patchFact", path = "/ai/facts/{id}", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path)), request_body = PatchFact,
    responses(
        (status = 200, description = "The fact after the change.", body = OneFact),
        (status = 409, description = "Another fact says the same.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn patch(
    State(facts): State<Facts>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<FactId>,
    Now(now): Now,
    ValidJson(change): ValidJson<PatchFact>,
) -> Result<Json<OneFact>, ApiError> {
    let owner = caller.user_id;
    let fact = match change {
        Change::Accept => facts.accept(owner, id, now).await,
        Change::Reject => facts.reject(owner, id, now).await,
        Change::Edit(statement, value) => facts.edit(owner, id, statement, value, now).await,
    };
    Ok(Json(fact.map_err(refused)?.into()))
}

/// Forget a fact.
#[utoipa::path(
    delete, operation_id = "deleteFact", path = "/ai/facts/{id}", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It is forgotten."), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn delete(
    State(facts): State<Facts>,
    caller: Caller<AccessAi>,
    PathId(id): PathId<FactId>,
) -> Result<StatusCode, ApiError> {
    facts.remove(caller.user_id, id).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
