//! Files: what is known of one, apart from its bytes.

use app_domain::{Attachment, ContentType, File, FileId, FileName, Invalid, Timestamp};

use super::{Check, InvalidRecord};
use crate::{FileRecord, Kind};

/// What an archive says of a file. Its bytes decide what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedFile {
    /// Its id.
    pub id: FileId,
    /// What it is called.
    pub name: FileName,
    /// What it is said to be.
    pub content_type: ContentType,
    /// How large it is said to be.
    pub size_bytes: u64,
    /// What it is with.
    pub attached: Option<Attachment>,
    /// Where its bytes are in the archive, if they are.
    pub path: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl FileRecord {
    /// The file.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn file(self) -> Result<ArchivedFile, InvalidRecord> {
        let check = Check(Kind::File);
        check.id(self.id.as_uuid())?;
        let attached = match (self.memory_id, self.message_id) {
            (Some(memory), message) => Some(Attachment { memory, message }),
            (None, None) => None,
            (None, Some(_)) => {
                return Err(check.wrong("messageId", "must be that of a message under memoryId"));
            }
        };
        let (created_at, updated_at) = check.times(self.created_at, self.updated_at)?;
        Ok(ArchivedFile {
            id: self.id,
            name: check.ok("name", FileName::parse(&self.name))?,
            content_type: check.ok("contentType", ContentType::parse(&self.content_type))?,
            size_bytes: check.ok("sizeBytes", File::check_size(self.size_bytes))?,
            attached,
            path: check.text("path", self.path, path)?,
            created_at,
            updated_at,
        })
    }
}

/// A path of an entry: it stays below the archive.
fn path(text: &str) -> Result<String, Invalid> {
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let is_path = text.len() <= 1_024
        && !text.contains(['\\', ':'])
        && !text.chars().any(char::is_control)
        && text.split('/').all(is_plain);
    is_path.then(|| text.to_owned()).ok_or_else(|| Invalid::new("must be a path below the archive"))
}
