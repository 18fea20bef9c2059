//! Earlier versions of a memory that are brought in with it.

use std::collections::{BTreeMap, BTreeSet};

use app_domain::{Memory, MemoryId, Privacy, StoreError, UserId, Version};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};

use crate::keys;
use crate::memories::{Memories, TRIES};
use crate::memory_changes::{VERSIONS_KEPT, as_read};
use crate::memory_item::{MemoryItem, WholeItem};
use crate::table;

/// The most bytes of versions that are written at once: a transaction takes four megabytes.
const AT_ONCE: usize = 3_000_000;
/// About how many bytes of a version are not sealed.
const IN_THE_CLEAR: usize = 8_000;

impl Memories {
    /// Adds earlier versions to a memory, those that it does not have. The latest forty of all are kept. Returns how many were added: none
    /// to a memory that is not there, nor what could be read to one that is sealed.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore_versions(
        &self,
        owner: UserId,
        id: MemoryId,
        versions: &[Memory],
    ) -> Result<u64, StoreError> {
        let mut added = 0;
        let mut attempt = 0;
        while attempt < TRIES {
            let whole: Option<WholeItem> = self.table.get(keys::memory(owner, id)).await?;
            let Some(WholeItem { item, .. }) = whole else { return Ok(added) };
            let missing = missing(&item, versions);
            if missing.is_empty() {
                return Ok(added);
            }
            let (more, writes) = self.added(&item, missing).await?;
            if self.table.transact(writes).await?.is_ok() {
                added += more;
            } else {
                table::wait(attempt).await;
                attempt += 1;
            }
        }
        Err(StoreError::Throttled("other writers kept coming first".into()))
    }

    /// How many of these versions are added at once, and the writes that do it: the latest first, as many as fit.
    async fn added(
        &self,
        item: &MemoryItem,
        missing: BTreeMap<Version, &Memory>,
    ) -> Result<(u64, Vec<TransactWriteItem>), StoreError> {
        let (owner, id) = (item.owner, item.id);
        let (mut puts, mut bytes) = (Vec::new(), 0);
        let mut kept: BTreeSet<Version> = item.kept_versions.iter().copied().collect();
        for (version, memory) in missing.into_iter().rev() {
            let memory = Memory { id, owner, ..memory.clone() };
            let item = self.items.item(&memory).await?;
            bytes += item.sealed.len() + IN_THE_CLEAR;
            if bytes > AT_ONCE && !puts.is_empty() {
                break;
            }
            puts.push(table::put(self.table.put(keys::version(owner, id, version), &item)?));
            kept.insert(version);
        }
        let more = puts.len() as u64;
        let mut kept: Vec<Version> = kept.into_iter().collect();
        let dropped = kept.len().saturating_sub(VERSIONS_KEPT);
        for version in kept.drain(..dropped) {
            let key = keys::version(owner, id, version).attributes();
            puts.push(table::delete(Delete::builder().table_name(self.table.name()).set_key(Some(key)))?);
        }
        let update = Update::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::memory(owner, id).attributes()))
            .update_expression("SET keptVersions = :now")
            .expression_attribute_values(":now", table::attribute(&kept)?);
        let mut writes = vec![table::update(as_read(update, item)?)?];
        writes.extend(puts);
        Ok((more, writes))
    }
}

/// The versions that a memory does not have and would keep.
fn missing<'a>(item: &MemoryItem, versions: &'a [Memory]) -> BTreeMap<Version, &'a Memory> {
    let is_sealed = item.privacy == Privacy::Sealed;
    let fits =
        |memory: &&Memory| memory.version < item.version && (!is_sealed || memory.privacy == Privacy::Sealed);
    let mut missing: BTreeMap<Version, &Memory> =
        versions.iter().filter(fits).map(|memory| (memory.version, memory)).collect();
    missing.retain(|version, _| !item.kept_versions.contains(version));
    let all: BTreeSet<Version> = missing.keys().chain(&item.kept_versions).copied().collect();
    let oldest = all.iter().rev().nth(VERSIONS_KEPT - 1).copied();
    missing.retain(|version, _| oldest.is_none_or(|oldest| *version >= oldest));
    missing
}
