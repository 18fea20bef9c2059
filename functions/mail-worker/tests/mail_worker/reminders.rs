//! Mails of reminders: what they say, and when nobody gets one.

use app_domain::{
    MailJob, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Reminder, ReminderDraft, ReminderText,
    ReminderTime, User, UserId,
};
use app_store::{DueReminder, ReminderCreation};
use app_testing::{Log, event};

use crate::stage::{ADA, Stage, ada, at};

const DAY: u64 = 24 * 60 * 60;

async fn stage() -> Stage {
    Stage::with(User { is_verified: true, ..ada() }).await
}

/// Sets a reminder of Ada's, due at a time.
async fn set(stage: &Stage, second: u64, text: &str, memory: Option<MemoryId>) -> Reminder {
    let (text, at_time) =
        (ReminderText::parse(text).unwrap(), ReminderTime::ahead(at(second), at(0)).unwrap());
    let reminder = Reminder::new(ada().id, ReminderDraft { memory, text, at: at_time }, at(0));
    assert_eq!(stage.reminders.create(&reminder).await.unwrap(), ReminderCreation::Done);
    reminder
}

/// The mail of a reminder, asked for by the sweep of its minute.
fn mail(reminder: &Reminder) -> MailJob {
    MailJob::of_reminder(reminder.owner, reminder.id, reminder.at, reminder.at)
}

async fn memory(stage: &Stage) -> MemoryId {
    let title = MemoryTitle::parse("A trip").ok();
    let id: MemoryId = "019aa6f1-04d2-7a3b-9c4d-5e6f708192aa".parse().unwrap();
    let draft = MemoryDraft { title, ..MemoryDraft::default() };
    let memory = Memory::new(id, ada().id, MemorySource::Web, draft, at(0)).unwrap();
    stage.memories.create(&memory).await.unwrap();
    id
}

#[tokio::test]
async fn it_says_what_was_to_be_remembered_and_leads_to_its_memory() {
    let stage = stage().await;
    let memory = memory(&stage).await;
    let reminder = set(&stage, 60, "Book the <tram> & more", Some(memory)).await;
    assert!(stage.deliver(&mail(&reminder), at(61)).await);
    let mail = stage.ses.only();
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str(), mail.kind.as_str()),
        (ADA, "Reminder: Book the <tram> & more", "reminder")
    );
    assert!(
        mail.text.contains(&format!("\nhttps://memory.example/app/memories/{memory}\n")),
        "{}",
        mail.text
    );
    assert!(!mail.html.contains("<tram>"), "{}", mail.html);
    insta::assert_snapshot!("reminder.txt", mail.text);
    insta::assert_snapshot!("reminder.html", mail.html);
}

#[tokio::test]
async fn without_its_memory_it_comes_without_a_link() {
    let stage = stage().await;
    let memory = memory(&stage).await;
    let reminder = set(&stage, 60, "Call Bob", Some(memory)).await;
    stage.memories.trash(ada().id, memory, None, at(30)).await.unwrap();
    assert!(stage.deliver(&mail(&reminder), at(61)).await);
    let mail = stage.ses.only();
    assert!(mail.text.contains("\nCall Bob\n") && !mail.text.contains("memor"), "{}", mail.text);
    assert!(!mail.html.contains("href"), "{}", mail.html);
}

#[tokio::test]
async fn a_day_late_it_says_so() {
    let stage = stage().await;
    for (second, sent_at, is_late) in [(60, 60 + DAY, false), (61, 62 + DAY, true)] {
        let reminder = set(&stage, second, "Call Bob", None).await;
        assert!(stage.deliver(&mail(&reminder), at(sent_at)).await);
        let mail = stage.ses.sent().pop().unwrap();
        assert_eq!(mail.text.contains("This mail comes late"), is_late, "{}", mail.text);
        assert_eq!(mail.html.contains("This mail comes late"), is_late, "{}", mail.html);
    }
    assert_eq!(stage.ses.sent().len(), 2);
}

