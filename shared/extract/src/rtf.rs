//! The text of RTF (version 1.9.1). Groups that hold fonts, styles, pictures and the like are passed over, and so are those that say
//! that who does not know them may do so.

mod control;

use control::{Control, Token, Tokens};
use encoding_rs::{Encoding, WINDOWS_1252};

use crate::Reading;
use crate::error::{Flow, Stop};

/// Groups are remembered so deep; what is deeper is taken for hidden.
const MAX_DEPTH: usize = 1024;

/// Groups that are no text of the document.
const DESTINATIONS: [&[u8]; 19] = [
    b"colortbl",
    b"stylesheet",
    b"info",
    b"pict",
    b"object",
    b"themedata",
    b"colorschememapping",
    b"listtable",
    b"listoverridetable",
    b"generator",
    b"xmlnstbl",
    b"fldinst",
    b"filetbl",
    b"revtbl",
    b"rsidtbl",
    b"mmathPr",
    b"datastore",
    b"latentstyles",
    b"nonshppict",
];

/// What holds within a group.
#[derive(Clone, Copy)]
struct Group {
    is_hidden: bool,
    is_fonts: bool,
    /// How many characters after one of Unicode are for readers that do not know Unicode.
    substitutes: usize,
    /// The charset of the font.
    encoding: &'static Encoding,
}

struct Rtf {
    groups: Vec<Group>,
    group: Group,
    /// How many groups were not remembered.
    too_deep: usize,
    /// What characters are in without a font.
    default_encoding: &'static Encoding,
    /// Charsets of fonts by their numbers, and the font that is being described.
    fonts: Vec<(i32, &'static Encoding)>,
    font: i32,
    /// Bytes of characters, some of which have two.
    bytes: Vec<u8>,
    /// The first half of a character that UTF-16 writes as two.
    surrogate: Option<u16>,
    skip: usize,
}

pub(crate) fn read(reading: &mut Reading, bytes: &[u8]) -> Flow {
    let bytes = reading.budget.affordable(bytes);
    if !bytes.trim_ascii_start().starts_with(b"{\\rtf") {
        return Err(Stop::broken("it is not RTF"));
    }
    let group = Group { is_hidden: false, is_fonts: false, substitutes: 1, encoding: WINDOWS_1252 };
    let mut rtf = Rtf {
        groups: Vec::new(),
        group,
        too_deep: 0,
        default_encoding: WINDOWS_1252,
        fonts: Vec::new(),
        font: 0,
        bytes: Vec::new(),
        surrogate: None,
        skip: 0,
    };
    for token in Tokens::new(bytes) {
        reading.budget.step()?;
        rtf.token(reading, token)?;
    }
    rtf.flush(reading)
}

impl Rtf {
    fn token(&mut self, reading: &mut Reading, token: Token<'_>) -> Flow {
        match token {
            Token::Byte(byte) => self.byte(byte),
            Token::Open => {
                self.flush(reading)?;
                self.skip = 0;
                if self.groups.len() < MAX_DEPTH {
                    self.groups.push(self.group);
                } else {
                    self.too_deep += 1;
                }
            }
            Token::Close => {
                self.flush(reading)?;
                self.skip = 0;
                match self.too_deep.checked_sub(1) {
                    Some(left) => self.too_deep = left,
                    None => self.group = self.groups.pop().unwrap_or(self.group),
                }
            }
            Token::Control(control) if control.name == b"'" => {
                self.byte(u8::try_from(control.number.unwrap_or(0)).unwrap_or(b'?'));
            }
            // It stands for characters of another charset.
            Token::Control(control) if self.skip > 0 && control.name != b"u" => self.skip -= 1,
            Token::Control(control) => {
                self.flush(reading)?;
                self.control(reading, control)?;
            }
        }
        Ok(())
    }

    fn is_shown(&self) -> bool {
        !self.group.is_hidden && !self.group.is_fonts && self.too_deep == 0
    }

    fn byte(&mut self, byte: u8) {
        if self.skip > 0 {
            self.skip -= 1;
        } else if self.is_shown() {
            self.bytes.push(byte);
        }
    }

    /// Writes the bytes that were collected, all of which are in one charset.
    fn flush(&mut self, reading: &mut Reading) -> Flow {
        if self.bytes.is_empty() {
            return Ok(());
        }
        self.surrogate = None;
        let bytes = std::mem::take(&mut self.bytes);
        reading.writer.push_str(&self.group.encoding.decode_without_bom_handling(&bytes).0)
    }

    fn control(&mut self, reading: &mut Reading, control: Control<'_>) -> Flow {
        let number = control.number.unwrap_or(0);
        match control.name {
            b"*" => self.group.is_hidden = true,
            b"fonttbl" => self.group.is_fonts = true,
            name if DESTINATIONS.contains(&name) => self.group.is_hidden = true,
            b"ansicpg" => {
                self.default_encoding = control::of_code_page(number).unwrap_or(WINDOWS_1252);
                self.group.encoding = self.default_encoding;
            }
            b"mac" => {
                self.default_encoding = encoding_rs::MACINTOSH;
                self.group.encoding = self.default_encoding;
            }
            b"f" if self.group.is_fonts => self.font = number,
            b"fcharset" if self.group.is_fonts => {
                if let Some(encoding) = control::of_font(number) {
                    self.fonts.retain(|(font, _)| *font != self.font);
                    // No document has that many, and each is looked through.
                    if self.fonts.len() < 256 {
                        self.fonts.push((self.font, encoding));
                    }
                }
            }
            b"f" => {
                let font = self.fonts.iter().find(|(font, _)| *font == number);
                self.group.encoding = font.map_or(self.default_encoding, |(_, encoding)| *encoding);
            }
            b"plain" => self.group.encoding = self.default_encoding,
            b"uc" => self.group.substitutes = usize::try_from(number).unwrap_or(1).min(16),
            b"v" => self.group.is_hidden = control.number != Some(0),
            b"u" => {
                self.skip = self.group.substitutes;
                if self.is_shown() {
                    self.unicode(reading, number)?;
                }
            }
            _ if !self.is_shown() => {}
            name => return control::text_of(name).chars().try_for_each(|char| reading.writer.push(char)),
        }
        Ok(())
    }

    /// A unit of UTF-16, which may be written as a negative number.
    fn unicode(&mut self, reading: &mut Reading, number: i32) -> Flow {
        let unit = (number & 0xffff) as u16;
        if (0xd800..0xdc00).contains(&unit) {
            self.surrogate = Some(unit);
            return Ok(());
        }
        let units = self.surrogate.take().into_iter().chain([unit]);
        for char in char::decode_utf16(units).flatten() {
            // Fonts of symbols have their characters in a place of their own.
            reading.writer.push(char)?;
        }
        Ok(())
    }
}
