//! S3 as far as uploads need it, with its rules: parts of at least 5 MiB but the last, checksums as announced.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app_testing::aws;
use http::{Method, Request, Response};

use crate::Files;

const SMALLEST_PART_BYTES: usize = 5 * 1024 * 1024;

/// A bucket. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct FakeS3(Arc<Mutex<Bucket>>);

#[derive(Default)]
struct Bucket {
    files: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, BTreeMap<usize, Vec<u8>>>,
    /// What was called, such as `PUT 2` for the second part.
    calls: Vec<String>,
    /// The call that fails.
    broken: Option<&'static str>,
}

impl FakeS3 {
    /// A bucket that refuses one kind of call.
    pub(crate) fn broken_at(call: &'static str) -> Self {
        let bucket = Bucket { broken: Some(call), ..Bucket::default() };
        Self(Arc::new(Mutex::new(bucket)))
    }

    pub(crate) fn files(&self) -> Files {
        let bucket = Arc::clone(&self.0);
        let config = aws(move |request| bucket.lock().unwrap().answer(request));
        Files::new("files", move || aws_sdk_s3::Client::new(&config))
    }

    pub(crate) fn file(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().files.get(key).cloned()
    }

    pub(crate) fn file_count(&self) -> usize {
        self.0.lock().unwrap().files.len()
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.0.lock().unwrap().calls.clone()
    }

    pub(crate) fn unfinished_uploads(&self) -> usize {
        self.0.lock().unwrap().uploads.len()
    }
}

impl Bucket {
    fn answer(&mut self, request: Request<Vec<u8>>) -> Response<String> {
        let query = request.uri().query().unwrap_or_default();
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let (key, upload) = (request.uri().path().trim_start_matches('/').to_owned(), value("uploadId"));
        let call = match value("partNumber") {
            Some(number) => format!("{} {number}", request.method()),
            None => request.method().to_string(),
        };
        self.calls.push(call.clone());
        if self.broken == Some(&call) {
            return answer(403, "<Error><Code>AccessDenied</Code></Error>");
        }
        match (request.method(), upload, value("partNumber")) {
            (&Method::PUT, None, None) => {
                assert!(request.headers().contains_key("x-amz-checksum-crc32"), "{request:?}");
                assert_eq!(request.headers()["content-type"], "application/json");
                self.files.insert(key, request.into_body());
                answer(200, "")
            }
            (&Method::POST, None, None) => {
                assert_eq!(request.headers()["x-amz-checksum-algorithm"], "CRC32");
                assert_eq!(request.headers()["content-type"], "application/json");
                self.uploads.insert("u-1".to_owned(), BTreeMap::new());
                answer(
                    200,
                    "<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>",
                )
            }
            (&Method::PUT, Some(upload), Some(number)) => self.take_part(upload, number, &request),
            (&Method::POST, Some(upload), None) => self.complete(key, upload, request.body()),
            (&Method::DELETE, Some(upload), None) => {
                self.uploads.remove(upload);
                answer(204, "")
            }
            _ => panic!("not a call of an upload: {request:?}"),
        }
    }

    fn take_part(&mut self, upload: &str, number: &str, request: &Request<Vec<u8>>) -> Response<String> {
        let checksum = request.headers()["x-amz-checksum-crc32"].clone();
        let parts = self.uploads.get_mut(upload).unwrap();
        parts.insert(number.parse().unwrap(), request.body().clone());
        let mut response = answer(200, "");
        response.headers_mut().insert("etag", format!("\"part-{number}\"").parse().unwrap());
        response.headers_mut().insert("x-amz-checksum-crc32", checksum);
        response
    }

    fn complete(&mut self, key: String, upload: &str, body: &[u8]) -> Response<String> {
        let parts = self.uploads.remove(upload).unwrap();
        let list = String::from_utf8_lossy(body);
        for name in ["<PartNumber>", "<ETag>", "<ChecksumCRC32>"] {
            assert_eq!(list.matches(name).count(), parts.len(), "{list}");
        }
        let sizes: Vec<usize> = parts.values().map(Vec::len).collect();
        assert!(sizes.iter().rev().skip(1).all(|size| *size >= SMALLEST_PART_BYTES), "{sizes:?}");
        assert!(sizes.iter().all(|size| *size > 0), "{sizes:?}");
        self.files.insert(key, parts.into_values().flatten().collect());
        answer(200, "<CompleteMultipartUploadResult/>")
    }
}

fn answer(status: u16, body: &str) -> Response<String> {
    Response::builder().status(status).body(body.to_owned()).unwrap()
}
