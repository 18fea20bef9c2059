//! `GET /auth/api-keys`.

use app_http::{ApiError, ApiErrors, CallerErrors, InPerson, Now};
use app_store::ApiKeys;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ApiKeyBody;

/// A person's API keys.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyList {
    api_keys: Vec<ApiKeyBody>,
}

/// List the caller's API keys, at most 20, newest first.
#[utoipa::path(
    get, operation_id = "listApiKeys", path = "/auth/api-keys", tag = "auth", security(("bearer" = [])),
    responses((status = 200, description = "The keys.", body = ApiKeyList), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(keys): State<ApiKeys>,
    caller: InPerson,
    Now(now): Now,
) -> Result<Json<ApiKeyList>, ApiError> {
    let month = now.month();
    let (keys, usage) = tokio::try_join!(keys.of_owner(caller.user_id), keys.usage(caller.user_id, &month))?;
    let used = |key: &app_domain::ApiKey| usage.get(&key.id).copied().unwrap_or_default();
    let api_keys = keys
        .into_iter()
        .map(|key| {
            let used = used(&key);
            ApiKeyBody::new(key, used)
        })
        .collect();
    Ok(Json(ApiKeyList { api_keys }))
}
