//! `md`: a vault of notes, as Obsidian and its like have them: a note for each memory and each conversation, with everything that is known
//! of it in front of its words, and a note each for what is about the person.
//!
//! What people wrote is Markdown already and stays as it is, but for two things: what would reach beyond its own text is closed
//! ([`text::closed`]), and what is HTML, or leads to what a program might run, is nothing but words ([`markup`]).

mod editable;
mod front;
mod markup;
mod name;
mod note;
#[cfg(test)]
mod tests;
mod text;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::outline::{heading, is_below, part};
use super::sheet::Sheet;
use super::view::{Names, View};
use super::{Output, Renderer, StateError, kept, to_keep};
use crate::{Head, Kind, Record, Totals};
use name::note_name;
use note::Note;
use text::inline;

pub use editable::{editable_note, shown_words};
pub use name::editable_name;

/// A note that has passed this goes on in another: editors hold a note in memory, and draw it.
const NOTE_BYTES: u64 = 1 << 20;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct State {
    names: Names,
    /// The note that is written.
    open: Option<Open>,
    /// What the last record below the note's own was.
    group: Option<Kind>,
    last_turn: Option<String>,
    /// How many notes there are of what shares one.
    #[serde(default)]
    shared: BTreeMap<String, u32>,
}

/// The note that is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Open {
    /// The kind that its part of the export is named after.
    part: Kind,
    /// Its folder, with a slash behind it, and its name without extension.
    folder: String,
    name: String,
    title: String,
    /// 1, or more where a note goes on in others.
    number: u32,
}

impl Open {
    fn path(&self) -> String {
        format!("{}{}.md", self.folder, self.file(self.number))
    }

    fn file(&self, number: u32) -> String {
        if number == 1 { self.name.clone() } else { format!("{} - {number}", self.name) }
    }

    /// From its folder to the beginning of the archive.
    fn up(&self) -> String {
        "../".repeat(self.folder.matches('/').count())
    }
}

pub(super) struct Md {
    view: View,
    state: State,
}

impl Md {
    pub(super) fn new(head: &Head, state: Option<&Value>) -> Result<Self, StateError> {
        Ok(Self { view: View::of(head), state: kept(state)? })
    }

    /// The note that a record begins, if it begins one: all that has no note of its own shares one with its kind.
    fn begun_by(&self, record: &Record, sheet: &Sheet) -> Option<Open> {
        let part = part(record);
        let times = &self.view.times;
        let of_its_own = |folder: &str, id: String| {
            let at = sheet.at.unwrap_or(self.view.head.exported_at);
            let folder = format!("{folder}/{}/", times.year(at));
            let name = note_name(&times.iso_day(at), &sheet.title, &id);
            Open { part, folder, name, title: sheet.title.clone(), number: 1 }
        };
        let shared = |name: &str, title: &str| {
            Some(Open {
                part,
                folder: String::new(),
                name: name.to_owned(),
                title: title.to_owned(),
                // What is come to again, though nothing should be, goes on behind its notes.
                number: self.state.shared.get(name).copied().unwrap_or_default() + 1,
            })
        };
        let is_about = |part| {
            matches!(part, Kind::Account | Kind::Settings | Kind::Category | Kind::SavedSearch | Kind::Fact)
        };
        let open = self.state.open.as_ref();
        match record {
            Record::Memory(memory) => Some(of_its_own("memories", memory.id.to_string())),
            Record::Conversation(conversation) => {
                Some(of_its_own("conversations", conversation.id.to_string()))
            }
            _ if open.is_some_and(|open| open.part == part || (is_about(open.part) && is_about(part))) => {
                None
            }
            _ if is_about(part) => shared("about", self.view.words.about_you),
            _ => match part {
                Kind::File => shared("files", self.view.words.files),
                Kind::Reminder => shared("reminders", self.view.words.reminders),
                Kind::Contact => shared("contacts", self.view.words.contacts),
                // What is below something stands behind it; if it ever does not, it is not lost.
                _ => shared("others", self.view.words.overview),
            },
        }
    }

