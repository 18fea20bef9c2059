//! The jobs queue as far as holding messages and sending jobs needs it.

use std::sync::{Arc, Mutex};

use app_domain::Job;
use app_runtime::Queue;
use app_testing::aws;
use http::Response;
use serde_json::{Value, json};

/// A queue. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct FakeQueue(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    holds: Vec<Value>,
    sent: Vec<Value>,
    refuses: bool,
    is_unheard: bool,
}

impl FakeQueue {
    pub(crate) fn queue(&self) -> Queue<Job> {
        let state = Arc::clone(&self.0);
        let config = aws(move |request| {
            let call: Value = serde_json::from_slice(request.body()).unwrap();
            let mut state = state.lock().unwrap();
            match request.headers()["x-amz-target"].to_str().unwrap() {
                "AmazonSQS.ChangeMessageVisibility" => state.holds.push(call),
                "AmazonSQS.SendMessage" if state.refuses => {
                    let body = json!({"__type": "com.amazonaws.sqs#RequestThrottled"}).to_string();
                    return Response::builder().status(400).body(body).unwrap();
                }
                "AmazonSQS.SendMessage" => {
                    let body = call["MessageBody"].as_str().unwrap();
                    let job: Value = serde_json::from_str(body).unwrap();
                    // A call that is not heard may be made again.
                    if !state.is_unheard || !state.sent.contains(&job) {
                        state.sent.push(job);
                    }
                    if state.is_unheard {
                        return Response::builder().status(503).body(String::new()).unwrap();
                    }
                    return Response::new(json!({"MessageId": "m"}).to_string());
                }
                other => panic!("nobody should call {other}"),
            }
            Response::new("{}".to_owned())
        });
        Queue::new("https://sqs.us-east-1.amazonaws.com/1/jobs", move || aws_sdk_sqs::Client::new(&config))
    }

    /// What was asked to be held, since the last time.
    pub(crate) fn take_holds(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().unwrap().holds)
    }

    /// The jobs that were sent, since the last time.
    pub(crate) fn take_sent(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().unwrap().sent)
    }

    /// Whether it takes no jobs from now on.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.0.lock().unwrap().refuses = refuses;
    }

    /// Whether what it takes is not confirmed from now on: the worker has ended before it heard.
    pub(crate) fn set_unheard(&self, is_unheard: bool) {
        self.0.lock().unwrap().is_unheard = is_unheard;
    }
}
