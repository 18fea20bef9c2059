//! What codes of a font mean, as a font says it for those who copy text (ISO 32000-2, 9.10.3).

use super::lexer::{Lexer, Token};
use super::object::Object;
use crate::budget::Budget;
use crate::error::Flow;

/// No font has more codes.
const MAX_RANGES: usize = 70_000;

/// No code means more.
const MAX_UNITS: usize = 32;

/// Codes that follow each other, and what the first of them means; the last character of that counts up.
#[derive(Debug)]
struct Range {
    /// How many bytes the codes have.
    bytes: usize,
    first: u32,
    last: u32,
    meant: Vec<u16>,
}

/// What codes mean.
#[derive(Debug, Default)]
pub(super) struct CMap {
    ranges: Vec<Range>,
    /// Which lengths codes may have.
    lengths: [bool; 5],
}

impl CMap {
    pub(super) fn parse(bytes: &[u8], budget: &mut Budget) -> Flow<Self> {
        let mut map = Self::default();
        let mut lexer = Lexer::of_page(bytes);
        let mut operands: Vec<Object> = Vec::new();
        while let Some(token) = lexer.token(budget)? {
            match token {
                Token::Object(object) => {
                    if operands.len() < 3 * MAX_RANGES {
                        operands.push(object);
                    }
                    continue;
                }
                Token::Word(b"endcodespacerange") => {
                    for code in &operands {
                        if let Object::String(code) = code {
                            map.lengths[code.len().min(4)] = true;
                        }
                    }
                }
                Token::Word(b"endbfchar") => {
                    for pair in operands.chunks_exact(2) {
                        if let [Object::String(code), Object::String(meant)] = pair {
                            map.add(code, code, meant);
                        }
                    }
                }
                Token::Word(b"endbfrange") => map.add_ranges(&operands),
                Token::Word(_) => {}
            }
            operands.clear();
        }
        // Of those that begin with one code, the last holds.
        map.ranges.sort_by_key(|range| (range.bytes, range.first));
        Ok(map)
    }

    fn add_ranges(&mut self, operands: &[Object]) {
        for triple in operands.chunks_exact(3) {
            match triple {
                [Object::String(first), Object::String(last), Object::String(meant)] => {
                    self.add(first, last, meant)
                }
                [Object::String(first), Object::String(_), Object::Array(each)] => {
                    for (offset, meant) in (0_u32..).zip(each) {
                        let code = number(first).wrapping_add(offset).to_be_bytes();
                        let code = &code[4 - first.len().min(4)..];
                        if let Object::String(meant) = meant {
                            self.add(code, code, meant);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, first: &[u8], last: &[u8], meant: &[u8]) {
        if self.ranges.len() >= MAX_RANGES || !(1..=4).contains(&first.len()) {
            return;
        }
        let meant = match meant {
            [byte] => vec![u16::from(*byte)],
            meant => meant
                .chunks_exact(2)
                .take(MAX_UNITS)
                .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
                .collect(),
        };
        self.ranges.push(Range { bytes: first.len(), first: number(first), last: number(last), meant });
    }

    /// How many bytes the next code has.
    pub(super) fn code_length(&self, otherwise: usize) -> usize {
        let mut lengths = (1..=4).filter(|length| self.lengths[*length]);
        match (lengths.next(), lengths.next()) {
            (Some(length), None) => length,
            _ => otherwise,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ranges.len()
    }

    /// What a code means.
    pub(super) fn meant(&self, bytes: usize, code: u32) -> Option<String> {
        let behind = self.ranges.partition_point(|range| (range.bytes, range.first) <= (bytes, code));
        let range = self.ranges[..behind].last()?;
        if range.bytes != bytes || code > range.last.max(range.first) {
            return None;
        }
        let (last, before) = range.meant.split_last()?;
        let last = last.wrapping_add((code - range.first) as u16);
        let units = before.iter().copied().chain([last]);
        let meant: String = char::decode_utf16(units).flatten().filter(|char| *char != '\0').collect();
        (!meant.is_empty()).then_some(meant)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Limits;

    #[test]
    fn codes_mean_characters_or_several() {
        let map = b"1 begincodespacerange <0000> <ffff> endcodespacerange
            2 beginbfchar <0001> <00660069> <0002> <D83DDE00> endbfchar
            2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0078> <0079007A>] endbfrange
            1 beginbfrange <0030> <002F> <0041> endbfrange";
        let map = CMap::parse(map, &mut Budget::new(Limits::default())).unwrap();
        let meant = |code| map.meant(2, code).unwrap_or_default();
        assert_eq!(
            [1, 2, 0x10, 0x12, 0x13, 0x20, 0x21, 0x22].map(meant),
            ["fi", "😀", "A", "C", "", "x", "yz", ""]
        );
        assert_eq!(map.meant(1, 1), None);
        assert_eq!(map.code_length(1), 2);
    }
}
