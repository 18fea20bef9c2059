//! One job, from the memory to its file, and on to the words in it.

use app_domain::{
    FileId, MediaJob, MediaKind, MediaState, Memory, MemoryMedia, Privacy, StoreError, TranscriptState, User,
};

use crate::Worker;
use crate::failure::Failure;
use crate::names::file_id;

/// How a job ended that need not come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The media are stored, and what is said in them is written down, if it can be.
    Done,
    /// Nothing was left to do.
    Settled,
    /// There is no such memory any more, or it has no media.
    Gone,
    /// They cannot be fetched, and their owner is told.
    GivenUp,
    /// The job comes again when something else may have been put in order.
    Later,
}

impl Outcome {
    /// Its name in logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Settled => "settled",
            Self::Gone => "gone",
            Self::GivenUp => "given up",
            Self::Later => "later",
        }
    }
}

impl Worker {
    /// Does a job, which is not delivered again after the last time. A job for media that have failed is done as any other: somebody
    /// wants it tried again, their owner or an operator.
    pub(crate) async fn attempt(&self, job: &MediaJob, is_last: bool) -> Result<Outcome, Failure> {
        let Some(memory) = self.memories.get(job.owner, job.memory).await? else {
            return self.absent(job).await;
        };
        let (Some(media), Some(user)) = (memory.media.clone(), self.users.get(job.owner).await?) else {
            return Ok(Outcome::Gone);
        };
        let (memory, media) = match (media.state, media.transcript) {
            (MediaState::Stored, Some(TranscriptState::Pending)) => (memory, media),
            (MediaState::Stored, _) => return Ok(Outcome::Settled),
            _ => match self.store(&memory, &media, &user).await {
                Ok(Some(stored)) => stored,
                Ok(None) => return self.absent(job).await,
                Err(failure) => return self.failed(job, &memory, &media, failure, is_last).await,
            },
        };
        if let Some(file) = media.file.filter(|_| media.transcript == Some(TranscriptState::Pending)) {
            self.write_down(&memory, file, &user, is_last).await?;
        }
        Ok(Outcome::Done)
    }

    /// Makes media a file and says so in their memory. `None` if that is gone.
    async fn store(
        &self,
        memory: &Memory,
        media: &MemoryMedia,
        user: &User,
    ) -> Result<Option<(Memory, MemoryMedia)>, Failure> {
        let id = file_id(memory.id);
        if !self.keep(memory, media, id, self.quotas.of(user.tier)).await? {
            return Ok(None);
        }
        self.memories.amend(memory.owner, memory.id, |memory| self.with_file(memory, id)).await?;
        let memory = self.memories.get(memory.owner, memory.id).await?;
        Ok(memory.and_then(|memory| memory.media.clone().map(|media| (memory, media))))
    }

    /// The memory with its media stored, unless they are.
    fn with_file(&self, memory: Memory, id: FileId) -> Option<Memory> {
        let media = memory.media.clone().filter(|media| media.state != MediaState::Stored)?;
        let is_said = matches!(media.kind, MediaKind::Voice | MediaKind::Audio);
        let is_to_be_written = is_said && self.outside.scribe.is_some() && memory.privacy != Privacy::Sealed;
        let transcript = is_to_be_written.then_some(TranscriptState::Pending);
        Some(Memory { media: Some(MemoryMedia { transcript, ..media.stored(id) }), ..memory })
    }

    /// What becomes of a job whose memory is not there. One that is in the trash may be restored.
    async fn absent(&self, job: &MediaJob) -> Result<Outcome, Failure> {
        let trashed = self.memories.trashed(job.owner, job.memory).await?;
        match trashed.and_then(|trashed| trashed.memory.media) {
            Some(media) if media.state != MediaState::Stored && !self.is_over(&media) => {
                self.later(job).await
            }
            _ => Ok(Outcome::Gone),
        }
    }

    /// Changes the media of a memory.
    pub(crate) async fn change_media(
        &self,
        memory: &Memory,
        change: impl Fn(MemoryMedia) -> Option<MemoryMedia> + Send + Sync,
    ) -> Result<(), StoreError> {
        let with_change = |memory: Memory| {
            let media = memory.media.clone().and_then(&change)?;
            Some(Memory { media: Some(media), ..memory })
        };
        self.memories.amend(memory.owner, memory.id, with_change).await.map(drop)
    }
}
