//! What is there of what is to be brought in.

use app_domain::{MemoryId, MessageId, StoreError, Timestamp, UserId};
use serde::Deserialize;

use crate::{Messages, keys};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Changed {
    id: MessageId,
    updated_at: Timestamp,
}

impl Messages {
    /// When those of several messages were last changed that are there, in no order. Those that were deleted and hold the place of their replies
    /// are there too.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn changed_at(
        &self,
        owner: UserId,
        ids: &[(MemoryId, MessageId)],
    ) -> Result<Vec<(MessageId, Timestamp)>, StoreError> {
        let keys = ids.iter().map(|(memory, id)| keys::message(owner, *memory, *id)).collect();
        let there: Vec<Changed> = self.table.get_parts(keys, "id, updatedAt").await?;
        Ok(there.into_iter().map(|message| (message.id, message.updated_at)).collect())
    }
}
