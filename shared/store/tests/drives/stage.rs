//! Somebody who has drives.

use app_domain::{
    Backup, BackupFormat, BackupId, BackupSchedule, BackupSettings, BackupTotals, Direction, DriveConnection,
    DriveJob, DriveProvider, DriveWork, Origin, Timestamp, UserId,
};
use app_store::{Backups, BegunJob, DriveConnections, DriveJobs, PendingDrives, Table};
use app_testing::vault;
use uuid::Uuid;

pub(crate) struct Stage {
    pub(crate) drives: DriveConnections,
    pub(crate) jobs: DriveJobs,
    pub(crate) backups: Backups,
    pub(crate) pending: PendingDrives,
    pub(crate) owner: UserId,
}

pub(crate) const DROPBOX: DriveProvider = DriveProvider::Dropbox;
pub(crate) const PUSH: DriveWork = DriveWork::Sync { direction: Direction::Push };

/// So many seconds after the beginning of the tests' time.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
}

pub(crate) fn origin() -> Origin {
    Origin::new("203.0.113.7".parse().ok(), Some("test"))
}

pub(crate) fn daily() -> BackupSettings {
    BackupSettings { schedule: BackupSchedule::Daily, ..BackupSettings::default() }
}

impl Stage {
    pub(crate) fn on(table: Table) -> Self {
        let vault = vault(&table);
        Self {
            drives: DriveConnections::new(table.clone(), vault.clone()),
            jobs: DriveJobs::new(table.clone(), vault.clone()),
            backups: Backups::new(table.clone(), vault.clone()),
            pending: PendingDrives::new(table, vault),
            owner: UserId::new(at(0)),
        }
    }

    pub(crate) async fn new() -> Self {
        Self::on(app_testing::table().await)
    }

    pub(crate) fn fresh(&self, account: &str) -> DriveConnection {
        let (account, label) = (account.to_owned(), "ada@example.com".to_owned());
        DriveConnection::new(self.owner, DROPBOX, Uuid::now_v7(), account, label, at(0))
    }

    pub(crate) async fn connected(&self) -> DriveConnection {
        self.drives.connect(&self.fresh("dbid:1"), &origin(), at(0)).await.unwrap()
    }

    /// A drive that is backed up every day.
    pub(crate) async fn scheduled(&self) -> DriveConnection {
        self.connected().await;
        let change = |drive: &mut DriveConnection| {
            drive.settings = daily();
            drive.next_at = drive.settings.next_after(at(0), drive.user_id);
        };
        self.drives.change(self.owner, DROPBOX, change).await.unwrap().unwrap()
    }

    pub(crate) async fn drive(&self) -> DriveConnection {
        self.drives.get(self.owner, DROPBOX).await.unwrap().unwrap()
    }

    pub(crate) async fn job(&self, seconds: i64) -> DriveJob {
        let job = DriveJob::request(self.owner, DROPBOX, PUSH, at(seconds));
        assert!(self.jobs.create(&job).await.unwrap());
        job
    }

    /// A job that has the drive.
    pub(crate) async fn begun(&self, job: &DriveJob, seconds: i64) -> DriveJob {
        match self.jobs.begin(self.owner, job.id, at(seconds)).await.unwrap() {
            BegunJob::Job(job) => *job,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn backup(&self, seconds: i64) -> Backup {
        Backup {
            id: BackupId::new(at(seconds)),
            user_id: self.owner,
            provider: DROPBOX,
            at: at(seconds),
            finished_at: at(seconds + 5),
            format: BackupFormat::Archive,
            recipient: None,
            previous: None,
            path: "backups/x.json".to_owned(),
            sha256: "ab".repeat(32),
            totals: BackupTotals { api_calls: 7, ..BackupTotals::default() },
            verified_at: None,
        }
    }
}
