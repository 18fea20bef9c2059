//! Documents, slides, tables and books: archives of XML, of which those parts are read that hold text.

pub(crate) mod book;
mod drawing;
pub(crate) mod open_document;
pub(crate) mod sheets;
pub(crate) mod slides;
pub(crate) mod word;

use crate::Reading;
use crate::archive::Archive;
use crate::error::{Flow, Stop};
use crate::xml::{self, Visitor};

/// Reads a part of an archive, if it is there. A part that is broken is read as far as it goes, and the others are read all the same.
///
/// Says whether there was anything to read.
fn visit_part(
    reading: &mut Reading,
    archive: &mut Archive<'_>,
    name: &str,
    visitor: &mut impl Visitor,
) -> Flow<bool> {
    let Some(bytes) = archive.part(reading, name)? else { return Ok(false) };
    match xml::visit(reading, &xml::decode_xml(&bytes, None), visitor) {
        Ok(()) => Ok(true),
        Err(Stop::Failed(_)) => {
            // It is noted that something is missing.
            let _ = reading.budget.exhausted();
            Ok(true)
        }
        Err(stop) => Err(stop),
    }
}
