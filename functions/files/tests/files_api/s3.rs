//! S3, played strictly over HTTP: one bucket, links checked by their signatures, checksums and conditions as S3 has them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use data_encoding::BASE64;
use http::request::Parts;
use http::{HeaderValue, Method, StatusCode, header};
use tokio::net::TcpListener;

use crate::signature::{SECRET, is_as_signed};

const BUCKET: &str = "files";
const SMALLEST_PART_BYTES: usize = 5 << 20;

/// A bucket. Cloning shares it.
#[derive(Clone)]
pub(crate) struct PlayedS3 {
    pub(crate) endpoint: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, MultipartUpload>,
    begun: usize,
    calls: Vec<String>,
    broken: BTreeSet<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: String,
    checksum: String,
    /// Its tags, until they are removed.
    pub(crate) tags: Option<String>,
}

struct MultipartUpload {
    key: String,
    content_type: String,
    tags: Option<String>,
    parts: BTreeMap<u32, Bytes>,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

pub(crate) fn sha256_base64(bytes: &[u8]) -> String {
    BASE64.encode(&sha256(bytes))
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", data_encoding::HEXLOWER.encode(&sha256(bytes)[..16]))
}

impl PlayedS3 {
    /// An empty bucket that listens.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let s3 = Self { endpoint, state: Arc::default() };
        let answering = s3.clone();
        let router = Router::new().fallback(move |request: Request| {
            let s3 = answering.clone();
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                s3.answer(&parts, body)
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        s3
    }

    pub(crate) fn client(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", SECRET, None, None, "tests"))
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(&self.endpoint)
            .force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    pub(crate) fn object(&self, key: &str) -> Option<Object> {
        self.state.lock().unwrap().objects.get(key).cloned()
    }

    /// Whether neither an object nor an upload is there.
    pub(crate) fn is_empty(&self) -> bool {
        let state = self.state.lock().unwrap();
        state.objects.is_empty() && state.uploads.is_empty()
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// From now on these calls fail.
    pub(crate) fn break_at(&self, calls: &[&'static str]) {
        self.state.lock().unwrap().broken = calls.iter().copied().collect();
    }

    /// S3 gives up all uploads, as its lifecycle rule says.
    pub(crate) fn forget_uploads(&self) {
        self.state.lock().unwrap().uploads.clear();
    }

    fn answer(&self, parts: &Parts, body: Bytes) -> Response {
        let query: BTreeMap<String, String> =
            form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        let Some(key) = parts.uri.path().strip_prefix(&format!("/{BUCKET}/")) else {
            return error(404, "NoSuchBucket");
        };
        match is_as_signed(parts) {
            Some(true) => {}
            Some(false) => return error(403, "SignatureDoesNotMatch"),
            None if parts.headers.contains_key(header::AUTHORIZATION) => {}
            None => return error(403, "AccessDenied"),
        }
        let mut state = self.state.lock().unwrap();
        let has = |name: &str| query.contains_key(name);
        let call = match &parts.method {
            &Method::POST if has("uploads") => "CreateMultipartUpload",
            &Method::POST if has("uploadId") => "CompleteMultipartUpload",
            &Method::PUT if has("uploadId") => "UploadPart",
            &Method::PUT => "PutObject",
            &Method::GET if has("uploadId") => "ListParts",
            &Method::GET => "GetObject",
            &Method::HEAD => "HeadObject",
            &Method::DELETE if has("uploadId") => "AbortMultipartUpload",
            &Method::DELETE if has("tagging") => "DeleteObjectTagging",
            &Method::DELETE => "DeleteObject",
            other => panic!("not a call of files: {other} {}", parts.uri),
        };
        state.calls.push(call.to_owned());
        if state.broken.contains(call) {
            return error(500, "InternalError");
        }
        let upload = query.get("uploadId").cloned().unwrap_or_default();
        match call {
            "CreateMultipartUpload" => state.begin(key, parts),
            "CompleteMultipartUpload" => state.complete(key, &upload, &body),
            "UploadPart" => state.take_part(&upload, &query["partNumber"], parts, body),
            "PutObject" => state.take(key, parts, body),
            "ListParts" => state.list(&upload),
            "GetObject" => state.get(key, parts, &query),
            "HeadObject" => state.head(key, parts),
            "AbortMultipartUpload" => match state.uploads.remove(&upload) {
                Some(_) => empty(204),
                None => error(404, "NoSuchUpload"),
            },
            "DeleteObjectTagging" => match state.objects.get_mut(key) {
                Some(object) => {
                    object.tags = None;
                    empty(204)
                }
                None => error(404, "NoSuchKey"),
            },
            _ => {
                state.objects.remove(key);
                empty(204)
            }
        }
    }
}

impl State {
    fn take(&mut self, key: &str, parts: &Parts, bytes: Bytes) -> Response {
        let header = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        if header("if-none-match").as_deref() == Some("*") && self.objects.contains_key(key) {
            return error(412, "PreconditionFailed");
        }
        let Some(checksum) = checked(parts, &bytes) else { return error(400, "BadDigest") };
        let content_type = header("content-type").unwrap_or_default();
        let tags = header("x-amz-tagging");
        self.objects.insert(key.to_owned(), Object { bytes, content_type, checksum, tags });
        empty(200)
    }

    fn begin(&mut self, key: &str, parts: &Parts) -> Response {
        assert_eq!(parts.headers["x-amz-checksum-algorithm"], "SHA256");
        self.begun += 1;
        let id = format!("upload/{}+=", self.begun);
        let content_type = parts.headers["content-type"].to_str().unwrap().to_owned();
        let tags = parts.headers.get("x-amz-tagging").map(|tags| tags.to_str().unwrap().to_owned());
        let upload = MultipartUpload { key: key.to_owned(), content_type, tags, parts: BTreeMap::new() };
        self.uploads.insert(id.clone(), upload);
        xml(&format!(
            "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
        ))
    }

    fn take_part(&mut self, upload: &str, number: &str, parts: &Parts, bytes: Bytes) -> Response {
        let Some(upload) = self.uploads.get_mut(upload) else { return error(404, "NoSuchUpload") };
        let Some(_) = checked(parts, &bytes) else { return error(400, "BadDigest") };
        let mut answer = empty(200);
        answer.headers_mut().insert(header::ETAG, etag(&bytes).parse().unwrap());
        upload.parts.insert(number.parse().unwrap(), bytes);
        answer
    }

    fn list(&self, upload: &str) -> Response {
        let Some(upload) = self.uploads.get(upload) else { return error(404, "NoSuchUpload") };
        let parts = upload.parts.iter().map(|(number, bytes)| {
            let (etag, size) = (etag(bytes).replace('"', "&quot;"), bytes.len());
            let checksum = sha256_base64(bytes);
            format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag><Size>{size}</Size><ChecksumSHA256>{checksum}</ChecksumSHA256></Part>")
        });
        xml(&format!("<ListPartsResult>{}</ListPartsResult>", parts.collect::<String>()))
    }

    fn complete(&mut self, key: &str, id: &str, body: &[u8]) -> Response {
        let Some(upload) = self.uploads.get(id) else { return error(404, "NoSuchUpload") };
        assert_eq!(upload.key, key);
        let body = String::from_utf8_lossy(body).replace("&quot;", "\"");
        for (number, bytes) in &upload.parts {
            for said in [
                format!("<PartNumber>{number}<"),
                format!("<ETag>{}<", etag(bytes)),
                format!("<ChecksumSHA256>{}<", sha256_base64(bytes)),
            ] {
                if !body.contains(&said) {
                    return error(400, "InvalidPart");
                }
            }
        }
        if upload.parts.values().rev().skip(1).any(|bytes| bytes.len() < SMALLEST_PART_BYTES) {
            return error(400, "EntityTooSmall");
        }
        let upload = self.uploads.remove(id).unwrap();
        let digests: Vec<u8> = upload.parts.values().flat_map(|bytes| sha256(bytes)).collect();
        let checksum = format!("{}-{}", sha256_base64(&digests), upload.parts.len());
        let bytes: Vec<u8> = upload.parts.into_values().flatten().collect();
        let object =
            Object { bytes: bytes.into(), content_type: upload.content_type, checksum, tags: upload.tags };
        self.objects.insert(key.to_owned(), object);
        xml("<CompleteMultipartUploadResult/>")
    }

    fn head(&self, key: &str, parts: &Parts) -> Response {
        assert_eq!(parts.headers["x-amz-checksum-mode"], "ENABLED", "or S3 does not tell the checksum");
        let Some(object) = self.objects.get(key) else { return empty(404) };
        let mut answer = empty(200);
        answer.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(object.bytes.len()));
        answer.headers_mut().insert("x-amz-checksum-sha256", object.checksum.parse().unwrap());
        answer
    }

    fn get(&self, key: &str, parts: &Parts, query: &BTreeMap<String, String>) -> Response {
        let Some(object) = self.objects.get(key) else { return error(404, "NoSuchKey") };
        let range = parts.headers.get(header::RANGE).map(|range| range.to_str().unwrap());
        let end = range.map(|range| range.strip_prefix("bytes=0-").unwrap().parse::<usize>().unwrap() + 1);
        let bytes = object.bytes.slice(..end.unwrap_or(usize::MAX).min(object.bytes.len()));
        let mut answer = Response::new(Body::from(bytes));
        *answer.status_mut() = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let said = |name: &str| query.get(name).map(|value| HeaderValue::from_str(value).unwrap());
        let content_type =
            said("response-content-type").unwrap_or_else(|| object.content_type.parse().unwrap());
        answer.headers_mut().insert(header::CONTENT_TYPE, content_type);
        let disposition = said("response-content-disposition");
        answer.headers_mut().extend(disposition.map(|value| (header::CONTENT_DISPOSITION, value)));
        answer
    }
}

/// The checksum that was sent, if it is that of the bytes. There must be one.
fn checked(parts: &Parts, bytes: &[u8]) -> Option<String> {
    let sent = parts.headers["x-amz-checksum-sha256"].to_str().unwrap();
    (sent == sha256_base64(bytes)).then(|| sent.to_owned())
}

fn empty(status: u16) -> Response {
    Response::builder().status(status).body(Body::empty()).unwrap()
}

fn xml(text: &str) -> Response {
    Response::new(Body::from(text.to_owned()))
}

fn error(status: u16, code: &str) -> Response {
    let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
    Response::builder().status(status).body(Body::from(body)).unwrap()
}
