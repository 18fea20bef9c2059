//! Fonts: what codes mean, and how wide they are (ISO 32000-2, 9.6 and 9.7).

use encoding_rs::Encoding;

use super::cmap::CMap;
use super::encodings::{Base, composite};
use super::file::File;
use super::glyphs;
use super::object::{Dict, Object};
use crate::budget::Budget;
use crate::error::Flow;

/// No font has more widths.
const MAX_WIDTHS: usize = 70_000;

/// A width that is not known, in parts of the size of the font.
const UNKNOWN_WIDTH: f32 = 0.55;

/// What the codes of a font are.
#[derive(Debug)]
enum Codes {
    /// A byte each, and what they mean.
    Bytes(Vec<String>),
    /// Those of a charset.
    Charset(&'static Encoding),
    /// Numbers of glyphs, which mean nothing but what the font says.
    Glyphs,
}

#[derive(Debug)]
pub(super) struct Font {
    codes: Codes,
    meanings: CMap,
    /// The widths of codes that follow each other, by the first, in parts of the size of the font.
    widths: Vec<(u32, Vec<f32>)>,
    default_width: f32,
    pub(super) knows_widths: bool,
    pub(super) is_vertical: bool,
}

/// One code of a string.
pub(super) struct Shown {
    pub(super) text: String,
    /// In parts of the size of the font.
    pub(super) width: f32,
    /// Whether it is the space that words are spaced by.
    pub(super) is_space: bool,
}

impl Font {
    pub(super) fn read(file: &File<'_>, dict: &Dict, budget: &mut Budget) -> Flow<Self> {
        let meanings = match dict.get("ToUnicode") {
            Some(Object::Ref(id)) => match file.stream(*id, budget)? {
                Some(stream) => CMap::parse(&file.unpacked(&stream, budget)?, budget)?,
                None => CMap::default(),
            },
            _ => CMap::default(),
        };
        let mut font = Self {
            codes: Codes::Glyphs,
            meanings,
            widths: Vec::new(),
            default_width: UNKNOWN_WIDTH,
            knows_widths: false,
            is_vertical: false,
        };
        let encoding = file.at(dict, "Encoding", budget)?;
        if dict.name("Subtype") == Some(b"Type0") {
            let name = encoding.name().unwrap_or_default();
            font.is_vertical = name.ends_with(b"-V");
            font.codes = composite(name).map_or(Codes::Glyphs, Codes::Charset);
            font.read_composite_widths(file, dict, budget)?;
        } else {
            font.codes = Codes::Bytes(simple_codes(file, dict, &encoding, budget)?);
            font.read_simple_widths(file, dict, budget)?;
        }
        Ok(font)
    }

    /// What it takes to keep the font.
    pub(super) fn size(&self) -> usize {
        256 + self.meanings.len() + self.widths.iter().map(|(_, widths)| widths.len() + 8).sum::<usize>()
    }

    fn read_simple_widths(&mut self, file: &File<'_>, dict: &Dict, budget: &mut Budget) -> Flow {
        // Of fonts whose glyphs are drawings, the file says in which units.
        let unit = match file.at(dict, "FontMatrix", budget)? {
            Object::Array(matrix) => matrix.first().and_then(Object::number).unwrap_or(0.001),
            _ => 0.001,
        };
        let first = dict.get("FirstChar").and_then(Object::size).and_then(|first| u32::try_from(first).ok());
        if let Object::Array(widths) = file.at(dict, "Widths", budget)? {
            let mut known = Vec::new();
            for width in widths.into_iter().take(256) {
                let width = file.resolved(width, budget)?;
                known.push(width.number().unwrap_or(0.0) * unit);
            }
            self.knows_widths = known.iter().any(|width| *width > 0.0);
            self.widths.push((first.unwrap_or(0), known));
        }
        Ok(())
    }

