//! What is lost or damaged of an index is noticed, said, and made again from the table.

use app_index::{Place, Repair, SearchMode};

use crate::stage::Stage;

/// Ways in which a segment can be lost.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Deleted,
    Emptied,
    Truncated,
    Flipped,
    SomebodyElses,
}

async fn rebuild(stage: &Stage, owner: app_domain::UserId) {
    let mut place = Place::Beginning;
    while let (_, Some(next)) = stage.indexer.rebuild(owner, place, stage.now()).await.unwrap() {
        place = next;
    }
}

#[tokio::test]
async fn a_damaged_segment_is_made_again() {
    for harm in [Harm::Deleted, Harm::Emptied, Harm::Truncated, Harm::Flipped, Harm::SomebodyElses] {
        let stage = Stage::new().await;
        let (owner, other) = (stage.person(), stage.person());
        let heron = stage.save(owner, "The heron", "by the pond").await;
        stage.say(owner, heron, "it flew away").await;
        stage.save(other, "The stork", "on the roof").await;
        stage.index(other).await;
        let others = stage.bucket.keys();
        stage.index(owner).await;
        let key = stage.bucket.keys().into_iter().find(|key| !others.contains(key)).unwrap();
        let mut bytes = stage.bucket.get(&key).unwrap();
        match harm {
            Harm::Deleted => stage.bucket.remove(&key),
            Harm::Emptied => stage.bucket.put(&key, Vec::new()),
            Harm::Truncated => stage.bucket.put(&key, &bytes[..bytes.len() / 2]),
            Harm::Flipped => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 1;
                stage.bucket.put(&key, bytes);
            }
            Harm::SomebodyElses => stage.bucket.put(&key, stage.bucket.get(&others[0]).unwrap()),
        }
        let later = stage.save(owner, "The heron again", "at noon").await;

        let found = stage.find(owner, &stage.request("heron", SearchMode::Text)).await;
        assert!(found.is_degraded && found.repair == Some(Repair::Rebuild), "{harm:?}");
        assert_eq!(found.groups.len(), 1, "{harm:?}: what changed since is found");
        rebuild(&stage, owner).await;
        let mut ids = stage.by_words(owner, "heron").await;
        ids.sort();
        assert_eq!(ids, [heron, later], "{harm:?}");
        assert_eq!(stage.by_words(owner, "flew away").await, [heron], "{harm:?}");
        let found = stage.find(owner, &stage.request("heron", SearchMode::Text)).await;
        assert!(!found.is_degraded && found.repair.is_none(), "{harm:?}");
    }
}

#[tokio::test]
async fn the_indexer_notices_damage_when_it_merges() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let heron = stage.save(owner, "The heron", "by the pond").await;
    stage.index(owner).await;
    stage.bucket.remove(&stage.bucket.keys()[0]);
    let stork = stage.save(owner, "The stork", "on the roof").await;
    assert!(stage.index(owner).await.repair == Some(Repair::Rebuild));
    let found = stage.find(owner, &stage.request("stork", SearchMode::Text)).await;
    assert_eq!(found.groups[0].memory.as_ref().unwrap().id, stork);
    assert!(found.is_degraded && found.repair.is_none(), "it is noted already");
    rebuild(&stage, owner).await;
    assert_eq!(stage.by_words(owner, "heron").await, [heron]);
}

#[tokio::test]
async fn what_is_older_than_its_index_is_indexed_once_somebody_searches() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let heron = stage.save(owner, "The heron", "by the pond").await;
    // As if it had been saved before there was an index.
    stage.forget_changes(owner).await;
    let found = stage.find(owner, &stage.request("heron", SearchMode::Text)).await;
    assert!(found.groups.is_empty() && found.is_degraded && found.repair == Some(Repair::Rebuild));
    rebuild(&stage, owner).await;
    assert_eq!(stage.by_words(owner, "heron").await, [heron]);
    let nobody = stage.person();
    let found = stage.find(nobody, &stage.request("heron", SearchMode::Hybrid)).await;
    assert!(!found.is_degraded && found.repair.is_none(), "who has nothing misses nothing");
}

#[tokio::test]
async fn who_writes_before_searching_misses_nothing_of_what_is_older_than_the_index() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let heron = stage.save(owner, "The heron", "by the pond").await;
    stage.forget_changes(owner).await;
    let stork = stage.save(owner, "The stork", "by the pond").await;
    stage.index(owner).await;
    let found = stage.find(owner, &stage.request("pond", SearchMode::Text)).await;
    assert_eq!(found.groups.len(), 1);
    assert!(found.is_degraded && found.repair == Some(Repair::Rebuild));
    rebuild(&stage, owner).await;
    let mut ids = stage.by_words(owner, "pond").await;
    ids.sort();
    assert_eq!(ids, [heron, stork]);
    let found = stage.find(owner, &stage.request("pond", SearchMode::Text)).await;
    assert!(!found.is_degraded && found.repair.is_none());
}

