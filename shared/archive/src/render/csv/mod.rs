//! `csv`: a table for each kind of record, in RFC 4180 and UTF-8.
//!
//! Tables are opened by programs that run what looks like a formula, so no cell looks like one: see [`cell`]. Each begins with a byte order
//! mark, by which those programs know UTF-8.

mod cell;
mod columns;
#[cfg(test)]
mod tests;

use csv::{QuoteStyle, Terminator, WriterBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Output, Renderer, StateError, kept, to_keep};
use crate::{Head, Kind, Record, Totals};
use cell::defused;
use columns::{columns, table, values};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct State {
    /// How many tables of the pass are begun.
    begun: usize,
    /// Which pass.
    pass: usize,
}

pub(super) struct Csv {
    head: Head,
    state: State,
}

/// A walk gives records in their order, in which a memory's versions stand between memories: a table is written at once, so each of those has a
/// walk of its own. What stands together shares one.
const PASSES: [&[Kind]; 8] = [
    &[Kind::Account, Kind::Settings, Kind::Category, Kind::SavedSearch, Kind::Fact],
    &[Kind::Memory],
    &[Kind::Version],
    &[Kind::File],
    &[Kind::Message],
    &[Kind::Conversation],
    &[Kind::Turn],
    &[Kind::Reminder, Kind::Contact],
];

impl Csv {
    pub(super) fn new(head: &Head, state: Option<&Value>) -> Result<Self, StateError> {
        Ok(Self { head: head.clone(), state: kept(state)? })
    }

    fn kinds(&self) -> &'static [Kind] {
        PASSES.get(self.state.pass).copied().unwrap_or_default()
    }

    /// Begins the tables of the pass up to this many, the last of which is written from now on. Those that nothing is in have their head.
    fn begin_tables(&mut self, count: usize, out: &mut Output<'_>) {
        for kind in self.kinds().iter().take(count).skip(self.state.begun) {
            out.container.open(table(*kind), self.head.exported_at);
            out.container.write("\u{feff}".as_bytes());
            out.container.write(&written(columns(*kind).iter().map(|name| (*name).to_owned())));
        }
        self.state.begun = self.state.begun.max(count);
    }
}

impl Renderer for Csv {
    fn passes(&self) -> Vec<Vec<Kind>> {
        PASSES.iter().map(|kinds| kinds.to_vec()).collect()
    }

    fn begin(&mut self, pass: usize, _: &mut Output<'_>) {
        self.state = State { begun: 0, pass };
    }

    fn record(&mut self, record: &Record, out: &mut Output<'_>) {
        let kind = record.kind();
        let Some(place) = self.kinds().iter().position(|of| *of == kind) else { return };
        self.begin_tables(place + 1, out);
        out.container.write(&written(values(record).into_iter()));
    }

    fn end(&mut self, _: usize, out: &mut Output<'_>) {
        self.begin_tables(self.kinds().len(), out);
        out.container.close();
    }

    fn index(&mut self, _: &str, _: &mut Output<'_>) {}

    fn finish(&mut self, _: &Totals, _: &mut Output<'_>) {}

    fn state(&self) -> Value {
        to_keep(&self.state)
    }
}

/// A row.
fn written(cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Necessary)
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    row_into(&mut writer, cells);
    finished(writer)
}

#[expect(
    clippy::expect_used,
    reason = "writing to a vector does not fail, and one row cannot differ in length from others"
)]
fn row_into(writer: &mut csv::Writer<Vec<u8>>, cells: impl Iterator<Item = String>) {
    writer.write_record(cells.map(|cell| defused(&cell).into_owned())).expect("a row is written to memory");
}

#[expect(clippy::expect_used, reason = "as above")]
fn finished(writer: csv::Writer<Vec<u8>>) -> Vec<u8> {
    writer.into_inner().expect("a row is written to memory")
}