    fn read_composite_widths(&mut self, file: &File<'_>, dict: &Dict, budget: &mut Budget) -> Flow {
        let Object::Array(descendants) = file.at(dict, "DescendantFonts", budget)? else { return Ok(()) };
        let descendant = file.resolved(descendants.into_iter().next().unwrap_or(Object::Null), budget)?;
        let Some(descendant) = descendant.dict() else { return Ok(()) };
        self.default_width = file.at(descendant, "DW", budget)?.number().unwrap_or(1000.0) / 1000.0;
        self.knows_widths = true;
        let Object::Array(widths) = file.at(descendant, "W", budget)? else { return Ok(()) };
        let mut rest = widths.into_iter();
        let mut count = 0;
        while let Some(first) = rest.next()
            && let Some(next) = rest.next()
            && count < MAX_WIDTHS
        {
            let first = first.size().and_then(|first| u32::try_from(first).ok()).unwrap_or(0);
            match file.resolved(next, budget)? {
                Object::Array(widths) => {
                    let widths: Vec<f32> = widths
                        .iter()
                        .take(MAX_WIDTHS - count)
                        .map(|width| width.number().unwrap_or(0.0) / 1000.0)
                        .collect();
                    count += widths.len() + 1;
                    self.widths.push((first, widths));
                }
                last => {
                    let width = rest.next().and_then(|width| width.number()).unwrap_or(0.0) / 1000.0;
                    let last = last.size().unwrap_or(0);
                    let length =
                        last.saturating_sub(first as usize).saturating_add(1).min(MAX_WIDTHS - count);
                    budget.steps(length)?;
                    count += length + 1;
                    self.widths.push((first, vec![width; length]));
                }
            }
        }
        self.widths.sort_by_key(|(first, _)| *first);
        Ok(())
    }

    fn width(&self, code: u32) -> f32 {
        let behind = self.widths.partition_point(|(first, _)| *first <= code);
        let known =
            self.widths[..behind].last().and_then(|(first, widths)| widths.get((code - first) as usize));
        known.copied().filter(|width| width.is_finite()).unwrap_or(self.default_width)
    }

    /// The code that a string begins with, and how many bytes it has.
    pub(super) fn next(&self, string: &[u8]) -> (Shown, usize) {
        let length = match &self.codes {
            Codes::Bytes(_) => 1,
            Codes::Glyphs => self.meanings.code_length(2),
            Codes::Charset(encoding) => charset_length(encoding, string),
        };
        let length = length.min(string.len()).max(1);
        let bytes = &string[..length];
        let code = bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
        let text = self.meanings.meant(length, code).unwrap_or_else(|| match &self.codes {
            Codes::Bytes(texts) => texts.get(code as usize).cloned().unwrap_or_default(),
            Codes::Charset(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            Codes::Glyphs => String::new(),
        });
        (Shown { text, width: self.width(code), is_space: length == 1 && code == 32 }, length)
    }
}

/// How many bytes the first character has.
fn charset_length(encoding: &'static Encoding, string: &[u8]) -> usize {
    if encoding == encoding_rs::UTF_16BE {
        let is_first_half = string.first().is_some_and(|byte| (0xd8..0xdc).contains(byte));
        return if is_first_half { 4 } else { 2 };
    }
    let first = string.first().copied().unwrap_or(0);
    let is_half_width = encoding == encoding_rs::SHIFT_JIS && (0xa1..=0xdf).contains(&first);
    if first < 0x81 || is_half_width { 1 } else { 2 }
}

/// What the bytes of a simple font mean: its encoding, and what differs from it.
fn simple_codes(file: &File<'_>, dict: &Dict, encoding: &Object, budget: &mut Budget) -> Flow<Vec<String>> {
    let base_font = dict.name("BaseFont").unwrap_or_default();
    if base_font.ends_with(b"ZapfDingbats") || base_font.ends_with(b"Wingdings") {
        // Pictures in the place of letters.
        return Ok(Vec::new());
    }
    let named = match encoding {
        Object::Name(name) => Base::of(name),
        Object::Dict(dict) => dict.name("BaseEncoding").and_then(Base::of),
        _ => None,
    };
    let is_type1 = matches!(dict.name("Subtype"), Some(b"Type1" | b"MMType1"));
    let base = named.unwrap_or(if is_type1 { Base::Standard } else { Base::Windows });
    let mut codes: Vec<String> = (0..=u8::MAX).map(|code| base.text(code)).collect();
    let differences = match encoding {
        Object::Dict(dict) => file.at(dict, "Differences", budget)?,
        _ => Object::Null,
    };
    let mut code = 0;
    for difference in differences.array().unwrap_or_default() {
        budget.step()?;
        match difference {
            Object::Integer(_) => code = difference.size().unwrap_or(0),
            Object::Name(name) => {
                if let Some(known) = codes.get_mut(code) {
                    *known = glyphs::text_of(name).unwrap_or_default();
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    Ok(codes)
}
