//! Backups that come back: what was deleted since does too, and of what says something else here the backup wins, unless it has been changed
//! after that. A memory may then come as another one, beside the one that is there.

use app_domain::{
    FromBackup, ImportSpec, Memory, MemoryId, MemoryTitle, MessageSummary, OnConflict, StoreError, Timestamp,
    Version,
};
use app_store::{Precedence, Restored};
use aws_lc_rs::digest::{SHA256, digest};

use crate::apply::Bringer;
use crate::piece::Line;
use crate::units::{Filing, Unit, What};

/// The most characters of a title.
const TITLE_CHARS: usize = 255;

/// Which of two wins.
fn precedence(spec: &ImportSpec) -> Precedence {
    match spec.restore {
        None => Precedence::Newer,
        Some(FromBackup { on_conflict: OnConflict::Replace, .. }) => Precedence::Given,
        Some(FromBackup { at, on_conflict: OnConflict::KeepHere | OnConflict::KeepBoth }) => {
            Precedence::Since(at)
        }
    }
}

impl Bringer<'_> {
    pub(crate) fn precedence(&self) -> Precedence {
        precedence(&self.job.spec)
    }

    /// A memory; a backup's also instead of what is on its way out.
    pub(crate) async fn memory(&self, memory: &Memory, now: Timestamp) -> Result<Restored, StoreError> {
        let (worker, precedence) = (self.worker, self.precedence());
        let restored = worker.memories.take_in(memory, now, precedence).await?;
        if restored != Restored::Going || self.job.spec.restore.is_none() {
            return Ok(restored);
        }
        worker.removal.delete_of(memory.owner, memory.id, now).await?;
        worker.memories.take_in(memory, now, precedence).await
    }
}

impl Unit {
    /// The unit of the memory that this one becomes beside the one that is there; `None` if it is no memory, or backups do not come back so.
    pub(crate) fn beside(&self, restore: Option<FromBackup>) -> Option<Self> {
        let backup = restore.filter(|backup| backup.on_conflict == OnConflict::KeepBoth)?;
        let What::Memory(memory, _) = &self.what else { return None };
        let copy = copied(memory, backup);
        let line = Line::new("memory", &copy.id.to_string()).named(copy.id).at(copy.version.get());
        Some(Self { line, what: What::Memory(Box::new(copy), Filing::Own) })
    }

    /// The same if that and what is there have parted since the backup.
    pub(crate) fn parted(&self, there: &Memory, restore: Option<FromBackup>) -> Option<Self> {
        let What::Memory(memory, _) = &self.what else { return None };
        let at = restore?.at;
        let stays = Precedence::Since(at).settles(there.updated_at, memory.updated_at).is_some();
        (stays && !memory.is_like(there)).then(|| self.beside(restore)).flatten()
    }
}

/// A memory as it was, as another one: the same each time. Its media stay with the first.
fn copied(memory: &Memory, backup: FromBackup) -> Memory {
    let named = format!("backup:{}:{}:{}", memory.id, memory.version.get(), memory.updated_at);
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, named.as_bytes()).as_ref());
    let tail = format!("(backup of {})", backup.at.day());
    let title = memory.title.as_ref().map(MemoryTitle::as_str).unwrap_or_default();
    let title: String = title.chars().take(TITLE_CHARS - 1 - tail.len()).collect();
    let title = MemoryTitle::parse(format!("{} {tail}", title.trim_end()).trim_start()).ok();
    Memory {
        id: MemoryId::derived(memory.created_at, &hash),
        title: title.or_else(|| memory.title.clone()),
        media: None,
        messages: MessageSummary::default(),
        version: Version::FIRST,
        ..memory.clone()
    }
}
