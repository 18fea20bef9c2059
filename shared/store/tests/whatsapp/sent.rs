//! What is said in chats, and news of it.

use std::time::Duration;

use app_domain::{
    DeliveryState, MemoryId, MessageId, Outgoing, OutgoingKey, OutgoingTask, Phrase, Timestamp, UserId,
};
use app_store::{Begun, Composition, PartState, SentAbout, StatusNews};

use crate::{ADA, Stage, at, chat, sender};

pub(crate) fn outgoing(key: OutgoingKey, owner: Option<UserId>, task: OutgoingTask) -> Outgoing {
    Outgoing { key, chat: chat(&sender(ADA, "")), owner, answers: None, asked_at: at(0), task }
}

fn question(owner: UserId) -> Outgoing {
    let task = OutgoingTask::Ask { question: "where?".to_owned() };
    outgoing(OutgoingKey::answer("abc"), Some(owner), task)
}

fn composed(parts: &[&str], next: usize, state: PartState) -> Begun {
    let parts = parts.iter().map(|part| (*part).to_owned()).collect();
    Begun::Composed(Composition { parts, next, state })
}

fn texts(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

pub(crate) fn news<'a>(wamid: &'a str, key: Option<&'a OutgoingKey>, state: DeliveryState) -> StatusNews<'a> {
    StatusNews { wamid, key, state, at: at(9), error: None }
}

impl Stage {
    /// Writes something out whose first part is about to be sent.
    async fn sending(&self, what: &Outgoing, parts: &[&str], now: Timestamp) {
        assert_eq!(self.sent.begin(what, now).await.unwrap(), Begun::New);
        assert!(self.sent.compose(&what.key, what.owner, &texts(parts), now).await.unwrap());
        assert!(self.sent.sending(&what.key, 0, now).await.unwrap());
    }

    async fn begun(&self, what: &Outgoing) -> Begun {
        self.sent.begin(what, at(100)).await.unwrap()
    }
}

#[tokio::test]
async fn each_part_is_sent_once_whoever_begins_again() {
    let stage = Stage::new().await;
    let (what, parts) = (question(UserId::new(at(0))), ["one", "two"]);
    let key = &what.key;
    assert_eq!(stage.begun(&what).await, Begun::New);
    assert_eq!(stage.begun(&what).await, Begun::New);
    assert!(stage.sent.compose(key, what.owner, &texts(&parts), at(1)).await.unwrap());
    // What was written out first is what is sent.
    assert!(!stage.sent.compose(key, what.owner, &texts(&["other"]), at(2)).await.unwrap());
    assert_eq!(stage.begun(&what).await, composed(&parts, 0, PartState::Waiting));

    let sending = async |part, seconds| stage.sent.sending(key, part, at(seconds)).await.unwrap();
    assert!(!sending(1, 3).await);
    assert!(sending(0, 3).await);
    assert!(!sending(0, 62).await);
    assert_eq!(stage.begun(&what).await, composed(&parts, 0, PartState::Sending { since: at(3) }));
    stage.sent.not_sent(key, 0).await.unwrap();
    assert!(sending(0, 4).await);
    stage.sent.uncertain(key, 0, at(5)).await.unwrap();
    assert_eq!(stage.begun(&what).await, composed(&parts, 0, PartState::Uncertain { since: at(5) }));
    assert!(!sending(0, 63).await);
    assert!(sending(0, 64).await);
    for _ in 0..2 {
        stage.sent.sent(key, 0, "wamid.out.0", at(65)).await.unwrap();
    }
    assert_eq!(stage.begun(&what).await, composed(&parts, 1, PartState::Waiting));
    assert!(sending(1, 66).await);
    stage.sent.sent(key, 1, "wamid.out.1", at(67)).await.unwrap();
    assert_eq!(stage.begun(&what).await, Begun::Done);
    assert!(!sending(2, 68).await);
}

#[tokio::test]
async fn what_is_given_up_and_what_says_nothing_is_done() {
    let stage = Stage::new().await;
    let what = question(UserId::new(at(0)));
    stage.sending(&what, &["one"], at(0)).await;
    stage.sent.failed(&what.key, Some(131_047), "the window is closed", at(1)).await.unwrap();
    assert_eq!(stage.begun(&what).await, Begun::Done);
    assert!(!stage.sent.sending(&what.key, 0, at(200)).await.unwrap());

    let seen = outgoing(OutgoingKey::answer("def"), None, OutgoingTask::Seen);
    assert_eq!(stage.begun(&seen).await, Begun::New);
    stage.sent.compose(&seen.key, None, &[], at(1)).await.unwrap();
    assert_eq!(stage.begun(&seen).await, Begun::Done);

    // What is nobody's is not sealed, and reads the same.
    let phrase = outgoing(OutgoingKey::answer("ghi"), None, OutgoingTask::Say { phrase: Phrase::Help });
    stage.sending(&phrase, &["help"], at(0)).await;
    assert_eq!(stage.begun(&phrase).await, composed(&["help"], 0, PartState::Sending { since: at(0) }));
}

#[tokio::test]
async fn news_of_a_message_tell_what_it_is_about() {
    let stage = Stage::new().await;
    let ada = UserId::new(at(0));
    let (memory, message) = (MemoryId::new(at(0)), MessageId::new(at(0)));
    let task = OutgoingTask::Post { memory, message };
    let what = outgoing(OutgoingKey::post(message), Some(ada), task);
    stage.sending(&what, &["hello"], at(0)).await;
    stage.sent.sent(&what.key, 0, "wamid.out", at(1)).await.unwrap();
    let about = SentAbout { key: what.key.clone(), owner: Some(ada), post: Some((memory, message)) };
    assert_eq!(stage.sent.of_wamid("wamid.out").await.unwrap(), Some(about.clone()));
    for state in [DeliveryState::Read, DeliveryState::Sent, DeliveryState::Delivered] {
        let told = stage.sent.status(&news("wamid.out", None, state)).await.unwrap();
        assert_eq!(told, Some(about.clone()));
    }
    let foreign = OutgoingKey::answer("foreign");
    for key in [None, Some(&foreign)] {
        assert_eq!(stage.sent.status(&news("wamid.other", key, DeliveryState::Read)).await.unwrap(), None);
    }
    assert_eq!(stage.sent.of_wamid("wamid.other").await.unwrap(), None);
}

#[tokio::test]
async fn news_before_the_answer_tell_that_it_was_sent() {
    for is_uncertain in [false, true] {
        let stage = Stage::new().await;
        let (what, parts) = (question(UserId::new(at(0))), ["one", "two"]);
        stage.sending(&what, &parts, at(0)).await;
        if is_uncertain {
            stage.sent.uncertain(&what.key, 0, at(1)).await.unwrap();
        }
        let delivered = news("wamid.out.0", Some(&what.key), DeliveryState::Delivered);
        assert!(stage.sent.status(&delivered).await.unwrap().is_some());
        assert_eq!(stage.begun(&what).await, composed(&parts, 1, PartState::Waiting));
        // The answer comes late, and more news of the first part while the second is on its way.
        stage.sent.sent(&what.key, 0, "wamid.out.0", at(10)).await.unwrap();
        assert!(stage.sent.sending(&what.key, 1, at(11)).await.unwrap());
        stage.sent.status(&news("wamid.out.0", Some(&what.key), DeliveryState::Read)).await.unwrap();
        assert_eq!(stage.begun(&what).await, composed(&parts, 1, PartState::Sending { since: at(11) }));
        assert_eq!(stage.sent.of_wamid("wamid.out.0").await.unwrap().unwrap().key, what.key);
    }
}

#[tokio::test]
async fn news_of_a_part_that_was_sent_twice_are_not_taken_for_the_next() {
    let stage = Stage::new().await;
    let (what, parts) = (question(UserId::new(at(0))), ["one", "two"]);
    stage.sending(&what, &parts, at(0)).await;
    stage.sent.uncertain(&what.key, 0, at(1)).await.unwrap();
    assert!(stage.sent.sending(&what.key, 0, at(100)).await.unwrap());
    stage.sent.sent(&what.key, 0, "wamid.out.0b", at(101)).await.unwrap();
    assert!(stage.sent.sending(&what.key, 1, at(102)).await.unwrap());
    let first_after_all = news("wamid.out.0a", Some(&what.key), DeliveryState::Delivered);
    assert!(stage.sent.status(&first_after_all).await.unwrap().is_some());
    assert_eq!(stage.begun(&what).await, composed(&parts, 1, PartState::Sending { since: at(102) }));
}

#[tokio::test]
async fn many_news_at_once_are_all_told_and_only_go_forward() {
    let stage = std::sync::Arc::new(Stage::new().await);
    let what = question(UserId::new(at(0)));
    stage.sending(&what, &["one"], at(0)).await;
    use DeliveryState::{Delivered, Played, Read, Sent};
    let all = [Sent, Delivered, Read, Played, Sent, Delivered, Read, Played].map(|state| {
        let (stage, key) = (std::sync::Arc::clone(&stage), what.key.clone());
        tokio::spawn(async move { stage.sent.status(&news("wamid.out", Some(&key), state)).await.unwrap() })
    });
    for told in all {
        assert_eq!(told.await.unwrap().unwrap().key, what.key);
    }
    assert_eq!(stage.begun(&what).await, Begun::Done);
}

#[tokio::test]
async fn a_stranger_is_greeted_once_in_a_while() {
    let stage = Stage::new().await;
    let day = Duration::from_secs(24 * 60 * 60);
    let mut greeted = Vec::new();
    for (who, seconds) in
        [("one", 0), ("one", 60), ("two", 60), ("one", 24 * 60 * 60), ("one", 24 * 60 * 60 + 1)]
    {
        greeted.push(stage.sent.greet(who, at(seconds), day).await.unwrap());
    }
    assert_eq!(greeted, [true, false, true, true, false]);
}
