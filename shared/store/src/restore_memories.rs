//! Memories that are brought in as they were elsewhere, or at another time: with their ids, versions and times.

use app_domain::{MediaState, Memory, MemoryId, MessageSummary, StoreError, Timestamp, UserId};
use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem};

use crate::keys::{self, FILE_LINK_PREFIX, MEMORY_PREFIX, SK};
use crate::memories::{KeyOnly, Memories, TRIES};
use crate::memory_changes::{ChangeError, History};
use crate::memory_item::WholeItem;
use crate::restored::{NO_VERSION, Precedence, Restored, after, is_version};
use crate::table::{self, ABSENT, Item};
use crate::trash::TrashedItem;

/// What is said of media that nobody fetches any more.
const NOT_FETCHED: &str = "It had not been fetched yet when this memory was exported.";

impl Memories {
    /// Brings in a memory as it is: with its id, its version and its times. What its messages add to it is not taken over, and a
    /// category that is not there is left out. One that is there is changed if the given one has precedence, and what it was is kept as a
    /// version. So is one in the trash, where what was deleted comes back.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn take_in(
        &self,
        memory: &Memory,
        now: Timestamp,
        precedence: Precedence,
    ) -> Result<Restored, StoreError> {
        if !is_version(memory.version) {
            return Ok(Restored::Refused(NO_VERSION));
        }
        let mut memory = settled(memory);
        let (owner, id) = (memory.owner, memory.id);
        for attempt in 0..TRIES {
            let (there, trashed) = self.anywhere(owner, id).await?;
            match trashed {
                Some(trashed) if !trashed.is_purged && precedence.brings_back() => {
                    if self.bring_back(trashed, |there| comes_back(there, &memory)).await?.is_some() {
                        return Ok(Restored::Updated);
                    }
                    table::wait(attempt).await;
                    continue;
                }
                Some(trashed) if !trashed.is_purged => return Ok(Restored::InTrash),
                // Its files go first.
                Some(_) if self.has_files(owner, id).await? => return Ok(Restored::Going),
                Some(_) => drop(self.purge(owner, id, now).await?),
                None => {}
            }
            let outcome = match there {
                Some(_) => self.catch_up(&memory, precedence).await?,
                None => self.arrive(&memory).await?,
            };
            match outcome {
                Outcome::Done(restored) => return Ok(restored),
                Outcome::NoCategory => memory.category = None,
                Outcome::Overtaken => table::wait(attempt).await,
            }
        }
        Err(StoreError::Throttled("other writers kept coming first".into()))
    }

    /// The newest memory of the same words, if there is one.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn like(&self, memory: &Memory) -> Result<Option<MemoryId>, StoreError> {
        let Some(gist) = memory.gist() else { return Ok(None) };
        let fingerprint = self.items.sealing().fingerprint(memory.owner, &gist).await?;
        Ok(self.same(memory.owner, &fingerprint).await?.first().copied())
    }

    /// A memory where it should be, and in the trash.
    async fn anywhere(
        &self,
        owner: UserId,
        id: MemoryId,
    ) -> Result<(Option<WholeItem>, Option<TrashedItem>), StoreError> {
        let (mut there, mut trashed) = (None, None);
        for item in self.table.get_raw(vec![keys::memory(owner, id), keys::trashed(owner, id)]).await? {
            if is_memory(&item) {
                there = Some(table::from_item(item)?);
            } else {
                trashed = Some(table::from_item(item)?);
            }
        }
        Ok((there, trashed))
    }

    async fn arrive(&self, memory: &Memory) -> Result<Outcome, StoreError> {
        let item = self.items.item(memory).await?;
        let (mut writes, moved) = self.arrival(memory, &item)?;
        let at = writes.len();
        writes.extend(moved.writes);
        writes.push(self.is_not_in_trash(memory.owner, memory.id)?);
        Ok(match self.table.transact(writes).await? {
            Ok(()) => Outcome::Done(Restored::Made),
            Err(refused) if moved.categories.iter().any(|(place, _)| refused.includes(at + place)) => {
                Outcome::NoCategory
            }
            Err(_) => Outcome::Overtaken,
        })
    }

    async fn catch_up(&self, memory: &Memory, precedence: Precedence) -> Result<Outcome, StoreError> {
        let change = |before: Memory| match standing(&before, memory, precedence) {
            Some(restored) => Err(restored),
            None => Ok(caught_up(before, memory)),
        };
        match self.change(memory.owner, memory.id, None, change).await {
            Ok(_) => Ok(Outcome::Done(Restored::Updated)),
            Err(ChangeError::Refused(restored)) => Ok(Outcome::Done(restored)),
            Err(ChangeError::NoCategory) => Ok(Outcome::NoCategory),
            Err(ChangeError::Missing | ChangeError::Stale) => Ok(Outcome::Overtaken),
            Err(ChangeError::Store(error)) => Err(error),
        }
    }

    /// Whether any file is with a memory.
    pub(crate) async fn has_files(&self, owner: UserId, id: MemoryId) -> Result<bool, StoreError> {
        let below = keys::below(owner, id);
        let (links, _) = self.table.query::<KeyOnly>(below, FILE_LINK_PREFIX, None, Some(1)).await?;
        Ok(!links.is_empty())
    }

    /// Removes what is left of a memory that is on its way out, unless files are: those go first, by a chore. Whether nothing is left.
    pub(crate) async fn is_cleared(
        &self,
        owner: UserId,
        id: MemoryId,
        due_day: &str,
    ) -> Result<bool, StoreError> {
        if self.has_files(owner, id).await? {
            return Ok(false);
        }
        self.clear(owner, id, due_day).await?;
        Ok(true)
    }

    fn is_not_in_trash(&self, owner: UserId, id: MemoryId) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(self.table.name())
            .set_key(Some(keys::trashed(owner, id).attributes()))
            .condition_expression(ABSENT);
        let check = check.build().map_err(table::corrupt)?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }
}

/// What came of one try.
enum Outcome {
    Done(Restored),
    NoCategory,
    /// Another writer came first.
    Overtaken,
}

fn is_memory(item: &Item) -> bool {
    item.get(SK).and_then(|sk| sk.as_s().ok()).is_some_and(|sk| sk.starts_with(MEMORY_PREFIX))
}

/// A memory with which nothing is under way: media that wait to be fetched waited elsewhere.
fn settled(memory: &Memory) -> Memory {
    let media = memory.media.clone();
    let media = media.map(|media| match media.state {
        MediaState::Pending => media.failed(NOT_FETCHED),
        MediaState::Stored | MediaState::Failed => media,
    });
    Memory { media, messages: MessageSummary::default(), ..memory.clone() }
}

/// What comes of a memory that is there, if not a change.
fn standing(there: &Memory, given: &Memory, precedence: Precedence) -> Option<Restored> {
    if given.is_like(there) {
        return Some(Restored::Same);
    }
    precedence.settles(there.updated_at, given.updated_at)
}

/// A memory that is there, as another copy has it.
fn caught_up(there: Memory, given: &Memory) -> Memory {
    Memory {
        version: after(there.version, given.version),
        created_at: there.created_at,
        media: given.media.clone().or(there.media),
        messages: there.messages,
        ..given.clone()
    }
}

/// A memory in the trash as it comes back: at the version at which it was given, if it was not changed after that.
fn comes_back(there: Memory, given: &Memory) -> (Memory, History) {
    match given.is_like(&there) {
        true if there.version == given.version => (there, History::Skipped),
        true => (caught_up(there, given), History::Skipped),
        false => (caught_up(there, given), History::Kept),
    }
}
