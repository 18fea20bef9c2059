//! Tables that are printed as they come, and kept as JSON.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value};

/// The name of a column in the JSON, and above the table.
pub(crate) type Column = (&'static str, &'static str);

/// What was measured so far.
pub(crate) struct Report {
    file: Option<PathBuf>,
    table: String,
    columns: &'static [Column],
    rows: Vec<Value>,
}

impl Report {
    /// To be written to this file, too, if there is one.
    pub(crate) fn new(file: Option<PathBuf>) -> Self {
        Self { file, table: String::new(), columns: &[], rows: Vec::new() }
    }

    /// Begins a table.
    pub(crate) fn table(&mut self, title: &str, columns: &'static [Column]) {
        let headings: Vec<&str> = columns.iter().map(|(_, heading)| *heading).collect();
        println!("\n{title}\n\n| {} |\n|{}", headings.join(" | "), " --- |".repeat(columns.len()));
        self.table = title.to_owned();
        self.columns = columns;
    }

    /// Adds a line to the table, a value for each column.
    pub(crate) fn row<const N: usize>(&mut self, values: [Value; N]) {
        let cells: Vec<String> = values.iter().map(cell).collect();
        println!("| {} |", cells.join(" | "));
        let mut row = Map::from_iter([("table".to_owned(), Value::from(self.table.as_str()))]);
        row.extend(self.columns.iter().zip(values).map(|((name, _), value)| ((*name).to_owned(), value)));
        self.rows.push(Value::Object(row));
    }

    /// Writes the file.
    pub(crate) fn write(self) {
        let Some(file) = self.file else { return };
        let text = serde_json::to_string_pretty(&self.rows).expect("JSON");
        fs::write(file, text + "\n").expect("the file can be written");
    }
}

/// A number with the digits that mean something.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(number) if number.is_f64() => match number.as_f64().unwrap_or(f64::NAN) {
            number if number.abs() >= 100.0 => format!("{number:.0}"),
            number if number.abs() >= 10.0 => format!("{number:.1}"),
            number if number.abs() >= 1.0 => format!("{number:.2}"),
            number => format!("{number:.3}"),
        },
        other => other.to_string(),
    }
}
