//! Calls: whose they are, what they want, and what happens to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, Bytes};
use axum::extract::State as Shared;
use axum::http::{HeaderMap, Method, Response, Uri};
use percent_encoding::percent_decode_str;

use super::answers::Refusal;
use super::objects::{State, checksum};
use super::{FakeS3, Site};
use crate::drives::DriveFault;
use crate::drives::traffic::cut;

pub(super) struct Call {
    pub(super) method: Method,
    pub(super) key: String,
    pub(super) query: BTreeMap<String, String>,
    headers: HeaderMap,
    pub(super) body: Bytes,
}

pub(super) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

impl Call {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(super) fn metadata(&self) -> BTreeMap<String, String> {
        let named = self.headers.iter().filter_map(|(name, value)| {
            let name = name.as_str().strip_prefix("x-amz-meta-")?;
            Some((name.to_owned(), value.to_str().ok()?.to_owned()))
        });
        named.collect()
    }

    /// Whether the body is the one whose checksum was sent, which it has to be. On its way a byte may have changed.
    pub(super) fn checked(&self, state: &mut State) -> Result<String, Refusal> {
        let sum = checksum(&self.body);
        let is_garbled = state.gate.fails(DriveFault::Garbled);
        match self.header("x-amz-checksum-sha256") {
            None => Err(Refusal::of(400, "InvalidRequest")),
            Some(told) if told != sum || is_garbled => Err(Refusal::of(400, "BadDigest")),
            Some(_) => Ok(sum),
        }
    }

    /// Whether somebody who may has signed just this.
    fn signed(&self, state: &State) -> Result<(), Refusal> {
        let signature = self.header("authorization").unwrap_or_default();
        let key =
            signature.strip_prefix("AWS4-HMAC-SHA256 Credential=").and_then(|rest| rest.split_once('/'));
        let Some((key, rest)) = key else { return Err(Refusal::of(403, "AccessDenied")) };
        if key != FakeS3::ACCESS_KEY_ID || state.is_closed {
            return Err(Refusal::of(403, "InvalidAccessKeyId"));
        }
        if !rest.contains(&format!("/{}/s3/aws4_request", FakeS3::REGION)) {
            return Err(Refusal::of(400, "AuthorizationHeaderMalformed"));
        }
        let hash = hexadecimal(digest(&SHA256, &self.body).as_ref());
        if self.header("x-amz-content-sha256") != Some(&hash) {
            return Err(Refusal::of(400, "XAmzContentSHA256Mismatch"));
        }
        Ok(())
    }
}

/// In lower case.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Answers a call, well or not.
pub(super) async fn answer(
    Shared(site): Shared<Arc<Site>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let path = decoded(uri.path());
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let is_bucket = bucket == FakeS3::BUCKET;
    let call = Call { method, key: key.to_owned(), query, headers, body };
    let refused = site.gate.refuses();
    let mut state = site.state();
    if let Some(wait) = refused {
        return Refusal::after(503, "SlowDown", Some(wait)).response();
    }
    if let Err(refusal) = call.signed(&state) {
        return refusal.response();
    }
    if !is_bucket {
        return Refusal::of(404, "NoSuchBucket").response();
    }
    let fails = |fault: DriveFault| {
        matches!(
            fault,
            DriveFault::Throttled(_) | DriveFault::Unavailable | DriveFault::Cut | DriveFault::Unheard
        )
    };
    let fault = state.gate.take_fault(fails);
    match fault {
        Some(DriveFault::Throttled(wait)) => Refusal::after(503, "SlowDown", wait).response(),
        Some(DriveFault::Unavailable) => Refusal::of(503, "ServiceUnavailable").response(),
        Some(DriveFault::Cut) => cut(),
        fault => {
            let is_unheard = fault.is_some();
            let answer = done(&mut state, call).unwrap_or_else(Refusal::response);
            if is_unheard { cut() } else { answer }
        }
    }
}

fn done(state: &mut State, call: Call) -> Result<Response<Body>, Refusal> {
    let upload = call.query.get("uploadId").cloned();
    let number = call.query.get("partNumber").and_then(|number| number.parse().ok());
    match (call.method.as_str(), upload, number) {
        ("GET", None, _)
            if call.key.is_empty() && call.query.get("list-type").is_some_and(|kind| kind == "2") =>
        {
            state.list(&call)
        }
        _ if call.key.is_empty() || call.key.len() > 1_024 => Err(Refusal::of(400, "KeyTooLongError")),
        ("PUT", Some(id), Some(number)) => state.take_part(call, &id, number),
        ("POST", Some(id), None) => state.complete(&call, &id),
        ("POST", None, None) if call.query.contains_key("uploads") => state.begin(&call),
        ("GET", Some(id), None) => state.parts(&call, &id),
        ("DELETE", Some(id), None) => state.abort(&call, &id),
        ("PUT", None, None) if call.header("x-amz-copy-source").is_some() => state.copy_object(call),
        ("PUT", None, None) => state.put_object(call),
        ("GET" | "HEAD", None, None) => state.read_object(&call),
        ("DELETE", None, None) => Ok(state.remove_object(&call)),
        _ => Err(Refusal::of(405, "MethodNotAllowed")),
    }
}
