//! One writer at a time.

use app_domain::{Fact, FactBatchId, FactId, FactRefusal, FactStatement, FactStatus, MergeReport, UserId};
use app_store::FactError;

use crate::{Stage, at, found, said, term};

#[tokio::test]
async fn a_turn_is_taken_in_once() {
    let stage = Stage::new().await;
    let turn = said(1);
    let first = [found("likes", "tea", 0.9, turn), found("home city", "Paris", 0.9, turn)];
    let report = stage.facts.merge(stage.owner, &first, at(2)).await.unwrap();
    assert_eq!((report.added.len(), report.batch.is_some()), (2, true));
    let before = stage.all().await;
    assert_eq!(stage.facts.merge(stage.owner, &first, at(3)).await.unwrap(), report, "the same answer");
    // A model may read the same words otherwise the next time.
    let otherwise = [found("likes", "green tea", 0.9, turn)];
    assert_eq!(stage.facts.merge(stage.owner, &otherwise, at(3)).await.unwrap(), report);
    assert_eq!(stage.all().await, before);
    let mixed = [found("likes", "rain", 0.9, turn), found("likes", "tea", 0.9, said(4))];
    let report = stage.facts.merge(stage.owner, &mixed, at(5)).await.unwrap();
    assert_eq!((report.added.len(), report.merged.len()), (0, 1), "what is new of it");
    assert_eq!(stage.facts.merge(stage.owner, &[], at(6)).await.unwrap(), MergeReport::default());
}

#[tokio::test]
async fn all_there_is_to_a_fact_is_kept() {
    let stage = Stage::new().await;
    let new = found("employer", "Analytical Engines", 0.65, said(1));
    stage.facts.merge(stage.owner, std::slice::from_ref(&new), at(2)).await.unwrap();
    let fact = &stage.all().await[0];
    let expected = Fact { id: fact.id, ..Fact::new(stage.owner, new, FactStatus::Active, at(2)) };
    assert_eq!(fact, &expected);
    let edited = stage
        .facts
        .edit(stage.owner, fact.id, FactStatement::parse("She is free.").ok(), Some(term("none")), at(3))
        .await
        .unwrap();
    assert_eq!(stage.all().await, std::slice::from_ref(&edited));
    assert_eq!((edited.version.get(), edited.value.as_str(), edited.decided_at), (2, "none", Some(at(3))));
}

#[tokio::test]
async fn another_value_takes_the_place_of_the_first_and_gives_it_back() {
    let stage = Stage::new().await;
    stage.take_in("home city", "Paris", 0.9, 1).await;
    let moved = stage.take_in("Home City", "Lyon", 0.9, 2).await;
    let by = moved.added[0];
    let superseded = FactStatus::Superseded { by };
    let values = |lyon, paris| [("Lyon".to_owned(), lyon), ("Paris".to_owned(), paris)];
    assert_eq!(stage.values().await, values(FactStatus::Active, superseded));
    let batch = moved.batch.unwrap();
    let report = stage.facts.undo(stage.owner, batch, at(3)).await.unwrap();
    assert_eq!((report.removed, report.restored, report.kept), (vec![by], moved.superseded, vec![]));
    assert_eq!(stage.values().await, [("Paris".to_owned(), FactStatus::Active)]);
    let again = stage.facts.undo(stage.owner, batch, at(4)).await;
    assert!(matches!(again, Err(FactError::Refused(FactRefusal::Undone))), "{again:?}");
    let unknown = stage.facts.undo(stage.owner, FactBatchId::new(at(0)), at(4)).await;
    assert!(matches!(unknown, Err(FactError::Refused(FactRefusal::Missing))), "{unknown:?}");
}

#[tokio::test]
async fn what_was_taken_back_is_not_taken_in_from_the_same_turn() {
    let stage = Stage::new().await;
    let new = [found("likes", "tea", 0.9, said(1))];
    let report = stage.facts.merge(stage.owner, &new, at(2)).await.unwrap();
    stage.facts.undo(stage.owner, report.batch.unwrap(), at(3)).await.unwrap();
    stage.facts.merge(stage.owner, &new, at(4)).await.unwrap();
    assert!(stage.all().await.is_empty());
}

