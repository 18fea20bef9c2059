//! Where an archive lies, watched: whether it failed, and how far it was read.

use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Where an archive lies: a file, or an object that is read by ranges.
pub trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}

/// What was seen of a source while it was read.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Its first failure, until somebody takes it.
    failure: RefCell<Option<io::Error>>,
    /// Whether it failed.
    has_failed: Cell<bool>,
    /// Up to where content has been read.
    position: Cell<u64>,
    /// Its size.
    size: Cell<u64>,
}

impl Watch {
    pub(crate) fn of_size(size: u64) -> Rc<Self> {
        Rc::new(Self { size: Cell::new(size), ..Self::default() })
    }

    pub(crate) fn has_failed(&self) -> bool {
        self.has_failed.get()
    }

    pub(crate) fn take_failure(&self) -> Option<io::Error> {
        self.failure.take()
    }

    pub(crate) fn set_position(&self, position: u64) {
        self.position.set(position);
    }

    /// How much of it has been read, in parts of a thousand.
    pub(crate) fn permille(&self) -> u32 {
        let size = u128::from(self.size.get().max(1));
        u32::try_from(u128::from(self.position.get()) * 1000 / size).unwrap_or(1000).min(1000)
    }
}

/// A source with its watch.
pub(crate) struct Watched<S> {
    source: S,
    watch: Rc<Watch>,
}

impl<S: Read + Seek> Watched<S> {
    pub(crate) fn new(source: S, watch: Rc<Watch>) -> Self {
        Self { source, watch }
    }

    fn seen<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.watch.has_failed.set(true);
                // Its own end goes to whoever asked; this one is for whoever only learns that something failed.
                let kept = io::Error::new(error.kind(), error.to_string());
                self.watch.failure.borrow_mut().get_or_insert(kept);
            }
        })
    }
}

impl<S: Read + Seek> Read for Watched<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let result = self.source.read(buffer);
        self.seen(result)
    }
}

impl<S: Read + Seek> Seek for Watched<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        // A place before the beginning is asked for by archives that are wrong: no failure of the source.
        let result = self.source.seek(to);
        match &result {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => result,
            _ => self.seen(result),
        }
    }
}

/// So much is read of a directory at once.
const PAGE_BYTES: usize = 256 * 1024;

/// A source whose last page is kept, for readers that go back and forth by little.
pub(crate) struct Paged<S> {
    source: S,
    size: u64,
    position: u64,
    page: Vec<u8>,
    page_start: u64,
}

impl<S: Read + Seek> Paged<S> {
    pub(crate) fn new(source: S, size: u64) -> Self {
        Self { source, size, position: 0, page: Vec::new(), page_start: 0 }
    }

    /// What the page has from the position on.
    fn kept(&self) -> &[u8] {
        let at = self.position.checked_sub(self.page_start).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.page.get(at..)).unwrap_or_default()
    }
}

impl<S: Read + Seek> Read for Paged<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.kept().is_empty() {
            self.page.clear();
            self.page_start = self.position;
            self.source.seek(SeekFrom::Start(self.position))?;
            (&mut self.source).take(PAGE_BYTES as u64).read_to_end(&mut self.page)?;
        }
        let kept = self.kept();
        let count = kept.len().min(buffer.len());
        buffer[..count].copy_from_slice(&kept[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl<S: Read + Seek> Seek for Paged<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
