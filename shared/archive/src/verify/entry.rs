//! One entry of an archive: its headers, its data, what they should be.

use std::io::{BufRead, Read, Take};

use app_domain::Sha256State;
use crc32fast::Hasher as Crc;
use flate2::bufread::DeflateDecoder;

use super::directory::{Listed, fixed, long, name, piece, short, zip64};
use super::{VerifyError, wrong};

/// Sizes and checksum are behind the data.
const HAS_DESCRIPTOR: u16 = 1 << 3;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// An entry that was read to its end and is what the directory says.
pub(super) struct Checked {
    /// Of its bytes, in hexadecimal.
    pub(super) sha256: String,
    /// How many bytes of the archive it has, headers included.
    pub(super) length: u64,
}

/// The bytes of an entry.
pub(super) enum Data<R> {
    Deflated(DeflateDecoder<Take<R>>),
    Stored(Take<R>),
}

/// The header before the data.
struct Header {
    length: u64,
    has_large_sizes: bool,
}

impl<R: BufRead> Data<R> {
    /// From the beginning of an entry's header on.
    pub(super) fn open(mut source: R, listed: &Listed) -> Result<Self, VerifyError> {
        header(&mut source, listed)?;
        Self::new(source, listed)
    }

    fn new(source: R, listed: &Listed) -> Result<Self, VerifyError> {
        let data = source.take(listed.compressed);
        match listed.method {
            DEFLATED => Ok(Self::Deflated(DeflateDecoder::new(data))),
            STORED => Ok(Self::Stored(data)),
            _ => Err(wrong(format!("{} is compressed in a way that is not written here", listed.path))),
        }
    }

    /// How much of what the entry should have was not needed.
    fn left(&self) -> u64 {
        match self {
            Self::Deflated(decoder) => decoder.get_ref().limit(),
            Self::Stored(data) => data.limit(),
        }
    }
}

impl<R: BufRead> Read for Data<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Deflated(decoder) => decoder.read(buffer),
            Self::Stored(data) => data.read(buffer),
        }
    }
}

/// Reads an entry to its end, which must be what the directory says. `give` gets its bytes.
pub(super) fn check(
    source: &mut impl BufRead,
    listed: &Listed,
    give: &mut dyn FnMut(&[u8]) -> Result<(), VerifyError>,
) -> Result<Checked, VerifyError> {
    let path = &listed.path;
    let header = header(source, listed)?;
    let (mut crc, mut hash, mut bytes) = (Crc::new(), Sha256State::default(), 0);
    let mut data = Data::new(&mut *source, listed)?;
    let mut buffer = [0; 32 << 10];
    loop {
        let read = data.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        let piece = &buffer[..read];
        bytes += read as u64;
        if bytes > listed.bytes {
            return Err(wrong(format!("{path} is larger than the archive says")));
        }
        crc.update(piece);
        hash.update(piece);
        give(piece)?;
    }
    if data.left() > 0 {
        return Err(wrong(format!("{path} has something behind its data")));
    }
    if bytes != listed.bytes {
        return Err(wrong(format!("{path} has {bytes} bytes and should have {}", listed.bytes)));
    }
    if crc.finalize() != listed.crc {
        return Err(wrong(format!("{path} is damaged: its CRC-32 is another")));
    }
    let mut length = header.length + listed.compressed;
    if listed.flags & HAS_DESCRIPTOR != 0 {
        length += descriptor(source, listed, header.has_large_sizes)?;
    }
    Ok(Checked { sha256: hash.hex(), length })
}

/// Reads the header before the data, which must agree with the directory.
fn header(source: &mut impl BufRead, listed: &Listed) -> Result<Header, VerifyError> {
    let header: [u8; 30] = fixed(source)?;
    let is_header = header.starts_with(b"PK\x03\x04")
        && (short(&header[6..8]), short(&header[8..10])) == (listed.flags, listed.method);
    if !is_header || name(source, &header[26..28])? != listed.path {
        return Err(wrong(format!("{} does not begin where the archive says", listed.path)));
    }
    let extra = piece(source, &header[28..30])?;
    let length = 30 + listed.path.len() as u64 + extra.len() as u64;
    Ok(Header { length, has_large_sizes: zip64(&extra).is_some() })
}

/// Reads what is behind the data, and says how long it is.
fn descriptor(source: &mut impl BufRead, listed: &Listed, is_large: bool) -> Result<u64, VerifyError> {
    let width = if is_large { 8 } else { 4 };
    let mut bytes = vec![0; 8 + 2 * width];
    source.read_exact(&mut bytes)?;
    let (head, sizes) = bytes.split_at(8);
    let (compressed, size) = sizes.split_at(width);
    let found = (long(&head[4..]), long(compressed), long(size));
    if !head.starts_with(b"PK\x07\x08") || found != (u64::from(listed.crc), listed.compressed, listed.bytes) {
        return Err(wrong(format!("what is behind the data of {} is damaged", listed.path)));
    }
    Ok(bytes.len() as u64)
}
