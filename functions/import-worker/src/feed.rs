//! What an archive holds, batch by batch: it is read on a thread of its own, at most a batch ahead of whoever takes them.
//!
//! Batches are cut by what is in them alone, so that whoever goes on from a batch's beginning finds the same one again.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use app_domain::{ImportFormat, ImportJob, ImportSpec};
use app_import::{Attachments, Given, ImportError, Item, NewFile, Options, Place};
use app_store::ArchiveBucket;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::failure::Failure;
use crate::object::{Object, Stop};

/// The most items of a batch.
const BATCH_ITEMS: usize = 200;
/// The most bytes of a batch, but for its last item.
const BATCH_BYTES: usize = 2 << 20;

/// Some items that follow each other.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) items: Vec<Item>,
    /// Where the first of them begins.
    pub(crate) from: Place,
    /// Where to go on after the last.
    pub(crate) next: Place,
    /// How much of the archive has been read.
    pub(crate) permille: u32,
}

/// The archive of a job.
pub(crate) struct Archive {
    bucket: ArchiveBucket,
    key: String,
    size: u64,
    options: Options,
    /// Where attachments are read from, one at a time.
    pub(crate) attic: Arc<Mutex<Attic>>,
}

/// An archive that is being read.
pub(crate) struct Feed {
    batches: mpsc::Receiver<Batch>,
    reading: Option<JoinHandle<Result<(), ImportError>>>,
    stop: Stop,
}

impl Archive {
    pub(crate) fn of(bucket: &ArchiveBucket, job: &ImportJob, size: u64) -> Self {
        let (bucket, key) = (bucket.clone(), job.object_key());
        let object = Object::new(bucket.clone(), key.clone(), size, Stop::default());
        let attic = Attic { object, attachments: None };
        Self { bucket, key, size, options: options(&job.spec), attic: Arc::new(Mutex::new(attic)) }
    }

    fn object(&self, stop: &Stop) -> Object {
        Object::new(self.bucket.clone(), self.key.clone(), self.size, stop.clone())
    }

    /// What the archive is; or in words for its owner, why that cannot be said.
    pub(crate) async fn format(&self) -> Result<Result<ImportFormat, String>, Failure> {
        let (mut object, options) = (self.object(&Stop::default()), self.options.clone());
        match spawn_blocking(move || app_import::detect(&mut object, &options)).await? {
            Ok(format) => Ok(Ok(format)),
            Err(error) => Failure::unless_of_archive(error).map(Err),
        }
    }

    /// Begins to read from a place. The first batch ends at `until`, if that is told.
    pub(crate) fn read(&self, format: ImportFormat, from: Place, until: Option<Place>) -> Feed {
        let (sender, batches) = mpsc::channel(1);
        let (stop, options) = (Stop::default(), self.options.clone());
        let mut object = self.object(&stop);
        let reading = spawn_blocking(move || {
            let mut cutter = Cutter { sender, until, batch: Batch::at(from), bytes: 0 };
            app_import::read(&mut object, format, &options, from, &mut |given| cutter.take(given))?;
            cutter.end();
            Ok(())
        });
        Feed { batches, reading: Some(reading), stop }
    }
}

impl Feed {
    /// The next batch. `None` at the end; then [`Self::end`] says how it came.
    pub(crate) async fn next(&mut self) -> Option<Batch> {
        self.batches.recv().await
    }

    /// How reading has ended: in words for the owner of the archive, why it broke off.
    pub(crate) async fn end(mut self) -> Result<Option<String>, Failure> {
        let Some(reading) = self.reading.take() else { return Ok(None) };
        match reading.await? {
            Ok(()) => Ok(None),
            Err(error) => Failure::unless_of_archive(error).map(Some),
        }
    }
}

/// Whoever does not read on must not keep the thread waiting.
impl Drop for Feed {
    fn drop(&mut self) {
        self.stop.now();
        self.batches.close();
    }
}

impl Batch {
    fn at(from: Place) -> Self {
        Self { items: Vec::new(), from, next: from, permille: 0 }
    }
}

