//! The form of a table, by its beginning: what is between its cells, and what its columns are called.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::dates::{is_ambiguous, shows_day_first};
use crate::fields::assigned;
use crate::text::decode;

/// What can be between cells, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// So many rows are looked at.
const ROWS: usize = 50;
/// A table has so many columns at most.
const MAX_COLUMNS: usize = 1000;
/// The longest name of a column, in characters.
const NAME_CHARS: usize = 100;

/// The form of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) delimiter: u8,
    /// Whether the first row has the names of the columns.
    pub(super) has_head: bool,
    pub(super) names: Vec<String>,
    /// Its first rows.
    first: Vec<Vec<String>>,
}

/// The form of what begins so, if it is a table: at least two rows, of as many cells, of which there are two or more.
pub(super) fn of(beginning: &[u8]) -> Option<Form> {
    let text = text(beginning)?;
    let forms = DELIMITERS.iter().filter_map(|delimiter| {
        let rows = rows(text.as_bytes(), *delimiter);
        let columns = rows.first()?.len();
        let (count, alike) = (rows.len(), rows.iter().filter(|row| row.len() == columns).count());
        // The last row may be cut, or have a quote that nothing closes.
        let is_last_other = count > 2 && rows.last().is_some_and(|row| row.len() != columns);
        let is_even = alike * 10 >= (count - usize::from(is_last_other)) * 9;
        let is_table = (2..=MAX_COLUMNS).contains(&columns) && count >= 2 && is_even;
        let form = is_table.then(|| Form::with(*delimiter, rows))?;
        // Lines of prose have commas too. Names of columns are short.
        let is_sure = form.knows_columns() || (form.has_head && alike == count && alike > 2);
        is_sure.then_some((form.knows_columns(), alike * columns, form))
    });
    // Of equals the last is taken.
    let forms: Vec<_> = forms.collect();
    forms.into_iter().rev().max_by_key(|(knows, cells, _)| (*knows, *cells)).map(|(.., form)| form)
}

/// The beginning as text, without the line that may be cut; none, if it is no text.
fn text(beginning: &[u8]) -> Option<String> {
    let (mut text, _) = decode(beginning);
    if beginning.len() >= super::KNOWN_BY_BYTES {
        text.truncate(text.rfind('\n').map_or(text.len(), |end| end + 1));
    }
    let is_json = text.trim_start().starts_with(['{', '[', '<']);
    (!is_json && !text.contains('\0')).then_some(text)
}

fn rows(text: &[u8], delimiter: u8) -> Vec<Vec<String>> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text);
    let rows = reader.byte_records().take(ROWS).map_while(Result::ok);
    rows.map(|row| {
        row.iter().take(MAX_COLUMNS + 1).map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
    })
    .collect()
}

impl Form {
    /// The form of what is said to be a table.
    pub(super) fn guessed(beginning: &[u8]) -> Self {
        let text = decode(beginning).0;
        let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let count = |delimiter: &u8| line.bytes().filter(|byte| byte == delimiter).count();
        let delimiter = DELIMITERS.into_iter().rev().max_by_key(|delimiter| count(delimiter)).unwrap_or(b',');
        Self::with(delimiter, rows(text.as_bytes(), delimiter))
    }

    fn with(delimiter: u8, mut rows: Vec<Vec<String>>) -> Self {
        let head = rows.first().cloned().unwrap_or_default();
        let has_head = rows.len() > 1 && is_head(&head);
        let name = |(at, name): (usize, &String)| match name.trim() {
            name if has_head && !name.is_empty() => name.chars().take(NAME_CHARS).collect(),
            _ => format!("Column {}", at + 1),
        };
        let names = distinct(head.iter().enumerate().map(name).collect());
        if has_head {
            rows.remove(0);
        }
        Self { delimiter, has_head, names, first: rows }
    }

    fn knows_columns(&self) -> bool {
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        self.has_head && assigned(&names, &BTreeMap::new()).iter().any(Option::is_some)
    }

    pub(super) fn has_column(&self, column: &str) -> bool {
        self.names.iter().any(|name| name.eq_ignore_ascii_case(column.trim()))
    }

    /// Whether its dates show that the day stands before the month, and whether there are any that can be read in two ways.
    pub(super) fn order(&self) -> (Option<bool>, bool) {
        let cells = || self.first.iter().flatten();
        (cells().find_map(|cell| shows_day_first(cell)), cells().any(|cell| is_ambiguous(cell)))
    }
}

/// Names that come again get a number.
fn distinct(mut names: Vec<String>) -> Vec<String> {
    let mut known: HashSet<String> = names.iter().cloned().collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for name in &mut names {
        let count = counts.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
        while *count > 1 && !known.insert(format!("{name} {count}")) {
            *count += 1;
        }
        if *count > 1 {
            *name = format!("{name} {count}");
        }
    }
    names
}

/// Whether a row has names: each is short, none comes twice, and none is a number or a date.
fn is_head(row: &[String]) -> bool {
    let names: Vec<&str> = row.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let is_name = |name: &&str| {
        name.chars().count() <= 40
            && name.chars().any(char::is_alphabetic)
            && !name.contains(['\n', '!', '?'])
            && !name.ends_with('.')
            && name.split_whitespace().count() <= 4
    };
    let mut distinct = names.clone();
    distinct.sort_unstable();
    distinct.dedup();
    !names.is_empty() && distinct.len() == names.len() && names.iter().all(is_name)
}
