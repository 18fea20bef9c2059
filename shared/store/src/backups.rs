//! Backups that are on people's drives, as far as this service made them.

use app_domain::{Backup, BackupId, DriveProvider, Sealing, StoreError, Timestamp, UserId};

use crate::drive_item::{BackupItem, DriveItems};
use crate::keys;
use crate::table::{self, PRESENT, Table, text, unless_refused};

/// The backups of the table.
#[derive(Clone)]
pub struct Backups {
    table: Table,
    items: DriveItems,
}

impl Backups {
    /// The backups of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: DriveItems::new(sealing) }
    }

    /// Notes a backup that is whole. The same again changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn put(&self, backup: &Backup) -> Result<(), StoreError> {
        let item = self.items.backup_item(backup).await?;
        let put = self.table.put(keys::backup(backup.user_id, backup.provider, backup.id), &item)?;
        let request = self.table.client().put_item().table_name(self.table.name());
        request.set_item(Some(put.item)).send().await.map(drop).map_err(table::failed)
    }

    /// One backup.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(
        &self,
        owner: UserId,
        provider: DriveProvider,
        id: BackupId,
    ) -> Result<Option<Backup>, StoreError> {
        match self.table.get::<BackupItem>(keys::backup(owner, provider, id)).await? {
            Some(item) => Ok(Some(self.items.backup(item).await?)),
            None => Ok(None),
        }
    }

    /// The backups on a drive, the newest first: those before `before`, at most `limit`. With whether there are more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(
        &self,
        owner: UserId,
        provider: DriveProvider,
        before: Option<BackupId>,
        limit: u32,
    ) -> Result<(Vec<Backup>, bool), StoreError> {
        let after = before.map(|id| keys::backup(owner, provider, id));
        let prefix = keys::backups_prefix(provider);
        let (items, more) =
            self.table.query::<BackupItem>(keys::owner(owner), &prefix, after, Some(limit)).await?;
        let mut backups = Vec::with_capacity(items.len());
        for item in items {
            backups.push(self.items.backup(item).await?);
        }
        Ok((backups, more))
    }

    /// Forgets a backup that is not on the drive any more.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn remove(
        &self,
        owner: UserId,
        provider: DriveProvider,
        id: BackupId,
    ) -> Result<(), StoreError> {
        let request = self.table.client().delete_item().table_name(self.table.name());
        let request = request.set_key(Some(keys::backup(owner, provider, id).attributes()));
        request.send().await.map(drop).map_err(table::failed)
    }

    /// Notes that a backup was read and is right. `Ok(false)` if it is not known.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn verified(
        &self,
        owner: UserId,
        provider: DriveProvider,
        id: BackupId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let request = self.table.client().update_item().table_name(self.table.name());
        let request = request
            .set_key(Some(keys::backup(owner, provider, id).attributes()))
            .update_expression("SET verifiedAt = :at")
            .condition_expression(PRESENT)
            .expression_attribute_values(":at", text(at));
        unless_refused(request.send().await)
    }
}
