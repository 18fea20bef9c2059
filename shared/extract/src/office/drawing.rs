//! Text in drawings (ECMA-376, part 1, section 21.1), which slides consist of, and tables may have on them.

use crate::Reading;
use crate::error::Flow;
use crate::xml::{Attributes, Visitor};

#[derive(Default)]
pub(super) struct Drawing {
    is_text: bool,
    /// Within a field: a date or the number of the slide.
    is_field: bool,
}

impl Visitor for Drawing {
    fn start(&mut self, reading: &mut Reading, name: &str, _: &Attributes<'_>) -> Flow {
        match name {
            "t" => self.is_text = true,
            "fld" => self.is_field = true,
            "br" => reading.writer.line(),
            "tab" => reading.writer.cell(),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, reading: &mut Reading, name: &str) -> Flow {
        match name {
            "t" => self.is_text = false,
            "fld" => self.is_field = false,
            "p" => reading.writer.line(),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, reading: &mut Reading, text: &str) -> Flow {
        if self.is_text && !self.is_field { reading.writer.push_str(text) } else { Ok(()) }
    }
}
