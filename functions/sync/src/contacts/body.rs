//! A contact as clients see it.

use app_domain::{Contact, ContactRule, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Somebody who has written to a person's own number.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContactBody {
    /// The id: 32 hexadecimal digits.
    #[schema(example = "5c1f0f6e2a7b4c9d8e3f10213243546a")]
    id: String,
    /// Their phone, unless they hide it.
    #[schema(example = "+4915550003333")]
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// The name that they show.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What becomes of what they write: `save` or `ignore`.
    #[schema(value_type = String, example = "save")]
    rule: ContactRule,
    /// Where it is filed; with WhatsApp's own category if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    category_id: Option<Uuid>,
    /// How many messages of theirs became memories.
    saved_count: u64,
    /// When they first wrote.
    #[schema(value_type = String, format = DateTime)]
    first_at: Timestamp,
    /// When they last wrote.
    #[schema(value_type = String, format = DateTime)]
    last_at: Timestamp,
}

/// A contact.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneContact {
    /// The contact.
    pub(crate) contact: ContactBody,
}

impl From<Contact> for ContactBody {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            phone_number: contact.sender.phone.map(|phone| phone.to_string()),
            name: contact.name,
            rule: contact.rule,
            category_id: contact.category.map(|category| category.as_uuid()),
            saved_count: contact.saved_count,
            first_at: contact.first_at,
            last_at: contact.last_at,
        }
    }
}
