//! How much people may store.

use app_domain::Role;
use app_testing::{Call, caller};
use serde_json::{Value, json};

use crate::{Stage, failed, failure, path};

fn request(size_bytes: u64) -> Value {
    json!({"filename": "a", "contentType": "image/png", "sizeBytes": size_bytes, "sha256": "0".repeat(64)})
}

#[tokio::test]
async fn a_file_and_all_files_have_a_largest_size_by_tier() {
    let stage = Stage::with_quotas("free=10KB/4KB,premium=100KB/50KB").await;
    let reply = stage.post("/files", &request(4001)).await;
    assert_eq!(failure(&reply), failed(413, "FileTooLarge"));
    let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("4001") && message.contains("4000"), "{message}");

    for size in [4000, 4000, 2000] {
        assert_eq!(stage.post("/files", &request(size)).await.status, 201);
    }
    let reply = stage.post("/files", &request(1)).await;
    assert_eq!(failure(&reply), failed(409, "QuotaExceeded"));
    let message = reply.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("10000 of your 10000"), "{message}");
    let usage = stage.get("/files").await.json()["usage"].clone();
    assert_eq!(usage, json!({"bytes": 10_000, "count": 3, "quotaBytes": 10_000}));

    let (_, token) = caller(Role::Premium);
    let reply = Call::post("/files", &request(50_000)).as_caller(&token).send(&stage.router).await;
    assert_eq!(reply.status, 201, "{}", reply.text);
}

#[tokio::test]
async fn a_file_that_goes_makes_room() {
    let stage = Stage::with_quotas("free=10KB/10KB,premium=10KB/10KB").await;
    let first = stage.post("/files", &request(10_000)).await.json()["file"].clone();
    assert_eq!(failure(&stage.post("/files", &request(10_000)).await), failed(409, "QuotaExceeded"));
    assert_eq!(stage.delete(&path(&first)).await.status, 204);
    assert_eq!(stage.post("/files", &request(10_000)).await.status, 201);
}

#[tokio::test]
async fn fifty_at_once_never_take_more_than_there_is() {
    let stage = Stage::with_quotas("free=10KB/1KB,premium=10KB/1KB").await;
    let (kilobyte, stage) = (request(1000), &stage);
    let replies = futures_util::future::join_all((0..50).map(|_| stage.post("/files", &kilobyte))).await;
    let statuses: Vec<u16> = replies.iter().map(|reply| reply.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 10, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 40, "{statuses:?}");
    assert_eq!(stage.usage().await, (10_000, 10));

    let files = stage.get("/files?limit=100").await.json()["files"].as_array().unwrap().clone();
    assert_eq!(files.len(), 10);
    let gone =
        futures_util::future::join_all(files.iter().map(|file| async { stage.delete(&path(file)).await }))
            .await;
    assert!(gone.iter().all(|reply| reply.status == 204), "{gone:?}");
    assert_eq!((stage.usage().await, stage.left_in_table().await.len()), ((0, 0), 0));
}

/// Its upload has begun in S3 before the table refuses it.
#[tokio::test]
async fn a_large_file_that_is_refused_leaves_no_upload() {
    let stage = Stage::with_quotas("free=30MB/25MB,premium=30MB/25MB").await;
    assert_eq!(stage.post("/files", &request(20_000_000)).await.status, 201);
    stage.s3.calls();
    assert_eq!(failure(&stage.post("/files", &request(20_000_000)).await), failed(409, "QuotaExceeded"));
    assert_eq!(stage.s3.calls(), ["CreateMultipartUpload", "AbortMultipartUpload", "DeleteObject"]);
}
