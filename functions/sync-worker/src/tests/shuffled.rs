//! Many messages, shuffled, doubled and lost on the way.

use super::*;

/// Numbers that look random and are the same each time (a linear congruential generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for place in (1..items.len()).rev() {
            items.swap(place, self.roll(place + 1));
        }
    }
}

#[tokio::test]
async fn many_messages_in_any_order_with_doubles_are_each_a_memory_in_order() {
    const MESSAGES: i64 = 300;
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let mut dice = Dice(7);
    let message = |n: i64| match n % 7 {
        0 => image(&format!("wamid.{n}"), PHONE, n, &n.to_string()),
        _ => text(&format!("wamid.{n}"), PHONE, n, &n.to_string()),
    };
    let mut all: Vec<Value> = (0..MESSAGES).map(message).collect();
    for _ in 0..MESSAGES / 3 {
        all.push(message(dice.roll(MESSAGES as usize) as i64));
    }
    dice.shuffle(&mut all);
    for (place, batch) in all.chunks(10).enumerate() {
        let queue = if place % 2 == 0 { &fixture.outbound } else { &fixture.media };
        queue.refuse(dice.roll(4) == 0);
        let event = queued_at(batch, MESSAGES + place as i64);
        let failed = fixture.handle_at(event.clone(), at(2 * MESSAGES)).await;
        queue.refuse(false);
        if !failed.is_empty() {
            assert!(fixture.handle_at(event, at(2 * MESSAGES)).await.is_empty());
        }
    }
    let expected: Vec<String> = (0..MESSAGES).rev().map(|n| n.to_string()).collect();
    assert_eq!(fixture.words_of(user).await, expected);
    assert_eq!(fixture.memories.total(user).await.unwrap(), MESSAGES as u64);
    assert_eq!(fixture.outgoing().len() as i64, MESSAGES);
    let jobs: std::collections::BTreeSet<String> =
        fixture.media.take().iter().map(|job| job["memory"].to_string()).collect();
    assert_eq!(jobs.len() as i64, (MESSAGES + 6) / 7);
}

#[tokio::test]
async fn what_is_sent_back_from_the_dead_letters_gives_exactly_what_was_missing() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let messages: Vec<Value> =
        (0..12).map(|n| text(&format!("wamid.{n}"), PHONE, n, &n.to_string())).collect();
    // Some were dealt with before they were given up.
    fixture.deliver(&messages[4..8]).await;
    let two_days_later = at(2 * 24 * 60 * 60);
    assert!(fixture.handle_at(queued(&messages), two_days_later).await.is_empty());
    let expected: Vec<String> = (0..12).rev().map(|n| n.to_string()).collect();
    assert_eq!(fixture.words_of(user).await, expected);
}

#[tokio::test]
async fn clocks_that_are_wrong_change_no_order_of_arrival_and_lose_nothing() {
    let fixture = Fixture::new().await;
    let user = fixture.linked(PHONE).await;
    let far = 10 * 365 * 24 * 60 * 60;
    let odd = [
        text("wamid.1", PHONE, -far, "long ago"),
        text("wamid.2", PHONE, far, "from the future"),
        json!({"from": PHONE, "id": "wamid.3", "timestamp": "soon", "type": "text", "text": {"body": "some day"}}),
    ];
    fixture.deliver(&odd).await;
    let words = fixture.words_of(user).await;
    assert_eq!((words.len(), words[2].as_str()), (3, "long ago"));
    let made = fixture.memories_of(user).await.into_iter().map(|memory| memory.created_at.as_seconds());
    assert_eq!(made.collect::<Vec<_>>(), [at(60), at(60), at(-far)].map(|time| time.as_seconds()));
}
