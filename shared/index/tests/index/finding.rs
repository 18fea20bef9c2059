//! What is written is found by the next search; what is gone is not, whatever the index still holds.

use app_domain::{Privacy, Version};
use app_index::SearchMode;

use crate::stage::Stage;

#[tokio::test]
async fn a_memory_is_found_by_the_next_search_and_after_it_was_indexed() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let heron = stage.save(owner, "The heron", "It stood by the pond at dawn").await;
    let other = stage.save(owner, "Groceries", "Milk, eggs and bread").await;
    for _ in 0..2 {
        assert_eq!(stage.by_words(owner, "heron").await, [heron]);
        assert_eq!(stage.by_words(owner, "eggs").await, [other]);
        assert_eq!(stage.by_words(owner, "penguin").await, []);
        stage.index(owner).await;
    }
}

#[tokio::test]
async fn the_index_takes_nothing_to_do_for_nothing() {
    let stage = Stage::new().await;
    let owner = stage.person();
    stage.save(owner, "One", "word").await;
    let first = stage.index(owner).await;
    assert_eq!((first.indexed, first.embedded, first.waiting, first.repair), (1, 1, 0, None));
    assert_eq!(stage.index(owner).await, app_index::Progress::default());
    assert_eq!(stage.bucket.keys().len(), 1);
}

#[tokio::test]
async fn a_changed_memory_is_found_by_its_new_words_alone() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let id = stage.save(owner, "Dentist", "Tuesday at nine").await;
    stage.index(owner).await;
    let change = |memory: app_domain::Memory| {
        let description = Some(app_domain::Description::parse("Thursday at ten").unwrap());
        Ok::<_, ()>(app_domain::Memory { description, version: memory.version.next(), ..memory })
    };
    stage.memories.change(owner, id, None, change).await.unwrap();
    for _ in 0..2 {
        assert_eq!(stage.by_words(owner, "thursday").await, [id]);
        assert_eq!(stage.by_words(owner, "tuesday").await, []);
        stage.index(owner).await;
    }
    assert_eq!(stage.bucket.keys().len(), 1, "the segment before is gone");
}

#[tokio::test]
async fn a_memory_in_the_trash_is_not_found_until_it_is_restored() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let id = stage.save(owner, "Walnuts", "from the garden").await;
    let message = stage.say(owner, id, "they are still green").await;
    stage.index(owner).await;
    for indexes in [false, true] {
        stage.memories.trash(owner, id, None, stage.now()).await.unwrap();
        for mode in [SearchMode::Text, SearchMode::Semantic, SearchMode::Hybrid] {
            if indexes {
                stage.index(owner).await;
            }
            assert_eq!(stage.found(owner, "walnuts garden", mode).await, [], "{mode:?}");
            assert_eq!(stage.found(owner, "still green", mode).await, [], "{mode:?}");
        }
        stage.memories.restore(owner, id).await.unwrap().unwrap();
        assert_eq!(stage.by_words(owner, "walnuts").await, [id]);
        stage.index(owner).await;
        assert_eq!(stage.by_words(owner, "still green").await, [id], "with its messages");
        assert_eq!(stage.found(owner, "walnuts from the garden", SearchMode::Semantic).await, [id]);
    }
    let found = stage.find(owner, &stage.request("green", SearchMode::Text)).await;
    let pieces: Vec<_> = found.groups[0].pieces.iter().map(|piece| piece.entity.of()).collect();
    assert_eq!(pieces, [app_domain::Findable::Message(id, message)]);
    assert_eq!(found.groups[0].pieces[0].fragments[0].html(), "they are still <mark>green</mark>");
}

