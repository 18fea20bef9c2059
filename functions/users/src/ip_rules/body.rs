//! The rules of addresses as administrators see them.

use app_domain::IpRules;
use serde::Serialize;
use utoipa::ToSchema;

/// Which addresses may call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IpRulesBody {
    /// The networks that may call; everybody may if there are none.
    #[schema(example = json!([]))]
    allow: Vec<String>,
    /// The networks that may not, even if they are allowed.
    #[schema(example = json!(["203.0.113.0/24"]))]
    deny: Vec<String>,
}

impl From<IpRules> for IpRulesBody {
    fn from(rules: IpRules) -> Self {
        Self {
            allow: rules.allow.iter().map(ToString::to_string).collect(),
            deny: rules.deny.iter().map(ToString::to_string).collect(),
        }
    }
}
