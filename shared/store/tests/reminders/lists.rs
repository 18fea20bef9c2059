//! Lists of reminders: in order, of one state or of all, page by page.

use app_domain::{ReminderId, ReminderState};

use crate::stage::{Stage, at, due, time};

#[tokio::test]
async fn those_that_wait_come_first_and_of_each_state_the_soonest() {
    let stage = Stage::new().await;
    let mut reminders = Vec::new();
    for n in 0..12 {
        // Not in the order of their times, and some of the same.
        reminders.push(stage.set(60 + (n * 5) % 12 / 2).await);
    }
    let (mut waiting, mut sent, mut missed) = (Vec::new(), Vec::new(), Vec::new());
    for (n, reminder) in reminders.iter().enumerate() {
        let place = (reminder.at, reminder.id.to_string(), reminder.id);
        match n % 3 {
            0 => waiting.push(place),
            1 => {
                assert!(stage.reminders.sent(due(reminder), at(90)).await.unwrap());
                sent.push(place);
            }
            _ => {
                assert!(stage.reminders.missed(due(reminder), at(90)).await.unwrap());
                missed.push(place);
            }
        }
    }
    let ids = |mut places: Vec<(_, _, ReminderId)>| -> Vec<ReminderId> {
        places.sort();
        places.into_iter().map(|(_, _, id)| id).collect()
    };
    let (waiting, sent, missed) = (ids(waiting), ids(sent), ids(missed));
    for limit in [1, 3, 4, 100] {
        assert_eq!(stage.list(Some(ReminderState::Waiting), limit).await, waiting);
        assert_eq!(stage.list(Some(ReminderState::Sent), limit).await, sent);
        assert_eq!(stage.list(Some(ReminderState::Missed), limit).await, missed);
        let all = [&waiting[..], &sent, &missed].concat();
        assert_eq!(stage.list(None, limit).await, all);
    }
}

#[tokio::test]
async fn a_reminder_that_moves_changes_its_place() {
    let stage = Stage::new().await;
    let (first, second) = (stage.set(60).await, stage.set(90).await);
    stage.reminders.change(stage.owner, first.id, Some(time(100)), None).await.unwrap();
    assert_eq!(stage.list(None, 10).await, [second.id, first.id]);
}

#[tokio::test]
async fn a_place_of_another_state_leads_nowhere_it_should_not() {
    let stage = Stage::new().await;
    let (ended, waiting) = (stage.set(60).await, stage.set(90).await);
    assert!(stage.reminders.missed(due(&ended), at(61)).await.unwrap());
    let behind_all = format!("2#{}#{}", at(1000), waiting.id).parse().unwrap();
    let list = |state, after| stage.reminders.list(stage.owner, state, after, 10);
    assert!(list(Some(ReminderState::Waiting), Some(&behind_all)).await.unwrap().0.is_empty());
    let before_all = format!("0#{}#{}", at(0), waiting.id).parse().unwrap();
    let (missed, next) = list(Some(ReminderState::Missed), Some(&before_all)).await.unwrap();
    assert_eq!((missed.len(), missed[0].id, next), (1, ended.id, None));
}
