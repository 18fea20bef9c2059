//! Several writers at once, and as many facts as there can be.

use app_domain::{Fact, FactLedger, FactRefusal, FactStatus};
use app_store::FactError;

use crate::{Stage, at, found, said};

#[tokio::test]
async fn merges_at_once_know_of_each_other() {
    let stage = Stage::new().await;
    let merging = (0..10).map(|n| {
        let (facts, owner) = (stage.facts.clone(), stage.owner);
        tokio::spawn(async move {
            let city = if n % 2 == 0 { "Paris" } else { "Lyon" };
            let new = [found("likes", "tea", 0.9, said(n)), found("home city", city, 0.9, said(n))];
            facts.merge(owner, &new, at(n)).await.unwrap()
        })
    });
    let (mut added_tea, mut merged) = (0, 0);
    for report in merging.collect::<Vec<_>>() {
        let report = report.await.unwrap();
        merged += report.merged.len();
        added_tea += usize::from(!report.added.is_empty() && report.merged.is_empty());
    }
    assert!(added_tea == 1 && merged >= 9, "{added_tea} {merged}");
    let (tea, cities): (Vec<Fact>, Vec<Fact>) =
        stage.all().await.into_iter().partition(|fact| fact.value.as_str() == "tea");
    assert_eq!((tea.len(), tea[0].seen), (1, 10), "stated in ten turns, kept once");
    let active = cities.iter().filter(|fact| fact.status == FactStatus::Active);
    assert_eq!(active.count(), 1, "nobody lives in two cities: {cities:?}");
}

#[tokio::test]
async fn the_same_turn_at_once_is_taken_in_once() {
    let stage = Stage::new().await;
    let new = [found("likes", "tea", 0.9, said(1))];
    let (one, two) = tokio::join!(
        stage.facts.merge(stage.owner, &new, at(2)),
        stage.facts.merge(stage.owner, &new, at(2)),
    );
    assert_eq!(one.unwrap(), two.unwrap());
    assert_eq!(stage.all().await[0].seen, 1);
}

#[tokio::test]
async fn a_batch_is_undone_once_however_many_ask() {
    let stage = Stage::new().await;
    let batch = stage.take_in("likes", "tea", 0.9, 1).await.batch.unwrap();
    stage.take_in("likes", "tea", 0.9, 2).await;
    let second = stage.take_in("likes", "tea", 0.9, 3).await.batch.unwrap();
    let (one, two) = tokio::join!(
        stage.facts.undo(stage.owner, second, at(4)),
        stage.facts.undo(stage.owner, second, at(4)),
    );
    let refused = |result: &Result<_, _>| matches!(result, Err(FactError::Refused(FactRefusal::Undone)));
    assert!(refused(&one) != refused(&two), "{one:?} {two:?}");
    assert_eq!(stage.all().await[0].seen, 2);
    let report = stage.facts.undo(stage.owner, batch, at(5)).await.unwrap();
    assert_eq!((report.kept.len(), stage.all().await.len()), (1, 1), "it was stated again since");
}

/// The largest transaction there is, on as many facts as a person can have.
#[tokio::test]
async fn as_many_as_there_can_be_are_changed_in_one_step() {
    let stage = Stage::new().await;
    let of = |attribute: &str, value: String, certainty, turn: usize| {
        let mut new = found(attribute, &value, certainty, said(turn as i64));
        new.subject = crate::term(&format!("Somebody {value}"));
        new
    };
    for portion in 0..Fact::MAX_OPEN / FactLedger::MAX_AT_ONCE {
        let one = |n: usize| {
            let number = portion * FactLedger::MAX_AT_ONCE + n;
            let (attribute, certainty) = if n == 0 { ("likes", 0.1) } else { ("likes", 0.9) };
            of(attribute, number.to_string(), certainty, number)
        };
        let new: Vec<_> = (0..FactLedger::MAX_AT_ONCE).map(one).collect();
        stage.facts.merge(stage.owner, &new, at(portion as i64)).await.unwrap();
    }
    assert_eq!(stage.all().await.len(), Fact::MAX_OPEN);
    let more: Vec<_> =
        (0..FactLedger::MAX_AT_ONCE).map(|n| of("likes", format!("more {n}"), 0.9, 1_000 + n)).collect();
    let report = stage.facts.merge(stage.owner, &more, at(2_000)).await.unwrap();
    assert_eq!((report.added.len(), report.dropped.len()), (20, 20));
    assert_eq!(stage.all().await.len(), Fact::MAX_OPEN);
    let full = stage.facts.merge(stage.owner, &more_of(&of), at(3_000)).await;
    assert!(matches!(full, Err(FactError::Refused(FactRefusal::Full))), "{full:?}");
    assert_eq!(stage.all().await.len(), Fact::MAX_OPEN, "nothing of it was taken in");
    assert_eq!(
        stage.facts.undo(stage.owner, report.batch.unwrap(), at(4_000)).await.unwrap().removed.len(),
        20
    );
}

/// More than the five that still wait.
fn more_of(of: &impl Fn(&str, String, f32, usize) -> app_domain::NewFact) -> Vec<app_domain::NewFact> {
    (0..6).map(|n| of("likes", format!("even more {n}"), 0.9, 2_000 + n)).collect()
}
