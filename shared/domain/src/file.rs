//! Files: bytes that people keep, on their own or with a memory. Their content is in S3; this is what is known of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Checksum, ContentType, FileId, FileName, Invalid, MemoryId, MessageId, Timestamp, Upload, UserId, Version,
};

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileStatus {
    /// Its bytes are on their way.
    Uploading,
    /// Its bytes are there and are what they were said to be.
    Ready,
    /// Its bytes were not what they were said to be, and are gone.
    Rejected,
}

impl FileStatus {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uploading => "uploading",
            Self::Ready => "ready",
            Self::Rejected => "rejected",
        }
    }
}

/// What a file is with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attachment {
    /// The memory.
    pub memory: MemoryId,
    /// The message of that memory, if it came with one.
    pub message: Option<MessageId>,
}

/// A file that somebody wants to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDraft {
    /// What it is called.
    pub name: FileName,
    /// What it is said to be.
    pub content_type: ContentType,
    /// Its size.
    pub size_bytes: u64,
    /// The memory that it is with.
    pub memory: Option<MemoryId>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Whose it is.
    pub owner: UserId,
    /// What it is called.
    pub name: FileName,
    /// What it is: as it was said to be, until it is ready and has been looked at.
    pub content_type: ContentType,
    /// Its size.
    pub size_bytes: u64,
    /// How its bytes come in.
    pub upload: Upload,
    /// What S3 has computed over it, once it is ready.
    pub checksum: Option<Checksum>,
    /// How far it has come.
    pub status: FileStatus,
    /// Why it was rejected, in words for its owner.
    pub rejection: Option<String>,
    /// What it is with.
    pub attached: Option<Attachment>,
    /// How often it has been written.
    pub version: Version,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl File {
    /// The largest file: what S3 takes as one object in one request, and copies in one.
    pub const MAX_BYTES: u64 = 5 << 30;
    /// How long its bytes may be on their way.
    pub const UPLOAD_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);
    /// How long a rejected file can be asked about.
    pub const REJECTED_KEPT_FOR: Duration = Duration::from_secs(24 * 60 * 60);

    /// A file whose bytes are awaited from `now` on.
    pub fn new(id: FileId, owner: UserId, draft: FileDraft, upload: Upload, now: Timestamp) -> Self {
        Self {
            id,
            owner,
            name: draft.name,
            content_type: draft.content_type,
            size_bytes: draft.size_bytes,
            upload,
            checksum: None,
            status: FileStatus::Uploading,
            rejection: None,
            attached: draft.memory.map(|memory| Attachment { memory, message: None }),
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        }
    }

    /// A size that a file can have: 1 byte to 5 GiB. There is nothing to keep of an empty one.
    ///
    /// # Errors
    /// Outside that.
    pub fn check_size(size_bytes: u64) -> Result<u64, Invalid> {
        match size_bytes {
            0 => Err(Invalid::new("must be at least 1: an empty file cannot be kept")),
            1..=Self::MAX_BYTES => Ok(size_bytes),
            _ => Err(Invalid::new(format!("must be at most {} bytes (5 GiB)", Self::MAX_BYTES))),
        }
    }

    /// The key of its bytes in the bucket.
    pub fn object_key(owner: UserId, id: FileId) -> String {
        format!("{owner}/{id}")
    }

    /// When it is given up if its bytes have not come.
    pub fn upload_until(&self) -> Timestamp {
        self.created_at.plus(Self::UPLOAD_WITHIN)
    }

    /// Whether its bytes count towards what its owner may store.
    pub fn is_counted(&self) -> bool {
        self.status != FileStatus::Rejected
    }

    /// Whether it was rejected so long ago that nobody can ask about it any more, though the table may still have it.
    pub fn is_forgotten(&self, now: Timestamp) -> bool {
        self.status == FileStatus::Rejected && self.updated_at.plus(Self::REJECTED_KEPT_FOR) <= now
    }

    /// The file after its bytes have come and been looked at.
    #[must_use]
    pub fn completed(self, content_type: ContentType, checksum: Checksum, now: Timestamp) -> Self {
        let ready = Self { content_type, checksum: Some(checksum), status: FileStatus::Ready, ..self };
        ready.written(now)
    }

    /// The file after its bytes turned out not to be what they were said to be. It belongs to nothing any more.
    #[must_use]
    pub fn rejected(self, reason: String, now: Timestamp) -> Self {
        let rejected = Self { status: FileStatus::Rejected, rejection: Some(reason), attached: None, ..self };
        rejected.written(now)
    }

    /// The file after a change of its name or of what it is with; the same if nothing changes.
    #[must_use]
    pub fn changed(
        self,
        name: Option<FileName>,
        attached: Option<Option<Attachment>>,
        now: Timestamp,
    ) -> Self {
        let after = Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            attached: attached.unwrap_or(self.attached),
            ..self.clone()
        };
        if after == self { self } else { after.written(now) }
    }

    fn written(self, now: Timestamp) -> Self {
        Self { version: self.version.next(), updated_at: now.max(self.updated_at), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sha256;

    fn file() -> File {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let draft = FileDraft {
            name: FileName::parse("a.png").unwrap(),
            content_type: ContentType::parse("image/png").unwrap(),
            size_bytes: 5,
            memory: Some(MemoryId::new(now)),
        };
        let upload = Upload::Single { sha256: Sha256::parse(&"0".repeat(64)).unwrap() };
        File::new(FileId::new(now), UserId::new(now), draft, upload, now)
    }

    #[test]
    fn a_change_that_changes_nothing_is_none() {
        let file = file();
        let later = file.created_at.plus(Duration::from_secs(1));
        assert_eq!(file.clone().changed(None, None, later), file);
        assert_eq!(file.clone().changed(Some(file.name.clone()), Some(file.attached), later), file);
        let detached = file.clone().changed(None, Some(None), later);
        assert_eq!((detached.attached, detached.version.get(), detached.updated_at), (None, 2, later));
    }

    #[test]
    fn a_rejected_file_belongs_to_nothing_and_counts_no_more() {
        let rejected = file().rejected("no".to_owned(), file().created_at);
        assert!(rejected.attached.is_none() && !rejected.is_counted());
    }

    #[test]
    fn only_a_rejected_file_is_forgotten() {
        let (file, end) = (file(), file().created_at.plus(File::REJECTED_KEPT_FOR));
        assert!(!file.is_forgotten(end));
        let rejected = file.clone().rejected("no".to_owned(), file.created_at);
        assert!(rejected.is_forgotten(end) && !rejected.is_forgotten(file.created_at));
    }

    #[test]
    fn files_have_between_a_byte_and_five_gibibytes() {
        assert!(File::check_size(1).is_ok() && File::check_size(5 << 30).is_ok());
        assert!(File::check_size(0).is_err() && File::check_size((5 << 30) + 1).is_err());
    }
}
