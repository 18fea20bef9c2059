//! Wires the function; the work is in the library.

use std::sync::Arc;

use app_index::{EmbedderError, Embedders, Indexer, TableVectors};
use app_runtime::{Queue, Secrets, now, run_worker};
use app_store::{Directory, FileBucket, SearchBucket, Table, Vectors};
use app_vault::Vault;
use indexer::{Worker, handle};

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    run_worker(|env, aws| -> Result<_, EmbedderError> {
        let (for_files, for_segments, for_queue) = (aws.clone(), aws.clone(), aws.clone());
        let table = Table::new(env.required("TABLE_NAME")?, aws.dynamodb_later());
        let vault = Vault::in_table(&table, env.required("FIELD_KEY_ID")?, aws.kms_later());
        let embedders = Arc::new(Embedders::from_env(env, &Secrets::new(aws.clone()))?);
        let vectors = Vectors::new(table.clone(), env.required("VECTOR_INDEX")?, embedders.name());
        let vectors = Arc::new(TableVectors::new(vectors, embedders.dimensions()));
        let files = FileBucket::new(env.required("FILES_BUCKET")?, move || for_files.s3());
        let bucket =
            SearchBucket::new(env.required("SEARCH_BUCKET")?, move || for_segments.s3(), vault.clone());
        let worker = Worker {
            indexer: Arc::new(Indexer::new(&table, vault, files, bucket, embedders, vectors)),
            directory: Directory::new(table.clone()),
            jobs: Queue::new(env.required("INDEX_QUEUE_URL")?, move || for_queue.sqs()),
            now,
        };
        Ok(move |event| {
            let worker = worker.clone();
            async move { Ok(handle(&worker, event).await) }
        })
    })
}
