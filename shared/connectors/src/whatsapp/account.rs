//! News of a business account itself.

use app_domain::Timestamp;
use serde::{Deserialize, Serialize};

/// Something that happened to a business account, such as that our app was taken off it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountUpdate {
    /// Meta's id of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_account_id: Option<String>,
    /// The webhook's field that told of it.
    pub field: String,
    /// What happened, in Meta's word, such as `PARTNER_REMOVED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// When.
    pub at: Timestamp,
}
