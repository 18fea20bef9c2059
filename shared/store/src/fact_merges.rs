//! Taking in facts that were found, once for each turn, and taking them back.

use std::collections::BTreeSet;
use std::time::Duration;

use app_domain::{
    FactBatch, FactBatchId, FactRefusal, MergeReport, NewFact, StoreError, Timestamp, TurnId, UndoReport,
    UserId,
};
use serde::{Deserialize, Serialize};

use crate::facts::{FactError, Facts};
use crate::keys;
use crate::table;
use crate::tries::Tries;

/// How long a batch can be taken back, and a turn is known to have been taken in: longer than anybody goes through old conversations again.
const KEPT_FOR: Duration = Duration::from_secs(400 * 24 * 60 * 60);

#[derive(Serialize, Deserialize)]
struct BatchItem {
    batch: FactBatch,
    ttl: i64,
}

#[derive(Serialize, Deserialize)]
struct TurnItem {
    turn: TurnId,
    batch: FactBatchId,
    ttl: i64,
}

impl Facts {
    /// Takes in what was found in turns that nothing was taken in from yet, in one transaction: facts of a turn that is known are passed
    /// over. If all of them are, of one batch, the report of that is given again.
    ///
    /// # Errors
    /// See [`FactError`]. Then nothing was taken in.
    pub async fn merge(
        &self,
        owner: UserId,
        found: &[NewFact],
        now: Timestamp,
    ) -> Result<MergeReport, FactError> {
        let mut tries = Tries::begin();
        loop {
            let head = self.head(owner).await?;
            let known = self.known_turns(owner, found).await?;
            let is_new = |found: &&NewFact| known.iter().all(|item| item.turn != found.source.turn);
            let new: Vec<NewFact> = found.iter().filter(is_new).cloned().collect();
            if new.is_empty() {
                return Ok(self.earlier_report(owner, &known).await?);
            }
            let mut ledger = self.ledger(owner).await?;
            let id = FactBatchId::new(now);
            let report = MergeReport { batch: Some(id), ..ledger.merge(&new, now)? };
            let batch = FactBatch { id, report: report.clone(), deeds: ledger.deeds(), undone_at: None };
            let ttl = now.plus(KEPT_FOR).as_seconds();
            let mut besides =
                vec![table::put(self.table.put(keys::fact_batch(owner, id), &BatchItem { batch, ttl })?)];
            let turns: BTreeSet<TurnId> = new.iter().map(|found| found.source.turn).collect();
            for turn in turns {
                let item = TurnItem { turn, batch: id, ttl };
                besides.push(table::put(self.table.put(keys::fact_turn(owner, turn), &item)?));
            }
            if self.commit(owner, &head, &ledger, besides).await? {
                return Ok(report);
            }
            tries.again().await?;
        }
    }

    /// Takes back what a batch did, in one transaction, once: removes what it added, and lets the others be as they were. What has been
    /// changed since stays. Its turns stay known: nothing is taken in from them again.
    ///
    /// # Errors
    /// See [`FactError`].
    pub async fn undo(
        &self,
        owner: UserId,
        batch: FactBatchId,
        now: Timestamp,
    ) -> Result<UndoReport, FactError> {
        let key = || keys::fact_batch(owner, batch);
        let mut tries = Tries::begin();
        loop {
            let head = self.head(owner).await?;
            let item: BatchItem = self.table.get(key()).await?.ok_or(FactRefusal::Missing)?;
            let mut ledger = self.ledger(owner).await?;
            let report = ledger.undo(&item.batch, now)?;
            let batch = FactBatch { undone_at: Some(now), ..item.batch };
            let undone = self.table.put(key(), &BatchItem { batch, ttl: item.ttl })?;
            if self.commit(owner, &head, &ledger, vec![table::put(undone)]).await? {
                return Ok(report);
            }
            tries.again().await?;
        }
    }

    async fn known_turns(&self, owner: UserId, found: &[NewFact]) -> Result<Vec<TurnItem>, StoreError> {
        let turns: BTreeSet<TurnId> = found.iter().map(|found| found.source.turn).collect();
        self.table.get_all(turns.into_iter().map(|turn| keys::fact_turn(owner, turn)).collect()).await
    }

    async fn earlier_report(&self, owner: UserId, known: &[TurnItem]) -> Result<MergeReport, StoreError> {
        let batches: BTreeSet<FactBatchId> = known.iter().map(|item| item.batch).collect();
        let (Some(batch), 1) = (batches.first(), batches.len()) else { return Ok(MergeReport::default()) };
        let item: Option<BatchItem> = self.table.get(keys::fact_batch(owner, *batch)).await?;
        Ok(item.map(|item| item.batch.report).unwrap_or_default())
    }
}
