//! The function's operations, on a real table and a strict S3.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod changes;
mod deletions;
mod downloads;
mod lists;
mod multipart;
mod quotas;
mod s3;
mod signature;
mod single;
mod strangers;

use app_domain::{
    File, FileId, FileQuotas, Memory, MemoryDraft, MemoryId, MemorySource, MemoryTitle, Role, Timestamp,
    UserId,
};
use app_store::{FileBucket, FileChange, FileRemoval, Files, Memories, Table};
use app_testing::{Call, Meter, Reply, authenticator, caller, metered_table, vault};
use axum::Router;
use files::{App, router};
use http::Method;
use reqwest::Client;
use s3::{PlayedS3, sha256_base64};
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR and so on";

fn now() -> Timestamp {
    app_runtime::now()
}

/// The function, with somebody who calls it.
struct Stage {
    router: Router,
    files: Files,
    bucket: FileBucket,
    table: Table,
    memories: Memories,
    meter: Meter,
    s3: PlayedS3,
    http: Client,
    user: UserId,
    token: String,
}

impl Stage {
    async fn new() -> Self {
        Self::with_quotas("free=1GB/25MB,premium=50GB/5GB").await
    }

    async fn with_quotas(quotas: &str) -> Self {
        let (table, meter) = metered_table().await;
        let s3 = PlayedS3::start().await;
        let of_bucket = s3.clone();
        let bucket = FileBucket::new("files", move || of_bucket.client());
        let vault = vault(&table);
        let files = Files::new(table.clone(), vault.clone());
        let memories = Memories::new(table.clone(), vault);
        let quotas: FileQuotas = quotas.parse().unwrap();
        let app =
            App { files: files.clone(), bucket: bucket.clone(), quotas, authenticator: authenticator() };
        let (user, token) = caller(Role::User);
        Self {
            router: router(app, "*"),
            files,
            bucket,
            table,
            memories,
            meter,
            s3,
            http: Client::new(),
            user,
            token,
        }
    }

    async fn send(&self, call: Call) -> Reply {
        call.as_caller(&self.token).send(&self.router).await
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Call::post(path, body)).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Call::get(path)).await
    }

    async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Call::new(Method::PATCH, path).json(body)).await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.send(Call::new(Method::DELETE, path)).await
    }

    /// A file that is begun, with the answer.
    async fn begun(&self, name: &str, content_type: &str, bytes: &[u8]) -> Value {
        let request = json!({
            "filename": name, "contentType": content_type, "sizeBytes": bytes.len(), "sha256": sha256_base64(bytes),
        });
        let reply = self.post("/files", &request).await;
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.json()
    }

    /// Sends bytes where a link leads, with its headers.
    async fn put(&self, link: &Value, bytes: &[u8]) -> reqwest::Response {
        let mut request = self.http.put(link["url"].as_str().unwrap());
        for (name, value) in link["headers"].as_object().unwrap() {
            request = request.header(name, value.as_str().unwrap());
        }
        request.body(bytes.to_vec()).send().await.unwrap()
    }

    /// A file that is uploaded, with the answer to its completion.
    async fn uploaded(&self, name: &str, content_type: &str, bytes: &[u8]) -> Reply {
        let begun = self.begun(name, content_type, bytes).await;
        assert_eq!(self.put(&begun["upload"], bytes).await.status(), 200);
        self.post(&format!("{}/complete", path(&begun["file"])), &json!({})).await
    }

    /// A file that is ready.
    async fn ready(&self, name: &str) -> Value {
        let reply = self.uploaded(name, "image/png", PNG).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["file"].clone()
    }

    /// A memory of the caller's.
    async fn memory(&self) -> MemoryId {
        let draft =
            MemoryDraft { title: Some(MemoryTitle::parse("Trip").unwrap()), ..MemoryDraft::default() };
        let id = MemoryId::new(now());
        let memory = Memory::new(id, self.user, MemorySource::Web, draft, now()).unwrap();
        self.memories.create(&memory).await.unwrap();
        id
    }

    /// Takes a file away from a memory as somebody who knew nothing of its being there: its link stays.
    async fn linked_still(&self, file: &Value, memory: MemoryId) {
        let after = self.files.get(self.user, id(file)).await.unwrap().unwrap();
        assert_eq!(after.attached.map(|attached| attached.memory), Some(memory));
        let detached = after.clone().changed(None, Some(None), now());
        let before = File { attached: None, ..after };
        assert_eq!(self.files.replace(&before, &detached).await.unwrap(), FileChange::Done);
    }

    fn removal(&self) -> FileRemoval {
        FileRemoval::new(self.files.clone(), self.bucket.clone())
    }

    /// What the caller stores: bytes and files.
    async fn usage(&self) -> (u64, u64) {
        let usage = self.files.usage(self.user).await.unwrap();
        (usage.bytes, usage.count)
    }

    /// What is in the table of files, without keys of people, memories and usage.
    async fn left_in_table(&self) -> Vec<String> {
        let keys = self.meter.keys().await;
        let about_files =
            |key: &String| [" F#", " FILE#", " FGONE#", "DUE#"].iter().any(|part| key.contains(part));
        keys.into_iter().filter(about_files).collect()
    }

    fn object_key(&self, file: &Value) -> String {
        File::object_key(self.user, id(file))
    }
}

fn id(file: &Value) -> FileId {
    file["id"].as_str().unwrap().parse().unwrap()
}

fn path(file: &Value) -> String {
    format!("/files/{}", file["id"].as_str().unwrap())
}

/// An error's status and type.
fn failure(reply: &Reply) -> (u16, String) {
    (reply.status.as_u16(), reply.error_type().as_str().unwrap_or_default().to_owned())
}

fn failed(status: u16, kind: &str) -> (u16, String) {
    (status, kind.to_owned())
}

/// The local cloud knows neither encryption nor lifecycles of buckets, so nothing else would notice.
#[test]
fn the_template_encrypts_files_and_forgets_those_that_are_not_completed() {
    let template = include_str!("../../../../template.yaml");
    let bucket = template
        .split("\n  FilesBucket:\n")
        .nth(1)
        .unwrap()
        .split("\n  FilesBucketPolicy:\n")
        .next()
        .unwrap();
    for needed in [
        "SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt DataKey.Arn",
        "AbortIncompleteMultipartUpload: {DaysAfterInitiation: 2}",
        // As objects are marked until they have been looked at.
        "TagFilters: [{Key: state, Value: uploading}]\n            ExpirationInDays: 2",
    ] {
        assert!(bucket.contains(needed), "{needed}");
    }
    assert_eq!(bucket.matches("ExpirationInDays").count(), 1, "what is not marked stays");
}
