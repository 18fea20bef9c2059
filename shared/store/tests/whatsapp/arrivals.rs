//! Messages that become memories, and changes that come before them.

use std::sync::Arc;

use app_domain::{CategoryId, Memory, MemoryId, Tags, UnclaimedMessage, UserId};
use app_store::{Arrival, PendingChange, Received, ReceivedFrom, SeenMemory};
use serde_json::json;

use crate::{ADA, Stage, at, chat, memory, origin, phone, sender};

#[tokio::test]
async fn of_twenty_deliveries_at_once_one_becomes_a_memory() {
    let stage = Arc::new(Stage::new().await);
    let ada = UserId::new(at(0));
    let who = sender(ADA, "DE.1");
    let person = stage.linked(ada, &who).await;
    let deliveries = (0..20).map(|_| {
        let (stage, person, who) = (Arc::clone(&stage), person.clone(), who.clone());
        tokio::spawn(async move { stage.received(&memory(ada, "words", 1), "wamid.1", &person, &who).await })
    });
    let deliveries: Vec<_> = deliveries.collect();
    let mut saved = 0;
    for delivery in deliveries {
        match delivery.await.unwrap() {
            Arrival::Saved => saved += 1,
            other => assert_eq!(other, Arrival::Duplicate),
        }
    }
    assert_eq!((saved, stage.memories.total(ada).await.unwrap()), (1, 1));
    let id = memory(ada, "words", 1).id;
    let seen = SeenMemory { owner: ada, memory: Some(id) };
    assert_eq!(stage.memories.of_message("wamid.1").await.unwrap(), Some(seen));
    assert_eq!(stage.memories.of_message("wamid.2").await.unwrap(), None);
}

#[tokio::test]
async fn the_last_memory_of_a_chat_can_be_forgotten_once() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let who = sender(ADA, "");
    let person = stage.linked(ada, &who).await;
    let [one, two] = [1, 2].map(|n| memory(ada, "words", n));
    for (memory, wamid) in [(&one, "wamid.1"), (&two, "wamid.2")] {
        assert_eq!(stage.received(memory, wamid, &person, &who).await, Arrival::Saved);
    }
    assert_eq!(stage.links.last_saved(ada).await.unwrap(), Some(two.id));
    stage.links.forget_last(ada, one.id).await.unwrap();
    assert_eq!(stage.links.last_saved(ada).await.unwrap(), Some(two.id));
    stage.links.forget_last(ada, two.id).await.unwrap();
    assert_eq!(stage.links.last_saved(ada).await.unwrap(), None);

    // One that was kept aside is no news in the chat.
    let from = ReceivedFrom::Person { person: &person, sender: &who, chat: None };
    let received = Received { wamid: "wamid.3", from, now: at(900) };
    assert_eq!(stage.memories.receive(&memory(ada, "old", 3), &received).await.unwrap(), Arrival::Saved);
    assert_eq!(stage.links.last_saved(ada).await.unwrap(), None);
    let connected = stage.links.of(ada).await.unwrap().connected.unwrap();
    assert_eq!(connected.last_sync_at, Some(at(60)));
}

#[tokio::test]
async fn nothing_is_saved_while_saving_is_paused_or_for_a_phone_that_is_gone() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let who = sender(ADA, "DE.1");
    let person = stage.linked(ada, &who).await;
    let saved = async || stage.received(&memory(ada, "words", 1), "wamid.1", &person, &who).await;
    stage.links.set_paused(ada, Some(at(1))).await.unwrap();
    assert_eq!(saved().await, Arrival::Paused);
    assert_eq!(stage.memories.of_message("wamid.1").await.unwrap(), None);
    // Commands are heard all the same.
    let heard = stage.links.heard(&person, &who, &chat(&who), "wamid.2", at(2)).await.unwrap();
    assert_eq!(heard, app_store::Heard::First);
    stage.links.set_paused(ada, None).await.unwrap();
    assert_eq!((saved().await, saved().await), (Arrival::Saved, Arrival::Duplicate));
    stage.links.disconnect(ada, &origin(), at(3)).await.unwrap();
    let other = stage.received(&memory(ada, "more", 2), "wamid.3", &person, &who).await;
    assert_eq!(other, Arrival::NotLinked);
    assert_eq!(saved().await, Arrival::Duplicate);
}

#[tokio::test]
async fn a_category_that_is_gone_is_left_out() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let who = sender(ADA, "DE.1");
    let person = stage.linked(ada, &sender(ADA, "")).await;
    let gone = Some(CategoryId::new(at(0)));
    let lost = Memory { category: gone, tags: Tags::parse(&["a"]).unwrap(), ..memory(ada, "words", 1) };
    assert_eq!(stage.received(&lost, "wamid.1", &person, &who).await, Arrival::Saved);
    let found = stage.memories.get(ada, lost.id).await.unwrap().unwrap();
    assert_eq!((found.category, found.tags), (None, lost.tags));
    // The id was learnt in the same transaction.
    assert_eq!(stage.owner(&sender("", "DE.1")).await, Some(ada));
    let kept = Memory { category: person.category, ..memory(ada, "words", 2) };
    assert_eq!(stage.received(&kept, "wamid.2", &person, &who).await, Arrival::Saved);
    assert_eq!(stage.memories.get(ada, kept.id).await.unwrap().unwrap().category, person.category);
}

