//! What is to be done with a file that is new or has changed.

use app_connectors::drives::DriveFile;
use app_domain::{Memory, Privacy, Version};

use super::marks::Marks;
use super::names::Names;
use super::note::{Form, Read, written};
use super::state::{Followed, Seen};
use super::taken::taken;

/// What is to be done with a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Deed {
    /// It says what is here already: it is followed from this revision on.
    Follow,
    /// It is what we were about to write.
    Wrote,
    /// The memory becomes so, if it is still at the version that it has here.
    Take(Box<Memory>),
    /// Both have changed: the memory stays, what the file says becomes another one, and the file is written anew.
    Copy,
    /// It becomes a new memory.
    Make,
    /// It is left as it is, for this reason.
    Skip(String),
}

const SEALED: &str = "The memory is sealed: nothing is taken for it from a text that is not.";

/// What is to be done with a changed file of a note that is followed.
pub(crate) fn of_followed(note: &Followed, memory: Option<&Memory>, read: &Read, names: &Names) -> Deed {
    if note.writing.as_ref().is_some_and(|writing| writing.sha256 == read.sha256) {
        return Deed::Wrote;
    }
    if note.there.as_ref() == Some(&read.marks) {
        return Deed::Follow;
    }
    let Some(memory) = memory else { return Deed::Make };
    if memory.privacy == Privacy::Sealed {
        return Deed::Skip(SEALED.to_owned());
    }
    let is_same_here = memory.version == note.version || written(memory, names, note.form()).1 == note.here;
    against(memory, read, note.there.as_ref(), names, note.is_ours, is_same_here)
}

/// What is to be done with a file that says which memory it is, and is not followed. `shown` is what the note of that memory says now.
pub(crate) fn of_claimed(memory: &Memory, shown: Option<&Marks>, read: &Read, names: &Names) -> Deed {
    if memory.privacy == Privacy::Sealed {
        return Deed::Skip(SEALED.to_owned());
    }
    let is_at = read.claim.is_some_and(|(_, version)| version == memory.version.get());
    against(memory, read, shown, names, true, is_at)
}

/// What is to be done with a file of a memory that was about to be made of it, and is there.
pub(crate) fn of_made(memory: &Memory, read: &Read, names: &Names) -> Deed {
    against(memory, read, None, names, false, memory.version == Version::FIRST)
}

fn against(
    memory: &Memory,
    read: &Read,
    before: Option<&Marks>,
    names: &Names,
    is_ours: bool,
    is_same_here: bool,
) -> Deed {
    match taken(memory, read, before, names, is_ours) {
        Err(reason) => Deed::Skip(reason),
        Ok(after) if after == *memory => Deed::Follow,
        Ok(after) if is_same_here => Deed::Take(Box::new(after)),
        Ok(_) => Deed::Copy,
    }
}

/// A file that has just been found, as it is followed from now on.
pub(crate) fn followed(
    file: &DriveFile,
    memory: &Memory,
    marks: &Marks,
    names: &Names,
    is_ours: bool,
) -> Followed {
    Followed {
        path: file.path.clone(),
        file: Some(Seen::of(file)),
        is_gone: false,
        is_ours,
        version: memory.version,
        here: written(memory, names, Form::of(&file.path, is_ours)).1,
        there: Some(marks.clone()),
        writing: None,
    }
}
