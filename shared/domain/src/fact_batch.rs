//! What a batch of facts did, so that it can be taken back.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Certainty, Fact, FactBatchId, FactId, FactLedger, FactRefusal, FactSource, FactStatus, Timestamp, Version,
};

/// What became of facts that were found at once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeReport {
    /// What to take them back by; none if there was nothing to do.
    pub batch: Option<FactBatchId>,
    /// Those that are new and count.
    pub added: Vec<FactId>,
    /// Those that were there and were stated once more.
    pub merged: Vec<FactId>,
    /// Those that do not count any more, because one of the new ones does.
    pub superseded: Vec<FactId>,
    /// Those that are new and wait for the person.
    pub review: Vec<FactId>,
    /// Those that waited for the person and were dropped, because there were too many. They do not come back.
    pub dropped: Vec<FactId>,
}

/// What became of a batch that was taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UndoReport {
    /// Those that it had added.
    pub removed: Vec<FactId>,
    /// Those that are as they were before it.
    pub restored: Vec<FactId>,
    /// Those that stay as they are: they have been changed since, or cannot be beside what has.
    pub kept: Vec<FactId>,
}

/// Facts that were found at once, and what that did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactBatch {
    /// Its id.
    pub id: FactBatchId,
    /// What became of them.
    pub report: MergeReport,
    /// What it did to each fact.
    pub deeds: Vec<FactDeed>,
    /// When it was taken back, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_at: Option<Timestamp>,
}

/// What a batch did to one fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactDeed {
    /// The fact.
    pub fact: FactId,
    /// Its version after that: at any other it has been changed since.
    pub version: Version,
    /// How it was before; none if it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<FactState>,
}

/// What a batch can change of a fact that is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FactState {
    status: FactStatus,
    certainty: Certainty,
    sources: Vec<FactSource>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
    seen: u32,
}

impl MergeReport {
    /// Names every fact once, by what became of it in the end.
    pub(crate) fn tidy(&mut self) {
        let mut named = BTreeSet::new();
        for ids in
            [&mut self.dropped, &mut self.superseded, &mut self.added, &mut self.review, &mut self.merged]
        {
            ids.retain(|id| named.insert(*id));
        }
    }
}

impl FactLedger {
    /// Takes back what a batch did: removes what it added, and lets the others be as they were. What has been changed since stays; so
    /// does what could not be true, or would be too much, beside it.
    ///
    /// # Errors
    /// If it was taken back already.
    pub fn undo(&mut self, batch: &FactBatch, now: Timestamp) -> Result<UndoReport, FactRefusal> {
        if batch.undone_at.is_some() {
            return Err(FactRefusal::Undone);
        }
        let mut report = UndoReport::default();
        let mut earlier = Vec::new();
        for FactDeed { fact, version, before } in &batch.deeds {
            match (self.get(*fact), before) {
                (Err(_), _) => {}
                (Ok(there), _) if there.version != *version => report.kept.push(*fact),
                (Ok(_), None) => {
                    self.remove(*fact)?;
                    report.removed.push(*fact);
                }
                (Ok(there), Some(before)) => earlier.push((there.clone(), before)),
            }
        }
        for (there, before) in earlier {
            let was = before.clone().of(there.clone());
            if !there.status.is_open() && was.status.is_open() && !self.fits(&was) {
                report.kept.push(was.id);
                continue;
            }
            self.with(was.id, now, |fact| *fact = was.clone())?;
            report.restored.push(was.id);
        }
        Ok(report)
    }

    /// What has been changed so far, so that it can be taken back.
    pub fn deeds(&self) -> Vec<FactDeed> {
        let deed = |fact: Fact| FactDeed {
            fact: fact.id,
            version: fact.version,
            before: self.before(fact.id).map(FactState::from),
        };
        self.changes().written.into_iter().map(deed).collect()
    }
}

impl From<&Fact> for FactState {
    fn from(fact: &Fact) -> Self {
        Self {
            status: fact.status,
            certainty: fact.certainty,
            sources: fact.sources.clone(),
            valid_until: fact.valid_until,
            seen: fact.seen,
        }
    }
}

impl FactState {
    /// The fact in this state.
    pub(crate) fn of(self, fact: Fact) -> Fact {
        let Self { status, certainty, sources, valid_until, seen } = self;
        Fact { status, certainty, sources, valid_until, seen, ..fact }
    }
}
