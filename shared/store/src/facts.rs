//! Facts about people. A person's are few, and each is judged beside the others: a change reads all of them, and is written on the
//! condition that no other came first.

use app_domain::{
    Fact, FactChanges, FactId, FactLedger, FactRefusal, FactStatement, FactStatus, FactTerm, Sealing,
    StoreError, Timestamp, UserId,
};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use serde::{Deserialize, Serialize};

use crate::fact_item::{FactItem, FactItems};
use crate::keys;
use crate::table::{self, ABSENT, Table, number};
use crate::tries::Tries;

/// The facts of the table. Cloning shares the client.
#[derive(Clone)]
pub struct Facts {
    pub(crate) table: Table,
    pub(crate) items: FactItems,
}

/// Why facts were not changed.
#[derive(Debug, thiserror::Error)]
pub enum FactError {
    /// The rules of facts forbid it.
    #[error(transparent)]
    Refused(#[from] FactRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often a person's facts have been changed.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Head {
    version: u64,
}

/// How many facts are read at once to find a page of those of one status.
const LOOKED_AT: u32 = 100;

impl Facts {
    /// The facts of `table`, sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: FactItems::new(sealing) }
    }

    /// A person's facts that `wanted` lets through, the newest first: those before `after`, at most `limit`. With whether more
    /// follow.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn list(
        &self,
        owner: UserId,
        wanted: impl Fn(FactStatus) -> bool + Send + Sync,
        after: Option<FactId>,
        limit: u32,
    ) -> Result<(Vec<Fact>, bool), StoreError> {
        let (mut found, mut after) = (Vec::new(), after.map(|id| keys::fact(owner, id)));
        loop {
            let partition = keys::facts(owner);
            let looked_at = limit.saturating_add(1).min(LOOKED_AT);
            let (items, more) = self.table.query::<FactItem>(partition, "", after, Some(looked_at)).await?;
            after = items.last().map(|item| keys::fact(owner, item.id()));
            for item in items.into_iter().filter(|item| wanted(item.status)) {
                if found.len() == limit as usize {
                    return Ok((self.items.facts(found).await?, true));
                }
                found.push(item);
            }
            if !more || after.is_none() {
                return Ok((self.items.facts(found).await?, false));
            }
        }
    }

    /// The facts that count, at most so many: those that were stated most often, of these those that were changed last.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn active(&self, owner: UserId, at_most: usize) -> Result<Vec<Fact>, StoreError> {
        let mut items = self.items_of(owner).await?;
        items.retain(|item| item.status == FactStatus::Active);
        items.sort_by_key(|item| std::cmp::Reverse(item.weight()));
        items.truncate(at_most);
        self.items.facts(items).await
    }

    /// Lets a fact count, instead of those that cannot be true beside it.
    ///
    /// # Errors
    /// See [`FactError`].
    pub async fn accept(&self, owner: UserId, id: FactId, now: Timestamp) -> Result<Fact, FactError> {
        self.change(owner, |ledger| ledger.accept(id, now)).await
    }

    /// Notes that a fact is not so: it is not found again in the turns that it is from.
    ///
    /// # Errors
    /// See [`FactError`].
    pub async fn reject(&self, owner: UserId, id: FactId, now: Timestamp) -> Result<Fact, FactError> {
        self.change(owner, |ledger| ledger.reject(id, now)).await
    }

    /// Puts a fact right: its sentence, its value, or both.
    ///
    /// # Errors
    /// See [`FactError`].
    pub async fn edit(
        &self,
        owner: UserId,
        id: FactId,
        statement: Option<FactStatement>,
        value: Option<FactTerm>,
        now: Timestamp,
    ) -> Result<Fact, FactError> {
        let edit = |ledger: &mut FactLedger| ledger.edit(id, statement.as_ref(), value.as_ref(), now);
        self.change(owner, edit).await
    }

    /// Forgets a fact. Stated in another turn, it is found again.
    ///
    /// # Errors
    /// See [`FactError`].
    pub async fn remove(&self, owner: UserId, id: FactId) -> Result<(), FactError> {
        self.change(owner, |ledger| ledger.remove(id)).await
    }

    /// Changes a person's facts. `change` is made anew if another writer came first.
    async fn change<T: Send>(
        &self,
        owner: UserId,
        change: impl Fn(&mut FactLedger) -> Result<T, FactRefusal> + Send + Sync,
    ) -> Result<T, FactError> {
        let mut tries = Tries::begin();
        loop {
            let head = self.head(owner).await?;
            let mut ledger = self.ledger(owner).await?;
            let answer = change(&mut ledger)?;
            if self.commit(owner, &head, &ledger, Vec::new()).await? {
                return Ok(answer);
            }
            tries.again().await?;
        }
    }

    /// Read before the facts: whoever changes them after that changes it too.
    pub(crate) async fn head(&self, owner: UserId) -> Result<Head, StoreError> {
        Ok(self.table.get(keys::facts_head(owner)).await?.unwrap_or_default())
    }

    /// All facts of a person.
    pub(crate) async fn ledger(&self, owner: UserId) -> Result<FactLedger, StoreError> {
        let items = self.items_of(owner).await?;
        Ok(FactLedger::new(owner, self.items.facts(items).await?))
    }

    /// Writes what has changed, and `besides`, in one transaction, unless the facts have been changed since their head was read. Whether
    /// it was written.
    pub(crate) async fn commit(
        &self,
        owner: UserId,
        head: &Head,
        ledger: &FactLedger,
        besides: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        self.write(owner, head, ledger.changes(), besides).await
    }

    /// The same of any changes.
    pub(crate) async fn write(
        &self,
        owner: UserId,
        head: &Head,
        changes: FactChanges,
        besides: Vec<TransactWriteItem>,
    ) -> Result<bool, StoreError> {
        if changes.written.is_empty() && changes.removed.is_empty() && besides.is_empty() {
            return Ok(true);
        }
        let mut next = self.table.put(keys::facts_head(owner), &Head { version: head.version + 1 })?;
        if head.version == 0 {
            next.condition_expression = Some(ABSENT.to_owned());
        } else {
            next.condition_expression = Some("version = :before".to_owned());
            let before = [(":before".to_owned(), number(head.version))];
            next.expression_attribute_values = Some(before.into());
        }
        let mut writes = vec![table::put(next)];
        for fact in &changes.written {
            let item = self.items.item(fact).await?;
            writes.push(table::put(self.table.put(keys::fact(owner, fact.id), &item)?));
        }
        for id in changes.removed {
            let key = keys::fact(owner, id).attributes();
            writes.push(table::delete(Delete::builder().table_name(self.table.name()).set_key(Some(key)))?);
        }
        writes.extend(besides);
        Ok(self.table.transact(writes).await?.is_ok())
    }

    pub(crate) async fn items_of(&self, owner: UserId) -> Result<Vec<FactItem>, StoreError> {
        let (mut items, mut after) = (Vec::<FactItem>::new(), None);
        loop {
            let (page, more) = self.table.query::<FactItem>(keys::facts(owner), "", after, None).await?;
            items.extend(page);
            after = items.last().map(|item| keys::fact(owner, item.id()));
            if !more {
                return Ok(items);
            }
        }
    }
}
