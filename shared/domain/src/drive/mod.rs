//! People's own drives: connections to them, what is backed up there and when, and the work that is done on them.

mod backup;
mod connection;
mod job;
mod schedule;

pub use backup::{Backup, BackupTotals, Retention};
pub use connection::{DriveConnection, DriveFault, DriveProvider, DriveState, PendingDrive, S3Place};
pub use job::{
    Direction, DriveJob, DriveJobStatus, DriveProgress, DriveTask, DriveWork, OnConflict, RestoreSpec,
};
pub use schedule::{BackupFormat, BackupSchedule, BackupSettings, NotesScope};
