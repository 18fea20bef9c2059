//! Export jobs.

use app_domain::{
    AuditEntry, AuditEvent, ExportId, ExportJob, Origin, Progress, Sealing, StoreError, Timestamp, UserId,
};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;

use crate::audit::entry;
use crate::export_item::{ExportItem, ExportItems};
use crate::keys::{self, EXPORT_PREFIX};
use crate::table::{self, Table, from_item, number, text, unless_refused};

/// The export jobs of the table.
#[derive(Clone)]
pub struct Exports {
    table: Table,
    items: ExportItems,
}

/// What a worker knows of a file that is finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedExport {
    /// How much it is.
    pub progress: Progress,
    /// What it holds, by kind of record.
    pub counts: serde_json::Value,
    /// Its size.
    pub size_bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

/// The most jobs that are listed: a person has a few, and they go by themselves.
const LISTED: u32 = 100;
/// That a job is not finished.
const OPEN: &str = "#status IN (:queued, :running)";

impl Exports {
    /// The export jobs of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: ExportItems::new(sealing) }
    }

    /// Notes a new job, and that it was asked for in the audit log, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, job: &ExportJob, origin: &Origin) -> Result<(), StoreError> {
        let put = self.table.put(keys::export(job.user_id, job.id), &self.items.item(job).await?)?;
        let event = AuditEvent::ExportRequested;
        let audit = AuditEntry::new(job.user_id, event, origin.clone(), job.created_at);
        let writes = vec![table::put(put), entry(&self.table, &audit.about(job.id.to_string()))?];
        self.table.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// One job of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: ExportId) -> Result<Option<ExportJob>, StoreError> {
        match self.table.get::<ExportItem>(keys::export(owner, id)).await? {
            Some(item) => Ok(Some(self.items.job(item).await?)),
            None => Ok(None),
        }
    }

    /// A person's jobs, the newest first, a hundred at most.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(&self, owner: UserId) -> Result<Vec<ExportJob>, StoreError> {
        let (items, _) =
            self.table.query::<ExportItem>(keys::owner(owner), EXPORT_PREFIX, None, Some(LISTED)).await?;
        let mut jobs = Vec::with_capacity(items.len());
        for item in items {
            jobs.push(self.items.job(item).await?);
        }
        Ok(jobs)
    }

    /// Begins an attempt at a job that is not finished, or goes on with it, and takes it from any earlier attempt. `None` if the job
    /// is finished or gone.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(
        &self,
        owner: UserId,
        id: ExportId,
        items_total: u64,
        now: Timestamp,
    ) -> Result<Option<ExportJob>, StoreError> {
        let request = self
            .open(owner, id)
            .update_expression(
                "SET #status = :running, itemsTotal = :total, updatedAt = :now, \
                 startedAt = if_not_exists(startedAt, :now) ADD attempt :one",
            )
            .condition_expression(OPEN)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":total", number(items_total))
            .expression_attribute_values(":now", text(now));
        self.changed(request).await
    }

    /// Notes how far an attempt has come. `Ok(false)` if another attempt has taken the job, or it is not wanted any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn advance(
        &self,
        job: &ExportJob,
        progress: Progress,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let request = self
            .of_attempt(job)
            .update_expression(
                "SET itemsDone = :done, itemsTotal = :total, bytesDone = :bytes, updatedAt = :now",
            )
            .expression_attribute_values(":done", number(progress.items_done))
            .expression_attribute_values(":total", number(progress.items_total))
            .expression_attribute_values(":bytes", number(progress.bytes_done))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    /// Completes a job with its file. `Ok(false)` if another attempt has taken the job, or it is not wanted any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn complete(
        &self,
        job: &ExportJob,
        file: &FinishedExport,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let request = self
            .of_attempt(job)
            .update_expression(
                "SET #status = :completed, itemsDone = :items, itemsTotal = :items, bytesDone = :size, \
                 sizeBytes = :size, sha256 = :sha256, counts = :counts, updatedAt = :now",
            )
            .expression_attribute_values(":completed", text("completed"))
            .expression_attribute_values(":items", number(file.progress.items_done))
            .expression_attribute_values(":size", number(file.size_bytes))
            .expression_attribute_values(":sha256", text(&file.sha256))
            .expression_attribute_values(":counts", text(&file.counts))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    /// Gives a job up, with the reason for its owner. `Ok(false)` if it is finished already or another attempt has taken
    /// it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn fail(&self, job: &ExportJob, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
        let request = self
            .open(job.user_id, job.id)
            .update_expression("SET #status = :failed, failure = :reason, updatedAt = :now")
            .condition_expression(format!("{OPEN} AND attempt = :attempt"))
            .expression_attribute_values(":attempt", number(job.attempt))
            .expression_attribute_values(":failed", text("failed"))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    /// Ends a job that is not finished: its worker stops at its next step. `None` if it is finished or gone.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn cancel(
        &self,
        owner: UserId,
        id: ExportId,
        now: Timestamp,
    ) -> Result<Option<ExportJob>, StoreError> {
        let request = self
            .open(owner, id)
            .update_expression("SET #status = :cancelled, updatedAt = :now")
            .condition_expression(OPEN)
            .expression_attribute_values(":cancelled", text("cancelled"))
            .expression_attribute_values(":now", text(now));
        self.changed(request).await
    }

    /// Forgets a job, whatever it is at. What it left in the bucket is for the caller to remove first.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delete(&self, owner: UserId, id: ExportId) -> Result<(), StoreError> {
        let request = self.table.client().delete_item().table_name(self.table.name());
        let request = request.set_key(Some(keys::export(owner, id).attributes()));
        request.send().await.map(drop).map_err(table::failed)
    }

    async fn changed(&self, request: UpdateItemFluentBuilder) -> Result<Option<ExportJob>, StoreError> {
        match request.return_values(ReturnValue::AllNew).send().await.map_err(table::failed) {
            Ok(answer) => match answer.attributes {
                Some(item) => Ok(Some(self.items.job(from_item(item)?).await?)),
                None => Ok(None),
            },
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn update(&self, owner: UserId, id: ExportId) -> UpdateItemFluentBuilder {
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request.set_key(Some(keys::export(owner, id).attributes()));
        request
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":running", text("running"))
    }

    fn open(&self, owner: UserId, id: ExportId) -> UpdateItemFluentBuilder {
        self.update(owner, id).expression_attribute_values(":queued", text("queued"))
    }

    fn of_attempt(&self, job: &ExportJob) -> UpdateItemFluentBuilder {
        self.update(job.user_id, job.id)
            .condition_expression("#status = :running AND attempt = :attempt")
            .expression_attribute_values(":attempt", number(job.attempt))
    }
}
