//! Files that come with messages. They are with the memory from then on, and go with it; each names the message that it came with,
//! until that is deleted.

use app_domain::{FileId, Findable, Message, MessageId, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use serde::Deserialize;

use crate::changes;
use crate::keys;
use crate::messages::Messages;
use crate::table::{self, Refused, number, text};

/// How many writes put one file with a message.
const WRITES: usize = 3;

/// Which message a file came with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CameWith {
    id: FileId,
    #[serde(default)]
    message_id: Option<MessageId>,
}

impl Messages {
    /// The writes that put the files of a message with it and with its memory. Refused are those of files that are not there, not ready,
    /// or with another memory.
    pub(crate) fn attached(&self, message: &Message) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (owner, memory) = (message.owner, message.memory);
        let mut writes = Vec::with_capacity(message.attachments.ids().len() * WRITES);
        for file in message.attachments.ids() {
            let attach = self
                .changed_file(owner, *file, message.created_at)
                .update_expression(
                    "SET memoryId = :memory, messageId = :message, updatedAt = :now ADD version :one",
                )
                .condition_expression(
                    "#status = :ready AND (attribute_not_exists(memoryId) OR memoryId = :memory)",
                )
                .expression_attribute_names("#status", "status")
                .expression_attribute_values(":ready", text("ready"))
                .expression_attribute_values(":memory", text(memory))
                .expression_attribute_values(":message", text(message.id));
            let link = self.table.put(keys::file_link(owner, memory, *file), &serde_json::json!({}))?;
            let noted = changes::note(&self.table, owner, Findable::File(*file))?;
            writes.extend([table::update(attach)?, table::put(link), noted]);
        }
        Ok(writes)
    }

    /// The files of a message that cannot come with it, where [`Self::attached`] was refused from `first` on.
    pub(crate) fn unattachable(message: &Message, refused: &Refused, first: usize) -> Vec<FileId> {
        let files = message.attachments.ids().iter().enumerate();
        let is_refused = |place: usize| refused.includes(first + place * WRITES);
        files.filter(|(place, _)| is_refused(*place)).map(|(_, file)| *file).collect()
    }

    /// The writes after which no file names a message that goes. The files stay with the memory.
    pub(crate) async fn detached(
        &self,
        owner: UserId,
        message: MessageId,
        attachments: &[FileId],
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        if attachments.is_empty() {
            return Ok(Vec::new());
        }
        let keys = attachments.iter().map(|file| keys::file(owner, *file)).collect();
        // Files may be gone, be with another memory, or have come again with another message.
        let found: Vec<CameWith> = self.table.get_all(keys).await?;
        let still = found.into_iter().filter(|file| file.message_id == Some(message));
        let detach = |file: CameWith| {
            let detach = self
                .changed_file(owner, file.id, now)
                .update_expression("SET updatedAt = :now REMOVE messageId ADD version :one")
                .condition_expression("messageId = :message")
                .expression_attribute_values(":message", text(message));
            table::update(detach)
        };
        still.map(detach).collect()
    }

    fn changed_file(&self, owner: UserId, file: FileId, now: Timestamp) -> UpdateBuilder {
        Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::file(owner, file).attributes()))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":one", number(1))
    }
}
