//! Drives whose time has come: each gets one job, however often it is said that it is due, and however long nobody said so.
//!
//! The job's id derives from the drive and the time. In one transaction the job is made and the drive is noted as due at its next time, which is
//! always to come: what was missed is made up for once. Then the job is sent. Who ends before that is followed by somebody who finds the job, and
//! sends it.

use std::time::Duration;

use app_backup::Sum;
use app_domain::{
    BackupSchedule, BackupSettings, Direction, DriveConnection, DriveJob, DriveJobId, DriveProvider,
    DriveWork, NotesScope, StoreError, Timestamp, UserId,
};
use app_store::DueDrive;

use crate::Worker;
use crate::failure::Failure;

/// How long a drive is believed to have everything without a look at all that there is: some changes, such as those of settings, are seen by that alone.
const BELIEVED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// Makes the job of a drive that is due, and moves its note to the next time. What became of it, in a word for the log.
///
/// # Errors
/// See [`Failure`].
pub(crate) async fn due(
    worker: &Worker,
    owner: UserId,
    provider: DriveProvider,
    at: Timestamp,
) -> Result<&'static str, Failure> {
    let due = DueDrive { owner, provider, at };
    let now = (worker.now)();
    let connection = worker.connections.get(owner, provider).await?;
    let Some(connection) = connection.filter(|connection| connection.next_at == Some(at)) else {
        // Taken already, or set otherwise. A note that is left of it goes.
        worker.connections.take_due(due, None, None).await?;
        return sent_again(worker, due).await;
    };
    let next_at = connection.settings.next_after(now.max(at), owner).filter(|_| connection.is_usable());
    let direction = match connection.is_usable() {
        true => wanted(worker, &connection, now).await?,
        false => None,
    };
    let mut job = direction.map(|direction| job(due, direction, now));
    // A time that has had its job is due once more where a drive was set anew by a clock that is slow. It moves on, or nothing would ever come of it.
    if job.is_some() && worker.jobs.get(owner, id(due)).await?.is_some() {
        job = None;
    }
    if !worker.connections.take_due(due, next_at, job.as_ref()).await? {
        return sent_again(worker, due).await;
    }
    match job {
        Some(job) => {
            worker.queue.send(&job.task()).await?;
            Ok("made")
        }
        None => Ok("unchanged"),
    }
}

/// What is to be done at the drive's time. Nothing, if it is only backed up when something has changed, and nothing has.
async fn wanted(
    worker: &Worker,
    connection: &DriveConnection,
    now: Timestamp,
) -> Result<Option<Direction>, StoreError> {
    let BackupSettings { schedule, notes, .. } = connection.settings;
    let has_notes = notes != NotesScope::Off;
    let everything = if has_notes { Direction::Both } else { Direction::Push };
    let believed = connection.last_sync_at.filter(|at| now.since(*at) < BELIEVED_FOR && *at <= now);
    let (BackupSchedule::OnChange, Some(since)) = (schedule, believed) else { return Ok(Some(everything)) };
    if worker.source.memories.have_changed_since(connection.user_id, since).await? {
        return Ok(Some(everything));
    }
    // What is edited on the drive is told by the drive alone.
    Ok(has_notes.then_some(Direction::Pull))
}

/// Sends the job of a time once more, if whoever made it has ended before it was sent. Its worker does it once.
async fn sent_again(worker: &Worker, due: DueDrive) -> Result<&'static str, Failure> {
    match worker.jobs.get(due.owner, id(due)).await? {
        Some(job) if !job.status.is_over() && job.attempt == 0 => {
            worker.queue.send(&job.task()).await?;
            Ok("sent again")
        }
        _ => Ok("taken already"),
    }
}

fn job(due: DueDrive, direction: Direction, now: Timestamp) -> DriveJob {
    let work = DriveWork::Sync { direction };
    let job = DriveJob::with_id(id(due), due.owner, due.provider, work, now);
    DriveJob { is_scheduled: true, ..job }
}

/// The id of the job of a drive at a time.
fn id(DueDrive { owner, provider, at }: DueDrive) -> DriveJobId {
    let name = format!("due/{owner}/{provider}/{at}");
    DriveJobId::derived(at, Sum::of(name.as_bytes()).as_bytes())
}
