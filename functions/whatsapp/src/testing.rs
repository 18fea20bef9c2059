//! What the function works with, played: a bucket, and a strict stand-in for SQS, behind the real SDK, that checks what SQS checks
//! and answers in SQS's words.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use app_runtime::OrderedQueue;
use app_testing::PlayedBucket;
use axum::Router;
use axum::http::{Request, Response};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{App, InboundBucket, Secret, router};

pub(crate) const APP_SECRET: &str = "app-secret-for-tests-01";
pub(crate) const OLD_APP_SECRET: &str = "app-secret-for-tests-00";
pub(crate) const VERIFY_TOKEN: &str = "verify-token-for-tests";
const QUEUE_URL: &str = "https://sqs.us-east-1.amazonaws.com/123456789012/inbound.fifo";

/// The stand-in. Cloning shares what it took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sqs {
    taken: Arc<Mutex<Vec<Sent>>>,
    refusal: Arc<Mutex<Option<(String, usize)>>>,
    down: bool,
}

/// A message that was taken.
#[derive(Debug, Clone)]
pub(crate) struct Sent(Value);

impl Sent {
    pub(crate) fn body(&self) -> &str {
        self.0["MessageBody"].as_str().unwrap()
    }

    pub(crate) fn group(&self) -> &str {
        self.0["MessageGroupId"].as_str().unwrap()
    }

    pub(crate) fn deduplication(&self) -> &str {
        self.0["MessageDeduplicationId"].as_str().unwrap()
    }

    fn wamid(&self) -> String {
        let body: Value = serde_json::from_str(self.body()).unwrap();
        body["wamid"].as_str().unwrap().to_owned()
    }
}

impl Sqs {
    /// Refuses the message with this id so often.
    pub(crate) fn refusing(wamid: &str, times: usize) -> Self {
        Self { refusal: Arc::new(Mutex::new(Some((wamid.to_owned(), times)))), ..Self::default() }
    }

    /// Answers every call with a fault.
    pub(crate) fn down() -> Self {
        Self { down: true, ..Self::default() }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.taken.lock().unwrap().clone()
    }

    pub(crate) fn wamids(&self) -> Vec<String> {
        self.sent().iter().map(Sent::wamid).collect()
    }

    fn client(&self) -> aws_sdk_sqs::Client {
        let sqs = self.clone();
        aws_sdk_sqs::Client::new(&app_testing::aws(move |request| sqs.answer(&request)))
    }

    fn answer(&self, request: &Request<Vec<u8>>) -> Response<String> {
        assert_eq!(request.headers()["x-amz-target"], "AmazonSQS.SendMessageBatch");
        let batch: Value = serde_json::from_slice(request.body()).unwrap();
        let (status, answer) = if self.down {
            (503, json!({"__type": "com.amazonaws.sqs#ServiceUnavailable"}))
        } else if batch["Entries"] == json!([]) {
            (400, json!({"__type": "com.amazonaws.sqs#EmptyBatchRequest"}))
        } else {
            (200, self.take(&batch))
        };
        Response::builder().status(status).body(answer.to_string()).unwrap()
    }

    fn take(&self, batch: &Value) -> Value {
        assert_eq!(batch["QueueUrl"], QUEUE_URL);
        let entries: Vec<Sent> = batch["Entries"].as_array().unwrap().iter().cloned().map(Sent).collect();
        assert!((1..=10).contains(&entries.len()), "{} messages in a batch", entries.len());
        assert!(entries.iter().map(|entry| entry.body().len()).sum::<usize>() <= 256 * 1024);
        let ids: HashSet<&str> = entries.iter().map(|entry| entry.0["Id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), entries.len());
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        for entry in entries {
            assert!([entry.group(), entry.deduplication()].iter().all(|id| (1..=128).contains(&id.len())));
            if self.refuses(&entry) {
                refused.push(json!({"Id": entry.0["Id"], "Code": "InternalError", "SenderFault": false}));
            } else {
                taken.push(
                    json!({"Id": entry.0["Id"], "MessageId": entry.deduplication(), "MD5OfMessageBody": ""}),
                );
                self.taken.lock().unwrap().push(entry);
            }
        }
        json!({"Successful": taken, "Failed": refused})
    }

    fn refuses(&self, entry: &Sent) -> bool {
        match self.refusal.lock().unwrap().as_mut() {
            Some((wamid, times)) if *wamid == entry.wamid() && *times > 0 => {
                *times -= 1;
                true
            }
            _ => false,
        }
    }
}

/// The queue and the bucket of one function.
#[derive(Clone, Default)]
pub(crate) struct Cloud {
    pub(crate) sqs: Sqs,
    pub(crate) bucket: PlayedBucket,
}

impl Cloud {
    /// With this queue.
    pub(crate) fn with(sqs: Sqs) -> Self {
        Self { sqs, ..Self::default() }
    }

    /// What the function is wired with.
    pub(crate) fn app(&self) -> App {
        let secret =
            |text: String| Secret::new(move || std::future::ready(Ok(SecretString::from(text.clone()))));
        let (for_bucket, for_queue) = (self.bucket.client(), self.sqs.client());
        App {
            app_secret: secret(format!("{APP_SECRET}\n{OLD_APP_SECRET}\n")),
            verify_token: secret(VERIFY_TOKEN.to_owned()),
            bucket: InboundBucket::new("inbound", move || for_bucket.clone()),
            queue: OrderedQueue::new(QUEUE_URL, move || for_queue.clone()),
        }
    }

    /// The function's service.
    pub(crate) fn service(&self) -> Router {
        router(self.app(), "*")
    }
}