#[tokio::test]
async fn what_is_lost_while_an_index_is_made_again_is_made_again_too() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let heron = stage.save(owner, "The heron", "by the pond").await;
    stage.index(owner).await;
    let (_, next) = stage.indexer.rebuild(owner, Place::Beginning, stage.now()).await.unwrap();
    stage.bucket.remove(&stage.bucket.keys()[0]);
    stage.save(owner, "The stork", "by the pond").await;
    stage.index(owner).await;
    let mut place = next;
    let mut begun_again = false;
    while let Some(now) = place {
        begun_again |= now == Place::Beginning;
        let found = stage.find(owner, &stage.request("heron", SearchMode::Text)).await;
        assert!(found.is_degraded || found.groups[0].memory.as_ref().unwrap().id == heron);
        place = stage.indexer.rebuild(owner, now, stage.now()).await.unwrap().1;
    }
    assert!(begun_again);
    assert_eq!(stage.by_words(owner, "heron").await, [heron]);
}

#[tokio::test]
async fn a_segment_that_nobody_names_is_removed_after_a_while() {
    let stage = Stage::new().await;
    let owner = stage.person();
    stage.save(owner, "The heron", "by the pond").await;
    stage.index(owner).await;
    // As if somebody had been ended after writing it; made long before the tests' clock.
    let lost = format!("{owner}/segments/01900000-0000-7000-8000-000000000000");
    stage.bucket.put(&lost, b"lost".to_vec());
    rebuild(&stage, owner).await;
    assert_eq!(stage.bucket.get(&lost), None);
    assert_eq!(stage.bucket.keys().len(), 1);
}

#[tokio::test]
async fn one_item_that_cannot_be_read_holds_nothing_else_up() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let stork = stage.save(owner, "The stork", "by the pond").await;
    stage.save_unreadable(owner).await;
    for _ in 0..2 {
        assert_eq!(stage.by_words(owner, "pond").await, [stork]);
        stage.index(owner).await;
    }
    assert_eq!(stage.waiting(owner).await, 0);
}

#[tokio::test]
async fn many_changes_are_handed_on_after_some_portions() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let id = stage.save(owner, "The heron", "by the pond").await;
    for _ in 0..510 {
        stage.note(owner, id).await;
    }
    let progress = stage.indexer.catch_up(owner, 1, stage.now()).await.unwrap();
    assert_eq!((progress.is_behind, progress.repair), (true, Some(Repair::CatchUp)));
    let again = stage.indexer.catch_up(owner, 0, stage.now()).await.unwrap();
    assert_eq!((again.is_behind, again.repair), (true, None), "somebody is at it");
    stage.index(owner).await;
    assert_eq!(stage.waiting(owner).await, 0);
}

#[tokio::test]
async fn a_bucket_that_does_not_answer_is_no_damage() {
    let stage = Stage::new().await;
    let owner = stage.person();
    stage.save(owner, "The heron", "by the pond").await;
    stage.index(owner).await;
    stage.bucket.set_down(true);
    assert!(stage.finder.find(owner, &stage.request("heron", SearchMode::Text)).await.is_err());
    stage.bucket.set_down(false);
    let found = stage.find(owner, &stage.request("heron", SearchMode::Text)).await;
    assert_eq!((found.groups.len(), found.is_degraded), (1, false));
}

#[tokio::test]
async fn the_memory_for_segments_is_bounded() {
    let wide = Stage::new().await;
    let owners: Vec<_> = (0..3).map(|_| wide.person()).collect();
    // Large enough for the bytes to be what counts.
    for owner in &owners {
        wide.save(*owner, "The heron", "by the pond").await;
        for memory in 0..20 {
            let text = (0..150).map(|number| format!("{memory}x{number}")).collect::<Vec<_>>().join(" ");
            wide.save(*owner, "Words", &text).await;
        }
        wide.index(*owner).await;
    }
    // Room for one person's segment, not for two.
    let one = wide.bucket.get(&wide.bucket.keys()[0]).unwrap().len();
    let narrow = wide.holding(one * 3 / 2);
    let narrow_search = async |owner| {
        assert_eq!(narrow.by_words(owner, "heron").await.len(), 1);
        narrow.bucket.take_reads()
    };
    assert_eq!(narrow_search(owners[0]).await, 1);
    assert_eq!(narrow_search(owners[0]).await, 0);
    assert_eq!(narrow_search(owners[1]).await, 1);
    assert_eq!(narrow_search(owners[0]).await, 1, "the other one has taken its place");
}
