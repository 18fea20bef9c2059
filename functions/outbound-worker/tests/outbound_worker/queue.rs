//! The outbound queue, as far as the worker speaks to it, and what it hands over.

use std::sync::{Arc, Mutex};

use app_domain::Outgoing;
use app_testing::aws;
use aws_sdk_sqs::Client;
use http::{Request, Response};
use outbound_worker::Holds;
use serde_json::{Value, json};

const URL: &str = "https://sqs.us-east-1.amazonaws.com/1/outbound.fifo";

/// Notes which messages are held back, by their receipts, and for how many seconds.
#[derive(Clone, Default)]
pub(crate) struct PlayedHolds(Arc<Mutex<Vec<(String, i64)>>>);

impl PlayedHolds {
    pub(crate) fn holds(&self) -> Holds {
        let played = self.clone();
        let client = Client::new(&aws(move |request: Request<Vec<u8>>| {
            let operation = request.headers()["x-amz-target"].to_str().unwrap();
            assert_eq!(operation, "AmazonSQS.ChangeMessageVisibility");
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(body["QueueUrl"], URL);
            let receipt = body["ReceiptHandle"].as_str().unwrap().to_owned();
            played.0.lock().unwrap().push((receipt, body["VisibilityTimeout"].as_i64().unwrap()));
            Response::new("{}".to_owned())
        }));
        Holds::new(URL, move || client.clone())
    }

    /// What was held back since the last time.
    pub(crate) fn take(&self) -> Vec<(String, i64)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Bodies as the queue hands them over the `receives`-th time: the first is message `m0` with the receipt `r0`, all in one chat.
pub(crate) fn bodies(bodies: &[String], receives: u32) -> Value {
    let record = |(place, body): (usize, &String)| {
        let attributes = json!({"ApproximateReceiveCount": receives.to_string(), "MessageGroupId": "chat"});
        json!({
            "messageId": format!("m{place}"), "receiptHandle": format!("r{place}"), "body": body,
            "attributes": attributes,
        })
    };
    json!({"Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>()})
}

pub(crate) fn queued(outgoing: &[Outgoing], receives: u32) -> Value {
    let written = outgoing.iter().map(|outgoing| serde_json::to_string(outgoing).unwrap());
    bodies(&written.collect::<Vec<_>>(), receives)
}