#[tokio::test]
async fn however_often_it_is_asked_for_it_is_one_mail_until_it_is_too_late() {
    let (stage, log) = (stage().await, Log::start());
    let reminder = set(&stage, 60, "Call Bob", None).await;
    let again = |second| MailJob::of_reminder(reminder.owner, reminder.id, reminder.at, at(second));
    assert!(stage.deliver(&again(60), at(60)).await && stage.deliver(&again(120), at(120)).await);
    let due = DueReminder { owner: reminder.owner, id: reminder.id, at: reminder.at };
    assert!(stage.reminders.sent(due, at(121)).await.unwrap());
    assert!(
        stage.deliver(&again(60), at(60 + 7 * DAY)).await
            && stage.deliver(&again(60), at(61 + 7 * DAY)).await
    );
    stage.ses.only();
    assert_eq!(log.of("mail", "outcome"), ["sent", "duplicate", "duplicate", "stale"]);
}

#[tokio::test]
async fn what_was_moved_is_sent_at_its_new_time_alone() {
    let (stage, log) = (stage().await, Log::start());
    let before = set(&stage, 60, "Call Bob", None).await;
    let time = ReminderTime::ahead(at(200), at(0)).unwrap();
    let words = ReminderText::parse("Write to Bob").unwrap();
    let after = stage.reminders.change(before.owner, before.id, Some(time), Some(&words)).await.unwrap();
    assert!(stage.deliver(&mail(&before), at(61)).await);
    assert!(stage.ses.sent().is_empty());
    assert!(stage.deliver(&mail(&after), at(201)).await);
    assert_eq!(stage.ses.only().subject, "Reminder: Write to Bob");
    assert_eq!(log.of("mail", "outcome"), ["not needed", "sent"]);
}

#[tokio::test]
async fn nobody_gets_what_is_gone_or_somebody_elses() {
    let (stage, log) = (stage().await, Log::start());
    let reminder = set(&stage, 60, "Call Bob", None).await;
    let bob = UserId::new(at(0));
    // Jobs of one reminder and one time are one job.
    let theirs = MailJob::of_reminder(bob, reminder.id, at(59), at(60));
    assert!(stage.deliver(&theirs, at(61)).await);
    assert!(stage.reminders.delete(reminder.owner, reminder.id).await.unwrap());
    assert!(stage.deliver(&mail(&reminder), at(61)).await);
    assert!(stage.handle(event("mail-worker/reminder.json"), at(61)).await.is_empty());
    assert!(stage.ses.sent().is_empty());
    assert_eq!(log.of("mail", "outcome"), ["nobody", "not needed", "not needed"]);
}

#[tokio::test]
async fn an_address_that_is_not_proved_gets_none() {
    for (is_verified, is_active, outcome) in [(false, true, "unproved"), (true, false, "nobody")] {
        let stage = Stage::with(User { is_verified, is_active, ..ada() }).await;
        let log = Log::start();
        let reminder = set(&stage, 60, "Call Bob", None).await;
        assert!(stage.deliver(&mail(&reminder), at(61)).await);
        assert!(stage.ses.sent().is_empty());
        assert_eq!(log.of("mail", "outcome"), [outcome]);
    }
}

#[tokio::test]
async fn what_ses_does_not_take_comes_again_and_nothing_of_it_is_logged() {
    let (stage, log) = (stage().await, Log::start());
    let reminder = set(&stage, 60, "Xylophone lesson", None).await;
    stage.ses.fail_once(429, "TooManyRequestsException", "Maximum sending rate exceeded.");
    assert!(!stage.deliver(&mail(&reminder), at(61)).await);
    assert!(stage.deliver(&mail(&reminder), at(62)).await);
    stage.ses.only();
    assert_eq!(log.of("mail", "outcome"), ["failed", "sent"]);
    assert!(
        !log.text().contains("Xylophone") && !log.text().contains(&ada().id.to_string()),
        "{}",
        log.text()
    );
}