    /// Goes on in another note if this one is full.
    fn turn_over(&mut self, out: &mut Output<'_>) {
        let Some(open) = self.state.open.as_mut().filter(|_| out.container.entry_bytes() >= NOTE_BYTES)
        else {
            return;
        };
        let words = self.view.words;
        let next = open.file(open.number + 1);
        out.container.write(format!("{}: [[{next}]]\n", words.goes_on).as_bytes());
        let before = open.file(open.number);
        open.number += 1;
        if open.folder.is_empty() {
            self.state.shared.insert(open.name.clone(), open.number);
        }
        out.container.open(&open.path(), self.view.head.exported_at);
        let title = inline(&open.title);
        let text = format!("# {title} ({})\n\n[[{before}]]\n\n", words.continued);
        out.container.write(text.as_bytes());
        self.state.group = None;
    }

    fn branch(&mut self, record: &Record) -> Option<String> {
        let Record::Turn(turn) = record else { return None };
        let before = self.state.last_turn.replace(turn.id.to_string());
        let parent = turn.parent_id.map(|id| id.to_string());
        (parent != before).then(|| match parent {
            // The place of the turn that it follows, as Obsidian links to blocks.
            Some(parent) => {
                format!("*{} · {} [[#^t-{parent}]]*", self.view.words.branch, self.view.words.follows)
            }
            None => format!("*{}*", self.view.words.branch),
        })
    }
}

impl Renderer for Md {
    fn passes(&self) -> Vec<Vec<Kind>> {
        vec![Kind::ALL.to_vec()]
    }

    fn begin(&mut self, _: usize, _: &mut Output<'_>) {}

    fn record(&mut self, record: &Record, out: &mut Output<'_>) {
        self.state.names.note(record);
        let sheet = Sheet::of(record, &self.view, &self.state.names);
        let begun = self.begun_by(record, &sheet);
        let is_new = begun.is_some();
        if let Some(open) = begun {
            out.container.open(&open.path(), self.view.head.exported_at);
            if open.folder.is_empty() {
                self.state.shared.insert(open.name.clone(), open.number);
            }
            (self.state.open, self.state.group) = (Some(open), None);
            if !is_below(record) {
                self.state.last_turn = None;
            }
        } else {
            self.turn_over(out);
        }
        let Some(open) = self.state.open.clone() else { return };
        let (up, words) = (open.up(), self.view.words);
        let mut note = Note::new(&up);
        if matches!(record, Record::Memory(_) | Record::Conversation(_)) {
            note.front(&front::matter(record, &self.view, &self.state.names));
            note.heading(1, &sheet.title);
            note.bodies(&sheet.bodies);
            return out.container.write(note.text().as_bytes());
        }
        if is_new {
            note.heading(1, &open.title);
        }
        if self.state.group != Some(record.kind()) {
            self.state.group = Some(record.kind());
            let heading = heading(record.kind(), words);
            if heading != open.title || is_below(record) {
                note.heading(2, heading);
            }
        }
        let branch = self.branch(record);
        let at = sheet.at.filter(|_| is_below(record)).map(|at| format!(" · {}", self.view.times.full(at)));
        if sheet.title != heading(record.kind(), words) {
            note.heading(3, &format!("{}{}", sheet.title, at.unwrap_or_default()));
        }
        note.lines(branch.as_slice());
        if let Record::File(file) = record {
            note.embed(file);
        }
        note.quotes(&sheet.bodies);
        note.rows(&sheet.rows);
        match record {
            Record::Turn(turn) => note.anchor("t", &turn.id.to_string()),
            Record::Message(message) => note.anchor("m", &message.id.to_string()),
            _ => {}
        }
        out.container.write(note.text().as_bytes());
    }

    fn end(&mut self, _: usize, out: &mut Output<'_>) {
        self.state.open = None;
        out.container.close();
    }

    fn index(&mut self, _: &str, _: &mut Output<'_>) {}

    fn finish(&mut self, totals: &Totals, out: &mut Output<'_>) {
        let words = self.view.words;
        out.container.open("overview.md", self.view.head.exported_at);
        let mut note = Note::new("");
        note.heading(1, words.heading);
        note.lines(&[inline(&self.view.made())]);
        note.heading(2, words.counts);
        note.counts(totals.counts.iter().map(|(kind, count)| (heading(*kind, words), *count)));
        let unreadable = &totals.unreadable;
        note.counts((!unreadable.is_empty()).then_some((words.unreadable, unreadable.count)).into_iter());
        out.container.write(note.text().as_bytes());
        out.container.close();
    }

    fn state(&self) -> Value {
        to_keep(&self.state)
    }
}
