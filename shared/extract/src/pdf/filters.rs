//! How streams are packed (ISO 32000-2, 7.4). What they are packed into is paid for; filters of pictures are not here.

use std::io::Read;

use flate2::read::{DeflateDecoder, ZlibDecoder};

use super::lexer::{hex, is_blank};
use super::object::{Dict, Object};
use crate::budget::Budget;
use crate::error::Flow;

/// A stream has so many filters, one behind the other.
pub(super) const MAX_FILTERS: usize = 4;

/// Unpacks bytes. None, if the filter is of pictures or unknown. What breaks off is good as far as it goes.
pub(super) fn unpack(
    filter: &[u8],
    parameters: Option<&Dict>,
    bytes: &[u8],
    budget: &mut Budget,
) -> Flow<Option<Vec<u8>>> {
    let most = budget.left_bytes();
    if most == 0 {
        return Err(budget.exhausted());
    }
    let unpacked = match filter {
        b"FlateDecode" | b"Fl" => unpredicted(inflated(bytes, most), parameters),
        b"LZWDecode" | b"LZW" => {
            let is_early = parameters.and_then(|it| it.get("EarlyChange")) != Some(&Object::Integer(0));
            unpredicted(lzw(bytes, most, is_early), parameters)
        }
        b"ASCIIHexDecode" | b"AHx" => from_hex(bytes),
        b"ASCII85Decode" | b"A85" => from_base85(bytes),
        b"RunLengthDecode" | b"RL" => from_runs(bytes, most),
        _ => return Ok(None),
    };
    budget.read(unpacked.len())?;
    Ok(Some(unpacked))
}

fn inflated(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut inflated = Vec::new();
    let _ = ZlibDecoder::new(bytes).take(most as u64).read_to_end(&mut inflated);
    if inflated.is_empty() {
        // The header may be broken; it says nothing that is needed.
        let _ = DeflateDecoder::new(bytes.get(2..).unwrap_or_default())
            .take(most as u64)
            .read_to_end(&mut inflated);
    }
    inflated
}

/// LZW as TIFF has it: codes of 9 to 12 bits, the highest bit first.
fn lzw(bytes: &[u8], most: usize, is_early: bool) -> Vec<u8> {
    const CLEAR: usize = 256;
    const END: usize = 257;
    let mut unpacked: Vec<u8> = Vec::new();
    // Where in the output the string of each code is.
    let mut strings: Vec<(usize, usize)> = Vec::new();
    let (mut bits, mut bit_count, mut width) = (0_u32, 0_u32, 9_u32);
    let mut previous: Option<(usize, usize)> = None;
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        bit_count += 8;
        if bit_count < width {
            continue;
        }
        bit_count -= width;
        let code = (bits >> bit_count) as usize & ((1 << width) - 1);
        bits &= (1 << bit_count) - 1;
        let start = unpacked.len();
        match code {
            CLEAR => {
                strings.clear();
                width = 9;
                previous = None;
                continue;
            }
            END => break,
            0..CLEAR => unpacked.push(code as u8),
            _ => {
                // The code may be the one that is about to be made: the string before, and its first byte.
                let known = strings.get(code - END - 1).copied();
                let next = (code - END - 1 == strings.len()).then_some(previous).flatten();
                let Some((from, length)) = known.or(next.map(|(from, length)| (from, length + 1))) else {
                    break;
                };
                if start + length > most {
                    break;
                }
                for at in from..from + length {
                    let byte = unpacked[at];
                    unpacked.push(byte);
                }
            }
        }
        if let Some((from, length)) = previous
            && strings.len() < 4096 - END - 1
        {
            strings.push((from, length + 1));
        }
        previous = Some((start, unpacked.len() - start));
        width = match END + 1 + strings.len() + usize::from(is_early) {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        if unpacked.len() >= most {
            break;
        }
    }
    unpacked
}

fn from_hex(bytes: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        bytes.iter().take_while(|byte| **byte != b'>').filter_map(|byte| hex(*byte)).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
}

