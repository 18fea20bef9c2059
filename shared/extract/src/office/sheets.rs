//! Workbooks (ECMA-376, part 1, section 18): a row is a line, with tabs between its cells, and empty cells left out.

use std::ops::Range;

use super::drawing::Drawing;
use super::visit_part;
use crate::Reading;
use crate::archive::Archive;
use crate::error::{Flow, Stop};
use crate::xml::{Attributes, Visitor};

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let mut archive = Archive::open(bytes)?;
    let sheets = archive.names(|name| name.starts_with("xl/worksheets/sheet") && name.ends_with(".xml"));
    if sheets.is_empty() && archive.names(|name| name == "xl/workbook.xml").is_empty() {
        return Err(Stop::broken("it has no sheets"));
    }
    visit_part(reading, &mut archive, "xl/workbook.xml", &mut SheetNames)?;
    reading.writer.paragraph();
    let mut shared = SharedStrings::default();
    visit_part(reading, &mut archive, "xl/sharedStrings.xml", &mut shared)?;
    for name in &sheets {
        let mut sheet = Sheet { shared: &shared, kind: Kind::Number, is_value: false, value: String::new() };
        visit_part(reading, &mut archive, name, &mut sheet)?;
        reading.writer.paragraph();
    }
    let drawings = archive.names(|name| name.starts_with("xl/drawings/drawing") && name.ends_with(".xml"));
    let comments = archive.names(|name| name.starts_with("xl/comments") && name.ends_with(".xml"));
    for name in drawings.iter().chain(&comments) {
        visit_part(reading, &mut archive, name, &mut Drawing::default())?;
        reading.writer.line();
    }
    Ok(())
}

/// Names of the sheets, each a line.
struct SheetNames;

impl Visitor for SheetNames {
    fn start(&mut self, reading: &mut Reading, name: &str, attributes: &Attributes<'_>) -> Flow {
        if name == "sheet" {
            reading.writer.push_str(&attributes.get("name").unwrap_or_default())?;
            reading.writer.line();
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Reading, _: &str) -> Flow {
        Ok(())
    }

    fn text(&mut self, _: &mut Reading, _: &str) -> Flow {
        Ok(())
    }
}

/// Strings that cells name by their number, one behind the other.
#[derive(Default)]
struct SharedStrings {
    text: String,
    ends: Vec<usize>,
    is_text: bool,
    /// Within how many elements that say how something is pronounced.
    readings: usize,
}

impl SharedStrings {
    fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        let range: Range<usize> = start..end;
        self.text.get(range)
    }
}

impl Visitor for SharedStrings {
    fn start(&mut self, _: &mut Reading, name: &str, _: &Attributes<'_>) -> Flow {
        match name {
            "t" => self.is_text = true,
            "rPh" => self.readings += 1,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Reading, name: &str) -> Flow {
        match name {
            "t" => self.is_text = false,
            "rPh" => self.readings = self.readings.saturating_sub(1),
            "si" => self.ends.push(self.text.len()),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &mut Reading, text: &str) -> Flow {
        if self.is_text && self.readings == 0 {
            self.text.push_str(text);
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Kind {
    /// The value is the number of a shared string.
    Shared,
    /// The value is the text, or a number.
    Number,
    /// True or false, or an error: no words.
    Other,
}

struct Sheet<'a> {
    shared: &'a SharedStrings,
    kind: Kind,
    is_value: bool,
    value: String,
}

impl Visitor for Sheet<'_> {
    fn start(&mut self, _: &mut Reading, name: &str, attributes: &Attributes<'_>) -> Flow {
        match name {
            "c" => {
                self.kind = match attributes.get("t").as_deref() {
                    Some("s") => Kind::Shared,
                    Some("b" | "e") => Kind::Other,
                    _ => Kind::Number,
                };
                self.value.clear();
            }
            "v" | "t" => self.is_value = true,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, reading: &mut Reading, name: &str) -> Flow {
        match name {
            "v" | "t" => self.is_value = false,
            "c" => {
                let value = match self.kind {
                    Kind::Shared => self.value.trim().parse().ok().and_then(|index| self.shared.get(index)),
                    Kind::Number => Some(self.value.as_str()),
                    Kind::Other => None,
                };
                for char in value.unwrap_or_default().chars() {
                    reading.writer.push(if matches!(char, '\n' | '\r') { ' ' } else { char })?;
                }
                if value.is_some_and(|value| !value.is_empty()) {
                    reading.writer.cell();
                }
            }
            "row" => reading.writer.line(),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, _: &mut Reading, text: &str) -> Flow {
        if self.is_value {
            self.value.push_str(text);
        }
        Ok(())
    }
}
