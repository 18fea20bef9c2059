//! To the drive: the memories that are wanted there, as far as their notes say something else by now.
//!
//! What is about to be written is noted first, so that it is known again. No file is written over or removed that is not as it was last seen: what
//! somebody has changed there is first taken.

use std::collections::BTreeSet;

use app_connectors::drives::{DriveErrorClass, DriveFile, When};
use app_domain::{
    Limit, ListPosition, Memory, MemoryFilter, MemoryId, MemorySort, MemoryTitle, NotesScope, PageNumber,
    PageRequest, Privacy, Timestamp,
};
use bytes::Bytes;

use super::desk::Desk;
use super::note::{FOLDER, Form, MAX_BYTES, sha256, written};
use super::state::{Followed, Report, State, Writing};
use crate::failure::Failure;

/// So many memories are read at a time, and written between two times that the state is kept.
const PORTION: u32 = 25;
const CHANGED_THERE: &str = "It was changed there and not taken yet, so it is not written.";
const REFUSED: &str = "The provider does not take it.";

/// Writes what has changed here since the last time.
pub(crate) async fn push(desk: &Desk<'_>, scope: NotesScope) -> Result<Report, Failure> {
    let mut state = desk.state(true).await?;
    if scope == NotesScope::Off {
        return Ok(state.report);
    }
    let done = all(desk, &mut state, scope).await;
    // Whoever goes on does so from here, however often the drive wants to be left alone; but who has lost the job leaves what is known to the other.
    if !matches!(done, Err(Failure::Overtaken)) {
        desk.keep(&state).await?;
    }
    done.map(|()| state.report)
}

async fn all(desk: &Desk<'_>, state: &mut State, scope: NotesScope) -> Result<(), Failure> {
    settle(desk, state).await?;
    let mut wanted = BTreeSet::new();
    let mut after = None;
    loop {
        let now = desk.pace.goes_on().await?;
        let (memories, next) = some(desk, scope, after).await?;
        let memories: Vec<Memory> = memories
            .into_iter()
            .filter(|memory| memory.privacy != Privacy::Sealed)
            .take(NotesScope::MAX - wanted.len())
            .collect();
        wanted.extend(memories.iter().map(|memory| memory.id));
        write(desk, state, &memories, now).await?;
        after = next;
        if after.is_none() || wanted.len() >= NotesScope::MAX {
            break;
        }
    }
    others(desk, state, &wanted).await
}

/// Some of the memories that are wanted, the newest first, and where to go on.
async fn some(
    desk: &Desk<'_>,
    scope: NotesScope,
    after: Option<ListPosition>,
) -> Result<(Vec<Memory>, Option<ListPosition>), Failure> {
    let is_favorite = (scope == NotesScope::Favorites).then_some(true);
    let filter = MemoryFilter { is_favorite, ..MemoryFilter::default() };
    let request = PageRequest { limit: Limit::default(), number: PageNumber::default(), after };
    let page = desk.memories.page(desk.owner, &filter, MemorySort::default(), &request).await?;
    Ok((page.items, page.next))
}

/// Finds out what became of what was about to be written when somebody ended.
async fn settle(desk: &Desk<'_>, state: &mut State) -> Result<(), Failure> {
    let open: Vec<MemoryId> =
        state.notes.iter().filter(|(_, note)| note.writing.is_some()).map(|(id, _)| *id).collect();
    for id in open {
        desk.pace.goes_on().await?;
        let Some(note) = state.notes.get_mut(&id) else { continue };
        let Some(writing) = note.writing.clone() else { continue };
        if let Some(file) = desk.drive.find(&note.path).await?
            && file.size_bytes <= MAX_BYTES
            && sha256(&desk.drive.read(&file, 0, MAX_BYTES).await?) == writing.sha256
        {
            note.wrote(&file, writing);
        } else {
            unwritten(state, id);
        }
    }
    Ok(())
}

