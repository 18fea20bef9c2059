//! Messages that no worker can read end in the dead-letter queue, and hold nothing up.

use std::sync::Arc;

use app_connectors::whatsapp::Webhook;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use e2e::meta::{Meta, now, phone, text_message, wamid};
use e2e::{Person, Stack, eventually};
use serde_json::json;
use uuid::Uuid;

crate::trials!(
    a_poisonous_inbound_message_ends_in_the_dead_letters,
    a_poisonous_job_ends_in_the_dead_letters,
    a_poisonous_import_ends_in_the_dead_letters,
    a_poisonous_drive_task_ends_in_the_dead_letters,
    a_poisonous_mail_ends_in_the_dead_letters,
    a_poisonous_chore_ends_in_the_dead_letters,
    a_poisonous_index_job_ends_in_the_dead_letters,
    a_poisonous_media_job_ends_in_the_dead_letters,
    a_poisonous_answer_ends_in_the_dead_letters,
);

async fn a_poisonous_inbound_message_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "InboundQueueUrl").await;
    let (meta, ada, phone) = (Meta::of(&stack).await, Person::registered(&stack).await, phone());
    meta.link(&ada, &phone).await;

    // In the sender's own group, just before a good message.
    let poison = format!("poison {}", Uuid::new_v4());
    let message = queue.send_message().queue_url(stack.output("InboundQueueUrl")).message_body(&poison);
    let good = text_message(&phone, &wamid(), now(), "not held up");
    let read = Webhook::read(good.to_string().as_bytes(), jiff::Timestamp::now().into()).unwrap();
    message.message_group_id(read.updates[0].group()).message_deduplication_id(&poison).send().await.unwrap();
    meta.deliver(&good).await;
    eventually("the message behind it", || async { (!ada.memories().await.is_empty()).then_some(()) }).await;
    dead(&queue, stack.output("InboundDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_job_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "JobsQueueUrl").await;
    let poison = json!({"kind": "unknown", "id": Uuid::new_v4()}).to_string();
    queue.send_message().queue_url(stack.output("JobsQueueUrl")).message_body(&poison).send().await.unwrap();
    dead(&queue, stack.output("JobsDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_import_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "ImportsQueueUrl").await;
    let poison = json!({"kind": "unknown", "id": Uuid::new_v4()}).to_string();
    queue
        .send_message()
        .queue_url(stack.output("ImportsQueueUrl"))
        .message_body(&poison)
        .send()
        .await
        .unwrap();
    dead(&queue, stack.output("ImportsDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_drive_task_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "DrivesQueueUrl").await;
    let poison = json!({"kind": "unknown", "id": Uuid::new_v4()}).to_string();
    let message = queue.send_message().queue_url(stack.output("DrivesQueueUrl")).message_body(&poison);
    message.send().await.unwrap();
    dead(&queue, stack.output("DrivesDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_mail_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "MailQueueUrl").await;
    let poison = json!({"kind": "unknown", "id": Uuid::new_v4()}).to_string();
    queue.send_message().queue_url(stack.output("MailQueueUrl")).message_body(&poison).send().await.unwrap();
    dead(&queue, stack.output("MailDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_chore_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "ChoresQueueUrl").await;
    let poison = json!({"kind": "unknown", "id": Uuid::new_v4()}).to_string();
    queue
        .send_message()
        .queue_url(stack.output("ChoresQueueUrl"))
        .message_body(&poison)
        .send()
        .await
        .unwrap();
    dead(&queue, stack.output("ChoresDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_index_job_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "IndexQueueUrl").await;
    let poison = json!({"job": "unknown", "id": Uuid::new_v4()}).to_string();
    let message = queue.send_message().queue_url(stack.output("IndexQueueUrl")).message_body(&poison);
    message.send().await.unwrap();
    dead(&queue, stack.output("IndexDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_media_job_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "MediaQueueUrl").await;
    let poison = json!({"owner": "nobody", "id": Uuid::new_v4()}).to_string();
    let message = queue.send_message().queue_url(stack.output("MediaQueueUrl")).message_body(&poison);
    message.send().await.unwrap();
    dead(&queue, stack.output("MediaDeadLettersUrl"), &poison).await;
}

async fn a_poisonous_answer_ends_in_the_dead_letters(stack: Arc<Stack>) {
    let queue = impatient(&stack, "OutboundQueueUrl").await;
    let poison = json!({"key": Uuid::new_v4()}).to_string();
    let message = queue.send_message().queue_url(stack.output("OutboundQueueUrl")).message_body(&poison);
    message.message_group_id("poison").message_deduplication_id(&poison[8..40]).send().await.unwrap();
    dead(&queue, stack.output("OutboundDeadLettersUrl"), &poison).await;
}

/// Makes a queue hand a failed message out again after a second, so that five attempts do not take minutes.
async fn impatient(stack: &Stack, queue_url: &str) -> Client {
    let queue = Client::new(&stack.aws());
    let change = queue.set_queue_attributes().queue_url(stack.output(queue_url));
    change.attributes(QueueAttributeName::VisibilityTimeout, "1").send().await.unwrap();
    queue
}

async fn dead(queue: &Client, dead_letters_url: &str, body: &str) {
    eventually("the message to be given up", || async {
        let received =
            queue.receive_message().queue_url(dead_letters_url).max_number_of_messages(10).send().await;
        received.unwrap().messages().iter().any(|message| message.body() == Some(body)).then_some(())
    })
    .await;
}
