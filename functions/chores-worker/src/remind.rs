//! Reminders whose time has come: each becomes a mail to be sent, and waits no more. First the mail is asked for, then it is noted: whoever ends
//! between the two leaves the reminder waiting, and the next sweep asks for the same mail again, which is sent once.

use app_domain::{Chore, DuePosition, MailJob, Reminder, StoreError, Timestamp};
use app_store::DueReminder;
use futures_util::future::join_all;

use crate::Worker;
use crate::chore::{Ending, Failure, Outcome};
use crate::deadline::Deadline;
use crate::sweep::{DAYS, days};

/// How many days back every sweep of reminders looks: as long as a late one is still sent.
const SENT_LATE_DAYS: i64 = 7;
/// How much is read at a time.
const PAGE: u32 = 100;
/// How many are dealt with at once: as many as one call sends mails.
const AT_ONCE: usize = 10;

/// What is to be done with a reminder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Send,
    /// It comes too late, or nobody may get it.
    Miss,
}

/// Sends what has come due today and in the last days, the earliest first.
pub(crate) async fn send_reminders(
    worker: &Worker,
    after: Option<DuePosition>,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let days = days((worker.now)(), 0..=SENT_LATE_DAYS);
    let (items, rest) = end_those_of(worker, days, after, deadline).await?;
    let Some(after) = rest else { return Ok(Ending::Done.after(items)) };
    worker.queue.send(&Chore::SendReminders { after: Some(after) }).await?;
    Ok(Ending::SentOn.after(items))
}

/// Gives up what came due before those days, while nobody sent reminders. What there is no time for is left to the next time.
pub(crate) async fn give_up_old_reminders(worker: &Worker, deadline: Deadline) -> Result<u64, Failure> {
    let days = days((worker.now)(), SENT_LATE_DAYS + 1..=DAYS);
    Ok(end_those_of(worker, days, None, deadline).await?.0)
}

/// Sends or gives up the reminders of some days. Returns how many, and where it ended if there was no time for all.
async fn end_those_of(
    worker: &Worker,
    days: Vec<String>,
    after: Option<DuePosition>,
    deadline: Deadline,
) -> Result<(u64, Option<DuePosition>), Failure> {
    let (mut seen, mut items, mut failure) = (after, 0, None);
    for day in days {
        // Days that an earlier run was done with.
        if seen.as_ref().is_some_and(|seen| seen.day > day) {
            continue;
        }
        let mut place = seen.take().filter(|seen| seen.day == day).map(|seen| seen.seen);
        loop {
            let page = worker.reminders.due(&day, (worker.now)(), place.as_deref(), PAGE).await?;
            if page.unknown > 0 {
                tracing::warn!(
                    day,
                    items = page.unknown,
                    "reminders that cannot be read are left where they are"
                );
            }
            for some in page.items.chunks(AT_ONCE) {
                match end(worker, some).await {
                    Ok(ended) => items += ended,
                    // One that fails holds no other back; it is reported when all have had their turn.
                    Err(error) => failure = failure.or(Some(error)),
                }
            }
            place = page.next;
            let Some(seen) = &place else { break };
            if deadline.is_over(worker) {
                let rest = Some(DuePosition { day, seen: seen.clone() });
                return failure.map_or(Ok((items, rest)), Err);
            }
        }
    }
    failure.map_or(Ok((items, None)), Err)
}

/// Asks for the mails of those that are to be sent, then notes of each what has become of it. Returns how many were ended by this.
async fn end(worker: &Worker, some: &[DueReminder]) -> Result<u64, Failure> {
    let now = (worker.now)();
    let decisions = join_all(some.iter().map(|due| decide(worker, *due, now))).await;
    let mut failure = None;
    let mut decided = Vec::with_capacity(some.len());
    for (due, decision) in some.iter().zip(decisions) {
        match decision {
            Ok(decision) => decided.push((*due, decision)),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    let wanted = decided.iter().filter(|(_, decision)| *decision == Decision::Send);
    let mails: Vec<MailJob> =
        wanted.map(|(due, _)| MailJob::of_reminder(due.owner, due.id, due.at, now)).collect();
    worker.mail.send_all(&mails).await?;
    let ended = decided.into_iter().map(|(due, decision)| async move {
        match decision {
            Decision::Send => worker.reminders.sent(due, now).await,
            Decision::Miss => worker.reminders.missed(due, now).await,
        }
    });
    let mut items = 0;
    for ended in join_all(ended).await {
        match ended {
            Ok(ended) => items += u64::from(ended),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    failure.map_or(Ok(items), |error| Err(error.into()))
}

/// Mail goes to active accounts whose address is proved; who sends it asks again.
async fn decide(worker: &Worker, due: DueReminder, now: Timestamp) -> Result<Decision, StoreError> {
    if now.since(due.at) > Reminder::MISSED_AFTER {
        return Ok(Decision::Miss);
    }
    let user = worker.users.get(due.owner).await?;
    let is_wanted = user.is_some_and(|user| user.is_active && user.is_verified);
    Ok(if is_wanted { Decision::Send } else { Decision::Miss })
}