#[tokio::test]
async fn memories_of_a_sender_are_in_the_order_of_sending() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let who = sender(ADA, "");
    let person = stage.linked(ada, &who).await;
    for n in [3, 1, 5, 2, 4] {
        let memory = memory(ada, "words", n);
        assert_eq!(stage.received(&memory, &format!("wamid.{n}"), &person, &who).await, Arrival::Saved);
    }
    let newest = stage.memories.newest(ada, None, 9, usize::MAX).await.unwrap();
    let ids: Vec<MemoryId> = newest.iter().map(|memory| memory.id).collect();
    assert_eq!(ids, [5, 4, 3, 2, 1].map(|n| memory(ada, "words", n).id));
}

#[tokio::test]
async fn changes_wait_for_what_they_change_and_are_their_senders_alone() {
    let stage = Stage::new().await;
    let (ada, eve) = (UserId::new(at(0)), UserId::new(at(0)));
    let change = |n: i64| PendingChange {
        wamid: format!("wamid.edit.{n}"),
        change: json!({"edit": {"text": format!("corrected {n}")}}),
        at: at(n),
    };
    for (n, is_new) in [(2, true), (1, true), (2, false)] {
        let kept = stage.changes.keep(ada, "wamid.1", "ada", &change(n)).await.unwrap();
        assert_eq!(kept, is_new);
    }
    stage.changes.keep(ada, "wamid.1", "somebody else", &change(3)).await.unwrap();
    assert_eq!(stage.changes.of(ada, "wamid.1", "ada").await.unwrap(), [change(1), change(2)]);
    for (owner, wamid, hash) in [(eve, "wamid.1", "ada"), (ada, "wamid.1", "eve"), (ada, "wamid.2", "ada")] {
        assert_eq!(stage.changes.of(owner, wamid, hash).await.unwrap(), []);
    }
    stage.changes.done("wamid.1", "wamid.edit.1").await.unwrap();
    assert_eq!(stage.changes.of(ada, "wamid.1", "ada").await.unwrap(), [change(2)]);
}

#[tokio::test]
async fn what_is_kept_for_strangers_is_read_in_portions_and_removed() {
    let stage = Stage::new().await;
    let message = |n: i64, digits: &str| UnclaimedMessage {
        wamid: format!("wamid.{n}"),
        phone: phone(digits),
        received_at: at(n),
        payload: "{}".to_owned(),
    };
    // One phone, however it is written.
    for (n, digits) in [(1, "551187654321"), (2, "5511987654321"), (3, "551187654321")] {
        assert!(stage.inbox.keep(&message(n, digits)).await.unwrap());
        assert!(!stage.inbox.keep(&message(n, digits)).await.unwrap());
    }
    let mut met = Vec::new();
    loop {
        let page = stage.inbox.page(&phone("5511987654321"), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        for message in page {
            assert!(stage.inbox.remove(&message).await.unwrap());
            met.push(message.received_at);
        }
    }
    met.sort();
    assert_eq!(met, [at(1), at(2), at(3)]);

    stage.inbox.keep_hidden("hash", "wamid.4", at(4), "{}").await.unwrap();
    let page = stage.inbox.page_hidden("hash", 9).await.unwrap();
    assert_eq!((page.len(), page[0].wamid.as_str(), page[0].received_at), (1, "wamid.4", at(4)));
    for _ in 0..2 {
        assert!(stage.inbox.remove(&page[0]).await.unwrap());
    }
    assert_eq!(stage.inbox.page_hidden("hash", 9).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_kept_again_is_not_removed_by_who_found_it_before() {
    let stage = Stage::new().await;
    let message = UnclaimedMessage {
        wamid: "wamid.1".to_owned(),
        phone: phone(ADA),
        received_at: at(1),
        payload: "{}".to_owned(),
    };
    assert!(stage.inbox.keep(&message).await.unwrap());
    assert!(stage.inbox.keep_hidden("hash", "wamid.1", at(1), "{}").await.unwrap());
    let (page, hidden) =
        (stage.inbox.page(&phone(ADA), 9).await.unwrap(), stage.inbox.page_hidden("hash", 9).await.unwrap());
    assert!(!stage.inbox.keep(&message).await.unwrap());
    assert!(!stage.inbox.keep_hidden("hash", "wamid.1", at(1), "{}").await.unwrap());
    assert!(!stage.inbox.remove(&page[0]).await.unwrap() && !stage.inbox.remove(&hidden[0]).await.unwrap());
    for message in stage.inbox.page(&phone(ADA), 9).await.unwrap() {
        assert!(stage.inbox.remove(&message).await.unwrap());
    }
    assert_eq!(stage.inbox.page(&phone(ADA), 9).await.unwrap(), []);
}
