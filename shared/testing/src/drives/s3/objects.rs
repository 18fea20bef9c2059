//! What is in the bucket.

use std::collections::BTreeMap;

use app_domain::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::http::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::answers::{Refusal, document, empty, escaped};
use super::call::Call;
use super::parts::Upload;
use crate::drives::{DriveFault, Gate};

/// The keys on one page of a list. Amazon gives a thousand.
const PAGE: usize = 100;

#[derive(Default)]
pub(super) struct State {
    pub(super) gate: Gate,
    pub(super) objects: BTreeMap<String, Object>,
    pub(super) uploads: BTreeMap<String, Upload>,
    pub(super) total_bytes: Option<u64>,
    pub(super) is_closed: bool,
    pub(super) begun: usize,
    pub(super) knows_conditions: bool,
    pub(super) knows_copies: bool,
}

pub(super) struct Object {
    pub(super) bytes: Vec<u8>,
    etag: String,
    pub(super) metadata: BTreeMap<String, String>,
    modified_at: Timestamp,
}

/// SHA-256 in base64, as checksums are written.
pub(super) fn checksum(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(digest(&SHA256, bytes))
}

impl State {
    pub(super) fn new() -> Self {
        Self { knows_conditions: true, knows_copies: true, ..Self::default() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.gate.now()
    }

    /// Writes an object. Its tag is one of its bytes, or of the parts that it was made of.
    pub(super) fn put(
        &mut self,
        key: &str,
        bytes: Vec<u8>,
        metadata: BTreeMap<String, String>,
        etag: Option<String>,
    ) -> String {
        let etag = etag.unwrap_or_else(|| format!("\"{}\"", &checksum(&bytes)[..20]));
        let object = Object { bytes, etag: etag.clone(), metadata, modified_at: self.now() };
        self.objects.insert(key.to_owned(), object);
        etag
    }

    /// Whether so many bytes more fit.
    pub(super) fn room(&mut self, more: usize) -> Result<(), Refusal> {
        let used: usize = self.objects.values().map(|object| object.bytes.len()).sum();
        let is_full = self.total_bytes.is_some_and(|total| (used + more) as u64 > total);
        if is_full || self.gate.fails(DriveFault::Full) {
            return Err(Refusal::of(403, "QuotaExceeded"));
        }
        Ok(())
    }

    /// Whether the conditions of a write hold.
    pub(super) fn conditions(&self, call: &Call) -> Result<(), Refusal> {
        let (wanted, unwanted) = (call.header("if-match"), call.header("if-none-match"));
        if (wanted.is_some() || unwanted.is_some()) && !self.knows_conditions {
            return Err(Refusal::of(501, "NotImplemented"));
        }
        let there = self.objects.get(&call.key);
        match (wanted, unwanted, there) {
            (None, None, _) | (None, Some("*"), None) => Ok(()),
            (None, Some("*"), Some(_)) => Err(Refusal::of(412, "PreconditionFailed")),
            (Some(_), None, None) => Err(Refusal::of(404, "NoSuchKey")),
            (Some(tag), None, Some(object)) if object.etag == tag => Ok(()),
            (Some(_), None, Some(_)) => Err(Refusal::of(412, "PreconditionFailed")),
            _ => Err(Refusal::of(501, "NotImplemented")),
        }
    }

    pub(super) fn put_object(&mut self, call: Call) -> Result<Response<Body>, Refusal> {
        self.conditions(&call)?;
        self.room(call.body.len())?;
        call.checked(self)?;
        let metadata = call.metadata();
        let etag = self.put(&call.key, call.body.to_vec(), metadata, None);
        Ok(Response::builder().header("etag", etag).body(Body::empty()).expect("a response"))
    }

    pub(super) fn copy_object(&mut self, call: Call) -> Result<Response<Body>, Refusal> {
        if !self.knows_copies {
            return Err(Refusal::of(501, "NotImplemented"));
        }
        let source = call.header("x-amz-copy-source").map(super::call::decoded).unwrap_or_default();
        let source = source.strip_prefix(&format!("{}/", super::FakeS3::BUCKET)).unwrap_or_default();
        let replaces = call.header("x-amz-metadata-directive") == Some("REPLACE");
        let Some(object) = self.objects.get(source) else { return Err(Refusal::of(404, "NoSuchKey")) };
        if source == call.key && !replaces {
            return Err(Refusal::of(400, "InvalidRequest"));
        }
        if call.header("x-amz-copy-source-if-match").is_some_and(|tag| tag != object.etag) {
            return Err(Refusal::of(412, "PreconditionFailed"));
        }
        let metadata = if replaces { call.metadata() } else { object.metadata.clone() };
        let bytes = object.bytes.clone();
        let etag = self.put(&call.key, bytes, metadata, None);
        Ok(document("CopyObjectResult", &format!("<ETag>{}</ETag>", escaped(&etag))))
    }

    pub(super) fn read_object(&self, call: &Call) -> Result<Response<Body>, Refusal> {
        let object = self.objects.get(&call.key).ok_or(Refusal::of(404, "NoSuchKey"))?;
        if call.header("if-match").is_some_and(|tag| tag != object.etag) {
            return Err(Refusal::of(412, "PreconditionFailed"));
        }
        let zoned = jiff::Timestamp::from_millisecond(object.modified_at.as_millis()).expect("a time");
        let modified = DateTimePrinter::new().timestamp_to_rfc9110_string(&zoned).expect("a time in words");
        let mut answer = Response::builder().header("etag", &object.etag).header("last-modified", modified);
        for (name, value) in &object.metadata {
            answer = answer.header(format!("x-amz-meta-{name}"), value);
        }
        let range = call.header("range").map(|range| {
            let (first, last) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'))?;
            Some((first.parse::<usize>().ok()?, last.parse::<usize>().ok()?))
        });
        let bytes = match range {
            None => object.bytes.clone(),
            Some(None) => return Err(Refusal::of(400, "InvalidArgument")),
            Some(Some((first, _))) if first >= object.bytes.len() => {
                return Err(Refusal::of(416, "InvalidRange"));
            }
            Some(Some((first, last))) => {
                answer = answer.status(206);
                object.bytes[first..object.bytes.len().min(last + 1)].to_vec()
            }
        };
        if call.method == "HEAD" {
            let answer = answer.header("content-length", bytes.len());
            return Ok(answer.body(Body::empty()).expect("a response"));
        }
        Ok(answer.body(Body::from(bytes)).expect("a response"))
    }

    pub(super) fn remove_object(&mut self, call: &Call) -> Response<Body> {
        self.objects.remove(&call.key);
        empty(204)
    }

    pub(super) fn list(&self, call: &Call) -> Result<Response<Body>, Refusal> {
        let prefix = call.query.get("prefix").map_or("", String::as_str);
        let after = match call.query.get("continuation-token") {
            None => "",
            Some(token) => token.strip_prefix("after ").ok_or(Refusal::of(400, "InvalidArgument"))?,
        };
        let keys = self.objects.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
        let mut page: Vec<_> = keys.take(PAGE + 1).collect();
        let has_more = page.len() > PAGE;
        page.truncate(PAGE);
        let mut inside = format!("<IsTruncated>{has_more}</IsTruncated>");
        if let Some((last, _)) = page.last().filter(|_| has_more) {
            let token = escaped(last);
            inside.push_str(&format!("<NextContinuationToken>after {token}</NextContinuationToken>"));
        }
        for (key, object) in page {
            inside.push_str(&format!(
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size></Contents>",
                escaped(key),
                object.modified_at,
                escaped(&object.etag),
                object.bytes.len(),
            ));
        }
        Ok(document("ListBucketResult", &inside))
    }
}
