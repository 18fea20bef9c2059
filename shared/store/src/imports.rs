//! Import jobs.

use std::sync::Arc;

use app_domain::{
    ImportCounts, ImportFormat, ImportId, ImportJob, ImportProgress, ImportSpec, ImportStatus, Sealing,
    StoreError, Timestamp, UserId,
};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::ReturnValue;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::keys::{self, IMPORT_PREFIX};
use crate::table::{self, Table, attribute, from_item, number, text, unless_refused};

/// The import jobs of the table.
#[derive(Clone)]
pub struct Imports {
    table: Table,
    sealing: Arc<dyn Sealing>,
}

/// The most jobs that are listed: a person has a few, and they go by themselves.
const LISTED: u32 = 100;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ImportItem {
    id: ImportId,
    user_id: UserId,
    /// What its owner wrote, in JSON.
    sealed: ByteBuf,
    size_bytes: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<ImportFormat>,
    status: ImportStatus,
    attempt: u32,
    run: u32,
    progress: ImportProgress,
    counts: ImportCounts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    ttl: i64,
}

/// What is sealed of a job.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    file_name: String,
    spec: ImportSpec,
}

impl Imports {
    /// The import jobs of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, sealing: Arc::new(sealing) }
    }

    /// Notes a new job.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, job: &ImportJob) -> Result<(), StoreError> {
        let item = ImportItem {
            id: job.id,
            user_id: job.user_id,
            sealed: self.sealed(job).await?,
            size_bytes: job.size_bytes,
            format: job.format,
            status: job.status,
            attempt: job.attempt,
            run: job.run,
            progress: job.progress,
            counts: job.counts,
            failure: job.failure.clone(),
            created_at: job.created_at,
            updated_at: job.updated_at,
            ttl: job.expires_at().as_seconds(),
        };
        let put = table::if_absent(self.table.put(keys::import(job.user_id, job.id), &item)?);
        let request = self.table.client().put_item().table_name(self.table.name()).set_item(Some(put.item));
        request
            .set_condition_expression(put.condition_expression)
            .send()
            .await
            .map(drop)
            .map_err(table::failed)
    }

    /// One job of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: ImportId) -> Result<Option<ImportJob>, StoreError> {
        match self.table.get::<ImportItem>(keys::import(owner, id)).await? {
            Some(item) => Ok(Some(self.job(item).await?)),
            None => Ok(None),
        }
    }

    /// A person's jobs, the newest first, a hundred at most.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(&self, owner: UserId) -> Result<Vec<ImportJob>, StoreError> {
        let (items, _) =
            self.table.query::<ImportItem>(keys::owner(owner), IMPORT_PREFIX, None, Some(LISTED)).await?;
        let mut jobs = Vec::with_capacity(items.len());
        for item in items {
            jobs.push(self.job(item).await?);
        }
        Ok(jobs)
    }

    /// Queues a job that nobody has in hand, as another run of it by `job.spec`. `None` if it is not as it was read any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn start(&self, job: &ImportJob, now: Timestamp) -> Result<Option<ImportJob>, StoreError> {
        let request = self
            .as_read(job)
            .update_expression(
                "SET #status = :queued, sealed = :sealed, progress = :progress, #counts = :counts, updatedAt = :now \
                 REMOVE failure ADD #run :one",
            )
            .expression_attribute_names("#counts", "counts")
            .expression_attribute_values(":queued", text("queued"))
            .expression_attribute_values(":sealed", attribute(&self.sealed(job).await?)?)
            .expression_attribute_values(":progress", attribute(&ImportProgress::default())?)
            .expression_attribute_values(":counts", attribute(&ImportCounts::default())?)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", text(now));
        self.changed(request).await
    }

    /// Moves a job that nobody has in hand to another status, such as `undoing`, or ends one that is under way. `None` if it is not as it was
    /// read any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn turn(
        &self,
        job: &ImportJob,
        to: ImportStatus,
        now: Timestamp,
    ) -> Result<Option<ImportJob>, StoreError> {
        let request = self
            .as_read(job)
            .update_expression("SET #status = :to, updatedAt = :now REMOVE failure")
            .expression_attribute_values(":to", attribute(&to)?)
            .expression_attribute_values(":now", text(now));
        self.changed(request).await
    }

    /// Begins an attempt at a job that is queued, running or being undone, or goes on with it, and takes it from any earlier attempt. `None` if
    /// there is nothing to do for it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(
        &self,
        owner: UserId,
        id: ImportId,
        now: Timestamp,
    ) -> Result<Option<ImportJob>, StoreError> {
        let Some(job) = self.get(owner, id).await?.filter(ImportJob::is_under_way) else { return Ok(None) };
        let to =
            if job.status == ImportStatus::Undoing { ImportStatus::Undoing } else { ImportStatus::Running };
        let request = self
            .as_read(&job)
            .update_expression("SET #status = :to, updatedAt = :now ADD attempt :one")
            .expression_attribute_values(":to", attribute(&to)?)
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", text(now));
        match self.changed(request).await? {
            Some(job) => Ok(Some(job)),
            // Somebody else has begun it, or ended it, in between: whoever comes again sees which.
            None => Err(StoreError::Conflict),
        }
    }

    /// Notes how far an attempt has come. `Ok(false)` if another attempt has taken the job, or it is not wanted any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn advance(
        &self,
        job: &ImportJob,
        format: Option<ImportFormat>,
        progress: ImportProgress,
        counts: ImportCounts,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sets = "SET progress = :progress, #counts = :counts, updatedAt = :now";
        let request = self
            .as_read(job)
            .expression_attribute_names("#counts", "counts")
            .expression_attribute_values(":progress", attribute(&progress)?)
            .expression_attribute_values(":counts", attribute(&counts)?)
            .expression_attribute_values(":now", text(now));
        let request = match format {
            Some(format) => request
                .update_expression(format!("{sets}, #format = :format"))
                .expression_attribute_names("#format", "format")
                .expression_attribute_values(":format", attribute(&format)?),
            None => request.update_expression(sets),
        };
        unless_refused(request.send().await)
    }

    /// Ends a run. `Ok(false)` if another attempt has taken the job, or it is not wanted any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn settle(
        &self,
        job: &ImportJob,
        to: ImportStatus,
        failure: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sets = "SET #status = :to, updatedAt = :now";
        let request = self
            .as_read(job)
            .expression_attribute_values(":to", attribute(&to)?)
            .expression_attribute_values(":now", text(now));
        let request = match failure {
            Some(failure) => request
                .update_expression(format!("{sets}, failure = :failure"))
                .expression_attribute_values(":failure", text(failure)),
            None => request.update_expression(sets),
        };
        unless_refused(request.send().await)
    }

    /// Forgets a job, whatever it is at. What it left in the bucket is for the caller to remove first.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn delete(&self, owner: UserId, id: ImportId) -> Result<(), StoreError> {
        let request = self.table.client().delete_item().table_name(self.table.name());
        let request = request.set_key(Some(keys::import(owner, id).attributes()));
        request.send().await.map(drop).map_err(table::failed)
    }

    /// A change of a job that is at the status, the attempt and the run that it was read at.
    fn as_read(&self, job: &ImportJob) -> UpdateItemFluentBuilder {
        let status = serde_json::to_value(job.status).ok().and_then(|name| name.as_str().map(str::to_owned));
        let request = self.table.client().update_item().table_name(self.table.name());
        request
            .set_key(Some(keys::import(job.user_id, job.id).attributes()))
            .condition_expression("#status = :status AND attempt = :attempt AND #run = :run")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#run", "run")
            .expression_attribute_values(":status", text(status.unwrap_or_default()))
            .expression_attribute_values(":attempt", number(job.attempt))
            .expression_attribute_values(":run", number(job.run))
    }

    async fn changed(&self, request: UpdateItemFluentBuilder) -> Result<Option<ImportJob>, StoreError> {
        match request.return_values(ReturnValue::AllNew).send().await.map_err(table::failed) {
            Ok(answer) => match answer.attributes {
                Some(item) => Ok(Some(self.job(from_item(item)?).await?)),
                None => Ok(None),
            },
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn sealed(&self, job: &ImportJob) -> Result<ByteBuf, StoreError> {
        let written = Written { file_name: job.file_name.clone(), spec: job.spec.clone() };
        let written = serde_json::to_vec(&written).map_err(table::corrupt)?;
        Ok(ByteBuf::from(self.sealing.seal(job.user_id, &record(job.id), &written).await?))
    }

    async fn job(&self, item: ImportItem) -> Result<ImportJob, StoreError> {
        let written = self.sealing.open(item.user_id, &record(item.id), &item.sealed).await?;
        let Written { file_name, spec } = serde_json::from_slice(&written).map_err(table::corrupt)?;
        Ok(ImportJob {
            id: item.id,
            user_id: item.user_id,
            file_name,
            size_bytes: item.size_bytes,
            spec,
            format: item.format,
            status: item.status,
            attempt: item.attempt,
            run: item.run,
            progress: item.progress,
            counts: item.counts,
            failure: item.failure,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }
}

/// The name under which what its owner wrote is sealed.
fn record(id: ImportId) -> String {
    format!("import/{id}")
}
