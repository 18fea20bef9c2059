//! From the drive: what somebody has edited or added there.
//!
//! The files of a portion are read, what is to be done with each is decided and noted, and then done. Whoever ends in between is followed by
//! somebody who finds the same files changed and decides the same, or sees that it is done.

use std::collections::{BTreeMap, BTreeSet};

use app_connectors::drives::{DriveChange, DriveErrorClass, DriveFile};
use app_domain::{Memory, MemoryId, StoreError, Timestamp};

use super::desk::Desk;
use super::note::{Form, MAX_BYTES, Read, is_note};
use super::plan::{Deed, of_claimed, of_followed, of_made};
use super::state::{Report, State};
use super::task::Task;
use crate::failure::Failure;

/// So many files are dealt with between two times that the state is kept.
const PORTION: usize = 25;
/// How often something is decided anew because somebody has changed the memory meanwhile.
const TRIES: usize = 5;
const TOO_LARGE: &str = "It is larger than 1 MiB.";
const TOO_LONG: &str = "It is longer than a memory can be (64 KiB).";
const TOO_MANY: &str = "There are too many notes already.";
const REFUSED: &str = "The provider does not give it.";

/// A file that was read, and the memory that it is or says it is.
struct Candidate {
    file: DriveFile,
    read: Read,
}

/// Takes what has changed on the drive since the last time.
pub(crate) async fn pull(desk: &Desk<'_>) -> Result<Report, Failure> {
    let mut state = desk.state(false).await?;
    let mut has_begun_anew = false;
    loop {
        desk.pace.goes_on().await?;
        let page = match desk.drive.changes(state.cursor.as_deref()).await {
            // Once: a drive that forgets again and again is for another time.
            Err(error) if error.class == DriveErrorClass::Reset && !has_begun_anew => {
                has_begun_anew = true;
                state.begin_anew();
                desk.keep(&state).await?;
                continue;
            }
            page => page?,
        };
        let changes = last_of_each(page.changes);
        for some in changes.chunks(PORTION) {
            let now = desk.pace.goes_on().await?;
            portion(desk, &mut state, some, now).await?;
        }
        state.cursor = Some(page.cursor);
        if !page.has_more {
            state.compared();
            if state.report.is_to_be_compared {
                state.begin_anew();
            }
            desk.keep(&state).await?;
            return Ok(state.report);
        }
        desk.keep(&state).await?;
    }
}

/// Of a file that occurs twice, the last change counts.
fn last_of_each(changes: Vec<DriveChange>) -> Vec<DriveChange> {
    let mut seen = BTreeSet::new();
    let mut last: Vec<DriveChange> = Vec::new();
    for change in changes.into_iter().rev() {
        let id = match &change {
            DriveChange::File(file) => Some(file.id.clone()),
            DriveChange::Gone { id, .. } => id.clone(),
        };
        if id.is_none_or(|id| seen.insert(id)) {
            last.push(change);
        }
    }
    last.reverse();
    last
}

async fn portion(
    desk: &Desk<'_>,
    state: &mut State,
    changes: &[DriveChange],
    now: Timestamp,
) -> Result<(), Failure> {
    let mut candidates = Vec::new();
    let mut failure = None;
    for change in changes {
        match change {
            DriveChange::Gone { id, path } => state.gone(id.as_deref(), path.as_deref()),
            DriveChange::File(file) if is_note(&file.path) => {
                match candidate(desk, state, file, now).await {
                    Ok(found) => candidates.extend(found),
                    Err(Failure::Overtaken) => return Err(Failure::Overtaken),
                    // What has been read is taken first: a drive that wants to be left alone again and again is got through all the same.
                    Err(error) => {
                        failure = Some(error);
                        break;
                    }
                }
            }
            // It may have been a note before it was moved.
            DriveChange::File(file) => state.gone(Some(&file.id), None),
        }
    }
    take(desk, state, candidates, now).await?;
    failure.map_or(Ok(()), Err)
}

/// Does what is to be done with files that were read.
async fn take(
    desk: &Desk<'_>,
    state: &mut State,
    mut candidates: Vec<Candidate>,
    now: Timestamp,
) -> Result<(), Failure> {
    if candidates.is_empty() {
        return Ok(());
    }
    for try_number in 1..=TRIES {
        let again = decided(desk, state, &candidates, now).await?;
        candidates.retain(|one| again.contains(&one.file.id));
        if candidates.is_empty() {
            return desk.keep(state).await;
        }
        if try_number == TRIES {
            break;
        }
    }
    desk.keep(state).await?;
    Err(Failure::Store(StoreError::Throttled("memories kept changing while notes were taken".into())))
}

