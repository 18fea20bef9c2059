//! The central directory of a ZIP archive, an entry at a time.

use std::cell::RefCell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::{VerifyError, wrong};

/// A piece of the archive, read by itself: several are read at once.
pub(super) struct Window<'a, S> {
    source: &'a RefCell<S>,
    at: u64,
    end: u64,
}

impl<'a, S: Read + Seek> Window<'a, S> {
    pub(super) fn new(source: &'a RefCell<S>, at: u64, end: u64) -> BufReader<Self> {
        BufReader::with_capacity(64 << 10, Self { source, at, end })
    }
}

impl<S: Read + Seek> Read for Window<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let mut source = self.source.borrow_mut();
        source.seek(SeekFrom::Start(self.at))?;
        let read = source.read(&mut buffer[..most])?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Where the directory is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) from: u64,
    pub(super) end: u64,
    pub(super) entries: u64,
}

impl Place {
    /// Reads the end of an archive, behind which nothing may be.
    pub(super) fn find<S: Read + Seek>(source: &RefCell<S>) -> Result<Self, VerifyError> {
        let cut = || wrong("it has no end: it was cut off, or something was put behind it");
        let size = source.borrow_mut().seek(SeekFrom::End(0))?;
        let last = size.checked_sub(22).ok_or_else(cut)?;
        let end: [u8; 22] = fixed(&mut Window::new(source, last, size))?;
        if !end.starts_with(b"PK\x05\x06") || end[20..] != [0, 0] || end[4..8] != [0; 4] {
            return Err(cut());
        }
        let short = Self { from: long(&end[16..20]), end: last, entries: long(&end[10..12]) };
        let stated = (short.from, long(&end[12..16]));
        let place = match last.checked_sub(20) {
            Some(at) => {
                let locator: [u8; 20] = fixed(&mut Window::new(source, at, last))?;
                if locator.starts_with(b"PK\x06\x07") {
                    return Self::large(source, long(&locator[8..16]), at);
                }
                short
            }
            None => short,
        };
        (stated.0.checked_add(stated.1) == Some(last)).then_some(place).ok_or_else(cut)
    }

    /// The records of ZIP64.
    fn large<S: Read + Seek>(source: &RefCell<S>, at: u64, end: u64) -> Result<Self, VerifyError> {
        let broken = || wrong("its end is damaged");
        if at.checked_add(56) != Some(end) {
            return Err(broken());
        }
        let record: [u8; 56] = fixed(&mut Window::new(source, at, end))?;
        let (entries, size, from) = (long(&record[32..40]), long(&record[40..48]), long(&record[48..56]));
        let is_right = record.starts_with(b"PK\x06\x06") && from.checked_add(size) == Some(at);
        is_right.then_some(Self { from, end: at, entries }).ok_or_else(broken)
    }
}

/// What the directory says of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) path: String,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) bytes: u64,
    pub(super) offset: u64,
}

impl Listed {
    /// The next one.
    pub(super) fn read(directory: &mut impl Read) -> Result<Self, VerifyError> {
        let header: [u8; 46] = fixed(directory)?;
        if !header.starts_with(b"PK\x01\x02") {
            return Err(wrong("its directory is damaged"));
        }
        let path = name(directory, &header[28..30])?;
        let extra = piece(directory, &header[30..32])?;
        piece(directory, &header[32..34])?;
        let mut large = zip64(&extra).unwrap_or_default().chunks_exact(8);
        let mut value = |short: &[u8]| match long(short) {
            0xffff_ffff => large.next().map_or(0xffff_ffff, long),
            short => short,
        };
        // In the order of the extra field.
        let (bytes, compressed, offset) =
            (value(&header[24..28]), value(&header[20..24]), value(&header[42..46]));
        Ok(Self {
            path,
            flags: short(&header[8..10]),
            method: short(&header[10..12]),
            crc: u32::try_from(long(&header[16..20])).unwrap_or_default(),
            compressed,
            bytes,
            offset,
        })
    }
}

/// The data of ZIP64's extra field.
pub(super) fn zip64(mut extra: &[u8]) -> Option<&[u8]> {
    while let Some((head, rest)) = extra.split_at_checked(4) {
        let (data, next) = rest.split_at_checked(usize::from(short(&head[2..4])))?;
        if head[..2] == [1, 0] {
            return Some(data);
        }
        extra = next;
    }
    None
}

/// A path that stays below wherever the archive is unpacked.
pub(super) fn name(source: &mut impl Read, length: &[u8]) -> Result<String, VerifyError> {
    let path = String::from_utf8(piece(source, length)?);
    let path = path.map_err(|_| wrong("it has an entry whose name is no text"))?;
    let is_plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    let is_sane = path.split('/').all(is_plain) && !path.contains(['\\', ':']);
    if !is_sane || path.chars().any(char::is_control) {
        return Err(wrong(format!("the entry {path:?} would lead out of where it is unpacked")));
    }
    Ok(path)
}

/// Bytes whose number stands before them; at most 65,535.
pub(super) fn piece(source: &mut impl Read, length: &[u8]) -> Result<Vec<u8>, VerifyError> {
    let mut bytes = vec![0; usize::from(short(length))];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn fixed<const N: usize>(source: &mut impl Read) -> Result<[u8; N], VerifyError> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

pub(super) fn short(bytes: &[u8]) -> u16 {
    u16::try_from(long(bytes)).unwrap_or_default()
}

/// A number of up to eight bytes, the lowest first.
pub(super) fn long(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
