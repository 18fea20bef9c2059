//! The file as it is written: what the renderer writes, on its way to the bucket.
//!
//! **Safe points.** When enough has gathered, it becomes a part of the file; then the spools' pieces are kept, and then the safe point is
//! written that names them all. An attempt that ends between any two of these is followed by one that goes on from the safe point before,
//! and writes the same parts and pieces again: what it finds beyond it is written over, or never looked at.

use app_archive::{
    Container, Head, Kind, Output, Record, Renderer, Shape, Spool, StateError, Totals, redacted, renderer,
};
use app_domain::{ExportJob, FileId, StoreError};
use app_walk::Packed;

use crate::checkpoint::{Checkpoint, Upload};
use crate::phase::Phase;
use crate::spools::Spools;
use crate::tally::Looked;
use crate::workplace::Workplace;

/// How much becomes a part of the file. S3 wants at least 5 MiB and takes 10,000 parts, so a file can have 80 GB.
pub(crate) const PART_BYTES: usize = 8 << 20;

/// The upload in parts is no more: what has been sent of the file is lost.
#[derive(Debug)]
pub(crate) struct Lost;

/// A file that is being written.
pub(crate) struct Draft {
    pub(crate) at: Workplace,
    pub(crate) container: Container,
    renderer: Box<dyn Renderer>,
    pub(crate) totals: Totals,
    pub(crate) looked: Looked,
    pub(crate) spools: Spools,
    upload: Option<Upload>,
    /// What no part has yet.
    unsent: Vec<u8>,
}

impl Draft {
    /// An empty file.
    pub(crate) fn new(at: Workplace, head: &Head, attempt: u32) -> Result<Self, StateError> {
        let shape = if head.spec.is_archive() { Shape::Archive } else { Shape::Single };
        Ok(Self {
            at,
            container: Container::new(shape),
            renderer: renderer(head, None)?,
            totals: Totals::default(),
            looked: Looked::default(),
            spools: Spools::new(attempt, Default::default()),
            upload: None,
            unsent: Vec::new(),
        })
    }

    /// The file at its last safe point, and what comes next.
    pub(crate) fn resumed(
        at: Workplace,
        head: &Head,
        attempt: u32,
        (checkpoint, tail): (Checkpoint, Vec<u8>),
    ) -> Result<(Self, Phase), StateError> {
        let draft = Self {
            at,
            container: Container::resume(checkpoint.container),
            renderer: renderer(head, Some(&checkpoint.renderer))?,
            totals: checkpoint.totals,
            looked: checkpoint.looked,
            spools: Spools::new(attempt, checkpoint.spools),
            upload: checkpoint.upload,
            unsent: tail,
        };
        Ok((draft, checkpoint.phase))
    }

    /// What the renderer wants to see.
    pub(crate) fn passes(&self) -> Vec<Vec<Kind>> {
        self.renderer.passes()
    }

