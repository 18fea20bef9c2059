//! `GET /admin/ip-rules`.

use app_http::{ApiError, ApiErrors, Caller, CallerErrors, ManageUsers};
use app_store::Settings;
use axum::Json;
use axum::extract::State;

use super::body::IpRulesBody;

/// Read which addresses may call.
#[utoipa::path(
    get, operation_id = "readIpRules", path = "/admin/ip-rules", tag = "admin", security(("bearer" = ["manage:users"]), ("apiKey" = ["manage:users"])),
    responses((status = 200, description = "The rules.", body = IpRulesBody), ApiErrors, CallerErrors),
)]
pub(crate) async fn read(
    State(settings): State<Settings>,
    _caller: Caller<ManageUsers>,
) -> Result<Json<IpRulesBody>, ApiError> {
    Ok(Json(settings.ip_rules().await?.into()))
}
