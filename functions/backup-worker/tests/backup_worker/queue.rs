//! The drives queue as far as holding messages and sending tasks needs it.

use std::sync::{Arc, Mutex};

use app_domain::DriveTask;
use app_runtime::Queue;
use app_testing::aws;
use http::Response;
use serde_json::{Value, json};

/// A queue. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct FakeQueue(Arc<Mutex<Vec<(DriveTask, u64)>>>);

impl FakeQueue {
    pub(crate) fn queue(&self) -> Queue<DriveTask> {
        let sent = Arc::clone(&self.0);
        let config = aws(move |request| {
            let call: Value = serde_json::from_slice(request.body()).unwrap();
            match request.headers()["x-amz-target"].to_str().unwrap() {
                "AmazonSQS.ChangeMessageVisibility" => {}
                "AmazonSQS.SendMessage" => {
                    let task = serde_json::from_str(call["MessageBody"].as_str().unwrap()).unwrap();
                    let delay = call["DelaySeconds"].as_u64().unwrap_or(0);
                    assert!(delay <= 900, "SQS holds nothing back for longer than 15 minutes");
                    sent.lock().unwrap().push((task, delay));
                    return Response::new(json!({"MessageId": "m"}).to_string());
                }
                other => panic!("nobody should call {other}"),
            }
            Response::new("{}".to_owned())
        });
        let client = aws_sdk_sqs::Client::new(&config);
        Queue::new("https://sqs.us-east-1.amazonaws.com/1/drives", move || client.clone())
    }

    /// The tasks that were sent since the last time, with their delays in seconds.
    pub(crate) fn take(&self) -> Vec<(DriveTask, u64)> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}
