//! The bucket of files, played as far as files are written and read here: whole and in parts, checked, never written twice.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_s3::Client;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Method, Request, Response};

use crate::life::Life;
use crate::{Death, aws};

const SMALLEST_PART_BYTES: usize = 5 << 20;

/// The bucket of files. Cloning shares it.
#[derive(Clone, Default)]
pub struct PlayedFileBucket(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    objects: BTreeMap<String, FileObject>,
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    largest_body: usize,
    written: usize,
    /// The call that fails.
    broken: Option<&'static str>,
    life: Life,
}

/// A file in it.
#[derive(Clone)]
pub struct FileObject {
    /// All of it.
    pub bytes: Vec<u8>,
    /// What it was said to be when it was written whole.
    pub content_type: String,
    checksum: String,
    /// Whether nobody has looked at it: the bucket removes it by itself.
    pub is_unseen: bool,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

/// A SHA-256 as S3 and WhatsApp write it.
pub fn sha256_base64(bytes: &[u8]) -> String {
    STANDARD.encode(sha256(bytes))
}

impl PlayedFileBucket {
    /// A client of it.
    pub fn client(&self) -> Client {
        let bucket = self.clone();
        let config = aws(move |request| bucket.locked().hear(request));
        let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        Client::from_conf(config)
    }

    /// A file in it.
    pub fn object(&self, key: &str) -> Option<FileObject> {
        self.locked().objects.get(key).cloned()
    }

    /// The keys of what is in it.
    pub fn keys(&self) -> Vec<String> {
        self.locked().objects.keys().cloned().collect()
    }

    /// Whether neither a file nor an upload is there.
    pub fn is_empty(&self) -> bool {
        let state = self.locked();
        state.objects.is_empty() && state.uploads.is_empty()
    }

    /// How many files there are, and how often one was written.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.locked();
        (state.objects.len(), state.written)
    }

    /// How many files there are that the bucket removes by itself.
    pub fn unseen(&self) -> usize {
        self.locked().objects.values().filter(|object| object.is_unseen).count()
    }

    /// How many uploads in parts are under way.
    pub fn unfinished_uploads(&self) -> usize {
        self.locked().uploads.len()
    }

    /// The largest body that came.
    pub fn largest_body(&self) -> usize {
        self.locked().largest_body
    }

    /// From now on this call fails, such as `GetObject`, or none.
    pub fn break_at(&self, call: Option<&'static str>) {
        self.locked().broken = call;
    }

    /// Lets whoever calls make this many calls more, and then end like this: no call goes through any more.
    pub fn die_after(&self, calls: usize, death: Death) {
        self.locked().life.end_after(calls, death);
    }

    /// Lets every call through again. Whether there was a death.
    pub fn revive(&self) -> bool {
        self.locked().life.revive()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nobody to panic in a bucket")
    }
}

impl State {
    fn hear(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let fate = self.life.fate();
        if fate == Some(Death::BeforeCalling) {
            return error(400, "Died");
        }
        let answer = self.answer(request);
        if fate.is_none() { answer } else { error(400, "Died") }
    }

