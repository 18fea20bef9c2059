//! Chats of WhatsApp, as its apps export them: a text, alone or in a ZIP with the files that were sent.
//!
//! How a text looks depends on the phone, its language and its settings, and nothing in it says which: the order of dates and the names of
//! people are found out in a first pass, messages are read in a second. Neither keeps more than a message in memory.

mod authors;
mod body;
mod chat;
mod clock;
mod files;
mod halves;
mod lines;
mod order;
mod phrases;
mod stamp;
mod survey;

use std::io::BufReader;
use std::ops::ControlFlow;

use crate::archive::Archive;
use crate::text::Utf8;
use crate::{ImportError, Item, NewMessage, Options, Out};

use chat::{Chat, NoMessage};
use files::Files;
use lines::Lines;
use survey::Survey;

/// So much of a text shows whether it is a chat.
const BEGINNING_BYTES: usize = 8 * 1024;
/// So many texts of an archive are looked into.
const MAX_TEXTS: usize = 64;

/// Whether there is a chat in it.
pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    let mut texts = texts(archive);
    texts.truncate(MAX_TEXTS);
    texts.retain(|index| looks_like_a_chat(archive, *index));
    let mut entries = texts.iter().filter_map(|index| archive.entries().get(*index));
    // Among notes there may be a chat, which does not make a chat of them; and among what was sent there may be notes.
    entries.any(|entry| chat::is_called_as_one(&entry.name)) || texts.len() > archive.notes()
}

/// Gives each chat in it as a memory, and its messages.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let mut chats = texts(archive);
    // A single file was said to be a chat: if it is none, that is said of it.
    chats.retain(|index| !archive.is_zip() || looks_like_a_chat(archive, *index));
    archive.check()?;
    if chats.is_empty() {
        return Err(ImportError::Unknown("there is no chat of WhatsApp in it".to_owned()));
    }
    if archive.is_zip() {
        out.note_files();
    }
    for index in &chats {
        let entry = u32::try_from(*index).unwrap_or(u32::MAX);
        if out.entry(entry) && read_chat(archive, *index, options, out)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    let entries = archive.entries().iter().enumerate();
    let others = entries.filter(|(index, entry)| chats.binary_search(index).is_err() && !entry.is_junk());
    Ok(out.unnamed(others.map(|(_, entry)| entry.name.as_str())))
}

/// The texts in an archive.
fn texts(archive: &Archive<'_>) -> Vec<usize> {
    let entries = archive.entries().iter().enumerate();
    let texts = entries.filter(|(_, entry)| {
        entry.name.is_empty() || (entry.name.to_lowercase().ends_with(".txt") && !entry.is_junk())
    });
    texts.map(|(index, _)| index).collect()
}

/// Whether a text begins as chats do: with a date and a time.
fn looks_like_a_chat(archive: &mut Archive<'_>, index: usize) -> bool {
    let beginning = archive.beginning(index, BEGINNING_BYTES);
    let (beginning, _) = crate::text::decode(&beginning);
    let is_blank = |char: char| char.is_whitespace() || stamp::is_mark(char);
    let mut lines = beginning.lines().skip_while(|line| line.trim_matches(is_blank).is_empty());
    let Some(first) = lines.next().and_then(stamp::head) else { return false };
    let layout = first.stamp.layout;
    // Logs of other programs have seconds behind a dash; WhatsApp has them only in brackets, and before 2018.
    let is_of_a_phone = layout.is_bracketed || !layout.has_seconds || !beginning.contains(" - ");
    let mut others = lines.filter_map(stamp::head).filter(|head| head.stamp.layout == layout);
    let is_sure = !first.stamp.is_vague || others.any(|head| authors::split(head.rest).is_some());
    is_of_a_phone && is_sure && survey::is_date(&first.stamp)
}

fn read_chat(
    archive: &mut Archive<'_>,
    index: usize,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let path = archive.entries().get(index).map(|entry| entry.name.clone()).unwrap_or_default();
    let mut lines = Lines::new(BufReader::new(Utf8::new(archive.open(index)?)));
    let (survey, end) = Survey::of(&mut lines, options.day_first);
    drop(lines);
    let broken = end.map_err(ImportError::from).err().map(ImportError::of_entry).transpose()?;
    let Some(survey) = survey else {
        let reason = broken.unwrap_or_else(|| "There is no message in it.".to_owned());
        return Ok(out.trouble("memory", path, reason));
    };
    let files = Files::beside(archive.entries(), index);
    let (chat, memory) = Chat::new(&path, survey, files, &options.timezone);
    let title = memory.title.clone().unwrap_or_default();
    let warnings = chat.warnings(&title).into_iter().map(Item::Warning);
    for item in warnings.chain([Item::Memory(Box::new(memory))]) {
        if out.give(item).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    let lines = Lines::new(BufReader::new(Utf8::new(archive.open(index)?)));
    let (flow, warning) = read_messages(chat, lines, &path, &title, out)?;
    Ok(match warning {
        Some(warning) if flow.is_continue() => out.warning(warning),
        _ => flow,
    })
}

fn read_messages(
    mut chat: Chat,
    mut lines: Lines<impl std::io::BufRead>,
    path: &str,
    title: &str,
    out: &mut Out<'_>,
) -> Result<(ControlFlow<()>, Option<String>), ImportError> {
    let message = |message: Option<NewMessage>, out: &mut Out<'_>| match message {
        Some(message) => out.give(Item::Message(Box::new(message))),
        None => ControlFlow::Continue(()),
    };
    let mut is_known = false;
    loop {
        let (flow, is_last) = match lines.next() {
            Ok(Some(line)) => match chat.line(&line) {
                Ok(ended) => (message(ended, out), false),
                Err(NoMessage) if is_known => (ControlFlow::Continue(()), false),
                Err(NoMessage) => {
                    is_known = true;
                    (
                        out.trouble(
                            "message",
                            format!("line {}", line.number),
                            "It stands before the first message.",
                        ),
                        false,
                    )
                }
            },
            Ok(None) => (message(chat.end(), out), true),
            Err(error) => {
                let reason = ImportError::from(error).of_entry()?;
                let last = message(chat.end(), out);
                (if last.is_break() { last } else { out.trouble("memory", path, reason) }, true)
            }
        };
        if flow.is_break() || is_last {
            return Ok((flow, chat.warning(title)));
        }
    }
}
