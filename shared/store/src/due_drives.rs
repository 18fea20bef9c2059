//! Drives whose time has come: found by the day, and each taken once.

use app_domain::{DriveJob, DriveProvider, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::Update;

use crate::DriveConnections;
use crate::drive_item::ConnectionItem;
use crate::due_pages::{self, DuePage, forgotten, noted};
use crate::keys;
use crate::table::{self, number, text};

/// A drive whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDrive {
    /// Whose.
    pub owner: UserId,
    /// Which.
    pub provider: DriveProvider,
    /// The time.
    pub at: Timestamp,
}

impl DueDrive {
    fn read(key: &str) -> Option<Self> {
        let (at, owner, provider) = due_pages::parts(key)?;
        Some(Self { at, owner, provider: DriveProvider::parse(provider).ok()? })
    }
}

impl DriveConnections {
    /// What has come due by `until` of a day such as `2026-11-21`, behind what was seen already: at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn due(
        &self,
        day: &str,
        until: Timestamp,
        seen: Option<&str>,
        limit: u32,
    ) -> Result<DuePage<DueDrive>, StoreError> {
        let day = keys::day_of_drives(day);
        due_pages::page(&self.table, day, seen, Some(until), limit, DueDrive::read).await
    }

    /// Takes a drive from what is due, notes when it is due next, and makes the job, all or nothing. `Ok(false)` if somebody has taken it, or it
    /// is due at another time by now.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn take_due(
        &self,
        due: DueDrive,
        next_at: Option<Timestamp>,
        job: Option<&DriveJob>,
    ) -> Result<bool, StoreError> {
        let DueDrive { owner, provider, at } = due;
        let note = keys::due_drive(at, owner, provider);
        let moved = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::drive(owner, provider).attributes()))
            .condition_expression("nextAt = :at")
            .expression_attribute_values(":at", text(at))
            .expression_attribute_values(":one", number(1));
        let moved = match next_at {
            Some(next) => moved
                .update_expression("SET nextAt = :next ADD version :one")
                .expression_attribute_values(":next", text(next)),
            None => moved.update_expression("REMOVE nextAt ADD version :one"),
        };
        let mut writes = vec![table::update(moved)?];
        if next_at != Some(at) {
            writes.push(forgotten(&self.table, note.clone())?);
        }
        if let Some(next) = next_at {
            writes.push(noted(&self.table, keys::due_drive(next, owner, provider))?);
        }
        if let Some(job) = job {
            let put = self.table.put(keys::drive_job(owner, job.id), &self.items.job_item(job).await?)?;
            writes.push(table::put(table::if_absent(put)));
        }
        if self.table.transact(writes).await?.is_ok() {
            return Ok(true);
        }
        // Whoever moved it took the note along. One that is left of nothing would be due for ever.
        let now = self.table.get::<ConnectionItem>(keys::drive(owner, provider)).await?;
        if now.and_then(|item| item.next_at) != Some(at) {
            due_pages::forget(&self.table, note).await?;
        }
        Ok(false)
    }
}
