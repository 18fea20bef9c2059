//! Word documents (ECMA-376, part 1, section 17): paragraphs are lines. What was deleted and is only tracked is left out.

use super::visit_part;
use crate::Reading;
use crate::archive::Archive;
use crate::error::{Flow, Stop};
use crate::xml::{Attributes, Visitor};

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let mut archive = Archive::open(bytes)?;
    let documents = archive.names(|name| is_part(name, &["document"]));
    let others = archive.names(|name| is_part(name, &["footnotes", "endnotes", "comments"]));
    let edges = archive.names(|name| is_part(name, &["header", "footer"]));
    if documents.is_empty() {
        return Err(Stop::broken("it has no document"));
    }
    for name in documents.iter().chain(&others).chain(&edges) {
        visit_part(reading, &mut archive, name, &mut Word::default())?;
        reading.writer.paragraph();
    }
    Ok(())
}

/// Whether a part is one of those named, perhaps with a number.
fn is_part(name: &str, wanted: &[&str]) -> bool {
    let stem = name.strip_prefix("word/").and_then(|name| name.strip_suffix(".xml"));
    stem.is_some_and(|stem| wanted.contains(&stem.trim_end_matches(|char: char| char.is_ascii_digit())))
}

#[derive(Default)]
struct Word {
    is_text: bool,
    /// Within how many alternatives for older readers: they repeat what was said.
    fallbacks: usize,
}

impl Visitor for Word {
    fn start(&mut self, reading: &mut Reading, name: &str, _: &Attributes<'_>) -> Flow {
        match name {
            // Also of formulas, which have text of the same name.
            "t" => self.is_text = true,
            "Fallback" => self.fallbacks += 1,
            "tab" | "ptab" => reading.writer.cell(),
            "br" | "cr" => reading.writer.line(),
            "noBreakHyphen" => reading.writer.push('-')?,
            // What stands in a shape is within the paragraph that the shape is in.
            "txbxContent" => reading.writer.line(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, reading: &mut Reading, name: &str) -> Flow {
        match name {
            "t" => self.is_text = false,
            "Fallback" => self.fallbacks = self.fallbacks.saturating_sub(1),
            "p" => reading.writer.line(),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, reading: &mut Reading, text: &str) -> Flow {
        if self.is_text && self.fallbacks == 0 { reading.writer.push_str(text) } else { Ok(()) }
    }
}
