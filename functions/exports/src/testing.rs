//! The function on a table in memory, with a queue that keeps what is sent.

use std::sync::{Arc, Mutex};

use app_domain::{ExportJob, Timestamp, UserId};
use app_runtime::Queue;
use app_store::Exports;
use app_testing::{authenticator, aws, table};
use axum::Router;
use axum::http::{Request, Response};
use serde_json::{Value, json};

use crate::{App, Downloads, router};

pub(crate) struct Stage {
    pub(crate) router: Router,
    pub(crate) exports: Exports,
    sent: Arc<Mutex<Vec<Value>>>,
}

pub(crate) fn now() -> Timestamp {
    app_runtime::now()
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with_queue(true).await
    }

    pub(crate) async fn with_broken_queue() -> Self {
        Self::with_queue(false).await
    }

    async fn with_queue(works: bool) -> Self {
        let exports = Exports::new(table().await);
        let sent = Arc::<Mutex<Vec<Value>>>::default();
        let queue = {
            let sent = Arc::clone(&sent);
            aws(move |request| {
                sent.lock().unwrap().push(message(&request));
                answer(works)
            })
        };
        let app = App {
            exports: exports.clone(),
            queue: Queue::new("https://sqs.us-east-1.amazonaws.com/1/jobs", move || {
                aws_sdk_sqs::Client::new(&queue)
            }),
            downloads: Downloads::new("files", || {
                aws_sdk_s3::Client::new(&aws(|request| -> Response<String> {
                    panic!("a link needs no call: {request:?}")
                }))
            }),
            authenticator: authenticator(),
        };
        Self { router: router(app, "*"), exports, sent }
    }

    /// The messages that reached the queue.
    pub(crate) fn sent(&self) -> Vec<Value> {
        self.sent.lock().unwrap().clone()
    }

    /// The job after a worker has begun it.
    pub(crate) async fn begun(&self, job: ExportJob) -> ExportJob {
        self.exports.create(&job, &app_domain::Origin::default()).await.unwrap();
        self.exports.begin(job.user_id, job.id, 3, job.created_at).await.unwrap().unwrap()
    }

    /// A job that is done.
    pub(crate) async fn completed(&self, user: UserId) -> ExportJob {
        let job = self.begun(ExportJob::request(user, now())).await;
        let sha256 = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c";
        assert!(self.exports.complete(&job, 3, 512, sha256, now()).await.unwrap());
        job
    }
}

fn message(request: &Request<Vec<u8>>) -> Value {
    let call: Value = serde_json::from_slice(request.body()).unwrap();
    serde_json::from_str(call["MessageBody"].as_str().unwrap()).unwrap()
}

fn answer(works: bool) -> Response<String> {
    // The SDK checks neither the id nor, unless it is there, the digest.
    let (status, body) = match works {
        true => (200, json!({"MessageId": "4f1f1a5e-3a0e-4b5c-9a51-1f3d4c5b6a79"})),
        false => (403, json!({"__type": "com.amazonaws.sqs#KmsAccessDenied", "message": "queue jobs: no"})),
    };
    Response::builder().status(status).body(body.to_string()).unwrap()
}
