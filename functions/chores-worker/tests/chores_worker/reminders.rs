//! Reminders: whose time has come is asked to be mailed, once, whatever happens between the steps.

use std::time::Duration;

use app_domain::{Chore, MailJob, Reminder, ReminderDraft, ReminderState, ReminderText, ReminderTime, User};
use app_store::ReminderCreation;
use app_testing::{ada, event, missing_table, table};
use serde_json::{Value, json};

use crate::stage::{Stage, at, hasty};

const DAY: i64 = 24 * 60 * 60;

fn sweep() -> Value {
    json!({"kind": "sendReminders"})
}

/// The mail of a reminder, asked for at a time.
fn mail(reminder: &Reminder, seconds: i64) -> Value {
    json!(MailJob::of_reminder(reminder.owner, reminder.id, reminder.at, at(seconds)))
}

/// Sets a reminder on the day before.
async fn set(stage: &Stage, seconds: i64) -> Reminder {
    let set_at = at(seconds - DAY);
    let draft = ReminderDraft {
        memory: None,
        text: ReminderText::parse("Call Ada").unwrap(),
        at: ReminderTime::ahead(at(seconds), set_at).unwrap(),
    };
    let reminder = Reminder::new(stage.owner, draft, set_at);
    assert_eq!(stage.reminders.create(&reminder).await.unwrap(), ReminderCreation::Done);
    reminder
}

/// Makes the account of whom the stage is about.
async fn register(stage: &Stage, is_verified: bool) {
    app_testing::register(&stage.table, &User { is_verified, ..ada(stage.owner, at(0)) }).await;
}

