//! What has come due: found by its time, ended once.

use app_domain::{ReminderId, ReminderState, UserId};
use app_store::DueReminder;

use crate::stage::{Stage, at, due, time};

const DAY: i64 = 24 * 60 * 60;

#[tokio::test]
async fn what_has_come_is_found_the_earliest_first() {
    let stage = Stage::new().await;
    let (late, early, _tomorrow) = (stage.set(120).await, stage.set(60).await, stage.set(DAY + 60).await);
    assert!(stage.due_by(59).await.is_empty());
    assert_eq!(stage.due_by(60).await, [due(&early)], "at its very time");
    assert_eq!(stage.due_by(119).await, [due(&early)]);
    assert_eq!(stage.due_by(DAY / 4).await, [due(&early), due(&late)], "tomorrow's is not of this day");
}

#[tokio::test]
async fn a_day_is_read_page_by_page() {
    let stage = Stage::new().await;
    let mut wanted = Vec::new();
    for n in 0..7 {
        // Several of one millisecond too.
        wanted.push(due(&stage.set(60 + n / 3).await));
    }
    let (mut found, mut seen) = (Vec::new(), None);
    loop {
        let page = stage.reminders.due(&at(60).day(), at(100), seen.as_deref(), 2).await.unwrap();
        found.extend(page.items);
        seen = page.next;
        if seen.is_none() {
            break;
        }
    }
    found.sort_by_key(|one| one.id);
    wanted.sort_by_key(|one| one.id);
    assert_eq!(found, wanted);
    // What was seen later than this sweep looks is no trouble.
    let seen = format!("{}#x", at(500));
    let page = stage.reminders.due(&at(60).day(), at(100), Some(&seen), 2).await.unwrap();
    assert!(page.items.is_empty() && page.next.is_none());
}

#[tokio::test]
async fn a_reminder_ends_once_whoever_is_first() {
    let stage = Stage::new().await;
    let reminder = stage.set(60).await;
    let ends = (0..8).map(|n| {
        let due = due(&reminder);
        let reminders = &stage.reminders;
        async move {
            if n % 2 == 0 { reminders.sent(due, at(61)).await } else { reminders.missed(due, at(61)).await }
        }
    });
    let ended = futures_util::future::join_all(ends).await;
    assert_eq!(ended.into_iter().filter(|ended| *ended.as_ref().unwrap()).count(), 1);
    assert!(stage.due_by(100).await.is_empty());
    assert_ne!(stage.get(reminder.id).await.unwrap().state, ReminderState::Waiting);
}

#[tokio::test]
async fn a_reminder_that_was_moved_is_not_ended_at_its_old_time() {
    let stage = Stage::new().await;
    let before = stage.set(60).await;
    let after = stage.reminders.change(stage.owner, before.id, Some(time(200)), None).await.unwrap();
    assert!(!stage.reminders.sent(due(&before), at(61)).await.unwrap());
    assert_eq!(stage.get(before.id).await.unwrap().state, ReminderState::Waiting);
    assert_eq!(stage.due_by(200).await, [due(&after)], "and is still due at its new one");
    assert!(stage.reminders.sent(due(&after), at(201)).await.unwrap());
}

#[tokio::test]
async fn what_is_due_of_nobody_is_forgotten() {
    let stage = Stage::new().await;
    let kept = stage.set(60).await;
    let ghost = DueReminder { owner: UserId::new(at(0)), id: ReminderId::new(at(0)), at: at(60) };
    assert!(!stage.reminders.sent(ghost, at(61)).await.unwrap());
    assert_eq!(stage.due_by(100).await, [due(&kept)]);
}
