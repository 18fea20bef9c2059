//! What follows when a message has become a memory. All of it can be done again: it changes nothing then.

use app_connectors::whatsapp::Said;
use app_domain::{MediaJob, MediaState, Memory, MemoryId, StoreError};

use crate::change::{self, Author};
use crate::incoming::Incoming;
use crate::outcome::Failure;

/// A memory that a message became.
#[derive(Clone, Copy)]
pub(crate) struct Saved {
    id: MemoryId,
    /// Whether media are still to be fetched.
    has_media: bool,
}

/// What matters of a memory here.
pub(crate) fn saved(memory: &Memory) -> Saved {
    let has_media = memory.media.as_ref().is_some_and(|media| media.state == MediaState::Pending);
    Saved { id: memory.id, has_media }
}

/// All of it once more, for a message that has come again. `Ok(false)` if it became no memory of the author's, or that is gone.
pub(crate) async fn again(incoming: &Incoming<'_>, author: &Author, said: &Said) -> Result<bool, Failure> {
    let app = incoming.app;
    let seen = app.memories.of_message(&incoming.delivery.wamid).await?;
    let Some(id) = seen.filter(|seen| seen.owner == author.owner).and_then(|seen| seen.memory) else {
        return Ok(false);
    };
    let Some(memory) = app.memories.get(author.owner, id).await? else { return Ok(false) };
    let saved = completed(incoming, author, said, &memory).await?;
    after(incoming, author, saved).await?;
    Ok(true)
}

/// Applies the changes that came first, and has media fetched.
pub(crate) async fn after(incoming: &Incoming<'_>, author: &Author, saved: Saved) -> Result<(), Failure> {
    change::apply_waiting(incoming, author, &incoming.delivery.wamid, saved.id).await?;
    if saved.has_media {
        let job = MediaJob { owner: author.owner, memory: saved.id };
        incoming.app.queues.media.send(&job).await?;
    }
    Ok(())
}

/// Puts media beside a memory whose message came without them: those of a phone's past come later, under the same id.
async fn completed(
    incoming: &Incoming<'_>,
    author: &Author,
    said: &Said,
    memory: &Memory,
) -> Result<Saved, StoreError> {
    let media = crate::memory::media(incoming.delivery, said).filter(|_| memory.media.is_none());
    let Some(media) = media else { return Ok(saved(memory)) };
    let complete = |memory: Memory| {
        if memory.media.is_some() {
            return None;
        }
        let content = crate::memory::completed(&memory, incoming.delivery, said);
        Some(Memory { media: Some(media.clone()), content, ..memory })
    };
    let complete = incoming.app.memories.amend(author.owner, memory.id, complete).await?;
    Ok(saved(complete.as_ref().unwrap_or(memory)))
}
