//! Drives, their jobs and backups as they are stored. What is asked for by condition is in clear, the rest is sealed.

use std::sync::Arc;

use app_domain::{
    Backup, BackupId, BackupSettings, BackupTotals, DriveConnection, DriveFault, DriveJob, DriveJobId,
    DriveJobStatus, DriveProgress, DriveProvider, DriveState, DriveWork, S3Place, Sealing, StoreError,
    Timestamp, UserId, Version,
};
use data_encoding::BASE64;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::Value;
use uuid::Uuid;

use crate::table::corrupt;

/// A connection.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionItem {
    user_id: UserId,
    provider: DriveProvider,
    state: DriveState,
    grant: Uuid,
    pub(crate) version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) next_at: Option<Timestamp>,
    /// Written by jobs alone, whatever else is changed.
    #[serde(default, skip_serializing)]
    pub(crate) busy_job: Option<DriveJobId>,
    #[serde(default, skip_serializing)]
    busy_since: Option<Timestamp>,
    sealed: ByteBuf,
}

/// What is sealed of a connection.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionRest {
    account_id: String,
    label: String,
    place: Option<S3Place>,
    settings: BackupSettings,
    /// In base64.
    #[serde(default)]
    key_file: Option<String>,
    connected_at: Timestamp,
    last_backup: Option<(BackupId, Timestamp, BackupTotals)>,
    last_sync_at: Option<Timestamp>,
    fault: Option<DriveFault>,
}

/// A job.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct JobItem {
    id: DriveJobId,
    user_id: UserId,
    provider: DriveProvider,
    status: DriveJobStatus,
    attempt: u32,
    is_scheduled: bool,
    /// What is to be done.
    sealed: ByteBuf,
    /// What opens an encrypted backup, until the job is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secret: Option<ByteBuf>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outcome: Option<ByteBuf>,
    items_done: u64,
    items_total: u64,
    bytes_done: u64,
    api_calls: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waits_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    created_at: Timestamp,
    updated_at: Timestamp,
    ttl: i64,
}

/// A backup.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BackupItem {
    id: BackupId,
    user_id: UserId,
    provider: DriveProvider,
    sealed: ByteBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified_at: Option<Timestamp>,
}

/// Turns drives, jobs and backups into items and back.
#[derive(Clone)]
pub(crate) struct DriveItems(Arc<dyn Sealing>);

impl DriveItems {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    pub(crate) async fn connection_item(
        &self,
        drive: &DriveConnection,
    ) -> Result<ConnectionItem, StoreError> {
        let rest = ConnectionRest {
            account_id: drive.account_id.clone(),
            label: drive.label.clone(),
            place: drive.place.clone(),
            settings: drive.settings.clone(),
            key_file: drive.key_file.as_ref().map(|key_file| BASE64.encode(key_file)),
            connected_at: drive.connected_at,
            last_backup: drive.last_backup.clone(),
            last_sync_at: drive.last_sync_at,
            fault: drive.fault.clone(),
        };
        let sealed = self.sealed(drive.user_id, &connection_record(drive.provider), &rest).await?;
        Ok(ConnectionItem {
            user_id: drive.user_id,
            provider: drive.provider,
            state: drive.state,
            grant: drive.grant,
            version: drive.version,
            next_at: drive.next_at,
            busy_job: None,
            busy_since: None,
            sealed,
        })
    }

    pub(crate) async fn connection(&self, item: ConnectionItem) -> Result<DriveConnection, StoreError> {
        let record = connection_record(item.provider);
        let rest: ConnectionRest = self.opened(item.user_id, &record, &item.sealed).await?;
        let key_file =
            rest.key_file.map(|text| BASE64.decode(text.as_bytes())).transpose().map_err(corrupt)?;
        Ok(DriveConnection {
            user_id: item.user_id,
            provider: item.provider,
            state: item.state,
            grant: item.grant,
            account_id: rest.account_id,
            label: rest.label,
            place: rest.place,
            settings: rest.settings,
            key_file,
            connected_at: rest.connected_at,
            next_at: item.next_at,
            last_backup: rest.last_backup,
            last_sync_at: rest.last_sync_at,
            fault: rest.fault,
            busy: item.busy_job.zip(item.busy_since),
            version: item.version,
        })
    }

