//! The content of an entry, inflated and checked.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use std::rc::Rc;

use flate2::bufread::DeflateDecoder;

use crate::ImportError;
use crate::archive::Entry;
use crate::directory::{LOCAL_HEADER_BYTES, Packing};
use crate::error::Faulty;
use crate::source::Watch;

/// What a local header begins with.
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const PIECE_BYTES: usize = 64 * 1024;

/// Reads the content of an entry: at most as much as it is said to have, and not without an error if it has less, or other bytes.
pub(crate) struct EntryReader<S> {
    content: Content<S>,
    name: String,
    /// How much is still to come.
    left: u64,
    size: u64,
    crc: Option<(crc32fast::Hasher, u32)>,
    /// Where it begins in the archive, and how large it is there.
    span: (u64, u64),
    watch: Rc<Watch>,
}

enum Content<S> {
    Plain(BufReader<Take<S>>),
    Deflated(DeflateDecoder<BufReader<Take<S>>>),
}

impl<S: Read + Seek> EntryReader<S> {
    pub(crate) fn open(mut source: S, entry: &Entry, watch: Rc<Watch>) -> Result<Self, ImportError> {
        let found = entry.found;
        let refuse = |reason: &'static str| ImportError::from(Faulty::error(&entry.name, reason));
        match found.packing {
            Packing::Other => return Err(refuse("it is packed in a way that is not read here")),
            Packing::Bomb => return Err(refuse("it becomes far too large once it is unpacked")),
            Packing::Single | Packing::Stored | Packing::Deflated => {}
        }
        let start = if found.packing == Packing::Single {
            found.start
        } else {
            content_start(&mut source, entry, &watch)?
        };
        source.seek(SeekFrom::Start(start)).map_err(|error| wrong(error, &entry.name, &watch))?;
        let bytes = BufReader::with_capacity(PIECE_BYTES, source.take(found.packed));
        let content = match found.packing {
            Packing::Deflated => Content::Deflated(DeflateDecoder::new(bytes)),
            _ => Content::Plain(bytes),
        };
        let crc = (found.packing != Packing::Single).then(|| (crc32fast::Hasher::new(), found.crc));
        Ok(Self {
            content,
            name: entry.name.clone(),
            left: entry.size,
            size: entry.size,
            crc,
            span: (start, found.packed),
            watch,
        })
    }

    fn position(&self) -> u64 {
        let (start, packed) = self.span;
        let done = u128::from(self.size - self.left) * u128::from(packed) / u128::from(self.size.max(1));
        start + u64::try_from(done).unwrap_or(packed)
    }

    /// At the end of what it should have: whether that was it.
    fn check(&mut self) -> io::Result<()> {
        let Some((hasher, expected)) = self.crc.take() else { return Ok(()) };
        if hasher.finalize() != expected {
            return Err(Faulty::error(&self.name, "its content is damaged: the checksum is another"));
        }
        let mut one = [0];
        if self.content.read(&mut one).is_ok_and(|more| more > 0) {
            return Err(Faulty::error(&self.name, "it is larger than the archive says"));
        }
        Ok(())
    }
}

/// Where the content begins, behind the local header. It must end before something else begins.
fn content_start<S: Read + Seek>(source: &mut S, entry: &Entry, watch: &Watch) -> Result<u64, ImportError> {
    let found = entry.found;
    let mut header = [0; LOCAL_HEADER_BYTES as usize];
    source
        .seek(SeekFrom::Start(found.start))
        .and_then(|_| source.read_exact(&mut header))
        .map_err(|error| wrong(error, &entry.name, watch))?;
    let length = |at: usize| u64::from(u16::from_le_bytes([header[at], header[at + 1]]));
    let start = found.start + LOCAL_HEADER_BYTES + length(26) + length(28);
    let is_right = header.starts_with(LOCAL_HEADER)
        && start.checked_add(found.packed).is_some_and(|end| end <= found.end);
    if is_right {
        Ok(start)
    } else {
        Err(Faulty::error(&entry.name, "it is not where the archive says").into())
    }
}

/// Whose fault an error is: that of the source, or that of the entry.
fn wrong(error: io::Error, name: &str, watch: &Watch) -> io::Error {
    match error.kind() {
        io::ErrorKind::Interrupted => error,
        _ if watch.has_failed() => error,
        _ => Faulty::error(name, "its content is damaged or cut off"),
    }
}

impl<S: Read> Read for Content<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Deflated(reader) => reader.read(buffer),
        }
    }
}

impl<S: Read + Seek> Read for EntryReader<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            self.check()?;
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read =
            self.content.read(&mut buffer[..most]).map_err(|error| wrong(error, &self.name, &self.watch))?;
        if read == 0 {
            return Err(Faulty::error(&self.name, "its content is damaged or cut off"));
        }
        if let Some((hasher, _)) = &mut self.crc {
            hasher.update(&buffer[..read]);
        }
        self.left -= read as u64;
        self.watch.set_position(self.position());
        Ok(read)
    }
}