/// Writes the notes of some memories, as far as they have to be.
async fn write(
    desk: &Desk<'_>,
    state: &mut State,
    memories: &[Memory],
    now: Timestamp,
) -> Result<(), Failure> {
    let mut texts = Vec::new();
    for memory in memories {
        let note = state.notes.get(&memory.id);
        let path = note.map_or_else(|| path_of(memory), |note| note.path.clone());
        let form = note.map_or(Form::of(&path, true), Followed::form);
        let (text, here) = written(memory, &desk.names, form);
        if note.is_some_and(|note| note.here == here) {
            continue;
        }
        let there = desk.shown(memory, &path, form, now);
        let writing = Writing { sha256: sha256(text.as_bytes()), version: memory.version, here, there };
        let note = state.notes.entry(memory.id).or_insert_with(|| Followed {
            path,
            file: None,
            is_gone: false,
            is_ours: true,
            version: memory.version,
            here: String::new(),
            there: None,
            writing: None,
        });
        note.writing = Some(writing);
        texts.push((memory.id, text));
    }
    if texts.is_empty() {
        return Ok(());
    }
    desk.keep(state).await?;
    let mut texts = texts.into_iter();
    while let Some((id, text)) = texts.next() {
        if let Err(failure) = put(desk, state, id, text).await {
            // Nobody has to look for what was not begun.
            texts.for_each(|(id, _)| unwritten(state, id));
            return Err(failure);
        }
    }
    desk.keep(state).await
}

/// What was about to be written is not there.
fn unwritten(state: &mut State, id: MemoryId) {
    if let Some(note) = state.notes.get_mut(&id) {
        note.writing = None;
        if note.file.is_none() {
            state.notes.remove(&id);
        }
    }
}

/// Puts a note that is noted as about to be written.
async fn put(desk: &Desk<'_>, state: &mut State, id: MemoryId, text: String) -> Result<(), Failure> {
    if let Err(failure) = desk.pace.goes_on().await {
        unwritten(state, id);
        return Err(failure);
    }
    let Some(note) = state.notes.get_mut(&id) else { return Ok(()) };
    let when = match note.file.as_ref().filter(|_| !note.is_gone) {
        Some(file) => When::Revision(file.revision.clone()),
        None => When::Absent,
    };
    match desk.drive.put(&note.path, Bytes::from(text), when).await {
        Ok(file) => {
            if let Some(writing) = note.writing.take() {
                note.wrote(&file, writing);
            }
            state.report.written += 1;
        }
        Err(error) => {
            let reason = match error.class {
                // It is not as it was last seen: edited, gone, or another file.
                DriveErrorClass::Conflict | DriveErrorClass::NotFound => CHANGED_THERE,
                DriveErrorClass::Refused => REFUSED,
                // It may have arrived all the same.
                DriveErrorClass::Transient => return Err(error.into()),
                _ => {
                    unwritten(state, id);
                    return Err(error.into());
                }
            };
            state.report.skip(&note.path, reason);
            unwritten(state, id);
        }
    }
    Ok(())
}

/// Notes of memories that are not wanted: the person's own files are written as long as their memories are there, ours are removed.
async fn others(desk: &Desk<'_>, state: &mut State, wanted: &BTreeSet<MemoryId>) -> Result<(), Failure> {
    let others: Vec<MemoryId> = state.notes.keys().filter(|id| !wanted.contains(id)).copied().collect();
    for ids in others.chunks(PORTION as usize) {
        let now = desk.pace.goes_on().await?;
        let (ours, theirs): (Vec<MemoryId>, Vec<MemoryId>) =
            ids.iter().copied().partition(|id| state.notes.get(id).is_some_and(|note| note.is_ours));
        let mut memories = desk.memories(&theirs).await?;
        memories.retain(|memory| memory.privacy != Privacy::Sealed);
        write(desk, state, &memories, now).await?;
        for id in &ours {
            desk.pace.goes_on().await?;
            remove(desk, state, *id).await?;
        }
        if !ours.is_empty() {
            desk.keep(state).await?;
        }
    }
    Ok(())
}

/// Removes a note of ours, unless somebody has changed it there.
async fn remove(desk: &Desk<'_>, state: &mut State, id: MemoryId) -> Result<(), Failure> {
    let Some(note) = state.notes.get(&id) else { return Ok(()) };
    let found = if note.is_gone { None } else { desk.drive.find(&note.path).await? };
    let is_as_seen = |file: &DriveFile| {
        note.file.as_ref().is_some_and(|seen| seen.id == file.id && seen.revision == file.revision)
    };
    match found {
        Some(file) if is_as_seen(&file) => {
            desk.drive.remove(&file).await?;
            state.report.removed += 1;
            state.notes.remove(&id);
        }
        Some(_) => state.report.skip(&note.path, CHANGED_THERE),
        None => drop(state.notes.remove(&id)),
    }
    Ok(())
}

/// Where a note goes that has never been there: by the memory's title, which may change later without the file being called otherwise.
fn path_of(memory: &Memory) -> String {
    let title = memory.title.as_ref().map_or("", MemoryTitle::as_str);
    format!("{FOLDER}{}.md", app_archive::editable_name(title, &memory.id.to_string()))
}
