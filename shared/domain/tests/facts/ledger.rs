//! All facts of a person, judged together.

use app_domain::{Fact, FactId, FactLedger, FactRefusal, FactSource, FactStatus, FactTerm, NewFact, TurnId};
use uuid::Uuid;

use crate::{at, found, owner};

fn ledger(facts: Vec<Fact>) -> FactLedger {
    FactLedger::new(owner(), facts)
}

fn fact(status: FactStatus, attribute: &str, value: &str, certainty: f32) -> Fact {
    crate::fact(status, found(attribute, value, certainty, 1))
}

/// A fact as it is written now.
fn of(ledger: &FactLedger, id: FactId) -> Fact {
    ledger.changes().written.into_iter().find(|fact| fact.id == id).unwrap()
}

/// So many facts that wait, each with its own value and more certain than the one before.
fn waiting(count: u16) -> Vec<Fact> {
    let one = |n: u16| fact(FactStatus::Review, "likes", &n.to_string(), f32::from(n) / 1000.0);
    (0..count).map(one).collect()
}

#[test]
fn what_is_stated_again_counts_once_more_and_remembers_its_latest_sources() {
    let tea = fact(FactStatus::Active, "likes", "tea", 0.7);
    let mut ledger = ledger(vec![tea.clone()]);
    let again: Vec<NewFact> = (2..=8).map(|turn| found("likes", "tea", 0.9, turn)).collect();
    let report = ledger.merge(&again, at(9)).unwrap();
    assert_eq!((report.merged, report.added.len()), (vec![tea.id], 0));
    let changes = ledger.changes();
    let [now] = changes.written.as_slice() else { panic!("{changes:?}") };
    assert_eq!((now.id, now.seen, now.certainty.get(), now.version.get()), (tea.id, 8, 0.9, 2));
    let turn = |source: &FactSource| source.turn;
    let latest: Vec<TurnId> = (4..=8).map(|turn| Uuid::from_u128(turn).into()).collect();
    assert_eq!(now.sources.iter().map(turn).collect::<Vec<_>>(), latest);
}

#[test]
fn a_batch_that_says_one_thing_twice_says_it_once() {
    let mut ledger = ledger(vec![]);
    let report =
        ledger.merge(&[found("likes", "tea", 0.9, 1), found("Likes", "TEA", 0.9, 1)], at(2)).unwrap();
    assert_eq!((report.added.len(), report.merged.len()), (1, 0));
    assert_eq!(ledger.changes().written[0].seen, 1);
    let many = vec![found("likes", "tea", 0.9, 1); FactLedger::MAX_AT_ONCE + 1];
    assert_eq!(ledger.merge(&many, at(2)), Err(FactRefusal::TooMany));
}

#[test]
fn too_many_drop_the_weakest_that_wait_and_none_that_count() {
    let facts = waiting(500);
    let weakest = facts[0].id;
    let mut ledger = ledger(facts);
    let report = ledger.merge(&[found("likes", "tea", 0.9, 2)], at(3)).unwrap();
    assert_eq!((report.added.len(), report.dropped), (1, vec![weakest]));
    assert_eq!(ledger.changes().removed, [weakest]);
    let weaker = ledger.merge(&[found("likes", "rain", 0.0, 4)], at(5)).unwrap();
    assert_eq!((weaker.dropped.len(), weaker.review.len()), (1, 0), "the new one is the weakest");

    let active = waiting(500).into_iter().map(|fact| Fact { status: FactStatus::Active, ..fact });
    let mut full = FactLedger::new(owner(), active.collect());
    assert_eq!(full.merge(&[found("likes", "tea", 0.9, 2)], at(3)), Err(FactRefusal::Full));
}

#[test]
fn those_that_do_not_count_are_few() {
    let closed = (0..201).map(|n| fact(FactStatus::Rejected, "likes", &n.to_string(), 0.9));
    let closed: Vec<Fact> = closed.chain([fact(FactStatus::Active, "likes", "tea", 0.9)]).collect();
    let (oldest, tea) = ([closed[0].id, closed[1].id], closed[201].id);
    let mut ledger = ledger(closed);
    assert_eq!(ledger.reject(tea, at(2)).unwrap().status, FactStatus::Rejected);
    assert_eq!(ledger.changes().removed, oldest);
}

#[test]
fn what_is_accepted_counts_instead_of_what_it_excludes() {
    let paris = fact(FactStatus::Active, "home city", "Paris", 0.9);
    let lyon = fact(FactStatus::Review, "home city", "Lyon", 0.5);
    let mut ledger = ledger(vec![paris.clone(), lyon.clone()]);
    let accepted = ledger.accept(lyon.id, at(5)).unwrap();
    assert_eq!(
        (accepted.status, accepted.decided_at, accepted.version.get()),
        (FactStatus::Active, Some(at(5)), 2)
    );
    let of_paris = |ledger: &FactLedger| of(ledger, paris.id);
    assert_eq!(of_paris(&ledger).status, FactStatus::Superseded { by: lyon.id });
    assert_eq!(of_paris(&ledger).valid_until, Some(at(5)));
    ledger.accept(paris.id, at(6)).unwrap();
    assert_eq!((of_paris(&ledger).status, of_paris(&ledger).valid_until), (FactStatus::Active, None));
    assert_eq!(of(&ledger, lyon.id).status, FactStatus::Superseded { by: paris.id });
    assert_eq!(ledger.accept(FactId::new(at(0)), at(7)), Err(FactRefusal::Missing));
}

#[test]
fn a_fact_is_put_right_unless_another_says_that() {
    let (tea, rain) =
        (fact(FactStatus::Active, "likes", "tea", 0.9), fact(FactStatus::Review, "likes", "rain", 0.1));
    let mut ledger = ledger(vec![tea.clone(), rain.clone()]);
    let value = |text| FactTerm::parse(text).unwrap();
    let edited = ledger.edit(tea.id, None, Some(&value("green tea")), at(5)).unwrap();
    assert_eq!((edited.value.as_str(), &edited.statement), ("green tea", &tea.statement));
    assert_eq!((edited.decided_at, edited.updated_at, edited.version.get()), (Some(at(5)), at(5), 2));
    assert_eq!(ledger.edit(rain.id, None, Some(&value("Green Tea")), at(6)), Err(FactRefusal::Same(tea.id)));
}
