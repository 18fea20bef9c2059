//! How far messages have come on their way to a chat.

use app_domain::{DeliveryState, MemoryId, MessageId, StoreError, Timestamp, UserId};

use crate::messages::{MessageError, Messages};
use crate::table;
use crate::tries::Tries;

impl Messages {
    /// Notes how far a message has come, which only goes forward. What it says stays as it is, so there is nothing to index. `Ok(false)`
    /// if the news are old, or there is no such message, or it is on no way.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delivered(
        &self,
        owner: UserId,
        memory: MemoryId,
        id: MessageId,
        state: DeliveryState,
        reason: Option<String>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tries = Tries::begin();
        loop {
            let found = match self.written(owner, memory, id, None).await {
                Ok((_, found)) => found,
                Err(MessageError::Store(error)) => return Err(error),
                Err(_) => return Ok(false),
            };
            let before = self.items.message(found).await?;
            let version = before.version;
            let Some(after) = before.delivered(state, reason.clone(), at) else { return Ok(false) };
            let writes = vec![
                table::update(self.replaced(&after, version).await?)?,
                self.memory_is_there(owner, memory)?,
            ];
            if self.table.transact(writes).await?.is_ok() {
                return Ok(true);
            }
            tries.again().await?;
        }
    }
}
