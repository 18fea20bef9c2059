//! The account, and what belongs to it as a whole.

use app_domain::{CategoryId, SavedSearchId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountRecord {
    /// Its id.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// Its name for signing in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The person's first name.
    pub first_name: String,
    /// The person's last name.
    pub last_name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How the person wants Memo to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsRecord {
    /// Whether models of others may be asked.
    pub external_models: bool,
    /// Whether personal data are taken out of what they are asked.
    pub redaction: bool,
    /// Whether Memo asks before it writes.
    pub confirm_writes: bool,
    /// Whether Memo learns facts.
    pub extract_facts: bool,
    /// Categories that models of others never see.
    #[serde(default)]
    pub kept_categories: Vec<CategoryId>,
    /// The language of answers (BCP 47).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_language: Option<String>,
    /// What Memo is told beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
}

/// A search that the person keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SavedSearchRecord {
    /// Its id.
    pub id: SavedSearchId,
    /// Its name.
    pub name: String,
    /// What is searched, as the API takes it.
    pub search: Map<String, Value>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Somebody who writes to the person's own WhatsApp number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactRecord {
    /// The contact's id.
    pub id: String,
    /// Their phone number, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The name that they show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What becomes of what they write: `save` or `ignore`.
    pub rule: String,
    /// Where it is filed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_id: Option<CategoryId>,
    /// How many messages of theirs became memories.
    pub saved_count: u64,
    /// When they first wrote.
    pub first_at: Timestamp,
    /// When they last wrote.
    pub last_at: Timestamp,
}
