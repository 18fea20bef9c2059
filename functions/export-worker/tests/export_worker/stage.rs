//! A worker, and what it works with.

use app_domain::{ExportFormat, ExportJob, ExportLimit, ExportSpec, ExportStatus, Origin, UserId};
use app_store::{ArchiveBucket, Exports, FileBucket, Table};
use app_testing::clock::{BEGAN, at, now, set_clock};
use app_testing::{Meter, PlayedBucket, event, metered_table, vault};
use app_vault::Vault;
use aws_lambda_events::sqs::SqsEvent;
use data_encoding::HEXLOWER;
use export_worker::{Source, Worker, handle};
use sha2::{Digest, Sha256};

use crate::queue::FakeQueue;

pub(crate) struct Stage {
    pub(crate) worker: Worker,
    pub(crate) table: Table,
    pub(crate) vault: Vault,
    pub(crate) meter: Meter,
    /// Of exports.
    pub(crate) bucket: PlayedBucket,
    /// Of people's files.
    pub(crate) files: PlayedBucket,
    pub(crate) queue: FakeQueue,
    pub(crate) owner: UserId,
}

pub(crate) const GENEROUS: ExportLimit = ExportLimit { size_bytes: 1 << 40, kept_days: 7 };

impl Stage {
    pub(crate) async fn new() -> Self {
        let (table, meter) = metered_table().await;
        let vault = vault(&table);
        let (bucket, files, queue) = (PlayedBucket::default(), PlayedBucket::default(), FakeQueue::default());
        let (for_exports, for_files) = (bucket.clone(), files.clone());
        let worker = Worker {
            source: Source::new(&table, vault.clone()),
            exports: Exports::new(table.clone(), vault.clone()),
            exports_bucket: ArchiveBucket::new("exports", move || for_exports.client()),
            files_bucket: FileBucket::new("files", move || for_files.client()),
            queue: queue.queue(),
            now,
        };
        set_clock(BEGAN, 0);
        Self { worker, table, vault, meter, bucket, files, queue, owner: UserId::new(at(0)) }
    }

    /// A job that is asked for.
    pub(crate) async fn asked(&self, spec: ExportSpec) -> ExportJob {
        self.asked_within(spec, GENEROUS).await
    }

    pub(crate) async fn asked_within(&self, spec: ExportSpec, limit: ExportLimit) -> ExportJob {
        let job = ExportJob::request(self.owner, spec, limit, at(BEGAN));
        self.worker.exports.create(&job, &Origin::default()).await.unwrap();
        job
    }

    /// Delivers the job's message for the nth time. Whether it is done with.
    pub(crate) async fn delivered(&self, job: &ExportJob, receives: u32) -> bool {
        handle(&self.worker, message(job, receives)).await.batch_item_failures.is_empty()
    }

    pub(crate) async fn stored(&self, job: &ExportJob) -> ExportJob {
        self.worker.exports.get(job.user_id, job.id).await.unwrap().unwrap()
    }

    /// The finished job and its file, after one delivery.
    pub(crate) async fn exported(&self, spec: ExportSpec) -> (ExportJob, Vec<u8>) {
        let job = self.asked(spec).await;
        assert!(self.delivered(&job, 1).await, "the export failed");
        self.finished(&job).await
    }

    /// The finished job and its file, which are what the job says, and alone in the bucket.
    pub(crate) async fn finished(&self, job: &ExportJob) -> (ExportJob, Vec<u8>) {
        let job = self.stored(job).await;
        assert_eq!((job.status, &job.failure), (ExportStatus::Completed, &None));
        let file = self.bucket.get(&job.object_key()).unwrap();
        assert_eq!(job.size_bytes, Some(file.len() as u64));
        assert_eq!(job.sha256.as_deref(), Some(HEXLOWER.encode(&Sha256::digest(&file)).as_str()));
        assert_eq!(self.bucket.content_type(&job.object_key()).as_deref(), Some(job.spec.content_type()));
        assert_eq!(self.left_of(&job), [job.object_key()]);
        (job, file)
    }

    /// The keys of what is in the bucket of a job.
    pub(crate) fn left_of(&self, job: &ExportJob) -> Vec<String> {
        self.bucket.keys().into_iter().filter(|key| key.starts_with(&job.prefix())).collect()
    }
}

/// A message about a job, received for the nth time.
pub(crate) fn message(job: &ExportJob, receives: u32) -> SqsEvent {
    let mut event = event("export-worker/export.json");
    event["Records"][0]["body"] = serde_json::to_string(&job.task()).unwrap().into();
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = receives.to_string().into();
    serde_json::from_value(event).unwrap()
}

/// Everything in a format, with files and versions where an archive can have them.
pub(crate) fn whole(format: ExportFormat) -> ExportSpec {
    let mut spec = ExportSpec::of(format);
    spec.options.versions = true;
    spec.options.files = format.is_many_files();
    spec
}