    pub(crate) async fn job_item(&self, job: &DriveJob) -> Result<JobItem, StoreError> {
        let sealed = self.sealed(job.user_id, &job_record(job.id), &job.work).await?;
        let secret = match &job.passphrase {
            Some(passphrase) => Some(self.sealed(job.user_id, &secret_record(job.id), passphrase).await?),
            None => None,
        };
        let outcome = match &job.result {
            Some(result) => Some(self.outcome(job.user_id, job.id, result).await?),
            None => None,
        };
        Ok(JobItem {
            id: job.id,
            user_id: job.user_id,
            provider: job.provider,
            status: job.status,
            attempt: job.attempt,
            is_scheduled: job.is_scheduled,
            sealed,
            secret,
            outcome,
            items_done: job.progress.items_done,
            items_total: job.progress.items_total,
            bytes_done: job.progress.bytes_done,
            api_calls: job.progress.api_calls,
            started_at: job.started_at,
            waits_until: job.waits_until,
            failure: job.failure.clone(),
            created_at: job.created_at,
            updated_at: job.updated_at,
            ttl: job.expires_at().as_seconds(),
        })
    }

    pub(crate) async fn job(&self, item: JobItem) -> Result<DriveJob, StoreError> {
        let (owner, id) = (item.user_id, item.id);
        let work: DriveWork = self.opened(owner, &job_record(id), &item.sealed).await?;
        let passphrase: Option<String> = match &item.secret {
            Some(secret) => Some(self.opened(owner, &secret_record(id), secret).await?),
            None => None,
        };
        let result: Option<Value> = match &item.outcome {
            Some(outcome) => Some(self.opened(owner, &outcome_record(id), outcome).await?),
            None => None,
        };
        Ok(DriveJob {
            id,
            user_id: owner,
            provider: item.provider,
            work,
            passphrase,
            is_scheduled: item.is_scheduled,
            status: item.status,
            attempt: item.attempt,
            progress: DriveProgress {
                items_done: item.items_done,
                items_total: item.items_total,
                bytes_done: item.bytes_done,
                api_calls: item.api_calls,
            },
            started_at: item.started_at,
            waits_until: item.waits_until,
            result,
            failure: item.failure,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }

    /// What came of a job, sealed.
    pub(crate) async fn outcome(
        &self,
        owner: UserId,
        id: DriveJobId,
        result: &Value,
    ) -> Result<ByteBuf, StoreError> {
        self.sealed(owner, &outcome_record(id), result).await
    }

    pub(crate) async fn backup_item(&self, backup: &Backup) -> Result<BackupItem, StoreError> {
        let sealed = self.sealed(backup.user_id, &backup_record(backup.id), backup).await?;
        let Backup { id, user_id, provider, verified_at, .. } = *backup;
        Ok(BackupItem { id, user_id, provider, sealed, verified_at })
    }

    pub(crate) async fn backup(&self, item: BackupItem) -> Result<Backup, StoreError> {
        let backup: Backup = self.opened(item.user_id, &backup_record(item.id), &item.sealed).await?;
        Ok(Backup { verified_at: item.verified_at, ..backup })
    }

    async fn sealed<T: Serialize + Sync>(
        &self,
        owner: UserId,
        record: &str,
        value: &T,
    ) -> Result<ByteBuf, StoreError> {
        let plain = serde_json::to_vec(value).map_err(corrupt)?;
        Ok(ByteBuf::from(self.0.seal(owner, record, &plain).await?))
    }

    async fn opened<T: DeserializeOwned>(
        &self,
        owner: UserId,
        record: &str,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        serde_json::from_slice(&self.0.open(owner, record, sealed).await?).map_err(corrupt)
    }
}

fn connection_record(provider: DriveProvider) -> String {
    format!("drive/{provider}")
}

fn job_record(id: DriveJobId) -> String {
    format!("drive-job/{id}")
}

fn secret_record(id: DriveJobId) -> String {
    format!("drive-job-secret/{id}")
}

fn outcome_record(id: DriveJobId) -> String {
    format!("drive-job-outcome/{id}")
}

fn backup_record(id: BackupId) -> String {
    format!("backup/{id}")
}
