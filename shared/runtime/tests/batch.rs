//! Batches of a queue.

use std::cell::RefCell;
use std::future::ready;

use app_runtime::{QueueMessage, one_by_one};
use app_testing::Log;
use aws_lambda_events::sqs::SqsEvent;
use serde_json::json;

#[tokio::test]
async fn those_that_fail_or_cannot_be_read_are_named_and_hold_no_other_back() {
    Log::keep();
    let log = Log::start();
    let attributes = json!({"ApproximateReceiveCount": "3"});
    let event: SqsEvent = serde_json::from_value(json!({"Records": [
        {"messageId": "a", "body": "1", "receiptHandle": "r", "attributes": attributes},
        {"messageId": "b", "body": "\"SECRET\""},
        {"messageId": "c", "body": "2"},
        {"messageId": "d"},
        {"messageId": "e", "body": "3"},
    ]}))
    .unwrap();
    let seen = RefCell::new(Vec::new());
    let deal = |message: QueueMessage<u32>| {
        let is_odd = message.body % 2 == 1;
        seen.borrow_mut().push((message.id, message.body, message.receives, message.receipt));
        ready(is_odd)
    };
    let answer = one_by_one(event, "number", deal).await;
    let failed: Vec<String> = answer.batch_item_failures.into_iter().map(|one| one.item_identifier).collect();
    assert_eq!(failed, ["b", "c", "d"]);
    let of = |id: &str, body: u32, receives: u32, receipt: &str| {
        (id.to_owned(), body, receives, receipt.to_owned())
    };
    assert_eq!(seen.into_inner(), [of("a", 1, 3, "r"), of("c", 2, 1, ""), of("e", 3, 1, "")]);
    assert_eq!(log.of("number", "outcome"), ["unreadable"; 2]);
    assert_eq!(log.of("number", "messageId"), ["b", "d"]);
    assert!(!log.text().contains("SECRET"), "{}", log.text());
}
