//! Facts that are brought in as they were, each by its id, and taken back.

use std::collections::BTreeMap;

use app_domain::{Fact, FactChanges, FactId, StoreError, UserId, Version};

use crate::fact_item::FactItem;
use crate::facts::Facts;
use crate::keys;
use crate::restored::{NO_VERSION, Precedence, Restored, Unmade, after, is_version};
use crate::tries::Tries;

/// The most facts that are written at once.
const AT_ONCE: usize = 90;
/// Why a fact is refused that is one too many.
const TOO_MANY: &str = "There are as many facts as there can be.";

impl Facts {
    /// Brings in facts as they are, any number, each told what came of it. Facts are the same if their ids are: what they say is not
    /// judged. One that is there is changed if the given one has precedence.
    ///
    /// # Errors
    /// If the store fails. Some may have been brought in.
    pub async fn restore(
        &self,
        owner: UserId,
        facts: &[Fact],
        precedence: Precedence,
    ) -> Result<Vec<Restored>, StoreError> {
        let mut outcomes = Vec::with_capacity(facts.len());
        for facts in facts.chunks(AT_ONCE) {
            let mut tries = Tries::begin();
            loop {
                let head = self.head(owner).await?;
                let mut there = self.by_id(owner).await?;
                let mut written = BTreeMap::new();
                let mut restored = Vec::with_capacity(facts.len());
                for fact in facts {
                    let (outcome, fact) = taken_in(&there, &Fact { owner, ..fact.clone() }, precedence);
                    if let Some(fact) = fact {
                        there.insert(fact.id, fact.clone());
                        written.insert(fact.id, fact);
                    }
                    restored.push(outcome);
                }
                let changes = FactChanges { written: written.into_values().collect(), removed: Vec::new() };
                if self.write(owner, &head, changes, Vec::new()).await? {
                    outcomes.extend(restored);
                    break;
                }
                tries.again().await?;
            }
        }
        Ok(outcomes)
    }

    /// Forgets a fact that is at this version. Doing it again changes nothing.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn unmake(&self, owner: UserId, id: FactId, version: Version) -> Result<Unmade, StoreError> {
        let mut tries = Tries::begin();
        loop {
            let head = self.head(owner).await?;
            match self.table.get::<FactItem>(keys::fact(owner, id)).await? {
                None => return Ok(Unmade::Missing),
                Some(there) if there.version != version => return Ok(Unmade::Changed),
                Some(_) => {}
            }
            let changes = FactChanges { written: Vec::new(), removed: vec![id] };
            if self.write(owner, &head, changes, Vec::new()).await? {
                return Ok(Unmade::Gone);
            }
            tries.again().await?;
        }
    }

    async fn by_id(&self, owner: UserId) -> Result<BTreeMap<FactId, Fact>, StoreError> {
        let facts = self.items.facts(self.items_of(owner).await?).await?;
        Ok(facts.into_iter().map(|fact| (fact.id, fact)).collect())
    }
}

/// What comes of a fact beside those that are there, and what is written of it.
fn taken_in(
    there: &BTreeMap<FactId, Fact>,
    given: &Fact,
    precedence: Precedence,
) -> (Restored, Option<Fact>) {
    if !is_version(given.version) {
        return (Restored::Refused(NO_VERSION), None);
    }
    let Some(before) = there.get(&given.id) else {
        let is_open = given.status.is_open();
        let beside = there.values().filter(|fact| fact.status.is_open() == is_open).count();
        let most = if is_open { Fact::MAX_OPEN } else { Fact::MAX_CLOSED };
        return if beside < most {
            (Restored::Made, Some(given.clone()))
        } else {
            (Restored::Refused(TOO_MANY), None)
        };
    };
    let alike = Fact {
        version: before.version,
        created_at: before.created_at,
        updated_at: before.updated_at,
        ..given.clone()
    };
    if alike == *before {
        return (Restored::Same, None);
    }
    if let Some(restored) = precedence.settles(before.updated_at, given.updated_at) {
        return (restored, None);
    }
    let reopened = given.status.is_open() && !before.status.is_open();
    let open = there.values().filter(|fact| fact.status.is_open()).count();
    if reopened && open >= Fact::MAX_OPEN {
        return (Restored::Refused(TOO_MANY), None);
    }
    let version = after(before.version, given.version);
    (Restored::Updated, Some(Fact { version, created_at: before.created_at, ..given.clone() }))
}
