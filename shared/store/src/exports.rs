//! Export jobs.

use app_domain::{
    AuditEntry, AuditEvent, ExportId, ExportJob, ExportStatus, Origin, Progress, StoreError, Timestamp,
    UserId,
};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};

use crate::audit::entry;
use crate::keys;
use crate::table::{self, Table, from_item, number, text, unless_refused};

/// The export jobs of the table.
#[derive(Clone)]
pub struct Exports(Table);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportItem {
    id: ExportId,
    user_id: UserId,
    status: ExportStatus,
    attempt: u32,
    items_done: u64,
    items_total: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    ttl: i64,
}

impl Exports {
    /// The export jobs of `table`.
    pub fn new(table: Table) -> Self {
        Self(table)
    }

    /// Notes a new job, and that it was asked for in the audit log, in one transaction.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, job: &ExportJob, origin: &Origin) -> Result<(), StoreError> {
        let put = self.0.put(keys::export(job.user_id, job.id), &ExportItem::new(job))?;
        let event = AuditEvent::ExportRequested;
        let audit = AuditEntry::new(job.user_id, event, origin.clone(), job.created_at);
        let writes = vec![table::put(put), entry(&self.0, &audit.about(job.id.to_string()))?];
        self.0.transact(writes).await?.map_err(|_| StoreError::Conflict)
    }

    /// One job of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: ExportId) -> Result<Option<ExportJob>, StoreError> {
        let item: Option<ExportItem> = self.0.get(keys::export(owner, id)).await?;
        Ok(item.map(ExportItem::into_job))
    }

    /// Begins an attempt at a job that is not finished, and takes it from any earlier attempt. `None` if the job is
    /// finished or gone.
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
        let answer = self
            .update(owner, id)
            .update_expression(
                "SET #status = :running, itemsDone = :zero, itemsTotal = :total, updatedAt = :now ADD attempt :one",
            )
            .condition_expression("#status IN (:queued, :running)")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":queued", text("queued"))
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":total", number(items_total))
            .expression_attribute_values(":now", text(now))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .map_err(table::failed);
        match answer {
            Ok(answer) => {
                let item = answer.attributes.map(from_item::<ExportItem>).transpose()?;
                Ok(item.map(ExportItem::into_job))
            }
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Notes how far an attempt has come. `Ok(false)` if another attempt has taken the job.
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
            .update_expression("SET itemsDone = :done, itemsTotal = :total, updatedAt = :now")
            .expression_attribute_values(":done", number(progress.items_done))
            .expression_attribute_values(":total", number(progress.items_total))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    /// Completes a job with its file. `Ok(false)` if another attempt has taken the job.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn complete(
        &self,
        job: &ExportJob,
        items: u64,
        size_bytes: u64,
        sha256: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let request = self
            .of_attempt(job)
            .update_expression(
                "SET #status = :completed, itemsDone = :items, itemsTotal = :items, sizeBytes = :size, \
                 sha256 = :sha256, updatedAt = :now",
            )
            .expression_attribute_values(":completed", text("completed"))
            .expression_attribute_values(":items", number(items))
            .expression_attribute_values(":size", number(size_bytes))
            .expression_attribute_values(":sha256", text(sha256))
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
            .update(job.user_id, job.id)
            .update_expression("SET #status = :failed, failure = :reason, updatedAt = :now")
            .condition_expression("#status IN (:queued, :running) AND attempt = :attempt")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":queued", text("queued"))
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":attempt", number(job.attempt))
            .expression_attribute_values(":failed", text("failed"))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", text(now));
        unless_refused(request.send().await)
    }

    fn update(&self, owner: UserId, id: ExportId) -> UpdateItemFluentBuilder {
        let request = self.0.client().update_item().table_name(self.0.name());
        request.set_key(Some(keys::export(owner, id).attributes()))
    }

    fn of_attempt(&self, job: &ExportJob) -> UpdateItemFluentBuilder {
        self.update(job.user_id, job.id)
            .condition_expression("#status = :running AND attempt = :attempt")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":attempt", number(job.attempt))
    }
}

impl ExportItem {
    fn new(job: &ExportJob) -> Self {
        Self {
            id: job.id,
            user_id: job.user_id,
            status: job.status,
            attempt: job.attempt,
            items_done: job.progress.items_done,
            items_total: job.progress.items_total,
            size_bytes: job.size_bytes,
            sha256: job.sha256.clone(),
            failure: job.failure.clone(),
            created_at: job.created_at,
            updated_at: job.updated_at,
            ttl: job.expires_at().as_seconds(),
        }
    }

    fn into_job(self) -> ExportJob {
        ExportJob {
            id: self.id,
            user_id: self.user_id,
            status: self.status,
            attempt: self.attempt,
            progress: Progress { items_done: self.items_done, items_total: self.items_total },
            size_bytes: self.size_bytes,
            sha256: self.sha256,
            failure: self.failure,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
