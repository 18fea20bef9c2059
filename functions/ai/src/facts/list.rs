//! `GET /ai/facts`.

use app_domain::{FactId, FactStatus, Invalid};
use app_http::{
    AccessAi, ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery,
    FieldErrors, Parse, ValidQuery,
};
use app_store::Facts;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::body::{FactBody, status_name};

/// Which facts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct FactQuery {
    /// Only those that are `active`, in `review`, `superseded` or `rejected`.
    status: Option<String>,
}

impl Parse for FactQuery {
    type Parsed = Option<String>;

    fn parse(self) -> Result<Option<String>, FieldErrors> {
        match self.status.as_deref() {
            None | Some("active" | "review" | "superseded" | "rejected") => Ok(self.status),
            Some(_) => {
                let rule = Invalid::new("must be active, review, superseded or rejected");
                Err(FieldErrors::one("status", &rule))
            }
        }
    }
}

/// A page of facts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactPage {
    facts: Vec<FactBody>,
    pagination: CursorPagination,
}

/// List what Memo has learnt about the caller, the latest first.
#[utoipa::path(
    get, operation_id = "listFacts", path = "/ai/facts", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    params(FactQuery, CursorQuery),
    responses((status = 200, description = "A page.", body = FactPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(facts): State<Facts>,
    caller: Caller<AccessAi>,
    ValidQuery(status): ValidQuery<FactQuery>,
    page: ByCursor<FactId>,
) -> Result<Json<FactPage>, ApiError> {
    let wanted = |of: FactStatus| status.as_ref().is_none_or(|wanted| wanted == status_name(of));
    let (found, _) = facts.list(caller.user_id, wanted, page.after, page.to_read()).await?;
    let (facts, pagination) = page.paged(found, |fact| fact.id, FactBody::from);
    Ok(Json(FactPage { facts, pagination }))
}
