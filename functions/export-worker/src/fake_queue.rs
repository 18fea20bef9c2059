//! The jobs queue as far as holding messages needs it.

use std::sync::{Arc, Mutex};

use app_testing::aws;
use http::Response;
use serde_json::Value;

use crate::JobQueue;

/// A queue. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct FakeQueue(Arc<Mutex<Vec<Value>>>);

impl FakeQueue {
    pub(crate) fn queue(&self) -> JobQueue {
        let calls = Arc::clone(&self.0);
        let config = aws(move |request| {
            let call = serde_json::from_slice(request.body()).unwrap();
            calls.lock().unwrap().push(call);
            Response::new("{}".to_owned())
        });
        JobQueue::new("https://sqs.us-east-1.amazonaws.com/1/jobs", move || aws_sdk_sqs::Client::new(&config))
    }

    /// What was asked of it.
    pub(crate) fn calls(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }
}
