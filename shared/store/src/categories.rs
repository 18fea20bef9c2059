//! Categories. A person has few, so a list is one read; how many memories each has is counted on its item by the memories.

use std::collections::BTreeSet;

use app_domain::{Category, CategoryId, CategoryPatch, Sealing, StoreError, Timestamp, UserId, Version};
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};

use crate::category_item::{CategoryItem, Items, NameItem, NumberItem, OPTIONAL, counted, given, made};
use crate::due::{self, DueKind, DueWork};
use crate::keys::{self, CATEGORY_PREFIX};
use crate::table::{self, Table, if_absent, number};

/// The categories of the table. Every call starts from their owner.
#[derive(Clone)]
pub struct Categories {
    pub(crate) table: Table,
    pub(crate) items: Items,
}

/// What became of a category that was to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CategoryCreation {
    /// It is there.
    Done,
    /// The person has one of that name.
    NameTaken,
    /// The person has as many as one can have.
    TooMany,
}

/// Why a category was not changed.
#[derive(Debug, thiserror::Error)]
pub enum CategoryError {
    /// It is not there.
    #[error("there is no such category")]
    Missing,
    /// It is not at the version that the change was made for.
    #[error("the category has been changed meanwhile")]
    Stale,
    /// The person has another of that name.
    #[error("there is another category of that name")]
    NameTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often a change is made anew because another writer came first.
pub(crate) const TRIES: usize = 10;

impl Categories {
    /// The categories of `table`, with descriptions sealed by `sealing`.
    pub fn new(table: Table, sealing: impl Sealing) -> Self {
        Self { table, items: Items::new(sealing) }
    }

    /// All categories of a person, in the order of their places, then of their names.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn all(&self, owner: UserId) -> Result<Vec<Category>, StoreError> {
        let (items, _) =
            self.table.query::<CategoryItem>(keys::owner(owner), CATEGORY_PREFIX, None, None).await?;
        let mut categories = Vec::with_capacity(items.len());
        for item in items {
            categories.push(self.items.category(owner, item).await?);
        }
        categories.sort_by_cached_key(Category::sort_key);
        Ok(categories)
    }

