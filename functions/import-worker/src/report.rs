//! The report of a run: its pieces, one behind the other, a line for each item.

use app_domain::StoreError;
use app_store::{ArchiveBucket, SentPart};
use futures_util::future::try_join_all;

use crate::Worker;
use crate::delivery::Delivery;
use crate::failure::Failure;
use crate::piece::Pieces;

const JSONL: &str = "application/x-ndjson";
/// The size of a part of a report but the last.
const PART_BYTES: usize = 8 << 20;
/// How many pieces are read at once.
const AT_ONCE: u32 = 16;

impl Worker {
    /// Joins the first `count` pieces of a run.
    pub(crate) async fn report(
        &self,
        pieces: Pieces<'_>,
        count: u32,
        delivery: &Delivery,
    ) -> Result<(), Failure> {
        let mut report = Report::new(pieces.bucket, pieces.job.report_key(pieces.run));
        let joined = report.join(pieces, count, delivery).await;
        if joined.is_err() {
            report.abandon().await;
        }
        joined
    }
}

/// A report that is being written.
struct Report<'a> {
    bucket: &'a ArchiveBucket,
    key: String,
    part: Vec<u8>,
    upload_id: Option<String>,
    parts: Vec<SentPart>,
}

impl<'a> Report<'a> {
    fn new(bucket: &'a ArchiveBucket, key: String) -> Self {
        Self { bucket, key, part: Vec::new(), upload_id: None, parts: Vec::new() }
    }

    async fn join(&mut self, pieces: Pieces<'_>, count: u32, delivery: &Delivery) -> Result<(), Failure> {
        for first in (0..count).step_by(AT_ONCE as usize) {
            delivery.goes_on().await?;
            let some = (first..count.min(first + AT_ONCE)).map(|number| pieces.get(number));
            for piece in try_join_all(some).await?.into_iter().flatten() {
                for line in &piece.lines {
                    serde_json::to_writer(&mut self.part, line)?;
                    self.part.push(b'\n');
                }
            }
            if self.part.len() >= PART_BYTES {
                self.send().await?;
            }
        }
        self.finish().await
    }

    async fn send(&mut self) -> Result<(), Failure> {
        let upload_id = match self.upload_id.clone() {
            Some(upload_id) => upload_id,
            None => self.bucket.begin(&self.key, JSONL).await?,
        };
        self.upload_id = Some(upload_id.clone());
        let number = u32::try_from(self.parts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let part = std::mem::take(&mut self.part);
        let sent = self.bucket.send(&self.key, &upload_id, number, part).await?;
        self.parts.push(sent.ok_or(StoreError::Conflict)?);
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), Failure> {
        if self.upload_id.is_none() {
            let whole = std::mem::take(&mut self.part);
            return Ok(self.bucket.put(&self.key, whole, JSONL).await?);
        }
        if !self.part.is_empty() {
            self.send().await?;
        }
        let upload_id = self.upload_id.clone().unwrap_or_default();
        // Somebody has let go of it: it is joined again.
        match self.bucket.complete(&self.key, &upload_id, &self.parts).await? {
            true => Ok(()),
            false => Err(StoreError::Conflict.into()),
        }
    }

    /// Best effort: the bucket removes abandoned parts by itself.
    async fn abandon(&self) {
        let Some(upload_id) = &self.upload_id else { return };
        if let Err(error) = self.bucket.abort(&self.key, upload_id).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an upload was not ended");
        }
    }
}
