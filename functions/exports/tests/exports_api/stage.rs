//! The function, and whoever calls it.

use app_domain::{
    ExportFormat, ExportJob, ExportLimit, ExportSpec, ImportJob, ImportSpec, Origin, Progress, Role,
    Timestamp, UserId,
};
use app_runtime::Queue;
use app_store::{ArchiveBucket, Exports, FinishedExport, Imports};
use app_testing::{Call, PlayedBucket, PlayedQueue, Reply, authenticator, caller, table, vault};
use axum::Router;
use exports::{App, Exported, Uploaded, router};
use serde_json::{Value, json};

pub(crate) struct Stage {
    router: Router,
    pub(crate) exports: Exports,
    pub(crate) imports: Imports,
    pub(crate) jobs: PlayedQueue,
    pub(crate) tasks: PlayedQueue,
    pub(crate) exported: PlayedBucket,
    pub(crate) uploaded: PlayedBucket,
    pub(crate) user: UserId,
    token: String,
}

pub(crate) fn now() -> Timestamp {
    app_runtime::now()
}

pub(crate) const LIMIT: ExportLimit = ExportLimit { size_bytes: 2_000_000_000, kept_days: 7 };

impl Stage {
    pub(crate) async fn new() -> Self {
        let table = table().await;
        let vault = vault(&table);
        let (exports, imports) = (Exports::new(table.clone(), vault.clone()), Imports::new(table, vault));
        let (jobs, tasks) = (PlayedQueue::default(), PlayedQueue::default());
        let (exported, uploaded) = (PlayedBucket::default(), PlayedBucket::default());
        let bucket = |bucket: &PlayedBucket| {
            let bucket = bucket.clone();
            ArchiveBucket::new("archives", move || bucket.client())
        };
        let app = App {
            exports: exports.clone(),
            imports: imports.clone(),
            queue: Queue::new(PlayedQueue::URL, jobs.client()),
            import_queue: Queue::new(PlayedQueue::URL, tasks.client()),
            exported: Exported(bucket(&exported)),
            uploaded: Uploaded(bucket(&uploaded)),
            export_limits: "free=2GB/7d,premium=60GB/30d".parse().unwrap(),
            import_limits: "free=500MB,premium=5GB".parse().unwrap(),
            authenticator: authenticator(),
        };
        let (user, token) = caller(Role::User);
        Self { router: router(app, "*"), exports, imports, jobs, tasks, exported, uploaded, user, token }
    }

    pub(crate) async fn call(&self, call: Call) -> Reply {
        call.as_caller(&self.token).send(&self.router).await
    }

    pub(crate) async fn stranger(&self, call: Call) -> Reply {
        call.send(&self.router).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call(Call::get(path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call(Call::post(path, body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.call(Call::new("DELETE".parse().unwrap(), path)).await
    }

    /// An export that was asked for.
    pub(crate) async fn asked_at(&self, now: Timestamp) -> ExportJob {
        let job = ExportJob::request(self.user, ExportSpec::of(ExportFormat::Zip), LIMIT, now);
        self.exports.create(&job, &Origin::default()).await.unwrap();
        job
    }

    /// An export that a worker has begun.
    pub(crate) async fn begun(&self) -> ExportJob {
        let job = self.asked_at(now()).await;
        self.exports.begin(job.user_id, job.id, 3, job.created_at).await.unwrap().unwrap()
    }

    /// An export that is done.
    pub(crate) async fn completed(&self) -> ExportJob {
        let job = self.begun().await;
        let sha256 = "b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c".to_owned();
        let progress = Progress { items_done: 3, items_total: 3, bytes_done: 512 };
        let file = FinishedExport { progress, counts: json!({"memory": 3}), size_bytes: 512, sha256 };
        assert!(self.exports.complete(&job, &file, now()).await.unwrap());
        self.exported.put(&job.object_key(), "the file");
        job
    }

    /// An import whose file has come.
    pub(crate) async fn sent(&self) -> ImportJob {
        let job = ImportJob::awaiting(self.user, "a.zip".to_owned(), 4, ImportSpec::default(), now());
        self.imports.create(&job).await.unwrap();
        self.uploaded.put(&job.object_key(), "file");
        job
    }
}
