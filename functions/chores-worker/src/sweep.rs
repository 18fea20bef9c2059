//! The sweep: what was to be done on a day that has come becomes chores. It is noted there until its chore is done, so every sweep
//! asks for it again until then; a chore that is done twice changes nothing.

use std::ops::RangeInclusive;

use app_domain::{CategoryId, Chore, ConversationId, DuePosition, FileId, MemoryId, Timestamp};
use app_store::{DueKind, DueWork};

use crate::Worker;
use crate::chore::{Ending, Failure, Outcome};
use crate::deadline::Deadline;
use crate::remind::give_up_old_reminders;

/// How many days back the sweep looks for what has not been done yet. A day of which nothing is left costs half a read unit.
pub(crate) const DAYS: i64 = 60;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How much is read at a time.
const PAGE: u32 = 500;

/// Turns the due work of the last days and of today into chores. Reminders that nobody sent are given up then.
pub(crate) async fn sweep(
    worker: &Worker,
    after: Option<DuePosition>,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let mut seen = after;
    let mut items = 0;
    for day in days((worker.now)(), 0..=DAYS) {
        // Days that an earlier run was done with.
        if seen.as_ref().is_some_and(|seen| seen.day > day) {
            continue;
        }
        let mut place = seen.take().filter(|seen| seen.day == day).map(|seen| seen.seen);
        loop {
            let page = worker.due.page(&day, place.as_deref(), PAGE).await?;
            if page.unknown > 0 {
                tracing::warn!(
                    day,
                    items = page.unknown,
                    "due work of a kind that is not known is left where it is"
                );
            }
            let chores: Vec<Chore> = page.items.into_iter().map(|work| chore(work, &day)).collect();
            worker.queue.send_all(&chores).await?;
            items += chores.len() as u64;
            place = page.next;
            let Some(seen) = &place else { break };
            if deadline.is_over(worker) {
                let after = Some(DuePosition { day, seen: seen.clone() });
                worker.queue.send(&Chore::Sweep { after }).await?;
                return Ok(Ending::SentOn.after(items));
            }
        }
    }
    items += give_up_old_reminders(worker, deadline).await?;
    Ok(Ending::Done.after(items))
}

/// The days that are so many days back, the oldest first; today is none back.
pub(crate) fn days(now: Timestamp, back: RangeInclusive<i64>) -> Vec<String> {
    let day = |days: i64| Timestamp::from_millis(now.as_millis() - days * DAY_MS);
    back.rev().filter_map(day).map(Timestamp::day).collect()
}

fn chore(work: DueWork, day: &str) -> Chore {
    let DueWork { kind, owner, id } = work;
    match kind {
        DueKind::Trash => Chore::PurgeMemory { owner, memory: MemoryId::from(id) },
        DueKind::Upload => Chore::ExpireUpload { owner, file: FileId::from(id) },
        DueKind::File => Chore::EraseFile { owner, file: FileId::from(id) },
        DueKind::Category => {
            let (category, day) = (CategoryId::from(id), day.to_owned());
            Chore::ClearCategory { owner, category, day, walk: app_domain::Walk::default() }
        }
        DueKind::Conversation => {
            Chore::RemoveConversation { owner, conversation: ConversationId::from(id), day: day.to_owned() }
        }
    }
}
