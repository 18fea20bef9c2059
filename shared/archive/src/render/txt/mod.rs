//! `txt`: one text to read.
//!
//! What people wrote is indented, always: no line of theirs can pass for a heading, or for the last line, which names counts and
//! the SHA-256 of everything before it. What would steer a terminal is not written.

mod setting;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::outline::{heading, is_below, part};
use super::sheet::{Body, Sheet};
use super::view::{Names, View};
use super::{Output, Renderer, StateError, kept, to_keep};
use crate::{Head, Kind, Record, Totals};
use setting::Setting;

/// How far what is below a memory or a conversation is indented, and what was written in either.
const INDENT: usize = 2;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct State {
    names: Names,
    part: Option<Kind>,
    group: Option<Kind>,
    last_turn: Option<String>,
}

pub(super) struct Txt {
    view: View,
    state: State,
}

impl Txt {
    pub(super) fn new(head: &Head, state: Option<&Value>) -> Result<Self, StateError> {
        Ok(Self { view: View::of(head), state: kept(state)? })
    }

    /// The headings between the record before and this one.
    fn headings(&mut self, record: &Record, page: &mut Setting) {
        let here = part(record);
        if self.state.part != Some(here) {
            (self.state.part, self.state.group) = (Some(here), None);
            page.part(heading(here, self.view.words));
        }
        if !is_below(record) {
            (self.state.group, self.state.last_turn) = (None, None);
        } else if self.state.group != Some(record.kind()) {
            self.state.group = Some(record.kind());
            page.group(INDENT, heading(record.kind(), self.view.words));
        }
    }

    /// That a turn does not follow the one before it: the person went back and asked something else.
    fn branch(&mut self, record: &Record) -> Option<String> {
        let Record::Turn(turn) = record else { return None };
        let before = self.state.last_turn.replace(turn.id.to_string());
        let parent = turn.parent_id.map(|id| id.to_string());
        (parent != before).then(|| match parent {
            Some(parent) => format!("{} · {}: {parent}", self.view.words.branch, self.view.words.follows),
            None => self.view.words.branch.to_owned(),
        })
    }
}

impl Renderer for Txt {
    fn passes(&self) -> Vec<Vec<Kind>> {
        vec![Kind::ALL.to_vec()]
    }

    fn begin(&mut self, _: usize, out: &mut Output<'_>) {
        out.container.open("export.txt", self.view.head.exported_at);
        let mut page = Setting::default();
        page.part(self.view.words.heading);
        page.line(0, &self.view.made());
        out.container.write(page.text().trim_start().as_bytes());
    }

    fn record(&mut self, record: &Record, out: &mut Output<'_>) {
        let mut page = Setting::default();
        self.state.names.note(record);
        self.headings(record, &mut page);
        let sheet = Sheet::of(record, &self.view, &self.state.names);
        let branch = self.branch(record);
        let indent = if is_below(record) {
            let at = sheet.at.map(|at| format!(" · {}", self.view.times.full(at))).unwrap_or_default();
            page.space();
            page.line(INDENT, &format!("{}{at}", sheet.title));
            2 * INDENT
        } else {
            let is_named = sheet.title != heading(record.kind(), self.view.words);
            page.title(is_named.then_some(&sheet.title));
            if let Some(at) = sheet.at {
                page.line(INDENT, &self.view.times.full(at));
            }
            INDENT
        };
        if let Some(line) = branch {
            page.line(indent, &line);
        }
        // What was said comes first where people talk, and what is known of it first where it is kept.
        let talks = is_below(record);
        if talks {
            bodies(&sheet, indent, &mut page);
            if !sheet.bodies.is_empty() && (!sheet.rows.is_empty() || record.kind() == Kind::Turn) {
                page.space();
            }
        }
        for row in &sheet.rows {
            let values: Vec<&str> = row.values.iter().map(|value| value.name.as_str()).collect();
            page.row(indent, row.label, &values);
        }
        if !talks {
            bodies(&sheet, indent, &mut page);
        }
        if let Record::Turn(turn) = record {
            page.row(indent, self.view.words.id, &[turn.id.to_string().as_str()]);
        }
        out.container.write(page.text().as_bytes());
    }

    fn end(&mut self, _: usize, _: &mut Output<'_>) {}

    fn index(&mut self, _: &str, _: &mut Output<'_>) {}

    fn finish(&mut self, totals: &Totals, out: &mut Output<'_>) {
        let mut page = Setting::default();
        page.part(self.view.words.ending);
        let unreadable = &totals.unreadable;
        let items: Vec<String> =
            unreadable.items.iter().map(|item| format!("{} {}", item.kind, item.id)).collect();
        if !items.is_empty() {
            let items: Vec<&str> = items.iter().map(String::as_str).collect();
            page.row(0, self.view.words.unreadable, &items);
        }
        out.container.write(page.text().as_bytes());
        let mut counts: Vec<String> =
            totals.counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        if !unreadable.is_empty() {
            counts.push(format!("unreadable {}", unreadable.count));
        }
        let sha256 = out.container.entry_sha256();
        let last = format!("{}: {} · SHA-256: {sha256}\n", self.view.words.counts, counts.join(", "));
        out.container.write(last.as_bytes());
    }

    fn state(&self) -> Value {
        to_keep(&self.state)
    }
}

fn bodies(sheet: &Sheet, indent: usize, page: &mut Setting) {
    for body in &sheet.bodies {
        page.space();
        match body {
            Body::Prose(said) => page.prose(indent, said),
            Body::Code(code) => page.code(indent, code),
        }
    }
}
