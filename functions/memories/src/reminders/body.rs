//! A reminder as clients see it.

use app_domain::Reminder;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A reminder.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReminderBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// The memory that it is about. It may have been deleted since.
    memory_id: Option<Uuid>,
    /// What it says.
    text: String,
    /// When its mail is sent, to the minute.
    #[schema(value_type = String, format = DateTime)]
    at: String,
    /// `waiting`; `sent`; or `missed`, if its time passed while the account had no confirmed address, or no mail was sent for a week.
    #[schema(example = "waiting")]
    status: &'static str,
    /// When it was set.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
}

impl From<Reminder> for ReminderBody {
    fn from(reminder: Reminder) -> Self {
        Self {
            id: reminder.id.as_uuid(),
            memory_id: reminder.memory.map(|memory| memory.as_uuid()),
            text: reminder.text.as_str().to_owned(),
            at: reminder.at.to_string(),
            status: reminder.state.as_str(),
            created_at: reminder.created_at.to_string(),
        }
    }
}

/// The answer that holds one reminder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneReminder {
    reminder: ReminderBody,
}

impl From<Reminder> for OneReminder {
    fn from(reminder: Reminder) -> Self {
        Self { reminder: reminder.into() }
    }
}