/// Cuts what is read into batches.
struct Cutter {
    sender: mpsc::Sender<Batch>,
    until: Option<Place>,
    batch: Batch,
    bytes: usize,
}

impl Cutter {
    fn take(&mut self, given: Given) -> ControlFlow<()> {
        let Given { item, next, permille } = given;
        self.bytes += weight(&item);
        self.batch.items.push(item);
        (self.batch.next, self.batch.permille) = (next, permille);
        let is_full = match self.until {
            Some(until) => next >= until,
            None => self.batch.items.len() >= BATCH_ITEMS || self.bytes >= BATCH_BYTES,
        };
        if is_full { self.send() } else { ControlFlow::Continue(()) }
    }

    fn send(&mut self) -> ControlFlow<()> {
        let next = Batch::at(self.batch.next);
        let batch = std::mem::replace(&mut self.batch, next);
        (self.until, self.bytes) = (None, 0);
        match self.sender.blocking_send(batch) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// What is left is a batch too. If nobody takes it any more, nobody misses it.
    fn end(&mut self) {
        if !self.batch.items.is_empty() {
            let _: ControlFlow<()> = self.send();
        }
    }
}

/// About how many bytes an item has.
fn weight(item: &Item) -> usize {
    let members = |members: &serde_json::Map<String, serde_json::Value>| {
        members.iter().map(|(name, value)| name.len() + value_weight(value)).sum::<usize>()
    };
    let files = |files: &[NewFile]| {
        let bytes = |file: &NewFile| file.name.len() + file.bytes.as_ref().map_or(0, Vec::len);
        files.iter().map(bytes).sum::<usize>()
    };
    match item {
        // What is written counts, and needs not be kept.
        Item::Record(record) => {
            let mut counted = Counted(0);
            // It writes into a number, which takes everything.
            let _: Result<(), serde_json::Error> = serde_json::to_writer(&mut counted, record);
            counted.0
        }
        Item::Memory(memory) => {
            let texts = [&memory.title, &memory.description, &memory.text].into_iter().flatten();
            let texts = texts.map(String::len).sum::<usize>();
            let content = memory.content.as_ref().map_or(0, value_weight);
            texts + content + members(&memory.metadata) + files(&memory.attachments)
        }
        Item::Message(message) => {
            message.text.len() + members(&message.metadata) + files(&message.attachments)
        }
        Item::Trouble(trouble) => trouble.key.len() + trouble.reason.len(),
        Item::Warning(warning) => warning.len(),
    }
}

fn value_weight(value: &serde_json::Value) -> usize {
    let mut counted = Counted(0);
    let _: Result<(), serde_json::Error> = serde_json::to_writer(&mut counted, value);
    counted.0
}

/// Counts what is written.
struct Counted(usize);

impl std::io::Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn options(spec: &ImportSpec) -> Options {
    // Whoever asked for the import was told if there is no such zone.
    let zone = spec.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    Options {
        timezone: zone.unwrap_or(TimeZone::UTC),
        day_first: spec.day_first,
        mapping: spec.mapping.clone(),
    }
}

/// Where attachments are read from.
pub(crate) struct Attic {
    object: Object,
    /// What is in it, once that was asked.
    attachments: Option<Attachments>,
}

impl Attic {
    /// The bytes of an attachment. `None` if there is none of that name.
    pub(crate) fn open(&mut self, path: &str) -> Result<Option<Box<dyn Read + '_>>, ImportError> {
        if self.attachments.is_none() {
            self.attachments = Some(Attachments::of(&mut self.object)?);
        }
        match &self.attachments {
            Some(attachments) => attachments.open(&mut self.object, path),
            None => Ok(None),
        }
    }
}

/// The attic, which stays good whoever has ended badly in it: each reader begins by seeking.
pub(crate) fn entered(attic: &Mutex<Attic>) -> std::sync::MutexGuard<'_, Attic> {
    attic.lock().unwrap_or_else(PoisonError::into_inner)
}
