//! Notes in Markdown: a vault, such as Obsidian keeps, in a ZIP, or a single note.
//!
//! A note is named by its path in the vault, and its files are found as Obsidian finds them: beside it, from the top, or anywhere. A path in
//! a note or in the archive is only ever a name to look up in the archive's own directory.

mod front;
mod marks;
mod note;
mod vault;

use std::collections::HashSet;
use std::io::Read;
use std::ops::ControlFlow;

use crate::archive::Archive;
use crate::{ImportError, Item, Options, Out, text};

use note::Note;
use vault::Vault;

/// The largest note.
const MAX_BYTES: u64 = 32 * 1024 * 1024;
/// So much of a text shows whether it is one.
const BEGINNING_BYTES: usize = 16 * 1024;
/// So many notes are looked into.
const LOOKED_INTO: usize = 16;
/// What is said after all notes comes as the entry of this number.
const AFTER: u32 = u32::MAX - 1;

/// Whether there are notes in it.
pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    let vault = Vault::of(archive.entries());
    let first: Vec<usize> = vault.notes().iter().copied().take(LOOKED_INTO).collect();
    first.into_iter().any(|index| {
        let beginning = text::decode(&archive.beginning(index, BEGINNING_BYTES)).0;
        !beginning.trim().is_empty() && is_text(&beginning)
    })
}

/// Gives each note in it as a memory.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let vault = Vault::of(archive.entries());
    let mut used = HashSet::new();
    for &index in vault.notes() {
        let is_new = out.entry(u32::try_from(index).unwrap_or(AFTER));
        let path = vault.path(index).to_owned();
        let bytes = match bytes(archive, index) {
            Ok(bytes) => bytes,
            Err(error) => {
                let reason = error.of_entry()?;
                if is_new && out.trouble("memory", path, reason).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                continue;
            }
        };
        let modified = archive.entries().get(index).and_then(|entry| entry.modified);
        let note = Note::read(&bytes, &path, modified, &vault, options);
        // Of notes that were given before only the files are looked at, to know which no note names.
        let items = match note {
            Ok(note) => {
                used.extend(note.files());
                note.items()
            }
            Err(reason) => {
                vec![Item::Trouble(crate::Trouble { kind: "memory", key: path, reason: reason.to_owned() })]
            }
        };
        if is_new && items.into_iter().any(|item| out.give(item).is_break()) {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(say_what_is_left(&vault, &used, out))
}

fn say_what_is_left(vault: &Vault, used: &HashSet<usize>, out: &mut Out<'_>) -> ControlFlow<()> {
    let left: Vec<&str> =
        vault.files().filter(|(index, _)| !used.contains(index)).map(|(_, path)| path).collect();
    if out.entry(AFTER)
        && let Some(first) = left.first()
    {
        let count = left.len();
        return out.warning(format!(
            "No note names {count} of the files beside them, such as “{first}”: they are left out."
        ));
    }
    ControlFlow::Continue(())
}

fn bytes(archive: &mut Archive<'_>, index: usize) -> Result<Vec<u8>, ImportError> {
    let mut bytes = Vec::new();
    let read = archive.open(index)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if read as u64 > MAX_BYTES {
        let name = archive.entries().get(index).map(|entry| entry.name.clone()).unwrap_or_default();
        return Err(ImportError::Entry { name, reason: "It is larger than 32 MiB.".to_owned() });
    }
    Ok(bytes)
}

/// Whether it can be read by people, and is not the bytes of something else.
fn is_text(text: &str) -> bool {
    !text.contains('\0')
        && text.chars().filter(|char| char.is_control() && !char.is_whitespace()).count() * 50 <= text.len()
}
