//! What a batch did is taken back, unless it has been changed since.

use app_domain::{
    Fact, FactBatch, FactBatchId, FactId, FactLedger, FactRefusal, FactState, FactStatement, FactStatus,
    NewFact, UndoReport,
};

use crate::{at, found, owner};

/// The facts after a batch, as they are stored, and the batch.
fn merged(facts: Vec<Fact>, new: &[NewFact]) -> (Vec<Fact>, FactBatch) {
    let mut ledger = FactLedger::new(owner(), facts.clone());
    let report = ledger.merge(new, at(100)).unwrap();
    let id = FactBatchId::new(at(100));
    let batch = FactBatch { id, report, deeds: ledger.deeds(), undone_at: None };
    (stored(facts, &ledger), batch)
}

fn stored(mut facts: Vec<Fact>, ledger: &FactLedger) -> Vec<Fact> {
    let changes = ledger.changes();
    let is_replaced = |id| changes.removed.contains(&id) || changes.written.iter().any(|new| new.id == id);
    facts.retain(|fact| !is_replaced(fact.id));
    facts.extend(changes.written);
    facts.sort_by_key(|fact| fact.id);
    facts
}

fn changed(facts: Vec<Fact>, change: impl FnOnce(&mut FactLedger)) -> Vec<Fact> {
    let mut ledger = FactLedger::new(owner(), facts.clone());
    change(&mut ledger);
    stored(facts, &ledger)
}

fn undone(facts: Vec<Fact>, batch: &FactBatch) -> (Vec<Fact>, UndoReport) {
    let mut report = UndoReport::default();
    let facts = changed(facts, |ledger| report = ledger.undo(batch, at(200)).unwrap());
    (facts, report)
}

fn states(facts: &[Fact]) -> Vec<(FactId, FactState)> {
    facts.iter().map(|fact| (fact.id, FactState::from(fact))).collect()
}

#[test]
fn what_a_batch_did_is_taken_back() {
    let (before, _) = merged(vec![], &[found("home city", "Paris", 0.9, 1), found("likes", "tea", 0.7, 1)]);
    let new = [
        found("home city", "Lyon", 0.9, 2),
        found("likes", "tea", 0.9, 2),
        found("likes", "rain", 0.3, 2),
        found("likes", "rain", 0.8, 3),
    ];
    let (after, batch) = merged(before.clone(), &new);
    let report = &batch.report;
    let counts = [&report.added, &report.merged, &report.superseded, &report.review].map(Vec::len);
    assert_eq!((counts, after.len()), ([1, 1, 1, 1], 4));
    let (taken_back, report) = undone(after, &batch);
    assert_eq!(states(&taken_back), states(&before));
    assert_eq!((report.removed.len(), report.restored.len(), report.kept.len()), (2, 2, 0));
    let again = FactBatch { undone_at: Some(at(200)), ..batch };
    let mut ledger = FactLedger::new(owner(), taken_back);
    assert_eq!(ledger.undo(&again, at(300)), Err(FactRefusal::Undone));
}

#[test]
fn what_was_changed_since_stays_and_what_it_excludes_too() {
    let (before, _) = merged(vec![], &[found("home city", "Paris", 0.9, 1)]);
    let (after, batch) = merged(before, &[found("home city", "Lyon", 0.9, 2), found("likes", "tea", 0.9, 2)]);
    let (paris, lyon) = (batch.report.superseded[0], batch.report.added[0]);
    let sentence = FactStatement::parse("She moved to Lyon.").unwrap();
    let edited =
        changed(after.clone(), |ledger| drop(ledger.edit(lyon, Some(&sentence), None, at(150)).unwrap()));
    let (facts, report) = undone(edited.clone(), &batch);
    assert_eq!((report.kept, report.removed.len()), (vec![lyon, paris], 1));
    assert_eq!(facts.iter().find(|fact| fact.id == lyon), edited.iter().find(|fact| fact.id == lyon));

    let rejected = changed(after, |ledger| drop(ledger.reject(lyon, at(150)).unwrap()));
    let (facts, report) = undone(rejected, &batch);
    assert_eq!((report.kept, report.restored), (vec![lyon], vec![paris]), "nothing stands in its way");
    assert!(facts.iter().any(|fact| fact.id == paris && fact.status == FactStatus::Active));
}

#[test]
fn what_is_gone_since_is_not_missed() {
    let (after, batch) = merged(vec![], &[found("likes", "tea", 0.9, 1), found("likes", "rain", 0.9, 1)]);
    let without = changed(after, |ledger| ledger.remove(batch.report.added[0]).unwrap());
    let (facts, report) = undone(without, &batch);
    assert!(facts.is_empty() && report.kept.is_empty());
    assert_eq!(report.removed, batch.report.added[1..]);
}