async fn state(stage: &Stage, reminder: &Reminder) -> ReminderState {
    stage.reminders.get(reminder.owner, reminder.id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn what_has_come_is_mailed_and_noted_once() {
    let stage = Stage::new().await;
    register(&stage, true).await;
    let (due, later) = (set(&stage, -5).await, set(&stage, 1).await);
    assert!(stage.handle_event(event("chores-worker/send-reminders.json")).await.is_empty());
    assert_eq!(stage.mail.take(), [mail(&due, 0)]);
    assert_eq!(
        (state(&stage, &due).await, state(&stage, &later).await),
        (ReminderState::Sent, ReminderState::Waiting)
    );
    assert!(stage.handle(&[sweep()]).await.is_empty());
    assert!(stage.mail.take().is_empty() && stage.queue.take().is_empty());
}

#[tokio::test]
async fn what_the_mail_says_is_in_no_queue() {
    let stage = Stage::new().await;
    register(&stage, true).await;
    set(&stage, -5).await;
    stage.handle(&[sweep()]).await;
    let asked = json!(stage.mail.take()).to_string();
    assert!(asked.contains("reminder") && !asked.contains("Call"), "{asked}");
}

#[tokio::test]
async fn killed_at_any_point_it_loses_nothing_and_asks_for_no_other_mail() {
    let stage = Stage::new().await;
    register(&stage, true).await;
    let mut were_asked_twice = 0;
    for lived_for in (0..40).map(|step| Duration::from_micros(step * 250)) {
        let due = set(&stage, -5).await;
        // It fails if it was killed.
        drop(tokio::time::timeout(lived_for, stage.handle(&[sweep()])).await);
        assert!(stage.handle(&[sweep()]).await.is_empty());
        let asked: Vec<Value> = stage.mail.take();
        assert!(
            !asked.is_empty() && asked.iter().all(|job| *job == mail(&due, 0)),
            "{lived_for:?}: {asked:?}"
        );
        were_asked_twice += usize::from(asked.len() > 1);
        assert_eq!(state(&stage, &due).await, ReminderState::Sent);
    }
    assert!(were_asked_twice < 40, "most were not killed between the two steps");
}

#[tokio::test]
async fn two_sweeps_at_the_same_moment_ask_for_one_mail() {
    let stage = Stage::new().await;
    register(&stage, true).await;
    let mut wanted = Vec::new();
    for n in 0..25 {
        wanted.push(mail(&set(&stage, -30 + n).await, 0)["id"].to_string());
    }
    let due = [sweep()];
    let (one, two) = tokio::join!(stage.handle(&due), stage.handle(&due));
    assert!(one.is_empty() && two.is_empty(), "{one:?} {two:?}");
    let mut ids: Vec<String> = stage.mail.take().iter().map(|job| job["id"].to_string()).collect();
    ids.sort();
    ids.dedup();
    wanted.sort();
    assert_eq!(ids, wanted);
}

#[tokio::test]
async fn while_the_queue_of_mail_is_away_reminders_wait() {
    let stage = Stage::new().await;
    register(&stage, true).await;
    let due = set(&stage, -5).await;
    stage.mail.refuse(true);
    assert_eq!(stage.handle(&[sweep()]).await, ["m0"]);
    assert_eq!(state(&stage, &due).await, ReminderState::Waiting);
    stage.mail.refuse(false);
    assert!(stage.handle(&[sweep()]).await.is_empty());
    assert_eq!((stage.mail.take().len(), state(&stage, &due).await), (1, ReminderState::Sent));
}

#[tokio::test]
async fn after_a_week_of_silence_what_came_in_it_is_sent_and_the_rest_given_up() {
    let table = table().await;
    let stage = Stage::at(&table, || at(0));
    register(&stage, true).await;
    let in_time = [set(&stage, -7 * DAY).await, set(&stage, -2 * DAY).await, set(&stage, 0).await];
    let (week, month) = (set(&stage, -7 * DAY - 1).await, set(&stage, -30 * DAY).await);
    assert!(stage.handle(&[sweep()]).await.is_empty());
    assert_eq!(stage.mail.take(), in_time.each_ref().map(|reminder| mail(reminder, 0)));
    for reminder in &in_time {
        assert_eq!(state(&stage, reminder).await, ReminderState::Sent);
    }
    assert_eq!(state(&stage, &week).await, ReminderState::Missed);
    // So far back only the hourly sweep looks.
    assert_eq!(state(&stage, &month).await, ReminderState::Waiting);
    assert!(stage.handle_event(event("chores-worker/sweep.json")).await.is_empty());
    assert_eq!(state(&stage, &month).await, ReminderState::Missed);
    assert!(stage.mail.take().is_empty() && stage.queue.take().is_empty());
}

#[tokio::test]
async fn nobody_without_a_proved_address_is_reminded() {
    for is_verified in [None, Some(false)] {
        let stage = Stage::new().await;
        if let Some(is_verified) = is_verified {
            register(&stage, is_verified).await;
        }
        let due = set(&stage, -5).await;
        assert!(stage.handle(&[sweep()]).await.is_empty());
        assert!(stage.mail.take().is_empty());
        assert_eq!(state(&stage, &due).await, ReminderState::Missed);
    }
}

#[tokio::test]
async fn what_was_moved_or_deleted_is_not_sent() {
    let stage = Stage::new().await;
    register(&stage, true).await;
    let (moved, gone) = (set(&stage, -5).await, set(&stage, -5).await);
    let time = ReminderTime::ahead(at(600), at(-60)).unwrap();
    stage.reminders.change(stage.owner, moved.id, Some(time), None).await.unwrap();
    assert!(stage.reminders.delete(stage.owner, gone.id).await.unwrap());
    assert!(stage.handle(&[sweep()]).await.is_empty());
    assert!(stage.mail.take().is_empty());
    assert_eq!(state(&stage, &moved).await, ReminderState::Waiting);
}

#[tokio::test]
async fn a_crowded_minute_is_sent_in_parts() {
    let table = table().await;
    let stage = Stage::at(&table, hasty);
    register(&stage, true).await;
    for _ in 0..101 {
        set(&stage, -5).await;
    }
    let mut waiting = vec![sweep()];
    let (mut mails, mut rounds) = (Vec::new(), 0);
    while !waiting.is_empty() {
        assert!(stage.handle(&waiting).await.is_empty());
        mails.extend(stage.mail.take().into_iter().map(|job| job["id"].to_string()));
        waiting = stage.queue.take();
        assert!(waiting.iter().all(|chore| chore["after"]["day"] == at(0).day()), "{waiting:?}");
        rounds += 1;
        assert!(rounds < 10);
    }
    mails.sort();
    mails.dedup();
    assert_eq!((mails.len(), rounds), (101, 2));
}

#[tokio::test]
async fn what_cannot_be_read_holds_nothing_up() {
    let stage = Stage::new().await;
    register(&stage, true).await;
    let due = set(&stage, -5).await;
    let nowhere = json!({"kind": "sendReminders", "after": {"day": "9999-12-31", "seen": "x"}});
    let nonsense = json!({"kind": "sendReminders", "after": "yesterday"});
    assert_eq!(stage.handle(&[nonsense, nowhere, sweep()]).await, ["m0"]);
    assert_eq!(stage.mail.take(), [mail(&due, 0)]);
    let away = Stage::at(&missing_table().await, || at(0));
    assert_eq!(away.handle(&[sweep()]).await, ["m0"]);
    assert_eq!(json!(Chore::SendReminders { after: None }), sweep());
}