#[tokio::test]
async fn nothing_of_a_purged_memory_stays() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let id = stage.save(owner, "Gone", "for good").await;
    stage.say(owner, id, "and this too").await;
    stage.index(owner).await;
    stage.memories.trash(owner, id, None, stage.now()).await.unwrap();
    stage.memories.purge(owner, id, stage.now()).await.unwrap();
    stage.index(owner).await;
    assert_eq!(stage.by_words(owner, "good this too").await, []);
    let ids = [app_search::EntityId::Memory(id)];
    assert!(stage.vectors.get(owner, &ids).await.unwrap().is_empty());
    assert!(stage.vectors.search(owner, &[0.5; 256], 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_sealed_memory_is_not_found_with_all_that_is_below_it() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let id = stage.save(owner, "Diary", "a secret garden").await;
    stage.say(owner, id, "nobody must know").await;
    stage.index(owner).await;
    let seal = |memory: app_domain::Memory| {
        let version: Version = memory.version.next();
        Ok::<_, ()>(app_domain::Memory { privacy: Privacy::Sealed, version, ..memory })
    };
    stage.memories.change(owner, id, None, seal).await.unwrap();
    for _ in 0..2 {
        for mode in [SearchMode::Text, SearchMode::Semantic, SearchMode::Hybrid] {
            assert_eq!(stage.found(owner, "secret garden", mode).await, []);
            assert_eq!(stage.found(owner, "nobody must know", mode).await, []);
        }
        stage.index(owner).await;
    }
    assert!(stage.vectors.search(owner, &[0.5; 256], 10).await.unwrap().is_empty(), "no vector stays");
}

#[tokio::test]
async fn a_message_leads_to_its_memory() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let id = stage.save(owner, "Trip", "plans").await;
    let message = stage.say(owner, id, "the ferry leaves at seven").await;
    for _ in 0..2 {
        assert_eq!(stage.by_words(owner, "ferry").await, [id]);
        stage.index(owner).await;
    }
    stage.messages.delete(owner, id, message, None, stage.now()).await.unwrap();
    for _ in 0..2 {
        assert_eq!(stage.by_words(owner, "ferry").await, []);
        stage.index(owner).await;
    }
}

#[tokio::test]
async fn what_both_ways_find_comes_first_and_similar_memories_are_found() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let soup = stage.save(owner, "Tomato soup", "Cook tomatoes with onions and basil").await;
    let sauce = stage.save(owner, "Tomato sauce", "Cook tomatoes with onions and garlic").await;
    let car = stage.save(owner, "Car service", "New brakes in spring").await;
    stage.index(owner).await;
    assert_eq!(stage.found(owner, "tomato soup", SearchMode::Hybrid).await[0], soup);
    let like = app_index::SearchRequest {
        subject: app_index::Subject::Like(soup),
        ..stage.request("", SearchMode::Hybrid)
    };
    let found = stage.find(owner, &like).await;
    let ids: Vec<_> = found.groups.iter().map(|group| group.memory.as_ref().unwrap().id).collect();
    assert_eq!(ids[0], sauce);
    assert!(!ids.contains(&soup) && !ids.contains(&car), "{ids:?}");
}

#[tokio::test]
async fn what_is_excluded_or_quoted_decides_in_every_mode() {
    let stage = Stage::new().await;
    let owner = stage.person();
    let berlin = stage.save(owner, "Dentist", "appointment in Berlin").await;
    let hamburg = stage.save(owner, "Dentist", "appointment in Hamburg").await;
    for _ in 0..2 {
        for mode in [SearchMode::Text, SearchMode::Semantic, SearchMode::Hybrid] {
            let found = stage.found(owner, "dentist appointment -berlin", mode).await;
            assert!(!found.contains(&berlin), "{mode:?}");
            let found = stage.found(owner, "dentist \"in berlin\"", mode).await;
            assert!(!found.contains(&hamburg), "{mode:?}");
        }
        assert_eq!(stage.by_words(owner, "dentist -berlin").await, [hamburg]);
        stage.index(owner).await;
    }
    assert_eq!(stage.found(owner, "dentist appointment -berlin", SearchMode::Semantic).await, [hamburg]);
}

#[tokio::test]
async fn a_big_history_costs_three_objects_at_most() {
    let stage = Stage::new().await;
    let owner = stage.person();
    for number in 0..40 {
        stage.save(owner, &format!("Note {number}"), "about the weather").await;
        if number % 7 == 0 {
            stage.index(owner).await;
        }
    }
    stage.index(owner).await;
    assert_eq!(stage.bucket.keys().len(), 1);
    stage.bucket.take_reads();
    assert_eq!(stage.by_words(owner, "weather").await.len(), 20);
    assert_eq!(stage.bucket.take_reads(), 1);
    stage.by_words(owner, "weather").await;
    assert_eq!(stage.bucket.take_reads(), 0, "it is kept");
}
