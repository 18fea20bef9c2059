//! OpenDocument files (ODF 1.3): text, tables, slides and drawings have the same paragraphs. A row of a table is a line.

use super::visit_part;
use crate::Reading;
use crate::archive::Archive;
use crate::error::{ExtractError, Flow, Stop};
use crate::xml::{self, Attributes, Visitor};

/// No more spaces are written for one element.
const MAX_SPACES: usize = 8;

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let mut archive = Archive::open(bytes)?;
    // An encrypted part looks like any other; the list of parts says what it is.
    let mut manifest = Manifest { is_encrypted: false };
    visit_part(reading, &mut archive, "META-INF/manifest.xml", &mut manifest)?;
    if manifest.is_encrypted {
        return Err(Stop::Failed(ExtractError::Encrypted));
    }
    if !visit_part(reading, &mut archive, "content.xml", &mut Content::default())? {
        return Err(Stop::broken("it has no content"));
    }
    Ok(())
}

pub(crate) fn read_flat(reading: &mut Reading, bytes: &[u8], charset: Option<&str>) -> Flow {
    let bytes = reading.budget.affordable(bytes);
    xml::visit(reading, &xml::decode_xml(bytes, charset), &mut Content::default())
}

struct Manifest {
    is_encrypted: bool,
}

impl Visitor for Manifest {
    fn start(&mut self, _: &mut Reading, name: &str, _: &Attributes<'_>) -> Flow {
        self.is_encrypted |= name == "encryption-data";
        Ok(())
    }

    fn end(&mut self, _: &mut Reading, _: &str) -> Flow {
        Ok(())
    }

    fn text(&mut self, _: &mut Reading, _: &str) -> Flow {
        Ok(())
    }
}

/// What is open of the elements that matter.
#[derive(Default)]
struct Content {
    paragraphs: usize,
    cells: usize,
    /// What was deleted and is only tracked, and who said something when.
    hidden: usize,
}

impl Visitor for Content {
    fn start(&mut self, reading: &mut Reading, name: &str, attributes: &Attributes<'_>) -> Flow {
        match name {
            "p" | "h" => self.paragraphs += 1,
            "table-cell" => self.cells += 1,
            _ if is_hidden(name) => self.hidden += 1,
            "tab" => reading.writer.cell(),
            "line-break" => reading.writer.line(),
            "s" if self.paragraphs > 0 => {
                let spaces = attributes.get("c").and_then(|count| count.parse().ok()).unwrap_or(1);
                for _ in 0..MAX_SPACES.min(spaces) {
                    reading.writer.push(' ')?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, reading: &mut Reading, name: &str) -> Flow {
        match name {
            "p" | "h" => {
                self.paragraphs = self.paragraphs.saturating_sub(1);
                if self.cells > 0 {
                    reading.writer.space();
                } else {
                    reading.writer.line();
                }
            }
            "table-cell" => {
                self.cells = self.cells.saturating_sub(1);
                if !reading.writer.is_at_cell() {
                    reading.writer.cell();
                }
            }
            "table-row" => reading.writer.line(),
            "table" | "page" => reading.writer.paragraph(),
            _ if is_hidden(name) => self.hidden = self.hidden.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, reading: &mut Reading, text: &str) -> Flow {
        if self.paragraphs == 0 || self.hidden > 0 {
            return Ok(());
        }
        // White space is for the layout of the file; what is meant is written as elements.
        for char in text.chars() {
            match char {
                ' ' | '\t' | '\n' | '\r' => reading.writer.space(),
                _ => reading.writer.push(char)?,
            }
        }
        Ok(())
    }
}

fn is_hidden(name: &str) -> bool {
    matches!(name, "tracked-changes" | "page-number" | "date" | "creator")
}
