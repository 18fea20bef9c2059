//! Changing memories, each change made anew if another writer came first.

use app_domain::{CategoryId, Findable, Memory, MemoryId, Privacy, StoreError, UserId, Version};
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};

use crate::changes;
use crate::keys;
use crate::memories::{Memories, TRIES};
use crate::memory_item::{MemoryItem, OPTIONAL, WholeItem};
use crate::shelf::Move;
use crate::table::{self, number};

/// How many earlier versions of a memory are kept. All of them can go in one transaction with whatever else a change may write, which is up to 54
/// items of the hundred that it takes.
pub(crate) const VERSIONS_KEPT: usize = 40;

/// Why a memory was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError<E> {
    /// It is not there.
    #[error("there is no such memory")]
    Missing,
    /// It is not at the version that the change was made for.
    #[error("the memory has been changed meanwhile")]
    Stale,
    /// The category it was to be filed in is not there.
    #[error("there is no such category")]
    NoCategory,
    /// The change itself refused.
    #[error("the change is not allowed")]
    Refused(E),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// There is nothing to change.
struct Unchanged;

/// Whether a change is remembered, so that it can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum History {
    Kept,
    Skipped,
    /// All of it goes: what has become unreadable must not stay readable in its past.
    Forgotten,
}

impl History {
    /// What becomes of it in a change from one to the other.
    pub(crate) fn of(self, before: &Memory, after: &Memory) -> Self {
        let is_sealed_now = before.privacy != Privacy::Sealed && after.privacy == Privacy::Sealed;
        if is_sealed_now { Self::Forgotten } else { self }
    }
}

