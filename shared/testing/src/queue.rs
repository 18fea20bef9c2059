//! A queue, played: it takes messages, in batches and one by one, and keeps them.

use std::sync::{Arc, Mutex};

use aws_sdk_sqs::Client;
use http::{Request, Response};
use serde_json::{Value, json};

use crate::aws;

/// A queue. Cloning shares it.
#[derive(Clone, Default)]
pub struct PlayedQueue(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    messages: Vec<Value>,
    /// For how many seconds each that came is held back.
    delays: Vec<u64>,
    refuses: bool,
}

impl PlayedQueue {
    /// Where it is.
    pub const URL: &str = "https://sqs.us-east-1.amazonaws.com/1/played";

    /// What gives a client of it.
    pub fn client(&self) -> impl Fn() -> Client + Send + Sync + use<> {
        let queue = self.clone();
        let client = Client::new(&aws(move |request| queue.answer(&request)));
        move || client.clone()
    }

    /// The messages since the last time, as JSON, in the order they came.
    pub fn take(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().expect("a queue").messages)
    }

    /// For how many seconds it holds back the messages that came since the last time, in the order they came.
    pub fn take_delays(&self) -> Vec<u64> {
        std::mem::take(&mut self.0.lock().expect("a queue").delays)
    }

    /// Whether it refuses every message from now on.
    pub fn refuse(&self, refuses: bool) {
        self.0.lock().expect("a queue").refuses = refuses;
    }

    fn answer(&self, request: &Request<Vec<u8>>) -> Response<String> {
        let body: Value = serde_json::from_slice(request.body()).expect("a call in JSON");
        assert_eq!(body["QueueUrl"], Self::URL);
        let operation = request.headers()["x-amz-target"].to_str().expect("the name of an operation");
        let entries = match operation {
            "AmazonSQS.SendMessage" => vec![body],
            "AmazonSQS.SendMessageBatch" => body["Entries"].as_array().cloned().unwrap_or_default(),
            "AmazonSQS.ChangeMessageVisibility" => return Response::new("{}".to_owned()),
            other => panic!("nobody should call {other}"),
        };
        assert!((1..=10).contains(&entries.len()), "SQS takes at most ten messages at once");
        let mut state = self.0.lock().expect("a queue");
        if state.refuses {
            let body = json!({"__type": "com.amazonaws.sqs#RequestThrottled"}).to_string();
            return Response::builder().status(400).body(body).expect("a response");
        }
        let read = |entry: &Value| serde_json::from_str(entry["MessageBody"].as_str().expect("a body"));
        state.delays.extend(entries.iter().map(|entry| entry["DelaySeconds"].as_u64().unwrap_or_default()));
        state.messages.extend(entries.iter().map(|entry| read(entry).expect("a message in JSON")));
        let taken: Vec<Value> = entries
            .iter()
            .map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "-"}))
            .collect();
        let answer = match operation {
            "AmazonSQS.SendMessage" => json!({"MessageId": "m"}),
            _ => json!({"Successful": taken, "Failed": []}),
        };
        Response::new(answer.to_string())
    }
}