fn from_base85(bytes: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut digits: Vec<u8> = Vec::with_capacity(5);
    let mut flush = |digits: &mut Vec<u8>, length: usize| {
        digits.resize(5, 84);
        let number = digits
            .iter()
            .fold(0_u32, |number, digit| number.wrapping_mul(85).wrapping_add(u32::from(*digit)));
        unpacked.extend_from_slice(&number.to_be_bytes()[..length]);
        digits.clear();
    };
    let bytes = bytes.strip_prefix(b"<~").unwrap_or(bytes);
    for byte in bytes.iter().filter(|byte| !is_blank(**byte)) {
        match byte {
            b'z' if digits.is_empty() => {
                digits.resize(5, 0);
                flush(&mut digits, 4);
            }
            b'!'..=b'u' => {
                digits.push(byte - b'!');
                if digits.len() == 5 {
                    flush(&mut digits, 4);
                }
            }
            _ => break,
        }
    }
    if digits.len() > 1 {
        let length = digits.len() - 1;
        flush(&mut digits, length);
    }
    unpacked
}

fn from_runs(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let mut rest = bytes;
    while let Some((length, behind)) = rest.split_first() {
        if *length == 128 || unpacked.len() + 128 > most {
            break;
        }
        if *length < 128 {
            let (copied, behind) = behind.split_at((usize::from(*length) + 1).min(behind.len()));
            unpacked.extend_from_slice(copied);
            rest = behind;
        } else {
            let Some((byte, behind)) = behind.split_first() else { break };
            unpacked.resize(unpacked.len() + 257 - usize::from(*length), *byte);
            rest = behind;
        }
    }
    unpacked
}

/// Undoes what was done to rows of bytes so that they can be packed better (PNG, section 9; TIFF predictor 2 for bytes).
fn unpredicted(bytes: Vec<u8>, parameters: Option<&Dict>) -> Vec<u8> {
    let number = |key: &str, otherwise: usize| {
        let number = parameters.and_then(|it| it.get(key)).and_then(Object::size).unwrap_or(otherwise);
        number.clamp(1, 1 << 20)
    };
    let predictor = number("Predictor", 1);
    if predictor < 2 {
        return bytes;
    }
    let pixel_bits = number("Colors", 1).min(64) * number("BitsPerComponent", 8).min(16);
    let pixel_bytes = pixel_bits.div_ceil(8);
    let row_bytes = (pixel_bits * number("Columns", 1)).div_ceil(8);
    let mut rows = Vec::with_capacity(bytes.len());
    if predictor == 2 {
        for row in bytes.chunks(row_bytes) {
            for (at, byte) in row.iter().enumerate() {
                let left = if at < pixel_bytes { 0 } else { rows[rows.len() - pixel_bytes] };
                rows.push(byte.wrapping_add(left));
            }
        }
        return rows;
    }
    for (y, row) in bytes.chunks(row_bytes + 1).enumerate() {
        let start = y * row_bytes;
        for (at, byte) in row[1..].iter().enumerate() {
            let left = if at < pixel_bytes { 0 } else { rows[start + at - pixel_bytes] };
            let up = if y == 0 { 0 } else { rows[start + at - row_bytes] };
            let corner =
                if at < pixel_bytes || y == 0 { 0 } else { rows[start + at - row_bytes - pixel_bytes] };
            rows.push(byte.wrapping_add(match row[0] {
                1 => left,
                2 => up,
                3 => ((u16::from(left) + u16::from(up)) / 2) as u8,
                4 => paeth(left, up, corner),
                _ => 0,
            }));
        }
    }
    rows
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let (a, b, c) = (i16::from(left), i16::from(up), i16::from(corner));
    let guess = a + b - c;
    let (to_left, to_up, to_corner) = ((guess - a).abs(), (guess - b).abs(), (guess - c).abs());
    if to_left <= to_up && to_left <= to_corner {
        left
    } else if to_up <= to_corner {
        up
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_unpack() {
        assert_eq!(from_hex(b"68 65 6C6c 6f>zz"), b"hello");
        assert_eq!(from_base85(b"<~87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(from_base85(b"z87cUR~>"), b"\0\0\0\0Hell");
        assert_eq!(from_runs(b"\x01ab\xfec\x80zz", 999), b"abccc");
        // The example of ISO 32000-2, 7.4.4.2.
        let packed = [0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01];
        assert_eq!(lzw(&packed, 999, true), [45, 45, 45, 45, 45, 65, 45, 45, 45, 66]);
    }
}