impl Memories {
    /// Changes a memory, which must be at `expected` if that is given, and remembers what it was. `change` is made anew if
    /// another writer came first.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub async fn change<E: Send>(
        &self,
        owner: UserId,
        id: MemoryId,
        expected: Option<Version>,
        change: impl Fn(Memory) -> Result<Memory, E> + Send + Sync,
    ) -> Result<Memory, ChangeError<E>> {
        self.rewrite(owner, id, expected, History::Kept, Vec::new(), change).await
    }

    /// Files or tags a memory otherwise, which makes it no newer and is not remembered. `gone` is a category known to be deleted.
    /// `Ok(false)` if there is nothing to change, or the memory is not there.
    ///
    /// # Errors
    /// `Conflict` if its new category is not there, or if the store fails.
    pub async fn refile(
        &self,
        owner: UserId,
        id: MemoryId,
        gone: Option<CategoryId>,
        change: impl Fn(Memory) -> Memory + Send + Sync,
    ) -> Result<bool, StoreError> {
        let change = |before: Memory| {
            let after = change(before.clone());
            let version = before.version.next();
            if after == before { Err(Unchanged) } else { Ok(Memory { version, ..after }) }
        };
        let gone = gone.into_iter().collect();
        match self.rewrite(owner, id, None, History::Skipped, gone, change).await {
            Ok(_) => Ok(true),
            Err(ChangeError::Missing | ChangeError::Refused(Unchanged)) => Ok(false),
            Err(ChangeError::Store(error)) => Err(error),
            Err(ChangeError::Stale | ChangeError::NoCategory) => Err(StoreError::Conflict),
        }
    }

    /// Changes what the service itself knows of a memory, its media above all, and what they say: it is no newer for it, and nothing is
    /// remembered. `change` is made anew if another writer came first. `None` if the memory is not there, or `change` has nothing to
    /// change.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn amend(
        &self,
        owner: UserId,
        id: MemoryId,
        change: impl Fn(Memory) -> Option<Memory> + Send + Sync,
    ) -> Result<Option<Memory>, StoreError> {
        let change = |before: Memory| {
            let version = before.version.next();
            let after = change(before.clone()).filter(|after| *after != before).ok_or(Unchanged)?;
            Ok(Memory { version, ..after })
        };
        match self.rewrite(owner, id, None, History::Skipped, Vec::new(), change).await {
            Ok(after) => Ok(Some(after)),
            Err(ChangeError::Missing | ChangeError::Refused(Unchanged)) => Ok(None),
            Err(ChangeError::Store(error)) => Err(error),
            Err(ChangeError::Stale | ChangeError::NoCategory) => Err(StoreError::Conflict),
        }
    }

    async fn rewrite<E: Send>(
        &self,
        owner: UserId,
        id: MemoryId,
        expected: Option<Version>,
        history: History,
        mut gone: Vec<CategoryId>,
        change: impl Fn(Memory) -> Result<Memory, E> + Send + Sync,
    ) -> Result<Memory, ChangeError<E>> {
        for attempt in 0..TRIES {
            let whole: Option<WholeItem> = self.table.get(keys::memory(owner, id)).await?;
            let WholeItem { item, messages } = whole.ok_or(ChangeError::Missing)?;
            if expected.is_some_and(|expected| expected != item.version) {
                return Err(ChangeError::Stale);
            }
            let before = self.items.memory(item.clone(), messages.into()).await?;
            let after = change(before.clone()).map_err(ChangeError::Refused)?;
            let history = history.of(&before, &after);
            let (kept_versions, remembered) = self.remembered(&item, history)?;
            let replaced = self.items.item(&after).await?.keeping(kept_versions);

            let update = self.table.replace(keys::memory(owner, id), &replaced, &OPTIONAL)?;
            let update = as_read(update, &item)?;
            let noted = if before.privacy == after.privacy {
                changes::note(&self.table, owner, Findable::Memory(id))?
            } else {
                changes::note_with_below(&self.table, owner, id)?
            };
            let mut writes = vec![table::update(update)?, noted];
            writes.extend(remembered);
            writes.extend(self.same_again(Some(&item), Some(&replaced))?);
            let at = writes.len();
            let moved = Move::new(&self.table, Some(&before), Some(&after), &gone, 0)?;
            writes.extend(moved.writes);
            match self.table.transact(writes).await? {
                Ok(()) => {
                    self.drop_unused_tags(&before, Some(&after)).await;
                    return Ok(after);
                }
                Err(refused) if refused.includes(0) => table::wait(attempt).await,
                Err(refused) => {
                    let missing = moved.categories.iter().filter(|(place, _)| refused.includes(at + place));
                    let missing: Vec<CategoryId> = missing.map(|(_, category)| *category).collect();
                    let is_new = |category: &CategoryId| before.category != Some(*category);
                    if after.category.filter(is_new).is_some_and(|category| missing.contains(&category)) {
                        return Err(ChangeError::NoCategory);
                    }
                    gone.extend(missing);
                }
            }
        }
        Err(StoreError::Throttled("other writers kept coming first".into()).into())
    }

    /// The earlier versions that are kept from now on, and the writes that keep one more and let go of the oldest.
    pub(crate) fn remembered(
        &self,
        item: &MemoryItem,
        history: History,
    ) -> Result<(Vec<Version>, Vec<TransactWriteItem>), StoreError> {
        let mut kept = item.kept_versions.clone();
        let key = |version: Version| keys::version(item.owner, item.id, version);
        let mut writes = Vec::new();
        let gone = match history {
            History::Skipped => 0,
            History::Forgotten => kept.len(),
            History::Kept => {
                let before = item.clone().keeping(Vec::new());
                writes.push(table::put(self.table.put(key(item.version), &before)?));
                kept.push(item.version);
                kept.len().saturating_sub(VERSIONS_KEPT)
            }
        };
        for old in kept.drain(..gone) {
            let old = Some(key(old).attributes());
            writes.push(table::delete(Delete::builder().table_name(self.table.name()).set_key(old))?);
        }
        Ok((kept, writes))
    }
}

/// The change of a memory, refused if that is not at the version at which it was read, or has other earlier versions by now.
pub(crate) fn as_read(update: UpdateBuilder, item: &MemoryItem) -> Result<UpdateBuilder, StoreError> {
    let update = update.expression_attribute_values(":before", number(item.version.get()));
    Ok(if item.kept_versions.is_empty() {
        update.condition_expression("version = :before AND attribute_not_exists(keptVersions)")
    } else {
        update
            .condition_expression("version = :before AND keptVersions = :kept")
            .expression_attribute_values(":kept", table::attribute(&item.kept_versions)?)
    })
}
