//! What is there while messages are brought in.

use std::collections::{HashMap, HashSet};

use app_domain::{Attachments, FileId, FileStatus, MemoryId, Message, MessageId};
use serde::Deserialize;

use crate::keys;
use crate::memory_item::MessageItem;
use crate::message_item::StoredMessage;
use crate::message_removal::Below;
use crate::messages::{MessageError, Messages};
use crate::restore_batch::New;
use crate::restore_threads::Threads;
use crate::restored::Precedence;

/// What is there while messages of a memory are brought in.
pub(crate) struct Known {
    pub(crate) precedence: Precedence,
    /// What the memory knows of its messages.
    pub(crate) summary: MessageItem,
    /// Those that are to be brought in and are there.
    pub(crate) there: HashMap<MessageId, StoredMessage>,
    /// Those that can be replied to, with what they reply to themselves.
    parents: HashMap<MessageId, Option<MessageId>>,
    files: HashMap<FileId, Attachable>,
}

/// What a message replies to, if it is there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parent {
    id: MessageId,
    #[serde(default)]
    parent_id: Option<MessageId>,
}

/// With what a file is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attachable {
    id: FileId,
    status: FileStatus,
    #[serde(default)]
    memory_id: Option<MemoryId>,
    #[serde(default)]
    message_id: Option<MessageId>,
}

impl Messages {
    /// What is there of the messages at these places, and of what they name.
    pub(crate) async fn known(
        &self,
        (owner, memory): Below,
        messages: &[Message],
        threads: &Threads<'_>,
        places: &[usize],
        precedence: Precedence,
    ) -> Result<Known, MessageError> {
        let these = || places.iter().filter_map(|place| messages.get(*place));
        let ids: HashSet<MessageId> = these().map(|message| message.id).collect();
        let origins = places.iter().map(|place| threads.origin(*place));
        let above = origins.flat_map(|origin| [origin.together, origin.elsewhere]).flatten();
        let above: HashSet<MessageId> = above.filter(|id| !ids.contains(id)).collect();
        let files: HashSet<FileId> = these().flat_map(|message| message.attachments.ids()).copied().collect();
        let message = |id: MessageId| keys::message(owner, memory, id);
        let there = self.table.get_all::<StoredMessage>(ids.into_iter().map(message).collect());
        let above = self.table.get_parts::<Parent>(above.into_iter().map(message).collect(), "id, parentId");
        let files = files.into_iter().map(|file| keys::file(owner, file)).collect();
        let files = self.table.get_all::<Attachable>(files);
        let rest = async { Ok(tokio::try_join!(there, above, files)?) };
        let (summary, (there, above, files)) = tokio::try_join!(self.summary(owner, memory), rest)?;
        let parents = there.iter().map(|found| (found.own.id, found.own.parent_id));
        Ok(Known {
            precedence,
            summary,
            parents: parents.chain(above.into_iter().map(|found| (found.id, found.parent_id))).collect(),
            there: there.into_iter().map(|found| (found.own.id, found)).collect(),
            files: files.into_iter().map(|file| (file.id, file)).collect(),
        })
    }
}

impl Known {
    /// The message that one replies to which replies to `above`: that, or what it replies to itself. Nothing if it is not there.
    pub(crate) fn parent(&self, above: Option<MessageId>) -> Option<MessageId> {
        let above = above?;
        self.parents.get(&above).map(|parent| parent.unwrap_or(above))
    }

    /// The files that can come with a message, and those of them that are not with it yet.
    pub(crate) fn attached(&self, memory: MemoryId, message: &Message) -> (Attachments, Vec<FileId>) {
        let file = |id: &FileId| {
            let is_here = |file: &&Attachable| {
                file.status == FileStatus::Ready && file.memory_id.is_none_or(|with| with == memory)
            };
            self.files.get(id).filter(is_here)
        };
        let ids: Vec<FileId> =
            message.attachments.ids().iter().copied().filter(|id| file(id).is_some()).collect();
        let is_loose = |id: &FileId| file(id).is_some_and(|file| file.message_id.is_none());
        let attach = ids.iter().copied().filter(is_loose).collect();
        // As many as there were at most.
        (Attachments::parse(&ids).unwrap_or_default(), attach)
    }

    /// A message is going to be there.
    pub(crate) fn comes(&mut self, new: &New) {
        self.parents.insert(new.message.id, new.message.parent);
        self.takes(&new.message, &new.attach);
    }

    /// Files are going to be with a message.
    pub(crate) fn takes(&mut self, message: &Message, attach: &[FileId]) {
        for file in attach {
            if let Some(file) = self.files.get_mut(file) {
                (file.memory_id, file.message_id) = (Some(message.memory), Some(message.id));
            }
        }
    }
}
