//! Memories and their versions.

use app_domain::{
    Content, Description, Invalid, MediaSource, MediaState, Memory, MemoryDraft, MemoryId, MemoryMedia,
    MemoryTitle, Metadata, Provenance, Tags, Timestamp, TranscriptState, UserId,
};

use super::{Check, InvalidRecord, tidied};
use crate::{Kind, MediaRecord, MemoryFields, MemoryRecord, VersionRecord};

/// What media say that were being fetched when the archive was made.
const NOT_FETCHED: &str = "It had not been fetched yet when the archive was made.";
/// The same of what is said in them.
const NOT_WRITTEN_DOWN: &str = "It had not been written down yet when the archive was made.";

impl MemoryRecord {
    /// The memory. It has no messages: they are counted when they come.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn memory(self, owner: UserId) -> Result<Memory, InvalidRecord> {
        self.fields.memory(Check(Kind::Memory), self.id, owner)
    }
}

impl VersionRecord {
    /// The memory as it was.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn memory(self, owner: UserId) -> Result<Memory, InvalidRecord> {
        self.fields.memory(Check(Kind::Version), self.memory_id, owner)
    }
}

impl MemoryFields {
    fn memory(self, check: Check, id: MemoryId, owner: UserId) -> Result<Memory, InvalidRecord> {
        check.id(id.as_uuid())?;
        let (created_at, updated_at) = check.times(self.created_at, self.updated_at)?;
        let version = check.version(self.version)?;
        let media = self.media.map(|media| media.media(check, created_at)).transpose()?;
        let draft = MemoryDraft {
            title: check.text("title", self.title, MemoryTitle::parse)?,
            description: check.text("description", self.description, Description::parse)?,
            content: check.ok("content", self.content.map(Content::parse).transpose())?,
            category: self.category_id,
            tags: check.ok("tags", Tags::parse(&self.tags))?,
            metadata: check.ok("metadata", Metadata::parse(self.metadata))?,
            is_favorite: self.is_favorite,
            is_archived: self.is_archived,
            privacy: self.privacy_level,
            provenance: provenance(self.provenance),
        };
        let memory = Memory::new(id, owner, self.source, draft, created_at)
            .map_err(|broken| check.error(broken.field, broken.invalid))?;
        Ok(Memory { version, updated_at, media, ..memory })
    }
}

impl MediaRecord {
    /// The media. Where they were to be fetched from is not in an archive: what had not come by then has failed.
    fn media(self, check: Check, received_at: Timestamp) -> Result<MemoryMedia, InvalidRecord> {
        let source =
            MediaSource { media_id: String::new(), phone_number_id: None, sha256: None, received_at };
        let (content_type, file_name) = (tidied(self.content_type, 255), tidied(self.file_name, 255));
        let mut media = MemoryMedia {
            state: self.state,
            file: self.file_id,
            reason: tidied(self.reason, 500),
            transcript: self.transcript,
            ..MemoryMedia::pending(self.kind, content_type, file_name, source)
        };
        if media.transcript == Some(TranscriptState::Pending) {
            media.transcript = Some(TranscriptState::Failed);
            media.reason = media.reason.or_else(|| Some(NOT_WRITTEN_DOWN.to_owned()));
        }
        match media.state {
            MediaState::Pending => Ok(media.failed(NOT_FETCHED)),
            MediaState::Stored if media.file.is_none() => {
                Err(check.error("media.fileId", Invalid::new("must be there if the media are stored")))
            }
            MediaState::Stored | MediaState::Failed => Ok(media),
        }
    }
}

fn provenance(provenance: Provenance) -> Provenance {
    Provenance {
        api_key_id: provenance.api_key_id,
        message_id: tidied(provenance.message_id, 500),
        origin: tidied(provenance.origin, 1_000),
    }
}
