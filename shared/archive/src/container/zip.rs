//! The headers of a ZIP archive (PKWARE's APPNOTE 6.3.10). Every entry has its sizes behind its data, and they have eight bytes there: how
//! large it becomes is not known when it begins.

use app_domain::{Sha256State, Timestamp};
use crc32fast::Hasher as Crc;
use serde::{Deserialize, Serialize};

/// ZIP64 (section 4.4.3.2), in each entry.
const NEEDS: u16 = 45;
/// Unix, so that there are modes.
const MADE_BY: u16 = (3 << 8) | NEEDS;
/// Sizes are behind the data (bit 3), names are UTF-8 (bit 11).
const FLAGS: u16 = (1 << 3) | (1 << 11);
const DEFLATED: u16 = 8;
/// A file that its owner may read and write, and others may read.
const MODE: u32 = 0o100_644 << 16;
/// What stands in a field of four bytes whose value is among the extra fields.
pub(super) const ELSEWHERE: u32 = u32::MAX;

const ZIP64: u16 = 0x0001;
/// Seconds since 1970 (Info-ZIP): the time in the header itself has no time zone.
const UNIX_TIME: u16 = 0x5455;

/// An entry that is open, or has just been closed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    path: String,
    at: Timestamp,
    /// Where its header is.
    offset: u64,
    crc: u32,
    pub(super) bytes: u64,
    pub(super) compressed: u64,
    sha256: Sha256State,
    /// Whether it has a line in `SHA256SUMS`.
    pub(super) is_listed: bool,
}

impl Entry {
    pub(super) fn new(path: &str, at: Timestamp, offset: u64, is_listed: bool) -> Self {
        Self {
            path: plain(path),
            at,
            offset,
            crc: 0,
            bytes: 0,
            compressed: 0,
            sha256: Sha256State::default(),
            is_listed,
        }
    }

    /// Notes what is written into it.
    pub(super) fn note(&mut self, bytes: &[u8]) {
        let mut crc = Crc::new_with_initial_len(self.crc, self.bytes);
        crc.update(bytes);
        self.crc = crc.finalize();
        self.bytes += bytes.len() as u64;
        self.sha256.update(bytes);
    }

    /// What was written into it is not what it should be: its checksum says so.
    pub(super) fn spoil(&mut self) {
        self.crc = !self.crc;
    }

    pub(super) fn sha256(&self) -> String {
        self.sha256.hex()
    }

    pub(super) fn is_called(&self, path: &str) -> bool {
        self.path == path
    }

    /// As `sha256sum` writes it.
    pub(super) fn sums_line(&self) -> String {
        format!("{}  {}\n", self.sha256(), self.path)
    }

    /// Before its data (section 4.3.7).
    pub(super) fn local_header(&self) -> Vec<u8> {
        let extra = [extra_field(ZIP64, &[0; 16]), self.unix_time()].concat();
        let mut header = Vec::with_capacity(30 + self.path.len() + extra.len());
        header.extend_from_slice(b"PK\x03\x04");
        header.extend_from_slice(&NEEDS.to_le_bytes());
        header.extend_from_slice(&self.common(0, ELSEWHERE, ELSEWHERE, extra.len()));
        header.extend_from_slice(self.path.as_bytes());
        header.extend_from_slice(&extra);
        header
    }

    /// Behind its data (section 4.3.9).
    pub(super) fn descriptor(&self) -> Vec<u8> {
        let mut descriptor = b"PK\x07\x08".to_vec();
        descriptor.extend_from_slice(&self.crc.to_le_bytes());
        descriptor.extend_from_slice(&self.compressed.to_le_bytes());
        descriptor.extend_from_slice(&self.bytes.to_le_bytes());
        descriptor
    }

    /// In the central directory (section 4.3.12).
    pub(super) fn directory_header(&self) -> Vec<u8> {
        let mut long = Vec::new();
        let mut short = |value: u64| {
            let short = u32::try_from(value).ok().filter(|short| *short != ELSEWHERE);
            short.unwrap_or_else(|| {
                long.extend_from_slice(&value.to_le_bytes());
                ELSEWHERE
            })
        };
        // In this order, which is that of the extra field too.
        let (bytes, compressed, offset) = (short(self.bytes), short(self.compressed), short(self.offset));
        let zip64 = if long.is_empty() { Vec::new() } else { extra_field(ZIP64, &long) };
        let extra = [zip64, self.unix_time()].concat();
        let mut header = Vec::with_capacity(46 + self.path.len() + extra.len());
        header.extend_from_slice(b"PK\x01\x02");
        header.extend_from_slice(&MADE_BY.to_le_bytes());
        header.extend_from_slice(&NEEDS.to_le_bytes());
        header.extend_from_slice(&self.common(self.crc, compressed, bytes, extra.len()));
        // No comment, the first disk, no internal attributes.
        header.extend_from_slice(&[0; 6]);
        header.extend_from_slice(&MODE.to_le_bytes());
        header.extend_from_slice(&offset.to_le_bytes());
        header.extend_from_slice(self.path.as_bytes());
        header.extend_from_slice(&extra);
        header
    }

    /// What both headers have, in one order.
    fn common(&self, crc: u32, compressed: u32, bytes: u32, extra: usize) -> Vec<u8> {
        let (time, date) = dos_time(self.at);
        let mut common = Vec::with_capacity(24);
        for short in [FLAGS, DEFLATED, time, date] {
            common.extend_from_slice(&short.to_le_bytes());
        }
        for long in [crc, compressed, bytes] {
            common.extend_from_slice(&long.to_le_bytes());
        }
        for length in [self.path.len(), extra] {
            common.extend_from_slice(&u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes());
        }
        common
    }

    /// Nothing where four bytes cannot say it.
    fn unix_time(&self) -> Vec<u8> {
        let seconds = i32::try_from(self.at.as_seconds()).ok();
        let field = seconds.map(|seconds| [&[1_u8], seconds.to_le_bytes().as_slice()].concat());
        field.map(|field| extra_field(UNIX_TIME, &field)).unwrap_or_default()
    }
}

fn extra_field(id: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    [id.to_le_bytes().as_slice(), &length.to_le_bytes(), data].concat()
}

/// A path that every reader takes, and that stays on its line: without control characters and backslashes, and not too long. Whoever makes
/// paths keeps to that; this is so that a mistake there breaks no archive.
fn plain(path: &str) -> String {
    let path: String = path.chars().map(|c| if c.is_control() || c == '\\' { '_' } else { c }).collect();
    path[..path.floor_char_boundary(usize::from(u16::MAX))].to_owned()
}

/// Time and date in UTC, as MS-DOS had them: two seconds to the unit, from 1980 to 2107.
fn dos_time(at: Timestamp) -> (u16, u16) {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let at = at.to_zoned(jiff::tz::TimeZone::UTC);
    let field = |value: i8, shift: u32| u16::try_from(value).unwrap_or(0) << shift;
    match u16::try_from(at.year() - 1980) {
        Ok(year @ 0..=127) => (
            field(at.hour(), 11) | field(at.minute(), 5) | field(at.second() / 2, 0),
            (year << 9) | field(at.month(), 5) | field(at.day(), 0),
        ),
        _ => (0, (1 << 5) | 1),
    }
}
