//! Connections to people's drives, and when each is backed up next: noted among what is due, in the transaction that says so. What is due of
//! them has a module of its own.

use app_domain::{
    AuditEntry, AuditEvent, DriveConnection, DriveFault, DriveProvider, DriveState, Origin, Sealing,
    StoreError, Timestamp, UserId,
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use uuid::Uuid;

use crate::audit::entry;
use crate::drive_item::{ConnectionItem, DriveItems};
use crate::due_pages::{forgotten, noted};
use crate::keys::{self, DRIVE_PREFIX};
use crate::table::{self, ABSENT, Table, number};
use crate::tries::Tries;

/// The drives of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct DriveConnections {
    pub(crate) table: Table,
    pub(crate) items: DriveItems,
}

/// What a connection may lack.
const OPTIONAL: [&str; 1] = ["nextAt"];

impl DriveConnections {
    /// The drives of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: DriveItems::new(sealing) }
    }

    /// A person's drive, if it was ever connected.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(
        &self,
        owner: UserId,
        provider: DriveProvider,
    ) -> Result<Option<DriveConnection>, StoreError> {
        match self.table.get::<ConnectionItem>(keys::drive(owner, provider)).await? {
            Some(item) => Ok(Some(self.items.connection(item).await?)),
            None => Ok(None),
        }
    }

    /// All drives of a person that were ever connected.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn all(&self, owner: UserId) -> Result<Vec<DriveConnection>, StoreError> {
        let (items, _) =
            self.table.query::<ConnectionItem>(keys::owner(owner), DRIVE_PREFIX, None, None).await?;
        let mut drives = Vec::with_capacity(items.len());
        for item in items {
            drives.push(self.items.connection(item).await?);
        }
        drives.sort_by_key(|drive| drive.provider);
        Ok(drives)
    }

    /// Connects a drive with a new grant, whose tokens are kept elsewhere: else see [`crate::DriveTokens::connect`]. What was set and backed up
    /// before stays.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn connect(
        &self,
        new: &DriveConnection,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<DriveConnection, StoreError> {
        self.connect_with(new, None, origin, now).await
    }

    /// The same, with another write, all or nothing.
    pub(crate) async fn connect_with(
        &self,
        new: &DriveConnection,
        with: Option<TransactWriteItem>,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<DriveConnection, StoreError> {
        let audit = AuditEntry::new(new.user_id, AuditEvent::DriveConnected, origin.clone(), now);
        let audit = audit.about(new.provider.to_string());
        let mut tries = Tries::begin();
        loop {
            let before = self.get(new.user_id, new.provider).await?;
            let mut after = new.clone();
            if let Some(before) = &before {
                after.settings = before.settings.clone();
                after.key_file = before.key_file.clone();
                after.version = before.version.next();
                after.busy = before.busy;
                // Another account has none of what was backed up to this one.
                if before.account_id == new.account_id {
                    after.last_backup = before.last_backup.clone();
                    after.last_sync_at = before.last_sync_at;
                }
            }
            after.next_at = after.settings.next_after(now, after.user_id);
            let more = [entry(&self.table, &audit)?].into_iter().chain(with.clone()).collect();
            if self.write(before.as_ref(), &after, more).await? {
                return Ok(after);
            }
            tries.again().await?;
        }
    }

    /// Lets a drive go. Its tokens are for the caller to remove. `None` if it was not connected.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn disconnect(
        &self,
        owner: UserId,
        provider: DriveProvider,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<DriveConnection>, StoreError> {
        let audit = AuditEntry::new(owner, AuditEvent::DriveDisconnected, origin.clone(), now);
        let audit = audit.about(provider.to_string());
        let mut tries = Tries::begin();
        loop {
            let before = self.get(owner, provider).await?;
            let Some(before) = before.filter(|drive| drive.state != DriveState::Disconnected) else {
                return Ok(None);
            };
            let after = DriveConnection {
                state: DriveState::Disconnected,
                next_at: None,
                fault: None,
                version: before.version.next(),
                ..before.clone()
            };
            if self.write(Some(&before), &after, vec![entry(&self.table, &audit)?]).await? {
                return Ok(Some(after));
            }
            tries.again().await?;
        }
    }

    /// Changes a drive; `change` is made anew if another writer came first. `None` if there is no such drive. When it is backed up next is
    /// `next_at` afterwards.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn change(
        &self,
        owner: UserId,
        provider: DriveProvider,
        change: impl Fn(&mut DriveConnection) + Send + Sync,
    ) -> Result<Option<DriveConnection>, StoreError> {
        let mut tries = Tries::begin();
        loop {
            let Some(before) = self.get(owner, provider).await? else { return Ok(None) };
            let mut after = before.clone();
            change(&mut after);
            if after == before {
                return Ok(Some(before));
            }
            after.version = before.version.next();
            if self.write(Some(&before), &after, Vec::new()).await? {
                return Ok(Some(after));
            }
            tries.again().await?;
        }
    }

    /// Notes that a grant is over: the person has to connect the drive again. `Ok(true)` once for each grant, with a line of the log that counts it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn mark_dead(
        &self,
        owner: UserId,
        provider: DriveProvider,
        grant: Uuid,
        fault: &DriveFault,
    ) -> Result<bool, StoreError> {
        let mut tries = Tries::begin();
        loop {
            let before = self.get(owner, provider).await?;
            let Some(before) = before.filter(|drive| drive.is_usable() && drive.grant == grant) else {
                return Ok(false);
            };
            let after = DriveConnection {
                state: DriveState::NeedsConsent,
                next_at: None,
                fault: Some(fault.clone()),
                version: before.version.next(),
                ..before.clone()
            };
            if self.write(Some(&before), &after, Vec::new()).await? {
                let provider = provider.as_str();
                tracing::info!(
                    userId = owner.hashed(),
                    provider,
                    drive_tokens_dead_total = 1,
                    "drive token dead"
                );
                return Ok(true);
            }
            tries.again().await?;
        }
    }

    /// Writes a drive, with its note among what is due, unless it has been changed since it was read.
    async fn write(
        &self,
        before: Option<&DriveConnection>,
        after: &DriveConnection,
        with: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        let item = self.items.connection_item(after).await?;
        let key = keys::drive(after.user_id, after.provider);
        let update = self.table.replace(key, &item, &OPTIONAL)?;
        let update = match before {
            Some(before) => update
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(before.version.get())),
            None => update.condition_expression(ABSENT),
        };
        let mut writes = vec![table::update(update)?];
        let due_before = before.and_then(|before| before.next_at);
        let note = |at: Timestamp| keys::due_drive(at, after.user_id, after.provider);
        if due_before != after.next_at {
            if let Some(at) = due_before {
                writes.push(forgotten(&self.table, note(at))?);
            }
            if let Some(at) = after.next_at {
                writes.push(noted(&self.table, note(at))?);
            }
        }
        writes.extend(with);
        Ok(self.table.transact(writes).await?.is_ok())
    }
}
