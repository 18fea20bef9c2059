//! Pages of results: each result once, in order, whatever is deleted meanwhile.

use std::collections::BTreeSet;

use app_index::{SearchMode, SearchRequest};

use crate::stage::Stage;

#[tokio::test]
async fn pages_follow_each_other_without_gaps_or_repetition() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let mut all = BTreeSet::new();
    for number in 0..25 {
        all.insert(stage.save(owner, &format!("Walk {number}"), "through the forest").await);
        if number == 12 {
            stage.index(owner).await;
        }
    }
    let whole =
        stage.find(owner, &SearchRequest { limit: 100, ..stage.request("forest", SearchMode::Hybrid) }).await;
    assert_eq!((whole.groups.len(), whole.next), (25, None));
    let order: Vec<_> = whole.groups.iter().map(|group| group.memory.as_ref().unwrap().id).collect();

    let mut request = SearchRequest { limit: 4, ..stage.request("forest", SearchMode::Hybrid) };
    let mut met = Vec::new();
    let mut pages = 0;
    loop {
        let page = stage.find(owner, &request).await;
        assert!(page.groups.is_sorted_by(|one, other| one.score >= other.score));
        met.extend(page.groups.iter().map(|group| group.memory.as_ref().unwrap().id));
        pages += 1;
        let Some(next) = page.next else { break };
        // As a client hands it back, some time later.
        request = SearchRequest { after: next.to_string().parse().ok(), now: stage.now(), ..request };
    }
    assert_eq!(pages, 7);
    assert_eq!(met, order);
    assert_eq!(met.into_iter().collect::<BTreeSet<_>>(), all);
}

#[tokio::test]
async fn deleting_what_was_shown_makes_no_gap() {
    let stage = Stage::new().await;
    let owner = stage.person();
    for number in 0..12 {
        stage.save(owner, &format!("Walk {number}"), "through the forest").await;
    }
    stage.index(owner).await;
    let request = SearchRequest { limit: 4, ..stage.request("forest", SearchMode::Text) };
    let first = stage.find(owner, &request).await;
    let ids = |found: &app_index::Found| -> Vec<_> {
        found.groups.iter().map(|group| group.memory.as_ref().unwrap().id).collect()
    };
    let shown = ids(&first);
    // All but the last one, behind which the next page begins.
    for id in &shown[..3] {
        stage.memories.trash(owner, *id, None, stage.now()).await.unwrap();
    }
    let second = stage.find(owner, &SearchRequest { after: first.next, ..request.clone() }).await;
    let third = stage.find(owner, &SearchRequest { after: second.next, ..request }).await;
    let mut all: BTreeSet<_> = shown.into_iter().collect();
    all.extend(ids(&second));
    all.extend(ids(&third));
    assert_eq!((second.groups.len(), third.groups.len(), all.len()), (4, 4, 12));
}

#[tokio::test]
async fn what_is_deleted_meanwhile_is_passed_over_and_pages_stay_full() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let mut ids = Vec::new();
    for number in 0..9 {
        ids.push(stage.save(owner, &format!("Walk {number}"), "through the forest").await);
    }
    stage.index(owner).await;
    let request = SearchRequest { limit: 3, ..stage.request("forest", SearchMode::Text) };
    let first = stage.find(owner, &request).await;
    let seen: BTreeSet<_> = first.groups.iter().map(|group| group.memory.as_ref().unwrap().id).collect();
    let gone: Vec<_> = ids.iter().filter(|id| !seen.contains(id)).take(2).copied().collect();
    for id in &gone {
        stage.memories.trash(owner, *id, None, stage.now()).await.unwrap();
    }
    let second = stage.find(owner, &SearchRequest { after: first.next, ..request.clone() }).await;
    assert_eq!(second.groups.len(), 3);
    let third = stage.find(owner, &SearchRequest { after: second.next, ..request }).await;
    assert_eq!((third.groups.len(), third.next), (1, None));
    let later: BTreeSet<_> =
        second.groups.iter().chain(&third.groups).map(|group| group.memory.as_ref().unwrap().id).collect();
    assert!(later.is_disjoint(&seen) && gone.iter().all(|id| !later.contains(id)));
}
