//! The formats: what each makes of the records.

mod csv;
mod html;
mod json;
mod jsonl;
mod md;
mod outline;
mod records;
#[cfg(test)]
mod resuming;
#[cfg(test)]
mod samples;
mod sheet;
mod target;
mod txt;
mod view;

use app_domain::ExportFormat;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Container, Head, Kind, Record, Totals};

pub use md::{editable_name, editable_note, shown_words};

/// Where a renderer writes.
#[derive(Debug)]
pub struct Output<'a> {
    /// The file.
    pub container: &'a mut Container,
    /// Lines that come back in [`Renderer::index`] when all records were given.
    pub index: &'a mut Vec<String>,
}

/// Makes a format of records. It keeps nothing that grows with them, and can be put away between any two.
pub trait Renderer: Send {
    /// The walks through the data that it needs: each gives the records of these kinds, in their order.
    fn passes(&self) -> Vec<Vec<Kind>>;

    /// Before the first record of a pass.
    fn begin(&mut self, pass: usize, out: &mut Output<'_>);

    /// One record.
    fn record(&mut self, record: &Record, out: &mut Output<'_>);

    /// After the last record of a pass.
    fn end(&mut self, pass: usize, out: &mut Output<'_>);

    /// After all passes: a line that it put into the index, in their order.
    fn index(&mut self, line: &str, out: &mut Output<'_>);

    /// Always last.
    fn finish(&mut self, totals: &Totals, out: &mut Output<'_>);

    /// What it needs in order to go on in another process. Small; asked for between two calls of the others.
    fn state(&self) -> Value;
}

/// What was kept of a renderer cannot be read: it is of another format, or of another version of this program.
#[derive(Debug, thiserror::Error)]
#[error("the state of a renderer cannot be read")]
pub struct StateError(#[from] serde_json::Error);

/// A renderer of the format that is asked for, or one that goes on from a [state](Renderer::state).
///
/// # Errors
/// If the state is none of that format.
pub fn renderer(head: &Head, state: Option<&Value>) -> Result<Box<dyn Renderer>, StateError> {
    Ok(match head.spec.format {
        ExportFormat::Json => Box::new(json::Json::new(head, kept(state)?)),
        ExportFormat::Jsonl => Box::new(jsonl::Jsonl::new(head)),
        ExportFormat::Zip => Box::new(records::Records::new(head, kept(state)?)),
        ExportFormat::Txt => Box::new(txt::Txt::new(head, state)?),
        ExportFormat::Md => Box::new(md::Md::new(head, state)?),
        ExportFormat::Html => Box::new(html::Html::new(head, state)?),
        ExportFormat::Csv => Box::new(csv::Csv::new(head, state)?),
    })
}

/// The state that was kept, or how a renderer begins.
pub(crate) fn kept<T: DeserializeOwned + Default>(state: Option<&Value>) -> Result<T, StateError> {
    Ok(state.map(T::deserialize).transpose()?.unwrap_or_default())
}

/// The state to keep.
pub(crate) fn to_keep<T: Serialize>(state: &T) -> Value {
    serde_json::to_value(state).unwrap_or(Value::Null)
}
