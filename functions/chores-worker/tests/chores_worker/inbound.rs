//! The inbound queue, played as a FIFO queue is: what has the deduplication of an earlier message is taken and not kept.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use app_testing::{PlayedQueue, aws};
use aws_sdk_sqs::Client;
use http::{Request, Response};
use serde_json::{Value, json};

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) body: String,
    pub(crate) group: String,
    pub(crate) deduplication: String,
}

#[derive(Clone, Default)]
pub(crate) struct Inbound(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    messages: Vec<Taken>,
    known: HashSet<String>,
    /// How many more calls it takes, if not all.
    calls_left: Option<usize>,
}

impl Inbound {
    pub(crate) fn client(&self) -> impl Fn() -> Client + Send + Sync + use<> {
        let queue = self.clone();
        let client = Client::new(&aws(move |request| queue.answer(&request)));
        move || client.clone()
    }

    /// Everything that has come.
    pub(crate) fn messages(&self) -> Vec<Taken> {
        self.0.lock().unwrap().messages.clone()
    }

    /// Takes so many calls more, or every one.
    pub(crate) fn take_calls(&self, calls: Option<usize>) {
        self.0.lock().unwrap().calls_left = calls;
    }

    fn answer(&self, request: &Request<Vec<u8>>) -> Response<String> {
        assert_eq!(request.headers()["x-amz-target"], "AmazonSQS.SendMessageBatch");
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body["QueueUrl"], PlayedQueue::URL);
        let entries = body["Entries"].as_array().unwrap();
        assert!((1..=10).contains(&entries.len()));
        let mut state = self.0.lock().unwrap();
        if state.calls_left == Some(0) {
            let refusal = json!({"__type": "com.amazonaws.sqs#RequestThrottled"}).to_string();
            return Response::builder().status(400).body(refusal).unwrap();
        }
        state.calls_left = state.calls_left.map(|left| left - 1);
        for entry in entries {
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            let taken = Taken {
                body: text("MessageBody"),
                group: text("MessageGroupId"),
                deduplication: text("MessageDeduplicationId"),
            };
            assert!(taken.deduplication.len() <= 128 && taken.group.len() <= 128);
            if state.known.insert(taken.deduplication.clone()) {
                state.messages.push(taken);
            }
        }
        let taken: Vec<Value> = entries
            .iter()
            .map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "-"}))
            .collect();
        Response::new(json!({"Successful": taken, "Failed": []}).to_string())
    }
}