    /// One category of its owner.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn get(&self, owner: UserId, id: CategoryId) -> Result<Option<Category>, StoreError> {
        match self.table.get::<CategoryItem>(keys::category(owner, id)).await? {
            Some(item) => Ok(Some(self.items.category(owner, item).await?)),
            None => Ok(None),
        }
    }

    /// Makes a category with its name, and counts it, in one transaction: there are never two of a name, nor too many.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn create(&self, category: &Category) -> Result<CategoryCreation, StoreError> {
        let item = self.items.item(category).await?;
        let [itself, name] = made(&self.table, category.owner, &item)?;
        let writes = vec![itself, name, counted(&self.table, category.owner, 1)?];
        Ok(match self.table.transact(writes).await? {
            Ok(()) => CategoryCreation::Done,
            Err(refused) if refused.includes(1) => CategoryCreation::NameTaken,
            Err(refused) if refused.includes(2) => CategoryCreation::TooMany,
            Err(_) => return Err(StoreError::Conflict),
        })
    }

    /// Changes a category, which must be at `expected` if that is given. The change is made anew if another writer came first.
    ///
    /// # Errors
    /// See [`CategoryError`].
    pub async fn patch(
        &self,
        owner: UserId,
        id: CategoryId,
        expected: Option<Version>,
        patch: &CategoryPatch,
        now: Timestamp,
    ) -> Result<Category, CategoryError> {
        for attempt in 0..TRIES {
            let before = self.get(owner, id).await?.ok_or(CategoryError::Missing)?;
            if expected.is_some_and(|expected| expected != before.version) {
                return Err(CategoryError::Stale);
            }
            let after = before.clone().patched(patch.clone(), now);
            let mut writes = vec![self.replaced(&before, &after).await?];
            let (old, new) = (before.name.folded(), after.name.folded());
            if old != new {
                let name = self.table.put(keys::category_name(owner, &new), &NameItem { id })?;
                writes.push(table::put(if_absent(name)));
                writes.push(self.removed(keys::category_name(owner, &old))?);
            }
            match self.table.transact(writes).await? {
                Ok(()) => return Ok(after),
                Err(refused) if refused.includes(0) => table::wait(attempt).await,
                Err(_) => return Err(CategoryError::NameTaken),
            }
        }
        Err(CategoryError::Store(StoreError::Conflict))
    }

    /// Puts a person's categories in the order of `ids`, in one transaction. `None` if those are not all of them, each once.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn order(
        &self,
        owner: UserId,
        ids: &[CategoryId],
        now: Timestamp,
    ) -> Result<Option<Vec<Category>>, StoreError> {
        let wanted: BTreeSet<CategoryId> = ids.iter().copied().collect();
        for attempt in 0..TRIES {
            let mut categories = self.all(owner).await?;
            let there: BTreeSet<CategoryId> = categories.iter().map(|category| category.id).collect();
            if wanted.len() != ids.len() || there != wanted {
                return Ok(None);
            }
            let mut writes = Vec::new();
            for category in &mut categories {
                let place = ids.iter().position(|id| *id == category.id);
                let place = place.and_then(|place| i32::try_from(place).ok()).unwrap_or(i32::MAX);
                if category.sort_order != place {
                    let before = category.clone();
                    *category = before.clone().placed(place, now);
                    writes.push(self.replaced(&before, category).await?);
                }
            }
            if writes.is_empty() || self.table.transact(writes).await?.is_ok() {
                categories.sort_by_cached_key(Category::sort_key);
                return Ok(Some(categories));
            }
            table::wait(attempt).await;
        }
        Err(StoreError::Conflict)
    }

    /// Deletes a category, its name, and its place among those a person may have, and notes as due work that its memories are to
    /// be filed in none, in one transaction. Returns it as it was.
    ///
    /// # Errors
    /// See [`CategoryError`].
    pub async fn delete(
        &self,
        owner: UserId,
        id: CategoryId,
        expected: Option<Version>,
        now: Timestamp,
    ) -> Result<Category, CategoryError> {
        for attempt in 0..TRIES {
            let category = self.get(owner, id).await?.ok_or(CategoryError::Missing)?;
            if expected.is_some_and(|expected| expected != category.version) {
                return Err(CategoryError::Stale);
            }
            let itself = Delete::builder()
                .table_name(self.table.name())
                .set_key(Some(keys::category(owner, id).attributes()))
                .condition_expression("version = :version")
                .expression_attribute_values(":version", number(category.version.get()));
            let work = DueWork { kind: DueKind::Category, owner, id: id.as_uuid() };
            let writes = vec![
                table::delete(itself)?,
                self.removed(keys::category_name(owner, &category.name.folded()))?,
                counted(&self.table, owner, -1)?,
                due::put(&self.table, &now.day(), work)?,
            ];
            if self.table.transact(writes).await?.is_ok() {
                return Ok(category);
            }
            table::wait(attempt).await;
        }
        Err(CategoryError::Store(StoreError::Conflict))
    }

    /// Replaces a category's own attributes, and not the counters beside them.
    pub(crate) async fn replaced(
        &self,
        before: &Category,
        after: &Category,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = self.items.item(after).await?;
        let update = self.table.replace(keys::category(after.owner, after.id), &item, &OPTIONAL)?;
        let update = update
            .condition_expression("version = :before")
            .expression_attribute_values(":before", number(before.version.get()));
        table::update(update)
    }

    pub(crate) fn removed(&self, key: keys::Key) -> Result<TransactWriteItem, StoreError> {
        table::delete(Delete::builder().table_name(self.table.name()).set_key(Some(key.attributes())))
    }
}

/// Where the messages of a person who links a phone are filed: in the category of that name that they have, or in one that the
/// writes make. In none, if they have as many as one can have.
pub(crate) async fn for_whatsapp(
    table: &Table,
    owner: UserId,
    now: Timestamp,
) -> Result<(Option<CategoryId>, Vec<TransactWriteItem>), StoreError> {
    let category = Category::whatsapp(owner, now);
    let (there, number) = tokio::try_join!(
        table.get::<NameItem>(keys::category_name(owner, &category.name.folded())),
        table.get::<NumberItem>(keys::categories(owner)),
    )?;
    if let Some(there) = there {
        return Ok((Some(there.id), Vec::new()));
    }
    if number.unwrap_or_default().categories as usize >= Category::MAX_PER_PERSON {
        return Ok((None, Vec::new()));
    }
    Ok((Some(category.id), given(table, &[category])?))
}
