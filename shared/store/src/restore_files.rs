//! Files that are brought in as they were, once their bytes are there, and taken back.

use app_domain::{
    Attachment, File, FileId, FileQuota, FileStatus, Findable, StoreError, Timestamp, UserId, Version,
};
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};
use serde::de::IgnoredAny;

use crate::changes;
use crate::file_changes::FileDeletion;
use crate::keys;
use crate::restored::{FileRestored, NO_VERSION, Unmade, is_version};
use crate::table::{self, ABSENT, if_absent};
use crate::tries::Tries;
use crate::{FileRemoval, Files};

/// Why a file is refused whose bytes have not come, or were refused themselves.
const NOT_READY: &str = "It was never uploaded as a whole.";
/// Why a file is refused whose id has an upload that goes on.
const UPLOADING: &str = "It is being uploaded at this moment.";
/// Why a file is refused of which the bytes are still to be removed.
const GOING: &str = "It is being removed at this moment. It can be brought in later.";

/// The places of writes whose conditions may fail.
const RESERVATION: usize = 0;
const GONE: usize = 2;
const MEMORY: usize = 4;

impl Files {
    /// Brings in a file as it is, whose bytes are in the bucket: counted, and with its memory; with none, if that is not there. The message that
    /// it came with may come after it. Before its bytes are written, call [`FileRemoval::erase`], so that what is left of a file of that
    /// id, which was removed before, does not take them along.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore(&self, file: &File, quota: FileQuota) -> Result<FileRestored, StoreError> {
        if file.status != FileStatus::Ready {
            return Ok(FileRestored::Refused(NOT_READY));
        }
        if !is_version(file.version) {
            return Ok(FileRestored::Refused(NO_VERSION));
        }
        let mut file = file.clone();
        let mut tries = Tries::begin();
        loop {
            if let Some(there) = self.get(file.owner, file.id).await? {
                return Ok(match there.status {
                    FileStatus::Ready => FileRestored::Same,
                    FileStatus::Uploading => FileRestored::Refused(UPLOADING),
                    FileStatus::Rejected => FileRestored::Refused(NOT_READY),
                });
            }
            let Some(room) = quota.total_bytes.checked_sub(file.size_bytes) else {
                return Ok(FileRestored::OverQuota(self.usage(file.owner).await?));
            };
            let item = self.items.item(&file).await?;
            let mut writes = vec![
                self.reserve(&file, room)?,
                table::put(if_absent(self.table.put(keys::file(file.owner, file.id), &item)?)),
                self.is_not_going(&file)?,
                changes::note(&self.table, file.owner, Findable::File(file.id))?,
            ];
            if let Some(Attachment { memory, .. }) = file.attached {
                writes.extend(self.link(&file, memory)?);
            }
            match self.table.transact(writes).await? {
                Ok(()) => return Ok(FileRestored::Made),
                Err(refused) if refused.includes(GONE) => return Ok(FileRestored::Refused(GOING)),
                Err(refused) if file.attached.is_some() && refused.includes(MEMORY) => file.attached = None,
                Err(refused) if refused.includes(RESERVATION) => {
                    // It may be what another call of this has just counted.
                    if !self.is_there(&file).await? {
                        return Ok(FileRestored::OverQuota(self.usage(file.owner).await?));
                    }
                }
                Err(_) => tries.again().await?,
            }
        }
    }

    /// Removes a file that is at this version. Its bytes are still to be removed: [`FileRemoval::unmake`] does both. Doing it again
    /// changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(
        &self,
        owner: UserId,
        id: FileId,
        version: Version,
        now: Timestamp,
    ) -> Result<Unmade, StoreError> {
        Ok(match self.remove(owner, id, Some(version), now).await? {
            FileDeletion::Done => Unmade::Gone,
            FileDeletion::Missing => Unmade::Missing,
            FileDeletion::Stale => Unmade::Changed,
        })
    }

    async fn is_there(&self, file: &File) -> Result<bool, StoreError> {
        let found: Option<IgnoredAny> = self.table.get(keys::file(file.owner, file.id)).await?;
        Ok(found.is_some())
    }

    /// Refused if bytes of a file of the same id are still to be removed.
    fn is_not_going(&self, file: &File) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::file_leftover(file.owner, file.id).attributes()))
            .condition_expression(ABSENT);
        let check = check.build().map_err(table::corrupt)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

impl FileRemoval {
    /// Removes a file that is at this version, and its bytes. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store or the bucket fails. When the bucket does, the file is gone already, and its bytes stay due for [`Self::erase`].
    pub async fn unmake(
        &self,
        owner: UserId,
        id: FileId,
        version: Version,
        now: Timestamp,
    ) -> Result<Unmade, StoreError> {
        let unmade = self.files.unmake(owner, id, version, now).await?;
        self.erase(owner, id).await?;
        Ok(unmade)
    }
}
