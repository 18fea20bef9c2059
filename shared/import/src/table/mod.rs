//! Tables: each row becomes a memory. Columns are what the mapping says, or what their names say.

mod form;
mod rows;

use std::ops::ControlFlow;

use serde_json::Value;

use crate::archive::Archive;
use crate::dates::Dates;
use crate::fields::{Target, assigned};
use crate::keys::Keys;
use crate::made::memory;
use crate::{ImportError, Item, Options, Out};

use form::Form;
use rows::Rows;

/// So much of a table is looked at before it is read.
const KNOWN_BY_BYTES: usize = 256 * 1024;
/// The table of memories in our own exports as tables.
const OURS: &str = "memories.csv";
/// The others of them that a person would miss.
const BESIDE: &str = "messages.csv";

pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    let tables = tables(archive).len();
    // Among notes there may be a table, which does not make a table of them.
    tables > 0 && tables > archive.notes()
}

pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let mut tables = tables(archive);
    archive.check()?;
    if tables.is_empty() && !archive.is_zip() {
        // Whoever says that it is a table knows better.
        tables.push(0);
    }
    let files = archive.files();
    let beside = files.saturating_sub(tables.len());
    let is_ours = tables.len() == 1 && archive.is_zip() && archive.find(BESIDE).is_some();
    for (number, entry) in (0..).zip(tables) {
        if !out.entry(number) {
            continue;
        }
        if is_ours && out.warning("Of an export as tables, the memories are brought in. An export as zip or json brings everything.").is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let read = match table(archive, entry, options, out) {
            Ok(read) => read,
            Err(error) => {
                let name = archive.entries().get(entry).map(|entry| entry.name.clone()).unwrap_or_default();
                out.trouble(
                    "memory",
                    if name.is_empty() { "table".to_owned() } else { name },
                    format!("It breaks off: {}.", error.of_entry()?),
                )
            }
        };
        if read.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(if is_ours { ControlFlow::Continue(()) } else { out.beside(beside) })
}

/// Which entries are tables. In an archive they are called so too; of our own exports there is but one with memories.
fn tables(archive: &mut Archive<'_>) -> Vec<usize> {
    if !archive.is_zip() {
        return form::of(&archive.beginning(0, KNOWN_BY_BYTES)).map(|_| 0).into_iter().collect();
    }
    if let (Some(ours), Some(_)) = (archive.find(OURS), archive.find(BESIDE)) {
        return vec![ours];
    }
    let is_named = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.ends_with(".csv") || name.ends_with(".tsv")
    };
    let named: Vec<usize> = (0..)
        .zip(archive.entries())
        .filter(|(_, entry)| is_named(&entry.name) && !entry.is_junk())
        .map(|(index, _)| index)
        .collect();
    named.into_iter().filter(|index| form::of(&archive.beginning(*index, KNOWN_BY_BYTES)).is_some()).collect()
}

fn table(
    archive: &mut Archive<'_>,
    entry: usize,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let beginning = archive.beginning(entry, KNOWN_BY_BYTES);
    let form = form::of(&beginning).unwrap_or_else(|| Form::guessed(&beginning));
    let (dates, is_doubtful) = form.dates(options);
    let names: Vec<&str> = form.names.iter().map(String::as_str).collect();
    let targets = assigned(&names, &options.mapping);
    for warning in form.warnings(&targets, &options.mapping, is_doubtful) {
        if out.warning(warning).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    let prefix = archive.entries().get(entry).map(|entry| entry.name.clone()).filter(|name| !name.is_empty());
    let place = |line: u64| {
        prefix.as_ref().map_or_else(|| format!("line {line}"), |name| format!("{name}, line {line}"))
    };
    let mut keys = Keys::default();
    let mut rows = Rows::new(archive.open(entry)?, form.delimiter);
    if form.has_head {
        rows.row()?;
    }
    let mut open = None;
    while let Some(row) = rows.row()? {
        let place_of_row = place(row.line);
        if row.is_cut
            && out.trouble("memory", &place_of_row, "Only its first 10,000 cells are brought in.").is_break()
        {
            return Ok(ControlFlow::Break(()));
        }
        let cells = row.cells.into_iter().enumerate().map(|(at, cell)| {
            let name = form.names.get(at).cloned().unwrap_or_else(|| format!("Column {}", at + 1));
            (name, targets.get(at).copied().flatten(), Value::String(cell))
        });
        let given = match memory(cells.collect(), &dates, &mut keys) {
            Some(memory) => out.give(Item::Memory(Box::new(memory))),
            None => out.trouble("memory", &place_of_row, "There is nothing in this row."),
        };
        open = row.is_open.then_some(place_of_row);
        if given.is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    if open.is_some_and(|place| out.warning(doubt(&place)).is_break()) {
        return Ok(ControlFlow::Break(()));
    }
    let given = if rows.has_mistakes() {
        out.warning("Some characters in the table cannot be read. They are shown as �.")
    } else {
        ControlFlow::Continue(())
    };
    Ok(given)
}

fn doubt(place: &str) -> String {
    format!("In the row at {place} a quote may not be closed: what stands behind it is in one cell.")
}

impl Form {
    /// What the owner should know of it.
    fn warnings(
        &self,
        targets: &[Option<Target>],
        mapping: &std::collections::BTreeMap<String, String>,
        is_doubtful: bool,
    ) -> Vec<String> {
        let mut warnings = Vec::new();
        let is_words = |target: &Option<Target>| {
            matches!(target, Some(Target::Title | Target::Content | Target::Description))
        };
        if !targets.iter().any(is_words) {
            warnings.push("No column is known to be a title or a content: each memory has all columns of its row. Say which column is what to have it otherwise.".to_owned());
        }
        for column in mapping.values().filter(|column| !column.is_empty()) {
            if !self.has_column(column) {
                let column: String = column.chars().take(60).collect();
                warnings.push(format!("There is no column “{column}”, which the mapping names."));
            }
        }
        if is_doubtful {
            warnings.push("The dates can be read in two ways: they are read with the month before the day. Say if the day stands first.".to_owned());
        }
        warnings
    }

    /// How its dates are read, and whether that is a guess.
    fn dates(&self, options: &Options) -> (Dates, bool) {
        let (shown, is_ambiguous) = self.order();
        let is_day_first = options.day_first.or(shown);
        let dates = Dates { timezone: options.timezone.clone(), is_day_first: is_day_first.unwrap_or(false) };
        (dates, is_ambiguous && is_day_first.is_none())
    }
}