/// Reads a file, if it has to be.
async fn candidate(
    desk: &Desk<'_>,
    state: &mut State,
    file: &DriveFile,
    now: Timestamp,
) -> Result<Option<Candidate>, Failure> {
    if let Some(seen) = &mut state.comparing {
        seen.insert(file.id.clone());
    }
    let known = state.of_file(file, desk.provider).and_then(|memory| state.notes.get_mut(&memory));
    let is_new = known.is_none();
    if let Some(note) = known
        && note.file.as_ref().is_some_and(|seen| seen.id == file.id && seen.revision == file.revision)
    {
        note.seen(file);
        return Ok(None);
    }
    if file.size_bytes > MAX_BYTES {
        state.report.skip(&file.path, TOO_LARGE);
        return Ok(None);
    }
    if is_new && state.notes.len() >= State::MAX {
        state.report.skip(&file.path, TOO_MANY);
        return Ok(None);
    }
    if state.unread.get(&file.id) == Some(&file.revision) {
        return Ok(None);
    }
    desk.pace.goes_on().await?;
    let bytes = match desk.drive.read(file, 0, MAX_BYTES + 1).await {
        Ok(bytes) if bytes.len() as u64 > MAX_BYTES => {
            state.report.skip(&file.path, TOO_LARGE);
            return Ok(None);
        }
        Ok(bytes) => bytes,
        // It is gone by now: the next changes say so.
        Err(error) if error.class == DriveErrorClass::NotFound => return Ok(None),
        // It keeps no other file, and is come back to.
        Err(error) if matches!(error.class, DriveErrorClass::Refused | DriveErrorClass::Mismatch) => {
            state.report.is_to_be_compared = true;
            state.report.skip(&file.path, REFUSED);
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    match desk.reading(now).read(file, &bytes) {
        Ok(read) => {
            state.unread.remove(&file.id);
            Ok(Some(Candidate { file: file.clone(), read }))
        }
        Err(reason) => {
            state.leave_unread(file);
            state.report.skip(&file.path, reason);
            Ok(None)
        }
    }
}

/// Decides, notes and does. Returns the ids of the files that have to be decided anew.
async fn decided(
    desk: &Desk<'_>,
    state: &mut State,
    candidates: &[Candidate],
    now: Timestamp,
) -> Result<BTreeSet<String>, Failure> {
    let asked: BTreeSet<MemoryId> = candidates.iter().flat_map(|one| concerned(desk, state, one)).collect();
    let found = desk.memories(&asked.into_iter().collect::<Vec<_>>()).await?;
    let memories: BTreeMap<MemoryId, Memory> = found.into_iter().map(|memory| (memory.id, memory)).collect();
    let mut tasks = Vec::new();
    let mut claimed = BTreeSet::new();
    for Candidate { file, read } in candidates {
        let (of, deed) = decide(desk, state, file, read, &memories, &mut claimed, now);
        let is_new = matches!(deed, Deed::Make | Deed::Copy);
        if is_new && !read.made.rest.is_empty() {
            state.report.skip(&file.path, TOO_LONG);
            continue;
        }
        let is_copy = deed == Deed::Copy;
        let at = if is_copy { file.modified_at.min(now) } else { read.made.memory.created_at };
        let made = is_new.then(|| state.make(file, at, is_copy));
        let memory = of.and_then(|of| memories.get(&of)).cloned();
        tasks.push((file, Task { file, read, of, memory, made, at: now }, deed));
    }
    desk.keep(state).await?;
    let mut again = BTreeSet::new();
    for (file, task, deed) in tasks {
        if !task.done(desk, state, deed).await? {
            again.insert(file.id.clone());
        }
    }
    Ok(again)
}

/// The memories that have to be known.
fn concerned(
    desk: &Desk<'_>,
    state: &State,
    Candidate { file, read }: &Candidate,
) -> impl Iterator<Item = MemoryId> {
    let making = state.making.get(&file.id).map(|making| making.memory);
    [state.of_file(file, desk.provider), making, read.claim.map(|(id, _)| id)].into_iter().flatten()
}

/// What is to be done with a file, and of which memory it is. `claimed` are those that other files of the portion are.
fn decide(
    desk: &Desk<'_>,
    state: &State,
    file: &DriveFile,
    read: &Read,
    memories: &BTreeMap<MemoryId, Memory>,
    claimed: &mut BTreeSet<MemoryId>,
    now: Timestamp,
) -> (Option<MemoryId>, Deed) {
    let names = &desk.names;
    if let Some((id, note)) =
        state.of_file(file, desk.provider).and_then(|id| Some((id, state.notes.get(&id)?)))
    {
        claimed.insert(id);
        return (Some(id), of_followed(note, memories.get(&id), read, names));
    }
    let making = state.making.get(&file.id).and_then(|making| memories.get(&making.memory));
    if let Some(memory) = making {
        return (Some(memory.id), of_made(memory, read, names));
    }
    let Some(memory) = read.claim.and_then(|(id, _)| memories.get(&id)) else { return (None, Deed::Make) };
    let note = state.notes.get(&memory.id);
    // The note is there; this is a copy of it that somebody has made.
    if note.is_some_and(|note| note.file.is_some() && !note.is_gone) || !claimed.insert(memory.id) {
        return (None, Deed::Make);
    }
    if let Some(note) = note {
        return (Some(memory.id), of_followed(note, Some(memory), read, names));
    }
    let shown = desk.shown(memory, &file.path, Form::of(&file.path, true), now);
    let shown = shown.filter(|_| read.claim.is_some_and(|(_, version)| version == memory.version.get()));
    (Some(memory.id), of_claimed(memory, shown.as_ref(), read, names))
}
