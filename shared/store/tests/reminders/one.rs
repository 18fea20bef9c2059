//! One reminder: set, changed, deleted, by one or by many at once.

use app_domain::{MemoryId, Reminder, ReminderId, ReminderState, StoreError, UserId};
use app_store::{ReminderCreation, ReminderError, Reminders};
use app_testing::{metered_table, missing_table, table, vault};

use crate::stage::{Stage, at, due, text, time};

#[tokio::test]
async fn a_reminder_is_kept_as_it_was_set() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let reminder = stage.draft(90, "Ask Zoë 🙂", Some(memory));
    assert_eq!(stage.reminders.create(&reminder).await.unwrap(), ReminderCreation::Done);
    assert_eq!(stage.get(reminder.id).await.as_ref(), Some(&reminder));
    assert_eq!(stage.reminders.memory_of(&reminder).await.unwrap(), Some(memory));
    stage.memories.trash(stage.owner, memory, None, at(1)).await.unwrap();
    assert_eq!(stage.reminders.memory_of(&reminder).await.unwrap(), None);
    assert_eq!(stage.get(reminder.id).await, Some(reminder), "it is kept without its memory");
}

#[tokio::test]
async fn a_reminder_is_about_a_memory_of_its_owner() {
    let stage = Stage::new().await;
    let other = Stage { owner: UserId::new(at(0)), ..Stage::new().await };
    let theirs = other.memory().await;
    for memory in [theirs, MemoryId::new(at(0))] {
        let reminder = stage.draft(90, "Call Ada", Some(memory));
        assert_eq!(stage.reminders.create(&reminder).await.unwrap(), ReminderCreation::NoMemory);
        assert_eq!(stage.get(reminder.id).await, None);
    }
    assert!(stage.due_by(90).await.is_empty());
}

#[tokio::test]
async fn a_reminder_is_moved_and_reworded() {
    let stage = Stage::new().await;
    let reminder = stage.set(90).await;
    let words = text("Write to Ada");
    let moved = stage.reminders.change(stage.owner, reminder.id, Some(time(200)), None).await.unwrap();
    assert_eq!((moved.at, &moved.text), (at(200), &reminder.text));
    assert!(stage.due_by(199).await.is_empty(), "it is due at its new time alone");
    let after = stage.reminders.change(stage.owner, reminder.id, None, Some(&words)).await.unwrap();
    assert_eq!((after.at, &after.text), (at(200), &words));
    assert_eq!(stage.get(reminder.id).await.as_ref(), Some(&after));
    assert_eq!(stage.due_by(200).await, [due(&after)]);
    let same = stage.reminders.change(stage.owner, reminder.id, None, None).await.unwrap();
    assert_eq!(same, after);
}

#[tokio::test]
async fn a_reminder_that_does_not_wait_is_not_changed_and_can_be_deleted() {
    let stage = Stage::new().await;
    for is_sent in [true, false] {
        let reminder = stage.set(90).await;
        let ended = if is_sent {
            stage.reminders.sent(due(&reminder), at(91)).await
        } else {
            stage.reminders.missed(due(&reminder), at(91)).await
        };
        assert!(ended.unwrap());
        let state = stage.get(reminder.id).await.unwrap().state;
        assert_eq!(state, if is_sent { ReminderState::Sent } else { ReminderState::Missed });
        let changed = stage.reminders.change(stage.owner, reminder.id, Some(time(200)), None).await;
        assert!(matches!(changed, Err(ReminderError::NotWaiting)));
        assert!(stage.reminders.delete(stage.owner, reminder.id).await.unwrap());
        assert_eq!(stage.get(reminder.id).await, None);
    }
}

#[tokio::test]
async fn what_is_deleted_is_due_no_more() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let reminder = stage.set(90).await;
    assert!(stage.reminders.delete(stage.owner, reminder.id).await.unwrap());
    assert!(!stage.reminders.delete(stage.owner, reminder.id).await.unwrap());
    assert!(stage.due_by(1000).await.is_empty());
    let changed = stage.reminders.change(stage.owner, reminder.id, Some(time(200)), None).await;
    assert!(matches!(changed, Err(ReminderError::Missing)));
    let left: Vec<String> = meter.keys().await.into_iter().filter(|key| !key.contains("DATAKEY")).collect();
    assert_eq!(left, [format!("U#{} REMINDERS", stage.owner)], "its number alone");
}

