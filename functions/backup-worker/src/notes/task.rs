//! What was decided for a file, done.

use app_connectors::drives::DriveFile;
use app_domain::{CategoryId, Memory, MemoryId, MemoryPatch, MemoryTitle, StoreError, Timestamp};
use app_store::{ChangeError, Creation};

use super::desk::Desk;
use super::note::{Read, written};
use super::plan::{Deed, followed};
use super::state::State;
use super::taken::taken;
use crate::failure::Failure;

/// The longest title, in characters.
const TITLE_CHARS: usize = 255;

/// A file for which it is decided what to do.
pub(super) struct Task<'a> {
    pub(super) file: &'a DriveFile,
    pub(super) read: &'a Read,
    /// The memory that it is.
    pub(super) of: Option<MemoryId>,
    /// The same as it was read.
    pub(super) memory: Option<Memory>,
    /// The memory that it becomes.
    pub(super) made: Option<MemoryId>,
    pub(super) at: Timestamp,
}

impl Task<'_> {
    /// Does it. `false` if it has to be decided anew.
    pub(super) async fn done(self, desk: &Desk<'_>, state: &mut State, deed: Deed) -> Result<bool, Failure> {
        match deed {
            Deed::Skip(reason) => state.report.skip(&self.file.path, reason),
            Deed::Follow => self.follow(desk, state),
            Deed::Wrote => {
                if let Some(note) = self.of.and_then(|of| state.notes.get_mut(&of))
                    && let Some(writing) = note.writing.take()
                {
                    note.wrote(self.file, writing);
                }
            }
            Deed::Take(after) => return self.take(desk, state, *after).await,
            Deed::Copy => self.copy(desk, state).await?,
            Deed::Make => self.make(desk, state).await?,
        }
        Ok(true)
    }

    /// It is followed from this revision on, and says nothing new.
    fn follow(self, desk: &Desk<'_>, state: &mut State) {
        let Some(of) = self.of else { return };
        match (state.notes.get_mut(&of), &self.memory) {
            (Some(note), memory) => {
                note.seen(self.file);
                note.there = Some(self.read.marks.clone());
                // It may have been taken before a sudden end.
                let says_all = |memory: &&Memory| {
                    let same = taken(memory, self.read, None, &desk.names, note.is_ours);
                    same.is_ok_and(|same| same == **memory)
                };
                if let Some(memory) = memory.as_ref().filter(says_all) {
                    note.version = memory.version;
                    note.here = written(memory, &desk.names, note.form()).1;
                }
            }
            (None, Some(memory)) => self.begin(desk, state, memory),
            (None, None) => {}
        }
        state.making.remove(&self.file.id);
    }

    async fn take(self, desk: &Desk<'_>, state: &mut State, after: Memory) -> Result<bool, Failure> {
        let id = after.id;
        let change = |_: Memory| after.clone().patched(MemoryPatch::default(), self.at);
        let changed = desk.memories.change(desk.owner, id, Some(after.version), change).await;
        let memory = match changed {
            Ok(memory) => memory,
            Err(ChangeError::Missing | ChangeError::Stale | ChangeError::NoCategory) => return Ok(false),
            Err(ChangeError::Refused(invalid)) => {
                state.report.skip(&self.file.path, format!("The memory cannot be so: {invalid}."));
                return Ok(true);
            }
            Err(ChangeError::Store(error)) => return Err(error.into()),
        };
        state.report.changed += 1;
        match state.notes.get_mut(&id) {
            Some(note) => {
                note.seen(self.file);
                note.version = memory.version;
                note.here = written(&memory, &desk.names, note.form()).1;
                note.there = Some(self.read.marks.clone());
                note.writing = None;
            }
            None => self.begin(desk, state, &memory),
        }
        state.making.remove(&self.file.id);
        Ok(true)
    }

    /// The memory stays as it is, and the file is to be written from it.
    async fn copy(self, desk: &Desk<'_>, state: &mut State) -> Result<(), Failure> {
        let (Some(of), Some(made)) = (self.of, self.made) else { return Ok(()) };
        let mut copy = self.new_memory(desk, made);
        copy.title = self.copied_title(desk).or(copy.title);
        // It is there to be looked at once, not to lie on the drive too.
        copy.is_favorite = false;
        copy.created_at = self.file.modified_at.min(self.at);
        copy.updated_at = copy.created_at;
        self.create(desk, copy).await?;
        state.report.copies += 1;
        if let (None, Some(memory)) = (state.notes.get(&of), &self.memory) {
            self.begin(desk, state, memory);
        }
        if let Some(note) = state.notes.get_mut(&of) {
            note.seen(self.file);
            note.here = String::new();
            note.there = Some(self.read.marks.clone());
            note.writing = None;
        }
        state.making.remove(&self.file.id);
        Ok(())
    }

    async fn make(self, desk: &Desk<'_>, state: &mut State) -> Result<(), Failure> {
        let Some(made) = self.made else { return Ok(()) };
        let memory = self.create(desk, self.new_memory(desk, made)).await?;
        state.report.made += 1;
        // The memory that it was is not there any more.
        if let Some(of) = self.of {
            state.notes.remove(&of);
        }
        let note = followed(self.file, &memory, &self.read.marks, &desk.names, false);
        state.notes.insert(made, note);
        state.making.remove(&self.file.id);
        Ok(())
    }

    /// Follows a file that was not followed before.
    fn begin(&self, desk: &Desk<'_>, state: &mut State, memory: &Memory) {
        let is_ours = !state.making.contains_key(&self.file.id) || self.read.claim.is_some();
        let note = followed(self.file, memory, &self.read.marks, &desk.names, is_ours);
        state.notes.insert(memory.id, note);
    }

    /// What the file says, as a memory of its own.
    fn new_memory(&self, desk: &Desk<'_>, id: MemoryId) -> Memory {
        let category: Option<CategoryId> =
            self.read.made.category.as_ref().and_then(|name| desk.names.id(name.as_str()));
        Memory { id, category, ..self.read.made.memory.clone() }
    }

    /// Such as `Shopping (from Google Drive, 2026-11-22)`.
    fn copied_title(&self, desk: &Desk<'_>) -> Option<MemoryTitle> {
        let end = format!(" (from {}, {})", desk.provider.title(), self.file.modified_at.min(self.at).day());
        let kept = TITLE_CHARS.saturating_sub(end.chars().count());
        let title = self.read.made.memory.title.as_ref().map_or("", MemoryTitle::as_str);
        let title: String = title.chars().take(kept).collect();
        MemoryTitle::parse(format!("{}{end}", title.trim_end()).trim()).ok()
    }

    /// Makes a memory, unless it was made before the last end. In no category, if that is gone by now.
    async fn create(&self, desk: &Desk<'_>, mut memory: Memory) -> Result<Memory, Failure> {
        match desk.memories.create(&memory).await {
            Ok(Creation::NoCategory) => memory.category = None,
            Ok(Creation::Saved { .. }) | Err(StoreError::Conflict) => return Ok(memory),
            Err(error) => return Err(error.into()),
        }
        match desk.memories.create(&memory).await {
            Ok(_) | Err(StoreError::Conflict) => Ok(memory),
            Err(error) => Err(error.into()),
        }
    }
}
