//! What files are, and text out of them, so that they are found by the words inside. Bytes go in and text comes out: no clock, no network, no files, no
//! logging.
//!
//! Whatever the bytes are, nothing panics, and time and memory are bounded: what a file can multiply (by compression, by references, by
//! nesting) is paid for from the [`Limits`], and where reading is recursive its depth has a bound. What is broken or too much in the
//! middle still gives the text before it, as text that is cut.

mod archive;
mod budget;
mod charset;
mod error;
mod formats;
mod html;
mod json;
mod mail;
mod office;
mod pdf;
mod plain;
mod rtf;
mod signatures;
mod sniff;
mod writer;
mod xml;

pub use budget::Limits;
pub use error::ExtractError;
pub use sniff::{identified, settled};

use std::panic::{AssertUnwindSafe, catch_unwind};

use budget::Budget;
use error::{Flow, Stop};
use formats::Format;
use writer::Writer;

/// The text of a file.
///
/// Lines end with a newline and have no blanks at their ends, there is at most one empty line in a row, and of control characters
/// there are newline and tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted {
    /// The text, which may be empty: a drawing, or a scan.
    pub text: String,
    /// Whether there is more in the file than was read or kept.
    pub is_cut: bool,
}

/// Whether text may be in files of a type, such as `application/pdf` or `text/plain; charset=utf-8`.
pub fn supports(content_type: &str) -> bool {
    Format::of(content_type).is_some()
}

/// The text of a file of a type.
///
/// # Errors
/// If the type is not supported, or if nothing can be read of the file.
pub fn extract(content_type: &str, bytes: &[u8], limits: Limits) -> Result<Extracted, ExtractError> {
    let format = Format::of(content_type).ok_or(ExtractError::Unsupported)?;
    let mut reading = Reading { writer: Writer::new(limits.text_bytes), budget: Budget::new(limits) };
    // Archives, letters and tables are taken apart by others' code. None of it is known to panic, but one file that makes it must not
    // take those with it that are read in the same batch. What was written until then is whole text.
    let flow =
        catch_unwind(AssertUnwindSafe(|| reading.format(format, bytes, formats::charset(content_type))))
            .unwrap_or(Err(Stop::broken("reading it failed")));
    let is_empty = reading.writer.is_empty();
    match flow {
        Err(Stop::Failed(error)) if is_empty || error == ExtractError::Encrypted => return Err(error),
        _ if is_empty && reading.budget.is_exhausted() => {
            return Err(ExtractError::Broken("there is more to read than is allowed, and no text"));
        }
        _ => {}
    }
    let is_cut = flow.is_err() || reading.budget.is_exhausted();
    Ok(Extracted { text: reading.writer.finish(flow == Err(Stop::Full)), is_cut })
}

/// One file being read: what has come of it, and what it may still cost.
#[derive(Debug)]
struct Reading {
    writer: Writer,
    budget: Budget,
}

impl Reading {
    fn format(&mut self, format: Format, bytes: &[u8], charset: Option<&str>) -> Flow {
        match format {
            Format::Plain => plain::read(self, bytes, charset),
            Format::Table { delimiter } => plain::read_table(self, bytes, charset, delimiter),
            Format::Subtitles => plain::read_subtitles(self, bytes, charset),
            Format::Json => json::read(self, bytes),
            Format::Html => html::read(self, bytes, charset),
            Format::Xml => xml::read(self, bytes, charset),
            Format::Rtf => rtf::read(self, bytes),
            Format::Mail => mail::read(self, bytes),
            Format::Pdf => pdf::read(self, bytes),
            Format::Word => office::word::read(self, bytes),
            Format::Slides => office::slides::read(self, bytes),
            Format::Sheets => office::sheets::read(self, bytes),
            Format::OpenDocument => office::open_document::read(self, bytes),
            Format::FlatOpenDocument => office::open_document::read_flat(self, bytes, charset),
            Format::Book => office::book::read(self, bytes),
        }
    }
}
