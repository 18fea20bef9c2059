//! Jobs on people's drives. One at a time has a drive: which, stands with the connection.

use app_domain::{
    DriveJob, DriveJobId, DriveJobStatus, DriveProgress, DriveProvider, Sealing, StoreError, Timestamp,
    UserId,
};
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{ReturnValue, Update};
use serde_json::Value;

use crate::drive_item::{ConnectionItem, DriveItems, JobItem};
use crate::keys::{self, DRIVE_JOB_PREFIX};
use crate::table::{self, ABSENT, Table, attribute, from_item, number, text, unless_refused};

/// The jobs of the table.
#[derive(Clone)]
pub struct DriveJobs {
    table: Table,
    items: DriveItems,
}

/// What became of a job that was to be begun.
#[derive(Debug, Clone, PartialEq)]
pub enum BegunJob {
    /// It has begun, or goes on.
    Job(Box<DriveJob>),
    /// Another job has the drive.
    Busy(DriveJobId),
    /// It is over, or there is no such job or drive.
    Over,
}

/// That a job is not over.
const OPEN: &str = "#status IN (:queued, :running, :waiting)";
/// That an attempt still has its job.
const MINE: &str = "#status = :running AND attempt = :attempt";

impl DriveJobs {
    /// The jobs of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: DriveItems::new(sealing) }
    }

    /// Notes a new job. `Ok(false)` if there is one of its id.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, job: &DriveJob) -> Result<bool, StoreError> {
        let item = self.items.job_item(job).await?;
        let put = self.table.put(keys::drive_job(job.user_id, job.id), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        let request = request.set_item(Some(put.item)).condition_expression(ABSENT);
        unless_refused(request.send().await)
    }

    /// One job of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: DriveJobId) -> Result<Option<DriveJob>, StoreError> {
        match self.table.get::<JobItem>(keys::drive_job(owner, id)).await? {
            Some(item) => Ok(Some(self.items.job(item).await?)),
            None => Ok(None),
        }
    }

    /// A person's jobs, the newest first: those before `before`, at most `limit`. With whether there are more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(
        &self,
        owner: UserId,
        before: Option<DriveJobId>,
        limit: u32,
    ) -> Result<(Vec<DriveJob>, bool), StoreError> {
        let after = before.map(|id| keys::drive_job(owner, id));
        let found =
            self.table.query::<JobItem>(keys::owner(owner), DRIVE_JOB_PREFIX, after, Some(limit)).await?;
        let mut jobs = Vec::with_capacity(found.0.len());
        for item in found.0 {
            jobs.push(self.items.job(item).await?);
        }
        Ok((jobs, found.1))
    }

    /// Begins an attempt at a job that is not over, or goes on with it, takes it from any earlier attempt, and takes the drive.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(&self, owner: UserId, id: DriveJobId, now: Timestamp) -> Result<BegunJob, StoreError> {
        let Some(job) = self.get(owner, id).await?.filter(|job| !job.status.is_over()) else {
            return Ok(BegunJob::Over);
        };
        let key = keys::drive(owner, job.provider);
        let Some(drive) = self.table.get::<ConnectionItem>(key.clone()).await? else {
            return Ok(BegunJob::Over);
        };
        let other = drive.busy_job.filter(|busy| *busy != id);
        if let Some(other) = other
            && let Some(other) = self.get(owner, other).await?
            && other.status == DriveJobStatus::Running
            && now.since(other.updated_at) < DriveJob::BUSY_FOR
        {
            return Ok(BegunJob::Busy(other.id));
        }
        let taken = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(key.attributes()))
            .update_expression("SET busyJob = :me, busySince = :now")
            .expression_attribute_values(":me", text(id))
            .expression_attribute_values(":now", text(now));
        let taken = match drive.busy_job {
            Some(seen) => {
                taken.condition_expression("busyJob = :seen").expression_attribute_values(":seen", text(seen))
            }
            None => taken.condition_expression("attribute_exists(pk) AND attribute_not_exists(busyJob)"),
        };
        let begun = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::drive_job(owner, id).attributes()))
            .update_expression(
                "SET #status = :running, updatedAt = :now, startedAt = if_not_exists(startedAt, :now) \
                 REMOVE waitsUntil, failure ADD attempt :one",
            )
            .condition_expression(format!("attempt = :attempt AND {OPEN}"))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":attempt", number(job.attempt))
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":now", text(now))
            .expression_attribute_values(":queued", text("queued"))
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":waiting", text("waiting"));
        if self.table.transact(vec![table::update(begun)?, table::update(taken)?]).await?.is_err() {
            // Somebody begins one of this drive's jobs at this moment.
            return Ok(BegunJob::Busy(drive.busy_job.unwrap_or(id)));
        }
        let job = self.get(owner, id).await?.ok_or(StoreError::Conflict)?;
        Ok(BegunJob::Job(Box::new(job)))
    }

    /// Notes how far an attempt has come. `Ok(false)` if another attempt has taken the job, or it is not wanted any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn advance(
        &self,
        job: &DriveJob,
        progress: DriveProgress,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let request = self.mine(job, "SET itemsDone = :done, itemsTotal = :total, bytesDone = :bytes, apiCalls = :calls, updatedAt = :now", now);
        let request = request
            .expression_attribute_values(":done", number(progress.items_done))
            .expression_attribute_values(":total", number(progress.items_total))
            .expression_attribute_values(":bytes", number(progress.bytes_done))
            .expression_attribute_values(":calls", number(progress.api_calls));
        unless_refused(request.send().await)
    }

    /// Lets a job wait, with the reason for its owner, and others have the drive meanwhile. `Ok(false)` as for [`Self::advance`]: then the drive is
    /// not this attempt's to give.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn wait(
        &self,
        job: &DriveJob,
        until: Timestamp,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let request = self
            .mine(
                job,
                "SET #status = :waiting, waitsUntil = :until, failure = :reason, updatedAt = :now",
                now,
            )
            .expression_attribute_values(":waiting", text("waiting"))
            .expression_attribute_values(":until", text(until))
            .expression_attribute_values(":reason", text(reason));
        let is_mine = unless_refused(request.send().await)?;
        if is_mine {
            self.let_go(job.user_id, job.provider, job.id).await?;
        }
        Ok(is_mine)
    }

    /// Ends a job, and lets go of the drive and of what opened the backup. `Ok(false)` as for [`Self::advance`].
    ///
    /// # Errors
    /// If the store fails.
    pub async fn finish(
        &self,
        job: &DriveJob,
        status: DriveJobStatus,
        result: Option<&Value>,
        failure: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut expression = "SET #status = :status, updatedAt = :now".to_owned();
        expression.push_str(if result.is_some() { ", outcome = :outcome" } else { "" });
        expression.push_str(if failure.is_some() { ", failure = :failure" } else { "" });
        expression.push_str(" REMOVE secret, waitsUntil");
        expression.push_str(if failure.is_none() { ", failure" } else { "" });
        let mut request =
            self.mine(job, &expression, now).expression_attribute_values(":status", attribute(&status)?);
        if let Some(result) = result {
            let outcome = self.items.outcome(job.user_id, job.id, result).await?;
            request = request.expression_attribute_values(":outcome", attribute(&outcome)?);
        }
        if let Some(failure) = failure {
            request = request.expression_attribute_values(":failure", text(failure));
        }
        let is_mine = unless_refused(request.send().await)?;
        if is_mine {
            self.let_go(job.user_id, job.provider, job.id).await?;
        }
        Ok(is_mine)
    }

    /// Ends a job that is not over: its worker stops at its next step. `None` if it is over or gone.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn cancel(
        &self,
        owner: UserId,
        id: DriveJobId,
        now: Timestamp,
    ) -> Result<Option<DriveJob>, StoreError> {
        let request = self
            .update(owner, id)
            .update_expression(
                "SET #status = :cancelled, updatedAt = :now REMOVE secret, waitsUntil, failure",
            )
            .condition_expression(OPEN)
            .expression_attribute_values(":queued", text("queued"))
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":waiting", text("waiting"))
            .expression_attribute_values(":cancelled", text("cancelled"))
            .expression_attribute_values(":now", text(now));
        match request.return_values(ReturnValue::AllNew).send().await.map_err(table::failed) {
            Ok(answer) => match answer.attributes {
                Some(item) => {
                    let job = self.items.job(from_item(item)?).await?;
                    self.let_go(owner, job.provider, id).await?;
                    Ok(Some(job))
                }
                None => Ok(None),
            },
            Err(StoreError::Conflict) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Gives a drive back, if the job has it.
    async fn let_go(&self, owner: UserId, provider: DriveProvider, id: DriveJobId) -> Result<(), StoreError> {
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::drive(owner, provider).attributes()))
            .update_expression("REMOVE busyJob, busySince")
            .condition_expression("busyJob = :me")
            .expression_attribute_values(":me", text(id));
        unless_refused(request.send().await).map(drop)
    }

    fn update(&self, owner: UserId, id: DriveJobId) -> UpdateItemFluentBuilder {
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request.set_key(Some(keys::drive_job(owner, id).attributes()));
        request.expression_attribute_names("#status", "status")
    }

    fn mine(&self, job: &DriveJob, expression: &str, now: Timestamp) -> UpdateItemFluentBuilder {
        self.update(job.user_id, job.id)
            .update_expression(expression)
            .condition_expression(MINE)
            .expression_attribute_values(":running", text("running"))
            .expression_attribute_values(":attempt", number(job.attempt))
            .expression_attribute_values(":now", text(now))
    }
}
