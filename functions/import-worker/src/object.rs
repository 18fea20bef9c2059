//! An object in the bucket as something that can be read from any place: a page at a time, with the latest pages kept.
//!
//! It is read on a thread of its own, which waits for each page while the runtime's thread brings it.

use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app_store::ArchiveBucket;
use tokio::runtime::Handle;

/// How much is asked for at once.
const PAGE_BYTES: u64 = 1 << 20;
/// How many pages are kept: an archive is read forwards, with a look at its end now and then.
const PAGES: usize = 6;

/// An object of the bucket that is being read.
pub(crate) struct Object {
    bucket: ArchiveBucket,
    key: String,
    size: u64,
    position: u64,
    /// The pages that were read, the latest used first.
    pages: VecDeque<(u64, Vec<u8>)>,
    runtime: Handle,
    stop: Stop,
}

/// Ends the reading of an object, whatever its reader is at. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Object {
    /// An object of a size. Made where the runtime is; read elsewhere.
    pub(crate) fn new(bucket: ArchiveBucket, key: String, size: u64, stop: Stop) -> Self {
        let (pages, runtime) = (VecDeque::new(), Handle::current());
        Self { bucket, key, size, position: 0, pages, runtime, stop }
    }

    /// Brings a page to the front.
    fn bring(&mut self, number: u64) -> Result<()> {
        if let Some(place) = self.pages.iter().position(|(kept, _)| *kept == number) {
            if let Some(page) = self.pages.remove(place) {
                self.pages.push_front(page);
            }
            return Ok(());
        }
        let (from, count) = (number * PAGE_BYTES, PAGE_BYTES.min(self.size - number * PAGE_BYTES));
        let page = self.runtime.block_on(self.bucket.range(&self.key, from, count)).map_err(Error::other)?;
        let page = page.ok_or_else(|| Error::new(ErrorKind::NotFound, "the archive is gone"))?;
        if page.len() as u64 != count {
            return Err(Error::new(ErrorKind::UnexpectedEof, "the archive is not as long as it was"));
        }
        self.pages.truncate(PAGES - 1);
        self.pages.push_front((number, page));
        Ok(())
    }
}

impl Read for Object {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.stop.0.load(Ordering::Relaxed) {
            return Err(Error::other("nobody wants it any more"));
        }
        if self.position >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        self.bring(self.position / PAGE_BYTES)?;
        let Some((_, page)) = self.pages.front() else { return Ok(0) };
        let rest = &page[(self.position % PAGE_BYTES) as usize..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Object {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position =
            position.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "a place before the beginning"))?;
        Ok(self.position)
    }
}
