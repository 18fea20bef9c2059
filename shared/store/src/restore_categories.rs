//! Categories that are brought in as they were, and taken back.

use app_domain::{Category, CategoryId, StoreError, UserId, Version};
use aws_sdk_dynamodb::types::Delete;

use crate::categories::{Categories, CategoryCreation, TRIES};
use crate::category_item::{NameItem, counted};
use crate::keys;
use crate::restored::{NO_VERSION, Precedence, Restored, Unmade, after, is_version};
use crate::table::{self, if_absent, number};

/// Why a category is refused that is one too many.
const TOO_MANY: &str = "There are as many categories as there can be.";

impl Categories {
    /// Brings in a category as it is. If the person has one of that name, that stays as it is, and its id is returned: what is filed in the
    /// one belongs in the other. Its own that has been changed since becomes as given if that has precedence.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn restore(
        &self,
        category: &Category,
        precedence: Precedence,
    ) -> Result<(CategoryId, Restored), StoreError> {
        let (owner, id) = (category.owner, category.id);
        if !is_version(category.version) {
            return Ok((id, Restored::Refused(NO_VERSION)));
        }
        for attempt in 0..TRIES {
            let name = keys::category_name(owner, &category.name.folded());
            let (named, there) = tokio::try_join!(self.table.get::<NameItem>(name), self.get(owner, id))?;
            if let Some(named) = named.filter(|named| named.id != id) {
                return Ok((named.id, Restored::Same));
            }
            let done = match there {
                Some(there) => match standing(&there, category, precedence) {
                    Some(restored) => return Ok((id, restored)),
                    None => self.catch_up(&there, category).await?.then_some(Restored::Updated),
                },
                None => match self.create(category).await {
                    Ok(CategoryCreation::Done) => Some(Restored::Made),
                    Ok(CategoryCreation::TooMany) => return Ok((id, Restored::Refused(TOO_MANY))),
                    Ok(CategoryCreation::NameTaken) | Err(StoreError::Conflict) => None,
                    Err(error) => return Err(error),
                },
            };
            match done {
                Some(restored) => return Ok((id, restored)),
                None => table::wait(attempt).await,
            }
        }
        Err(StoreError::Throttled("other writers kept coming first".into()))
    }

    /// Removes a category that is at this version and in which no memory is filed. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(
        &self,
        owner: UserId,
        id: CategoryId,
        version: Version,
    ) -> Result<Unmade, StoreError> {
        for attempt in 0..TRIES {
            let Some(there) = self.get(owner, id).await? else { return Ok(Unmade::Missing) };
            if there.version != version || there.memory_count > 0 {
                return Ok(Unmade::Changed);
            }
            // Who files a memory in it writes its counters, so nothing is left to be filed elsewhere.
            let is_empty = ["n00", "n01", "n10", "n11"]
                .map(|row| format!("({row} = :none OR attribute_not_exists({row}))"));
            let itself = Delete::builder()
                .table_name(self.table.name())
                .set_key(Some(keys::category(owner, id).attributes()))
                .condition_expression(format!("version = :version AND {}", is_empty.join(" AND ")))
                .expression_attribute_values(":version", number(version.get()))
                .expression_attribute_values(":none", number(0));
            let writes = vec![
                table::delete(itself)?,
                self.removed(keys::category_name(owner, &there.name.folded()))?,
                counted(&self.table, owner, -1)?,
            ];
            if self.table.transact(writes).await?.is_ok() {
                return Ok(Unmade::Gone);
            }
            table::wait(attempt).await;
        }
        Err(StoreError::Throttled("other writers kept coming first".into()))
    }

    /// Writes a category that is there as another copy has it. `Ok(false)` if another writer came first.
    async fn catch_up(&self, there: &Category, given: &Category) -> Result<bool, StoreError> {
        let version = after(there.version, given.version);
        let caught_up = Category { version, created_at: there.created_at, ..given.clone() };
        let mut writes = vec![self.replaced(there, &caught_up).await?];
        let (old, new) = (there.name.folded(), caught_up.name.folded());
        if old != new {
            let name = keys::category_name(caught_up.owner, &new);
            let name = self.table.put(name, &NameItem { id: caught_up.id })?;
            writes.push(table::put(if_absent(name)));
            writes.push(self.removed(keys::category_name(caught_up.owner, &old))?);
        }
        Ok(self.table.transact(writes).await?.is_ok())
    }
}

/// What comes of a category that is there, if not a change.
fn standing(there: &Category, given: &Category, precedence: Precedence) -> Option<Restored> {
    let alike = Category {
        version: there.version,
        memory_count: there.memory_count,
        created_at: there.created_at,
        updated_at: there.updated_at,
        ..given.clone()
    };
    if alike == *there {
        return Some(Restored::Same);
    }
    precedence.settles(there.updated_at, given.updated_at)
}
