//! The rows of a table, each of them bounded.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::ImportError;
use crate::error::Faulty;
use crate::lines::MAX_BYTES;
use crate::text::Utf8;

/// The most cells of a row.
pub(super) const MAX_CELLS: usize = 10_000;
/// The most delimiters in a row, those in its texts too. Each may be the end of a cell, which takes more memory than one byte.
const MAX_MARKS: usize = 2_000_000;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it begins.
    pub(super) line: u64,
    /// At most [`MAX_CELLS`] of them.
    pub(super) cells: Vec<String>,
    /// Whether it has more.
    pub(super) is_cut: bool,
    /// Whether it has fewer cells than others, and the last of them several lines. If it is the last row, a quote may be missing.
    pub(super) is_open: bool,
}

/// The rows of a table.
pub(super) struct Rows<R> {
    rows: csv::Reader<Bounded<R>>,
    left: Rc<Cell<(usize, usize)>>,
    columns: usize,
}

impl<R: Read> Rows<R> {
    pub(super) fn new(reader: R, delimiter: u8) -> Self {
        let left = Rc::new(Cell::new((0, 0)));
        let reader = Bounded { inner: Utf8::new(reader), left: Rc::clone(&left), delimiter };
        let mut builder = csv::ReaderBuilder::new();
        builder.delimiter(delimiter).has_headers(false).flexible(true);
        Self { rows: builder.from_reader(reader), left, columns: 0 }
    }

    /// The next one.
    pub(super) fn row(&mut self) -> Result<Option<Row>, ImportError> {
        self.left.set((MAX_BYTES, MAX_MARKS));
        let mut record = csv::ByteRecord::new();
        let line = self.rows.position().line();
        let is_there = self.rows.read_byte_record(&mut record).map_err(failure)?;
        if !is_there {
            return Ok(None);
        }
        let cells: Vec<String> = record
            .iter()
            .take(MAX_CELLS)
            .map(|cell| armed(&String::from_utf8_lossy(cell)).to_owned())
            .collect();
        let is_long = cells.last().is_some_and(|cell| cell.contains('\n'));
        let is_open = cells.len() < self.columns && is_long;
        self.columns = self.columns.max(cells.len());
        let line = record.position().map_or(line, csv::Position::line);
        Ok(Some(Row { line, cells, is_cut: record.len() > MAX_CELLS, is_open }))
    }

    pub(super) fn has_mistakes(&self) -> bool {
        self.rows.get_ref().inner.has_mistakes()
    }
}

fn failure(error: csv::Error) -> ImportError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        // It takes rows of any length and any bytes: nothing else fails.
        _ => Faulty::error("", "it is no table").into(),
    }
}

/// Programs that write tables put a `'` before what a spreadsheet would take for a formula.
fn armed(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(inner) if is_formula(inner.trim_start_matches('\'')) => inner,
        _ => cell,
    }
}

fn is_formula(cell: &str) -> bool {
    let first = cell.chars().find(|char| !char.is_whitespace() && !char.is_control());
    cell.starts_with(['\t', '\r', '\n'])
        || first.is_some_and(|first| matches!(first, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
}

/// Reads so much at most, until that is set anew: a quote that nothing closes would make a row of all that is left.
struct Bounded<R> {
    inner: Utf8<R>,
    /// So many bytes and delimiters.
    left: Rc<Cell<(usize, usize)>>,
    delimiter: u8,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let marks = memchr::memchr_iter(self.delimiter, &buffer[..count]).count();
        let (bytes_left, marks_left) = self.left.get();
        let left = bytes_left.checked_sub(count).zip(marks_left.checked_sub(marks));
        self.left.set(left.ok_or_else(|| {
            Faulty::error(
                "",
                "a row is larger than 32 MiB, or has too many cells; a quote in it may not be closed",
            )
        })?);
        Ok(count)
    }
}
