//! What is shown of an API key.

use app_domain::ApiKey;
use app_store::UsedSoFar;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An API key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApiKeyBody {
    /// Its id.
    id: Uuid,
    /// What its owner calls it.
    name: String,
    /// The beginning of the key.
    #[schema(example = "mak_q3Zk")]
    prefix: String,
    /// What it may do, as long as its owner may.
    #[schema(example = json!(["read:memories"]))]
    permissions: Vec<&'static str>,
    /// The most requests in a calendar month (UTC).
    usage_limit: u32,
    /// The requests of this calendar month, those over the limit included.
    used_this_month: u64,
    /// When it was last used this month.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<String>,
    /// When it stops working, if ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
}

impl ApiKeyBody {
    pub(crate) fn new(key: ApiKey, used: UsedSoFar) -> Self {
        Self {
            id: key.id.as_uuid(),
            name: key.name.as_str().to_owned(),
            prefix: key.prefix,
            permissions: key.permissions.iter().map(|permission| permission.as_str()).collect(),
            usage_limit: key.usage_limit,
            used_this_month: used.in_month,
            last_used_at: used.last_used_at.map(|at| at.to_string()),
            expires_at: key.expires_at.map(|at| at.to_string()),
            created_at: key.created_at.to_string(),
        }
    }
}