#[tokio::test]
async fn other_people_see_and_change_nothing() {
    let stage = Stage::new().await;
    let reminder = stage.set(90).await;
    let bob = UserId::new(at(0));
    assert_eq!(stage.reminders.get(bob, reminder.id).await.unwrap(), None);
    let changed = stage.reminders.change(bob, reminder.id, Some(time(200)), None).await;
    assert!(matches!(changed, Err(ReminderError::Missing)));
    assert!(!stage.reminders.delete(bob, reminder.id).await.unwrap());
    assert!(stage.reminders.list(bob, None, None, 10).await.unwrap().0.is_empty());
    assert_eq!(stage.get(reminder.id).await, Some(reminder));
}

#[tokio::test]
async fn no_more_wait_than_can_however_many_are_set_at_once() {
    let stage = Stage::new().await;
    let mut last = stage.set(90).await;
    for _ in 0..Reminder::MAX_WAITING - 11 {
        last = stage.set(90).await;
    }
    let more: Vec<Reminder> = (0..15).map(|_| stage.draft(100, "One more", None)).collect();
    let made = futures_util::future::join_all(more.iter().map(|one| stage.reminders.create(one))).await;
    let made: Vec<ReminderCreation> = made.into_iter().map(Result::unwrap).collect();
    let done = made.iter().filter(|made| **made == ReminderCreation::Done).count();
    assert_eq!((done, made.len() - done), (10, 5));
    assert!(made.iter().all(|made| *made != ReminderCreation::NoMemory));

    // Whatever ends one makes room for one.
    assert!(stage.reminders.delete(stage.owner, last.id).await.unwrap());
    let another = stage.set(100).await;
    assert_eq!(
        stage.reminders.create(&stage.draft(100, "Too much", None)).await.unwrap(),
        ReminderCreation::TooMany
    );
    assert!(stage.reminders.sent(due(&another), at(100)).await.unwrap());
    stage.set(100).await;
}

#[tokio::test]
async fn what_is_set_again_is_known_to_be_there() {
    let stage = Stage::new().await;
    let memory = stage.memory().await;
    let reminder = stage.draft(90, "Call Ada", Some(memory));
    assert_eq!(stage.reminders.create(&reminder).await.unwrap(), ReminderCreation::Done);
    for _ in 1..Reminder::MAX_WAITING {
        stage.set(90).await;
    }
    for _ in 0..2 {
        let again = stage.reminders.create(&reminder).await;
        assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
        // And once more without its memory.
        stage.memories.trash(stage.owner, memory, None, at(1)).await.ok();
    }
    assert_eq!(stage.get(reminder.id).await, Some(reminder));
}

#[tokio::test]
async fn changes_at_the_same_moment_are_all_kept() {
    let stage = Stage::new().await;
    let reminder = stage.set(90).await;
    let words = text("Write to Ada");
    for seconds in 200..210 {
        let (moved, reworded) = tokio::join!(
            stage.reminders.change(stage.owner, reminder.id, Some(time(seconds)), None),
            stage.reminders.change(stage.owner, reminder.id, None, Some(&words)),
        );
        assert_eq!(moved.unwrap().at, at(seconds));
        assert_eq!(reworded.unwrap().text, words);
        let after = stage.get(reminder.id).await.unwrap();
        assert_eq!((after.at, &after.text), (at(seconds), &words));
        assert_eq!(stage.due_by(1000).await, [due(&after)], "and it is due once");
    }
}

#[tokio::test]
async fn a_reminder_that_is_deleted_while_it_is_sent_is_one_or_the_other() {
    let stage = Stage::new().await;
    for _ in 0..10 {
        let reminder = stage.set(90).await;
        let (sent, deleted) = tokio::join!(
            stage.reminders.sent(due(&reminder), at(90)),
            stage.reminders.delete(stage.owner, reminder.id),
        );
        assert!(deleted.unwrap());
        assert_eq!((stage.get(reminder.id).await, stage.due_by(1000).await), (None, Vec::new()), "{sent:?}");
    }
    // The number is still right: as many can be set as ever.
    for _ in 0..Reminder::MAX_WAITING {
        stage.set(90).await;
    }
    let more = stage.reminders.create(&stage.draft(100, "Too much", None)).await.unwrap();
    assert_eq!(more, ReminderCreation::TooMany);
}

#[tokio::test]
async fn what_a_reminder_says_opens_for_its_owner_alone() {
    let table = table().await;
    let stage = Stage::on(table.clone());
    let reminder = stage.set(90).await;
    let stranger = Reminders::new(table.clone(), vault(&table));
    assert!(stranger.get(stage.owner, reminder.id).await.is_err(), "another KMS has other keys");
    let missing = missing_table().await;
    let away = Reminders::new(missing.clone(), vault(&missing));
    assert!(away.get(stage.owner, ReminderId::new(at(0))).await.is_err());
}
