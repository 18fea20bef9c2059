//! XML as a run of events. Names are without their prefixes: which namespace a name is of does not matter to text.
//!
//! Entities that a document defines are not expanded, so none can grow.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::Reading;
use crate::charset::decode;
use crate::error::{Flow, Stop};

/// What a reader of a format does with what it meets.
pub(crate) trait Visitor {
    /// An element begins. It also ends, with a call of its own, if it is empty.
    fn start(&mut self, reading: &mut Reading, name: &str, attributes: &Attributes<'_>) -> Flow;
    /// An element ends.
    fn end(&mut self, reading: &mut Reading, name: &str) -> Flow;
    /// There is text, perhaps a part of one.
    fn text(&mut self, reading: &mut Reading, text: &str) -> Flow;
}

/// The attributes of an element.
pub(crate) struct Attributes<'a>(&'a BytesStart<'a>);

impl Attributes<'_> {
    /// The value of an attribute, by its name without prefix.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        // Looking for doubles would take quadratic time.
        let mut attributes = self.0.attributes();
        let found = attributes
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner() == name)?;
        Some(crate::html::decode_entities(&found.value).into_owned())
    }
}

/// Reads all of a text. Where it is no longer XML, reading stops: as broken if it is so from the beginning, else as cut.
pub(crate) fn visit(reading: &mut Reading, xml: &str, visitor: &mut impl Visitor) -> Flow {
    let mut reader = Reader::from_str(xml);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut has_elements = false;
    loop {
        reading.budget.step()?;
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                has_elements = true;
                visitor.start(reading, element.local_name().into_inner(), &Attributes(&element))?;
            }
            Ok(Event::Empty(element)) => {
                has_elements = true;
                visitor.start(reading, element.local_name().into_inner(), &Attributes(&element))?;
                visitor.end(reading, element.local_name().into_inner())?;
            }
            Ok(Event::End(element)) => visitor.end(reading, element.local_name().into_inner())?,
            Ok(Event::Text(text)) => visitor.text(reading, &text.into_inner())?,
            Ok(Event::CData(text)) => visitor.text(reading, &text.into_inner())?,
            Ok(Event::GeneralRef(reference)) => visitor.text(reading, &meant(&reference))?,
            Ok(Event::Eof) if has_elements => return Ok(()),
            Ok(Event::Eof) | Err(_) => return Err(Stop::broken("it is not XML")),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
        }
    }
}

/// What a reference means, if everybody knows it.
fn meant(reference: &BytesRef<'_>) -> Cow<'static, str> {
    match reference.resolve_char_ref() {
        Ok(Some(char)) => Cow::Owned(char.to_string()),
        Ok(None) => Cow::Borrowed(resolve_html5_entity(reference).unwrap_or_default()),
        Err(_) => Cow::Borrowed(""),
    }
}

/// The text of any XML file: each element has lines of its own.
pub(crate) fn read(reading: &mut Reading, bytes: &[u8], charset: Option<&str>) -> Flow {
    let bytes = reading.budget.affordable(bytes);
    let xml = decode_xml(bytes, charset);
    visit(reading, &xml, &mut AnyXml { hidden: 0 })
}

/// The text of bytes that may declare their charset in the first line.
pub(crate) fn decode_xml<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let beginning = String::from_utf8_lossy(&bytes[..bytes.len().min(256)]);
    let declaration =
        beginning.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(it, _)| it);
    let declared = declaration
        .and_then(|declaration| declaration.split_once("encoding"))
        .and_then(|(_, rest)| rest.split(['"', '\'']).nth(1))
        // It was read as if it were ASCII, so it is not UTF-16.
        .filter(|name| !name.to_ascii_lowercase().starts_with("utf-16"));
    decode(bytes, charset.or(declared))
}

/// Shows all text but scripts and styles, as SVG has them.
struct AnyXml {
    hidden: usize,
}

impl Visitor for AnyXml {
    fn start(&mut self, reading: &mut Reading, name: &str, _: &Attributes<'_>) -> Flow {
        self.hidden += usize::from(is_hidden(name));
        separate(reading, name);
        Ok(())
    }

    fn end(&mut self, reading: &mut Reading, name: &str) -> Flow {
        self.hidden = self.hidden.saturating_sub(usize::from(is_hidden(name)));
        separate(reading, name);
        Ok(())
    }

    fn text(&mut self, reading: &mut Reading, text: &str) -> Flow {
        if self.hidden > 0 {
            return Ok(());
        }
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
    matches!(name, "script" | "style")
}

fn separate(reading: &mut Reading, name: &str) {
    // Parts of a line in SVG.
    if name == "tspan" {
        reading.writer.space();
    } else {
        reading.writer.line();
    }
}
