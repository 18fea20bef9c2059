//! What renaming, merging and removing tags share: some memories are tagged otherwise in the request, the rest by a chore.

use app_domain::{Chore, Tag, UserId, Walk};
use app_http::ApiError;
use app_runtime::Queue;
use app_store::{Memories, UsedTag, UsedTags};

use crate::remaining::{AT_ONCE, left};

/// What was done in the request.
#[derive(Debug, Default)]
pub(crate) struct Retagged {
    /// How many memories are tagged otherwise.
    pub(crate) memories: u64,
    /// About how many are left to the chore; none if nothing is.
    pub(crate) remaining: u64,
}

impl Retagged {
    /// How many more memories this request may tag.
    pub(crate) fn budget(&self) -> usize {
        AT_ONCE.saturating_sub(usize::try_from(self.memories).unwrap_or(AT_ONCE))
    }
}

/// Replaces a tag, or removes it, on as many memories as `so_far` leaves for this request, and asks a chore for the rest.
///
/// Nothing is asked for before the request has done its part: should it fail in between, the tag is still there, and the same
/// request goes on where it ended.
pub(crate) async fn retag(
    memories: &Memories,
    chores: &Queue<Chore>,
    owner: UserId,
    from: &UsedTag,
    to: Option<&Tag>,
    so_far: &mut Retagged,
) -> Result<(), ApiError> {
    let (walk, remaining) = match so_far.budget() {
        0 => (Walk::default(), from.memory_count),
        budget => {
            let done = memories.retag_some(owner, &from.tag, to, None, budget).await?;
            so_far.memories += done.memories;
            let Some(next) = done.next else { return Ok(()) };
            (Walk::from(next), left(from.memory_count, done.memories))
        }
    };
    so_far.remaining += remaining;
    let chore = Chore::Retag { owner, from: from.tag.clone(), to: to.cloned(), walk };
    chores.send(&chore).await.map_err(ApiError::unavailable)
}

/// The tag that memories get, written as those that have it already do.
pub(crate) async fn as_written(tags: &UsedTags, owner: UserId, tag: Tag) -> Result<(Tag, bool), ApiError> {
    Ok(match tags.get(owner, &tag).await? {
        Some(used) => (used.tag, true),
        None => (tag, false),
    })
}