#[tokio::test]
async fn the_person_decides() {
    let stage = Stage::new().await;
    let guess = stage.take_in("home city", "Lyon", 0.3, 1).await.review[0];
    stage.take_in("home city", "Paris", 0.9, 2).await;
    let accepted = stage.facts.accept(stage.owner, guess, at(3)).await.unwrap();
    assert_eq!(accepted.status, FactStatus::Active);
    let values = stage.values().await;
    assert_eq!(values[0], ("Paris".to_owned(), FactStatus::Superseded { by: guess }));
    stage.facts.reject(stage.owner, guess, at(4)).await.unwrap();
    assert_eq!(stage.values().await[1].1, FactStatus::Rejected);
    let asked_again = stage.take_in("home city", "Lyon", 1.0, 5).await;
    assert_eq!((asked_again.review.len(), asked_again.added.len()), (1, 0));
    stage.facts.remove(stage.owner, guess).await.unwrap();
    let gone = stage.facts.remove(stage.owner, guess).await;
    assert!(matches!(gone, Err(FactError::Refused(FactRefusal::Missing))), "{gone:?}");
}

#[tokio::test]
async fn somebody_elses_facts_are_not_there() {
    let stage = Stage::new().await;
    let report = stage.take_in("likes", "tea", 0.9, 1).await;
    let (id, stranger) = (report.added[0], UserId::new(at(0)));
    let missing = |result: Result<_, FactError>| {
        matches!(result.map(drop), Err(FactError::Refused(FactRefusal::Missing)))
    };
    assert!(missing(stage.facts.accept(stranger, id, at(2)).await.map(drop)));
    assert!(missing(stage.facts.reject(stranger, id, at(2)).await.map(drop)));
    assert!(missing(stage.facts.edit(stranger, id, None, Some(term("x")), at(2)).await.map(drop)));
    assert!(missing(stage.facts.remove(stranger, id).await));
    assert!(missing(stage.facts.undo(stranger, report.batch.unwrap(), at(2)).await.map(drop)));
    assert!(stage.facts.active(stranger, 10).await.unwrap().is_empty());
    assert_eq!(stage.values().await, [("tea".to_owned(), FactStatus::Active)]);
}

#[tokio::test]
async fn lists_are_of_what_is_wanted_page_by_page() {
    let stage = Stage::new().await;
    for n in 0..30_i16 {
        let certainty = if n % 3 == 0 { 0.1 } else { 0.9 };
        stage.take_in("likes", &n.to_string(), certainty, n.into()).await;
    }
    let is_waiting = |status| status == FactStatus::Review;
    let (mut seen, mut after): (Vec<String>, Option<FactId>) = (Vec::new(), None);
    loop {
        let (page, more) = stage.facts.list(stage.owner, is_waiting, after, 3).await.unwrap();
        assert!(page.len() == 3 || !more, "a page is full while there are more");
        after = page.last().map(|fact| fact.id);
        seen.extend(page.into_iter().map(|fact| fact.value.as_str().to_owned()));
        if !more {
            break;
        }
    }
    assert_eq!(seen, ["27", "24", "21", "18", "15", "12", "9", "6", "3", "0"]);
    let (all, more) = stage.facts.list(stage.owner, |_| true, None, 30).await.unwrap();
    assert_eq!((all.len(), more), (30, false));
}

#[tokio::test]
async fn those_that_count_most_come_first() {
    let stage = Stage::new().await;
    for (seconds, value) in [(1, "tea"), (2, "rain"), (3, "tea"), (4, "sun")] {
        stage.take_in("likes", value, 0.9, seconds).await;
    }
    stage.take_in("likes", "hail", 0.1, 5).await;
    let active = async |at_most| {
        let facts = stage.facts.active(stage.owner, at_most).await.unwrap();
        facts.iter().map(|fact| fact.value.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(active(10).await, ["tea", "sun", "rain"]);
    assert_eq!(active(1).await, ["tea"]);
}
