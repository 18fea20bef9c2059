//! Pictures, recordings and documents that came with a message.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{FileId, MemoryId, Timestamp, UserId};

/// What kind of media it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// Music, or a recording that was sent as a file.
    Audio,
    /// A recording that was made in the chat.
    Voice,
    /// A document.
    Document,
    /// A sticker.
    Sticker,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaState {
    /// It is still to be fetched.
    Pending,
    /// It is a file of the memory.
    Stored,
    /// It could not be fetched. Its owner can have it tried again.
    Failed,
}

/// How far writing down what is said has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TranscriptState {
    /// It is still to be done.
    Pending,
    /// It is among the memory's words.
    Done,
    /// It could not be done.
    Failed,
}

/// Where media are fetched from, and what they must be.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaSource {
    /// Meta's id of them, good for seven days.
    pub media_id: String,
    /// Meta's id of the number that they were sent to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    /// Their SHA-256, as it was delivered: base64 or hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When the message reached us.
    pub received_at: Timestamp,
}

/// The media that came with the message that a memory was. Its owner sees how far they are and cannot change it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MemoryMedia {
    /// What kind.
    pub kind: MediaKind,
    /// How far they have come.
    pub state: MediaState,
    /// What they are said to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// What the sender calls them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_name: Option<String>,
    /// The file, once they are stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FileId>,
    /// Why they could not be fetched or written down, in words for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How far writing down has come, where something is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<TranscriptState>,
    /// Where they come from.
    pub source: MediaSource,
    /// How often their owner has had it tried again.
    #[serde(default)]
    pub retries: u32,
}

impl MemoryMedia {
    /// Still to be fetched.
    pub fn pending(
        kind: MediaKind,
        content_type: Option<String>,
        file_name: Option<String>,
        source: MediaSource,
    ) -> Self {
        let transcript = (kind == MediaKind::Voice).then_some(TranscriptState::Pending);
        Self {
            kind,
            state: MediaState::Pending,
            content_type,
            file_name,
            file: None,
            reason: None,
            transcript,
            source,
            retries: 0,
        }
    }

    /// Stored as this file.
    #[must_use]
    pub fn stored(self, file: FileId) -> Self {
        Self { state: MediaState::Stored, file: Some(file), reason: None, ..self }
    }

    /// Not to be fetched, for a reason that its owner is told.
    #[must_use]
    pub fn failed(self, reason: &str) -> Self {
        Self { state: MediaState::Failed, reason: Some(reason.to_owned()), ..self }
    }

    /// To be tried again: fetched if it is not stored, written down if it is. What waits already stays as it is, as its job may be gone.
    /// `None` if there is nothing left to do.
    pub fn retried(self) -> Option<Self> {
        let retries = self.retries + 1;
        match (self.state, self.transcript) {
            (MediaState::Failed, transcript) => {
                let transcript = transcript.map(|_| TranscriptState::Pending);
                Some(Self { state: MediaState::Pending, reason: None, transcript, retries, ..self })
            }
            (MediaState::Stored, Some(TranscriptState::Failed)) => {
                Some(Self { reason: None, transcript: Some(TranscriptState::Pending), retries, ..self })
            }
            (MediaState::Pending, _) | (MediaState::Stored, Some(TranscriptState::Pending)) => Some(self),
            (MediaState::Stored, None | Some(TranscriptState::Done)) => None,
        }
    }
}

/// Not what it is called, nor its id.
impl fmt::Debug for MediaSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MediaSource(…)")
    }
}

impl fmt::Debug for MemoryMedia {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryMedia({:?}, {:?}, {:?})", self.kind, self.state, self.transcript)
    }
}

/// Media to fetch: a message of the queue `media`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaJob {
    /// Whose.
    pub owner: UserId,
    /// The memory that they came with.
    pub memory: MemoryId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_done_can_be_tried_again() {
        let received_at = Timestamp::from_millis(0).unwrap();
        let source =
            MediaSource { media_id: "1".to_owned(), phone_number_id: None, sha256: None, received_at };
        let waiting = MemoryMedia::pending(MediaKind::Voice, None, None, source);
        assert_eq!(waiting.clone().retried(), Some(waiting.clone()), "not counted: nothing has failed");
        let again = waiting.clone().failed("gone").retried().unwrap();
        assert_eq!(again, MemoryMedia { retries: 1, ..waiting.clone() });
        let stored = waiting.stored(FileId::new(received_at));
        assert_eq!(stored.clone().retried(), Some(stored.clone()));
        assert_eq!(MemoryMedia { transcript: Some(TranscriptState::Done), ..stored.clone() }.retried(), None);
        assert_eq!(MemoryMedia { transcript: None, ..stored }.retried(), None);
    }
}
