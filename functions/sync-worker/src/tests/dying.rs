//! Workers that end between any two steps: what is delivered again ends as if nothing had happened.

use std::collections::BTreeSet;

use app_testing::{Death, Meter, metered_table};

use super::changes::edit;
use super::replies::sent_to_chat;
use super::*;

/// Delivers one event after the other, each to a worker that ends one call later than the one before, and then once more, until a worker
/// lives through. Queues refuse at first, which ends a worker too. Returns how many events there were.
async fn at_each_death(
    fixture: &Fixture,
    meter: &Meter,
    event: impl AsyncFn(&Fixture, usize) -> Value,
) -> usize {
    let mut events = 0;
    for queue in [&fixture.media, &fixture.outbound, &fixture.chores] {
        let event = event(fixture, events).await;
        queue.refuse(true);
        fixture.handle(event.clone()).await;
        queue.refuse(false);
        assert!(fixture.handle(event).await.is_empty());
        events += 1;
    }
    for death in [Death::BeforeCalling, Death::BeforeHearing] {
        for calls in 0.. {
            let event = event(fixture, events).await;
            meter.die_after(calls, death);
            fixture.handle(event.clone()).await;
            let is_dead = meter.revive();
            assert!(fixture.handle(event).await.is_empty(), "{death:?} {calls}");
            events += 1;
            if !is_dead {
                break;
            }
        }
    }
    assert!(events > 9, "workers end {events} times");
    events
}

async fn mortal() -> (Fixture, Meter, UserId) {
    let (table, meter) = metered_table().await;
    let fixture = Fixture::on(table);
    let user = fixture.linked(PHONE).await;
    (fixture, meter, user)
}

/// A phone of each number.
fn nth_phone(n: usize) -> String {
    format!("49155600{n:05}")
}

#[tokio::test]
async fn each_memory_is_one_memory_with_its_media_and_its_correction() {
    let (fixture, meter, user) = mortal().await;
    let events = at_each_death(&fixture, &meter, async |fixture, n| {
        let wamid = format!("wamid.{n}");
        fixture.deliver(&[edit(&format!("wamid.edit.{n}"), 2, &wamid, &format!("corrected {n}"))]).await;
        queued(&[image(&wamid, PHONE, 1, "The lake")])
    });
    let events = events.await;
    let words: BTreeSet<String> = fixture.words_of(user).await.into_iter().collect();
    assert_eq!(words, (0..events).map(|n| format!("corrected {n}")).collect());
    assert_eq!(fixture.memories.total(user).await.unwrap(), events as u64);
    let fetched: BTreeSet<String> =
        fixture.media.take().iter().map(|job| job["memory"].to_string()).collect();
    let memories = fixture.memories_of(user).await;
    assert_eq!(fetched, memories.iter().map(|memory| json!(memory.id).to_string()).collect());
    assert_eq!(fixture.said(), vec![OutgoingTask::Seen; events]);
}

#[tokio::test]
async fn each_code_links_once() {
    let (fixture, meter, _) = mortal().await;
    let user = |n: usize| UserId::from(uuid_of(n));
    let events = at_each_death(&fixture, &meter, async |fixture, n| {
        let code = fixture.offer(user(n), &nth_phone(n), 1000).await;
        queued(&[text(&format!("wamid.{n}"), &nth_phone(n), 1, &code)])
    });
    let events = events.await;
    let mut claimed = BTreeSet::new();
    claimed.extend(fixture.chores.take().iter().map(|chore| chore["owner"].to_string()));
    for n in 0..events {
        assert_eq!(fixture.owner(&nth_phone(n)).await, Some(user(n)), "{n}");
        assert!(claimed.contains(&json!(user(n)).to_string()), "{n}");
    }
    assert_eq!(fixture.said(), vec![OutgoingTask::Say { phrase: Phrase::Linked }; events]);
}

/// An id that differs in its end, from which codes are made here.
fn uuid_of(n: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128((7 << 76) | (n as u128 + 1))
}

#[tokio::test]
async fn each_undo_takes_back_one_memory() {
    let (fixture, meter, user) = mortal().await;
    let events = at_each_death(&fixture, &meter, async |fixture, n| {
        let [first, second] = ["first", "second"];
        let wamid = |place: &str| format!("wamid.{n}.{place}");
        fixture
            .deliver(&[text(&wamid(first), PHONE, 1, first), text(&wamid(second), PHONE, 2, second)])
            .await;
        queued(&[text(&wamid("undo"), PHONE, 3, "undo")])
    });
    let events = events.await;
    assert_eq!(fixture.words_of(user).await, vec!["first"; events]);
    let said: Vec<OutgoingTask> =
        fixture.said().into_iter().filter(|task| *task != OutgoingTask::Seen).collect();
    assert_eq!(said, vec![OutgoingTask::Say { phrase: Phrase::Undone }; events]);
}

#[tokio::test]
async fn each_stranger_is_answered_once() {
    let (fixture, meter, _) = mortal().await;
    let events = at_each_death(&fixture, &meter, async |_, n| {
        queued(&[text(&format!("wamid.{n}"), &nth_phone(n), 1, "hello?")])
    });
    let events = events.await;
    assert_eq!(fixture.said(), vec![OutgoingTask::Say { phrase: Phrase::Stranger }; events]);
    for n in 0..events {
        assert!(fixture.is_kept(&nth_phone(n), &format!("wamid.{n}")).await, "{n}");
    }
}

#[tokio::test]
async fn each_correction_is_made_once() {
    let (fixture, meter, user) = mortal().await;
    let events = at_each_death(&fixture, &meter, async |fixture, n| {
        let wamid = format!("wamid.{n}");
        fixture.deliver(&[text(&wamid, PHONE, 1, "Buy milk")]).await;
        queued(&[edit(&format!("wamid.edit.{n}"), 2, &wamid, "Buy oat milk")])
    });
    let events = events.await;
    let memories = fixture.memories_of(user).await;
    assert_eq!(fixture.words_of(user).await, vec!["Buy oat milk"; events]);
    assert!(memories.iter().all(|memory| memory.version.get() == 2));
}

#[tokio::test]
async fn each_reply_is_one_message() {
    let (fixture, meter, user) = mortal().await;
    let (memory, _) = sent_to_chat(&fixture, user, "wamid.OUT1").await;
    let events = at_each_death(&fixture, &meter, async |_, n| {
        let mut reply = text(&format!("wamid.{n}"), PHONE, 5, "fine");
        reply["context"] = json!({"from": BUSINESS, "id": "wamid.OUT1"});
        queued(&[reply])
    });
    let events = events.await;
    let memory = fixture.memories.get(user, memory).await.unwrap().unwrap();
    assert_eq!(memory.messages.count, events as u64 + 1);
    assert_eq!(fixture.said(), vec![OutgoingTask::Seen; events]);
}
