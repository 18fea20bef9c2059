//! `PUT /admin/ip-rules`.

use app_domain::{AuditEntry, AuditEvent, Invalid, IpRules};
use app_http::{
    ApiError, ApiErrors, Authenticator, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors,
    ManageUsers, Now, Parse, ValidJson, Visitor,
};
use app_store::Settings;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::IpRulesBody;

/// Which addresses may call from now on. Each entry is a network such as `203.0.113.0/24` or `2001:db8::/48`, or one address.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SetIpRulesRequest {
    /// Up to 100 networks that may call; everybody may if there are none.
    #[schema(max_items = 100, example = json!([]))]
    allow: Vec<String>,
    /// Up to 100 networks that may not, even if they are allowed.
    #[schema(max_items = 100, example = json!(["203.0.113.0/24"]))]
    deny: Vec<String>,
}

impl Parse for SetIpRulesRequest {
    type Parsed = IpRules;

    fn parse(self) -> Result<IpRules, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut networks = |list: &str, texts: &[String]| {
            if texts.len() > IpRules::MAX {
                errors.add(list, &Invalid::new(format!("must be at most {} networks", IpRules::MAX)));
                return Vec::new();
            }
            let parsed = texts
                .iter()
                .enumerate()
                .map(|(place, text)| errors.check(&format!("{list}[{place}]"), IpRules::parse_network(text)));
            parsed.flatten().collect()
        };
        let rules = IpRules { allow: networks("allow", &self.allow), deny: networks("deny", &self.deny) };
        errors.into_result().map(|()| rules)
    }
}

/// Replace the lists of addresses that may and may not call.
///
/// They apply to every operation that serves people, within 60 seconds: so long each function believes what it read. With both
/// lists empty everybody may call. Rules that would shut out the caller's own address are refused.
#[utoipa::path(
    put, operation_id = "setIpRules", path = "/admin/ip-rules", tag = "admin", security(("bearer" = ["manage:users"]), ("apiKey" = ["manage:users"])),
    request_body = SetIpRulesRequest,
    responses(
        (status = 200, description = "The rules as they are kept.", body = IpRulesBody),
        (status = 409, description = "The caller's own address could not call any more.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn set(
    State(settings): State<Settings>,
    State(authenticator): State<Authenticator>,
    caller: Caller<ManageUsers>,
    visitor: Visitor,
    Now(now): Now,
    ValidJson(rules): ValidJson<SetIpRulesRequest>,
) -> Result<Json<IpRulesBody>, ApiError> {
    if !rules.admit(visitor.ip) {
        let message = "With these rules your own address could not call any more.";
        return Err(ApiError::conflict("WouldLockYouOut", message));
    }
    let audit = AuditEntry::new(caller.user_id, AuditEvent::IpRulesChanged, caller.origin, now);
    let audit = AuditEntry { session_id: caller.session_id, ..audit };
    let detail = format!("{} allowed, {} denied", rules.allow.len(), rules.deny.len());
    settings.set_ip_rules(&rules, &audit.about(detail)).await?;
    authenticator.forget();
    Ok(Json(rules.into()))
}
