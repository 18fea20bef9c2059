//! `POST /auth/api-keys`.

use app_domain::{
    ApiKey, ApiKeyId, ApiKeyName, AuditEntry, AuditEvent, Invalid, Permission, SecretToken, Timestamp,
};
use app_http::{
    API_KEY_PREFIX, ApiError, ApiErrors, BodyErrors, CallerErrors, FieldErrors, InPerson, Now, Parse,
    ValidJson,
};
use app_store::{ApiKeys, UsedSoFar};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::body::ApiKeyBody;

/// So much of a key is shown: the prefix and four characters, of 43.
const SHOWN_CHARS: usize = API_KEY_PREFIX.len() + 4;

/// A new API key.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateApiKeyRequest {
    /// What to call it: 1–100 characters.
    name: String,
    /// What it may do: one or more of what its owner may do.
    #[schema(example = json!(["read:memories"]))]
    permissions: Vec<String>,
    /// The most requests in a calendar month (UTC): 1–10,000,000, 1,000 unless told.
    usage_limit: Option<u32>,
    /// When it stops working; never, unless told.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
}

/// A parsed [`CreateApiKeyRequest`].
pub(crate) struct NewApiKey {
    name: ApiKeyName,
    permissions: Vec<Permission>,
    usage_limit: u32,
    expires_at: Option<Timestamp>,
}

impl Parse for CreateApiKeyRequest {
    type Parsed = NewApiKey;

    fn parse(self) -> Result<NewApiKey, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.check("name", ApiKeyName::parse(&self.name));
        let permissions = errors.check("permissions", permissions(&self.permissions));
        let usage_limit = errors.check("usageLimit", usage_limit(self.usage_limit));
        let expires_at = self.expires_at.as_deref().map(|text| {
            text.parse().map_err(|_| Invalid::new("must be a time such as 2027-01-31T00:00:00Z"))
        });
        let expires_at = errors.check_optional("expiresAt", expires_at);
        let (Some(name), Some(permissions), Some(usage_limit), Some(expires_at)) =
            (name, permissions, usage_limit, expires_at)
        else {
            return Err(errors);
        };
        Ok(NewApiKey { name, permissions, usage_limit, expires_at })
    }
}

fn permissions(names: &[String]) -> Result<Vec<Permission>, Invalid> {
    let mut permissions = Vec::new();
    for name in names {
        let permission =
            name.parse().map_err(|_| Invalid::new("must be permissions such as read:memories"))?;
        if !permissions.contains(&permission) {
            permissions.push(permission);
        }
    }
    if permissions.is_empty() { Err(Invalid::new("must not be empty")) } else { Ok(permissions) }
}

fn usage_limit(limit: Option<u32>) -> Result<u32, Invalid> {
    let limit = limit.unwrap_or(ApiKey::DEFAULT_USAGE_LIMIT);
    if (1..=ApiKey::MAX_USAGE_LIMIT).contains(&limit) {
        return Ok(limit);
    }
    Err(Invalid::new(format!("must be between 1 and {}", ApiKey::MAX_USAGE_LIMIT)))
}

/// A new key. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreatedApiKey {
    /// The key itself, for the `X-Api-Key` header. Nobody can show it again.
    #[schema(example = "mak_…")]
    key: String,
    /// What is kept of it.
    api_key: ApiKeyBody,
}

/// Make an API key. The answer is the only time that it is shown.
#[utoipa::path(
    post, operation_id = "createApiKey", path = "/auth/api-keys", tag = "auth", security(("bearer" = [])),
    request_body = CreateApiKeyRequest,
    responses(
        (status = 201, description = "The key.", body = CreatedApiKey),
        (status = 409, description = "There are 20 keys already.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn create(
    State(keys): State<ApiKeys>,
    caller: InPerson,
    Now(now): Now,
    ValidJson(new): ValidJson<CreateApiKeyRequest>,
) -> Result<(StatusCode, Json<CreatedApiKey>), ApiError> {
    within_reach(&new, &caller, now)?;
    if keys.of_owner(caller.user_id).await?.len() >= ApiKey::MAX_PER_PERSON {
        let message = format!("You have {} API keys. Revoke one first.", ApiKey::MAX_PER_PERSON);
        return Err(ApiError::conflict("TooManyApiKeys", message));
    }
    let text = format!("{API_KEY_PREFIX}{}", SecretToken::generate()?.expose());
    let key = ApiKey {
        id: ApiKeyId::new(now),
        owner: caller.user_id,
        name: new.name,
        prefix: text.chars().take(SHOWN_CHARS).collect(),
        hash: SecretToken::received(text.clone()).hash(),
        permissions: new.permissions,
        usage_limit: new.usage_limit,
        expires_at: new.expires_at,
        created_at: now,
    };
    let audit = AuditEntry::new(caller.user_id, AuditEvent::ApiKeyCreated, caller.origin, now);
    keys.create(&key, &audit.in_session(caller.session_id).about(key.prefix.clone())).await?;
    let body = CreatedApiKey { key: text, api_key: ApiKeyBody::new(key, UsedSoFar::default()) };
    Ok((StatusCode::CREATED, Json(body)))
}

/// A key may do no more than its owner, and must not be over before it begins.
fn within_reach(new: &NewApiKey, caller: &InPerson, now: Timestamp) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    let beyond = new.permissions.iter().find(|permission| !caller.role.permissions().contains(permission));
    if let Some(permission) = beyond {
        errors.add("permissions", &Invalid::new(format!("must be your own: you do not have {permission}")));
    }
    if new.expires_at.is_some_and(|expires_at| expires_at <= now) {
        errors.add("expiresAt", &Invalid::new("must be in the future"));
    }
    errors.into_result()
}
