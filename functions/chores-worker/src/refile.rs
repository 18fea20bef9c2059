//! Filing and tagging many memories otherwise, or moving them to the trash: portion by portion, with the place of the last in what is sent on.

use app_domain::{CategoryId, Chore, MemorySource, Tag, Timestamp, UserId, Walk};
use app_store::{DueKind, DueWork, Refiled};

use crate::Worker;
use crate::chore::{Ending, Failure, Outcome};
use crate::deadline::Deadline;

/// How many memories are changed between two looks at the time: about half a second of work.
const PORTION: usize = 25;

/// Files the memories of a deleted category in none, and then forgets that this was to be done. They stay in one that has come back from a backup.
pub(crate) async fn clear_category(
    worker: &Worker,
    (owner, category): (UserId, CategoryId),
    day: String,
    mut walk: Walk,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let mut items = 0;
    while !worker.memories.has_category(owner, category).await? {
        let some = worker.memories.clear_some(owner, category, walk.after.as_deref(), PORTION).await?;
        items += some.memories;
        let is_left = worker.memories.is_any_in(owner, category).await?;
        match on(walk, some, is_left) {
            Some(next) => walk = next,
            None if is_left => return Err(Failure::NotCleared),
            None => break,
        }
        if deadline.is_over(worker) {
            worker.queue.send(&Chore::ClearCategory { owner, category, day, walk }).await?;
            return Ok(Ending::SentOn.after(items));
        }
    }
    worker.due.done(&day, DueWork { kind: DueKind::Category, owner, id: category.as_uuid() }).await?;
    Ok(Ending::Done.after(items))
}

/// Replaces a tag, or removes it. Memories that got it while this went on may keep it: they were tagged later.
pub(crate) async fn retag(
    worker: &Worker,
    owner: UserId,
    (from, to): (Tag, Option<Tag>),
    mut walk: Walk,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    // Written otherwise it is still the same tag, which all of them go on having.
    let is_the_same = to.as_ref().is_some_and(|to| to.folded() == from.folded());
    let mut items = 0;
    loop {
        let after = walk.after.as_deref();
        let some = worker.memories.retag_some(owner, &from, to.as_ref(), after, PORTION).await?;
        items += some.memories;
        let is_left = !is_the_same && worker.memories.is_any_tagged(owner, &from).await?;
        match on(walk, some, is_left) {
            Some(next) => walk = next,
            None => return Ok(Ending::Done.after(items)),
        }
        if deadline.is_over(worker) {
            worker.queue.send(&Chore::Retag { owner, from, to, walk }).await?;
            return Ok(Ending::SentOn.after(items));
        }
    }
}

/// Moves what came from WhatsApp until a time to the trash. It goes through the list twice, for those that changed places meanwhile.
pub(crate) async fn trash_whatsapp(
    worker: &Worker,
    owner: UserId,
    until: Timestamp,
    mut walk: Walk,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let mut items = 0;
    loop {
        let (of, after) = ((MemorySource::Whatsapp, until), walk.after.as_deref());
        let some = worker.memories.trash_some(owner, of, after, PORTION, (worker.now)()).await?;
        items += some.memories;
        match on(walk, some, true) {
            Some(next) => walk = next,
            None => return Ok(Ending::Done.after(items)),
        }
        if deadline.is_over(worker) {
            worker.queue.send(&Chore::TrashWhatsapp { owner, until, walk }).await?;
            return Ok(Ending::SentOn.after(items));
        }
    }
}

/// Where to go on: behind the last, or, if some changed places meanwhile, once more from the beginning.
fn on(walk: Walk, some: Refiled, is_left: bool) -> Option<Walk> {
    match some.next {
        Some(after) => Some(Walk { after: Some(after), ..walk }),
        None if is_left && !walk.is_second => Some(Walk { after: None, is_second: true }),
        None => None,
    }
}
