//! Reminders on the deployed stack: from the request to the mail.

use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use e2e::{Mailbox, Person, Stack, eventually};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

crate::trials!(a_reminder_is_mailed_once_when_its_time_has_come, a_reminder_that_was_deleted_is_not_mailed);

async fn proved(stack: &Arc<Stack>) -> Person {
    let ada = Person::registered(stack).await;
    let mail = Mailbox::of(stack).newest_to(&ada.email).await;
    let proved = ada.post("/auth/verify-email", &json!({"token": mail.token()})).await;
    assert!(proved.status.is_success(), "{}", proved.body);
    ada
}

async fn set(person: &Person, text: &str, memory: Option<&Value>) -> Value {
    let at = Timestamp::now() + SignedDuration::from_hours(24);
    let memory = memory.map(|memory| memory["id"].clone());
    let set =
        person.post("/reminders", &json!({"text": text, "at": at.to_string(), "memoryId": memory})).await;
    assert_eq!(set.status, 201, "{}", set.body);
    set.body["reminder"].clone()
}

fn text(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

/// What is noted of a reminder among those of its day.
fn due(person: &Person, reminder: &Value, at: &str) -> [AttributeValue; 2] {
    let (user, id) = (person.id(), reminder["id"].as_str().unwrap());
    [text(format!("REMIND#{}", &at[..10])), text(format!("{at}#{user}#{id}"))]
}

/// Notes that a reminder was to be sent at a time.
async fn note_due(stack: &Stack, person: &Person, reminder: &Value, at: &str) {
    let [pk, sk] = due(person, reminder, at);
    let put = aws_sdk_dynamodb::Client::new(&stack.aws()).put_item().table_name(stack.output("TableName"));
    put.item("pk", pk).item("sk", sk).send().await.unwrap();
}

fn a_minute_ago() -> String {
    format!("{:.3}", Timestamp::now() - SignedDuration::from_mins(1))
}

/// What waiting for a day does: the time of a reminder has come.
async fn pass_a_day(stack: &Stack, person: &Person, reminder: &Value) {
    let table = aws_sdk_dynamodb::Client::new(&stack.aws());
    let at = a_minute_ago();
    let (user, id) = (person.id(), reminder["id"].as_str().unwrap());
    let update = table.update_item().table_name(stack.output("TableName"));
    let update = update.key("pk", text(format!("U#{user}#REMINDERS"))).key("sk", text(id));
    let update = update.update_expression("SET #at = :at, byUpdated = :place");
    let update = update.condition_expression("attribute_exists(pk)").expression_attribute_names("#at", "at");
    let update = update.expression_attribute_values(":at", text(&at));
    let update = update.expression_attribute_values(":place", text(format!("0#{at}#{id}")));
    update.send().await.unwrap();
    let [pk, sk] = due(person, reminder, reminder["at"].as_str().unwrap());
    let delete = table.delete_item().table_name(stack.output("TableName"));
    delete.key("pk", pk).key("sk", sk).send().await.unwrap();
    note_due(stack, person, reminder, &at).await;
}

/// As the schedule asks for it.
async fn sweep(stack: &Stack) {
    let queue = aws_sdk_sqs::Client::new(&stack.aws());
    let message = queue.send_message().queue_url(stack.output("ChoresQueueUrl"));
    message.message_body(json!({"kind": "sendReminders"}).to_string()).send().await.unwrap();
}

async fn status(person: &Person, reminder: &Value) -> Value {
    let path = format!("/reminders/{}", reminder["id"].as_str().unwrap());
    person.get(&path).await.body["reminder"]["status"].clone()
}

async fn a_reminder_is_mailed_once_when_its_time_has_come(stack: Arc<Stack>) {
    let ada = proved(&stack).await;
    let memory = ada.save(&json!({"title": "Lisbon"})).await;
    let due = set(&ada, "Book the tram 28", Some(&memory)).await;
    let later = set(&ada, "Pack", None).await;
    pass_a_day(&stack, &ada, &due).await;
    for _ in 0..3 {
        sweep(&stack).await;
    }
    let mail = Mailbox::of(&stack).newest_about(&ada.email, "Reminder: Book the tram 28").await;
    let link = format!("/memories/{}", memory["id"].as_str().unwrap());
    assert!(mail.text.contains("\nBook the tram 28\n") && mail.text.contains(&link), "{}", mail.text);
    assert!(mail.html.contains(&link) && !mail.text.contains("late"), "{}", mail.html);
    eventually("it to be noted", || async { (status(&ada, &due).await == "sent").then_some(()) }).await;

    // By the time that the next is sent, a second mail of the first would have been as well.
    pass_a_day(&stack, &ada, &later).await;
    sweep(&stack).await;
    Mailbox::of(&stack).newest_about(&ada.email, "Reminder: Pack").await;
    let mails = Mailbox::of(&stack).all_to(&ada.email).await;
    assert_eq!(mails.iter().filter(|mail| mail.subject.contains("tram")).count(), 1);
    eventually("none to wait", || async {
        let waiting = ada.get("/reminders?status=waiting").await.body["reminders"].clone();
        waiting.as_array().unwrap().is_empty().then_some(())
    })
    .await;
}

async fn a_reminder_that_was_deleted_is_not_mailed(stack: Arc<Stack>) {
    let ada = proved(&stack).await;
    let (gone, kept) = (set(&ada, "Gone", None).await, set(&ada, "Kept", None).await);
    let path = format!("/reminders/{}", gone["id"].as_str().unwrap());
    assert_eq!(ada.delete(&path).await.status, 204);
    // As if that note had been forgotten.
    note_due(&stack, &ada, &gone, &a_minute_ago()).await;
    pass_a_day(&stack, &ada, &kept).await;
    sweep(&stack).await;
    Mailbox::of(&stack).newest_about(&ada.email, "Reminder: Kept").await;
    let mails = Mailbox::of(&stack).all_to(&ada.email).await;
    assert!(mails.iter().all(|mail| !mail.subject.contains("Gone")));
    assert_eq!(ada.get(&path).await.status, 404);
}