    /// Lets the renderer write.
    pub(crate) fn render(&mut self, write: impl FnOnce(&mut dyn Renderer, &Totals, &mut Output<'_>)) {
        let mut index = Vec::new();
        let mut out = Output { container: &mut self.container, index: &mut index };
        write(self.renderer.as_mut(), &self.totals, &mut out);
        for line in index {
            self.spools.add_line(Spool::Index, &line);
        }
        self.gather();
    }

    /// Writes a record. One that was seen in an earlier pass is not counted again.
    pub(crate) fn record(
        &mut self,
        mut record: Record,
        file: Option<&Packed>,
        head: &Head,
        is_first_time: bool,
    ) -> Result<(), StoreError> {
        let options = &head.spec.options;
        if !options.metadata {
            record = record.without_metadata();
        }
        if options.redact_contacts {
            record = redacted(record);
            // What looks like a phone number in the name of an entry is still its name.
            if let (Record::File(record), Some(file)) = (&mut record, file) {
                record.path = Some(file.path.clone());
            }
        }
        if is_first_time {
            *self.totals.counts.entry(record.kind()).or_default() += 1;
            if let Some(file) = file {
                let line =
                    serde_json::to_string(file).map_err(|error| StoreError::Corrupt(Box::new(error)))?;
                self.spools.add_line(Spool::Files, &line);
            }
        }
        self.render(|renderer, _, out| renderer.record(&record, out));
        Ok(())
    }

    /// Whether a file was given already.
    pub(crate) async fn has_file(&mut self, id: FileId) -> Result<bool, StoreError> {
        self.spools.has(&self.at, Spool::Files, &format!("\"id\":\"{id}\"")).await
    }

    /// Takes out of the container what its end wants again.
    pub(crate) fn gather(&mut self) {
        for (spool, piece) in self.container.spooled() {
            self.spools.add(spool, &piece);
        }
    }

    /// Whether enough has gathered for a part.
    pub(crate) fn is_full(&self) -> bool {
        self.unsent.len() + self.container.pending() >= PART_BYTES
    }

    /// Sends what is enough for a part, and writes a safe point before `phase`.
    pub(crate) async fn save(
        &mut self,
        job: &ExportJob,
        phase: &Phase,
    ) -> Result<Result<(), Lost>, StoreError> {
        let is_full = self.is_full();
        let container = self.container.settle();
        self.gather();
        self.take();
        if is_full && let Err(lost) = self.send(job).await? {
            return Ok(Err(lost));
        }
        self.spools.flush(&self.at).await?;
        let checkpoint = Checkpoint {
            phase: phase.clone(),
            container,
            renderer: self.renderer.state(),
            totals: self.totals.clone(),
            looked: self.looked,
            spools: self.spools.kept().clone(),
            upload: self.upload.clone(),
        };
        self.at.save(&checkpoint, &self.unsent).await?;
        Ok(Ok(()))
    }

    /// Takes what the container has, without a copy where nothing waits already.
    fn take(&mut self) {
        let mut taken = self.container.take();
        match self.unsent.is_empty() {
            true => self.unsent = taken,
            false => self.unsent.append(&mut taken),
        }
    }

    /// Whether the file needs parts.
    pub(crate) fn is_in_parts(&self) -> bool {
        self.upload.is_some()
    }

    /// Sends the last part, and writes the safe point at which only the file is to be made: whoever makes it makes the same.
    pub(crate) async fn close(&mut self, job: &ExportJob) -> Result<Result<(), Lost>, StoreError> {
        self.container.settle();
        self.take();
        if self.upload.is_some()
            && !self.unsent.is_empty()
            && let Err(lost) = self.send(job).await?
        {
            return Ok(Err(lost));
        }
        self.save(job, &Phase::Closing).await
    }

    /// Makes the file appear.
    pub(crate) async fn finish(&mut self, job: &ExportJob) -> Result<Result<(), Lost>, StoreError> {
        let Some(upload) = &self.upload else {
            self.at.put(job, std::mem::take(&mut self.unsent)).await?;
            return Ok(Ok(()));
        };
        let written = self.container.written();
        let is_there = self.at.complete(job, &upload.id, &upload.parts, written).await?;
        Ok(if is_there { Ok(()) } else { Err(Lost) })
    }

    /// Lets go of what was sent, to begin anew.
    pub(crate) async fn let_go(&mut self, job: &ExportJob) -> Result<(), StoreError> {
        match self.upload.take() {
            Some(upload) => self.at.let_go(job, &upload.id).await,
            None => Ok(()),
        }
    }

    async fn send(&mut self, job: &ExportJob) -> Result<Result<(), Lost>, StoreError> {
        let upload = match &mut self.upload {
            Some(upload) => upload,
            None => self.upload.insert(Upload { id: self.at.begin(job).await?, parts: Vec::new() }),
        };
        let number = u32::try_from(upload.parts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let bytes = std::mem::take(&mut self.unsent);
        match self.at.send(job, &upload.id, number, bytes).await? {
            Some(part) => {
                upload.parts.push(part);
                Ok(Ok(()))
            }
            None => Ok(Err(Lost)),
        }
    }
}
