//! Changes of a message.

use serde_json::{Map, Value};

use crate::memory_patch::merge;
use crate::{InvalidMessage, Message, MessageStatus, MessageText, Metadata, Patch};

/// A change of a message. What it says and its status can be replaced, not removed.
#[derive(Debug, Clone, Default)]
pub struct MessagePatch {
    /// What it says from now on.
    pub content: Option<MessageText>,
    /// Change of the metadata: a JSON merge patch (RFC 7396).
    pub metadata: Patch<Map<String, Value>>,
    /// How far it has come.
    pub status: Option<MessageStatus>,
}

impl MessagePatch {
    pub(crate) fn apply(self, message: &mut Message) -> Result<(), InvalidMessage> {
        if let Some(content) = self.content {
            message.content = Some(content);
        }
        if let Some(status) = self.status {
            let status = message.status.then(status);
            message.status = status.map_err(|invalid| InvalidMessage { field: "status", invalid })?;
        }
        let metadata = self.metadata.try_map(|patch| {
            let mut members = message.metadata.members().clone();
            merge(&mut members, patch);
            Metadata::parse(members)
        });
        let metadata = metadata.map_err(|invalid| InvalidMessage { field: "metadata", invalid })?;
        metadata.apply_or_default(&mut message.metadata);
        Ok(())
    }
}
