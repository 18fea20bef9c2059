//! What is to be said in a chat: the messages of the queue `outbound`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Chat, MediaKind};
use crate::{MemoryId, MessageId, Timestamp, UserId};

/// What an outgoing message answers, so that it is sent once: derived from what caused it. At most 80 letters, digits, dots
/// and dashes; it travels with what is sent and comes back with its statuses.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OutgoingKey(String);

impl OutgoingKey {
    /// The answer to a message, by a hash of its `wamid` in hexadecimal.
    pub fn answer(message_hash: &str) -> Self {
        Self(format!("a.{}", message_hash.get(..64).unwrap_or(message_hash)))
    }

    /// A message under a memory that its owner wants in the chat.
    pub fn post(message: MessageId) -> Self {
        Self(format!("p.{message}"))
    }

    /// The word that the media of a memory could not be fetched; each attempt's own.
    pub fn media_failed(memory: MemoryId, attempt: u32) -> Self {
        Self(format!("m.{memory}.{attempt}"))
    }

    /// A key that came back with a status; `None` if it is none of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
        (text.len() <= 80 && text.as_bytes().get(1) == Some(&b'.') && text.bytes().all(plain))
            .then(|| Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OutgoingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something to say in a chat, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outgoing {
    /// What it answers.
    pub key: OutgoingKey,
    /// Where it is said.
    pub chat: Chat,
    /// Whose memories it is about; nobody's if the sender has no account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<UserId>,
    /// The message that it answers, by its `wamid`: it is marked as read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// What to say.
    pub task: OutgoingTask,
}

/// What to say.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OutgoingTask {
    /// Nothing: the message that is answered is marked as read.
    Seen,
    /// Words that are always the same.
    Say {
        /// Which.
        phrase: Phrase,
    },
    /// Memo's answer to a question.
    Ask {
        /// The question.
        question: String,
    },
    /// The memories that some words find.
    Find {
        /// The words.
        words: String,
    },
    /// The latest memories.
    Recent,
    /// An export, and that it has begun.
    Export,
    /// What a message under a memory says.
    Post {
        /// The memory.
        memory: MemoryId,
        /// The message.
        message: MessageId,
    },
}

impl OutgoingTask {
    /// Its kind, for logs.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Say { .. } => "say",
            Self::Ask { .. } => "ask",
            Self::Find { .. } => "find",
            Self::Recent => "recent",
            Self::Export => "export",
            Self::Post { .. } => "post",
        }
    }
}

/// Not what somebody asked or looks for.
impl fmt::Debug for OutgoingTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What Memo says in a chat without being asked anything of the memories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Phrase {
    /// The phone is linked now.
    Linked,
    /// The code is wrong or too old.
    WrongCode,
    /// Whoever writes has no account.
    Stranger,
    /// What can be said here.
    Help,
    /// The last memory is in the trash now.
    Undone,
    /// There is nothing to take back.
    NothingToUndo,
    /// Memo is silent from now on.
    Stopped,
    /// Memo answers again.
    Started,
    /// Saving is paused; what was sent is kept until it goes on.
    Paused,
    /// A picture, recording or document could not be fetched.
    MediaFailed {
        /// What it is.
        media: MediaKind,
    },
}