    fn answer(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let key = request.uri().path().strip_prefix("/files/").unwrap_or_default().to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let value = |name: &str| {
            let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            pairs.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
        };
        let (upload, part) = (value("uploadId"), value("partNumber"));
        let call = match (request.method(), &upload, &part) {
            (&Method::PUT, None, _) => "PutObject",
            (&Method::PUT, Some(_), Some(_)) => "UploadPart",
            (&Method::POST, None, _) => "CreateMultipartUpload",
            (&Method::POST, Some(_), _) => "CompleteMultipartUpload",
            (&Method::HEAD, ..) => "HeadObject",
            (&Method::GET, ..) => "GetObject",
            (&Method::DELETE, Some(_), _) => "AbortMultipartUpload",
            (&Method::DELETE, ..) if value("tagging").is_some() => "DeleteObjectTagging",
            (&Method::DELETE, ..) => "DeleteObject",
            other => panic!("nobody plays {other:?}"),
        };
        self.largest_body = self.largest_body.max(request.body().len());
        if self.broken == Some(call) {
            return error(500, "InternalError");
        }
        let upload = upload.unwrap_or_default();
        match call {
            "PutObject" => self.put(key, request),
            "CreateMultipartUpload" => {
                assert_eq!(request.headers()["x-amz-tagging"], "state=uploading");
                assert_eq!(request.headers()["x-amz-checksum-algorithm"], "SHA256");
                let id = format!("upload-{}", self.uploads.len() + 1);
                self.uploads.insert(id.clone(), BTreeMap::new());
                let id = format!("<UploadId>{id}</UploadId>");
                Response::new(
                    format!("<InitiateMultipartUploadResult>{id}</InitiateMultipartUploadResult>").into(),
                )
            }
            "UploadPart" => {
                let checksum = request.headers()["x-amz-checksum-sha256"].clone();
                assert_eq!(checksum, sha256_base64(request.body()));
                let Some(parts) = self.uploads.get_mut(&upload) else { return error(404, "NoSuchUpload") };
                let part = part.and_then(|part| part.parse().ok()).expect("the number of a part");
                parts.insert(part, request.into_body());
                let answer = Response::builder().header("etag", "\"part\"");
                answer.header("x-amz-checksum-sha256", checksum).body(Vec::new()).expect("a response")
            }
            "CompleteMultipartUpload" => self.complete(key, &upload, &request),
            "HeadObject" => match self.objects.get(&key) {
                Some(object) => Response::builder()
                    .header("content-length", object.bytes.len())
                    .header("x-amz-checksum-sha256", &object.checksum)
                    .body(Vec::new())
                    .expect("a response"),
                None => empty(404),
            },
            "GetObject" => {
                let Some(object) = self.objects.get(&key) else { return error(404, "NoSuchKey") };
                let range = request.headers()["range"].to_str().ok();
                let last = range.and_then(|range| range.strip_prefix("bytes=0-")?.parse::<usize>().ok());
                let last = last.expect("a range from the beginning");
                Response::new(object.bytes[..object.bytes.len().min(last + 1)].to_vec())
            }
            "AbortMultipartUpload" => match self.uploads.remove(&upload) {
                Some(_) => empty(204),
                None => error(404, "NoSuchUpload"),
            },
            "DeleteObjectTagging" => match self.objects.get_mut(&key) {
                Some(object) => {
                    object.is_unseen = false;
                    empty(204)
                }
                None => error(404, "NoSuchKey"),
            },
            _ => {
                self.objects.remove(&key);
                empty(204)
            }
        }
    }

    fn put(&mut self, key: String, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        assert_eq!(request.headers()["if-none-match"], "*");
        assert_eq!(request.headers()["x-amz-tagging"], "state=uploading");
        let checksum = sha256_base64(request.body());
        assert_eq!(request.headers()["x-amz-checksum-sha256"], checksum);
        let content_type = request.headers()["content-type"].to_str().expect("text").to_owned();
        self.insert(key, FileObject { bytes: request.into_body(), content_type, checksum, is_unseen: true })
    }

    fn complete(&mut self, key: String, upload: &str, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        assert_eq!(request.headers()["if-none-match"], "*");
        let Some(parts) = self.uploads.get(upload) else { return error(404, "NoSuchUpload") };
        let list = String::from_utf8_lossy(request.body());
        assert!(parts.values().all(|part| list.contains(&sha256_base64(part))), "{list}");
        let sizes: Vec<usize> = parts.values().map(Vec::len).collect();
        assert!(sizes.iter().rev().skip(1).all(|size| *size >= SMALLEST_PART_BYTES), "{sizes:?}");
        if self.objects.contains_key(&key) {
            return error(412, "PreconditionFailed");
        }
        let parts = self.uploads.remove(upload).expect("the upload");
        let digests: Vec<u8> = parts.values().flat_map(|part| sha256(part)).collect();
        let checksum = format!("{}-{}", sha256_base64(&digests), parts.len());
        let bytes = parts.into_values().flatten().collect();
        let object = FileObject { bytes, content_type: String::new(), checksum, is_unseen: true };
        self.insert(key, object);
        Response::new(b"<CompleteMultipartUploadResult/>".to_vec())
    }

    fn insert(&mut self, key: String, object: FileObject) -> Response<Vec<u8>> {
        if self.objects.contains_key(&key) {
            return error(412, "PreconditionFailed");
        }
        self.written += 1;
        self.objects.insert(key, object);
        Response::new(Vec::new())
    }
}

fn error(status: u16, code: &str) -> Response<Vec<u8>> {
    let body = format!("<Error><Code>{code}</Code><Message>played</Message></Error>");
    Response::builder().status(status).body(body.into_bytes()).expect("a response")
}

fn empty(status: u16) -> Response<Vec<u8>> {
    Response::builder().status(status).body(Vec::new()).expect("a response")
}
