//! A fact as it is stored: what it says sealed, what it is judged and listed by in the clear.

use std::sync::Arc;

use app_domain::{
    Certainty, Fact, FactId, FactSource, FactStatement, FactStatus, FactTerm, Sealing, StoreError, Timestamp,
    UserId, Version,
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::table::corrupt;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FactItem {
    id: FactId,
    owner: UserId,
    certainty: Certainty,
    sources: Vec<FactSource>,
    pub(crate) status: FactStatus,
    valid_from: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
    seen: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided_at: Option<Timestamp>,
    pub(crate) version: Version,
    created_at: Timestamp,
    updated_at: Timestamp,
    sealed: ByteBuf,
}

impl FactItem {
    pub(crate) fn id(&self) -> FactId {
        self.id
    }

    /// How often it was stated, then when it was last changed.
    pub(crate) fn weight(&self) -> (u32, Timestamp, FactId) {
        (self.seen, self.updated_at, self.id)
    }
}

/// What is sealed of a fact.
#[derive(Serialize, Deserialize)]
struct Said {
    statement: FactStatement,
    subject: FactTerm,
    attribute: FactTerm,
    value: FactTerm,
}

/// Turns facts into items and back.
#[derive(Clone)]
pub(crate) struct FactItems(Arc<dyn Sealing>);

impl FactItems {
    pub(crate) fn new(sealing: impl Sealing) -> Self {
        Self(Arc::new(sealing))
    }

    pub(crate) async fn item(&self, fact: &Fact) -> Result<FactItem, StoreError> {
        let Fact { statement, subject, attribute, value, .. } = fact.clone();
        let said = serde_json::to_vec(&Said { statement, subject, attribute, value }).map_err(corrupt)?;
        let sealed = self.0.seal(fact.owner, &record(fact.id), &said).await?;
        Ok(FactItem {
            id: fact.id,
            owner: fact.owner,
            certainty: fact.certainty,
            sources: fact.sources.clone(),
            status: fact.status,
            valid_from: fact.valid_from,
            valid_until: fact.valid_until,
            seen: fact.seen,
            decided_at: fact.decided_at,
            version: fact.version,
            created_at: fact.created_at,
            updated_at: fact.updated_at,
            sealed: ByteBuf::from(sealed),
        })
    }

    pub(crate) async fn fact(&self, item: FactItem) -> Result<Fact, StoreError> {
        let said = self.0.open(item.owner, &record(item.id), &item.sealed).await?;
        let Said { statement, subject, attribute, value } = serde_json::from_slice(&said).map_err(corrupt)?;
        Ok(Fact {
            id: item.id,
            owner: item.owner,
            statement,
            subject,
            attribute,
            value,
            certainty: item.certainty,
            sources: item.sources,
            status: item.status,
            valid_from: item.valid_from,
            valid_until: item.valid_until,
            seen: item.seen,
            decided_at: item.decided_at,
            version: item.version,
            created_at: item.created_at,
            updated_at: item.updated_at,
        })
    }

    pub(crate) async fn facts(&self, items: Vec<FactItem>) -> Result<Vec<Fact>, StoreError> {
        let mut facts = Vec::with_capacity(items.len());
        for item in items {
            facts.push(self.fact(item).await?);
        }
        Ok(facts)
    }
}

/// The name under which a fact is sealed.
fn record(id: FactId) -> String {
    format!("fact/{id}")
}
