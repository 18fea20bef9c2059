//! Objects that are made of parts.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Response;

use super::answers::{Refusal, document, empty, escaped};
use super::call::Call;
use super::objects::{State, checksum};
use crate::drives::DriveFault;

const SMALLEST_PART_BYTES: usize = 5 << 20;

pub(super) struct Upload {
    key: String,
    metadata: BTreeMap<String, String>,
    /// By number: the tag, and the bytes.
    parts: BTreeMap<u32, (String, Vec<u8>)>,
}

const NO_SUCH_UPLOAD: Refusal = Refusal::of(404, "NoSuchUpload");

impl State {
    pub(super) fn begin(&mut self, call: &Call) -> Result<Response<Body>, Refusal> {
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        let upload = Upload { key: call.key.clone(), metadata: call.metadata(), parts: BTreeMap::new() };
        self.uploads.insert(id.clone(), upload);
        let inside = format!("<Key>{}</Key><UploadId>{id}</UploadId>", escaped(&call.key));
        Ok(document("InitiateMultipartUploadResult", &inside))
    }

    /// The upload of a call, unless it is gone or about to be.
    fn upload(&mut self, call: &Call, id: &str) -> Result<&mut Upload, Refusal> {
        if self.gate.fails(DriveFault::UploadGone) {
            self.uploads.remove(id);
        }
        self.uploads.get_mut(id).filter(|upload| upload.key == call.key).ok_or(NO_SUCH_UPLOAD)
    }

    pub(super) fn take_part(&mut self, call: Call, id: &str, number: u32) -> Result<Response<Body>, Refusal> {
        if !(1..=10_000).contains(&number) {
            return Err(Refusal::of(400, "InvalidArgument"));
        }
        self.upload(&call, id)?;
        self.room(call.body.len())?;
        let sum = call.checked(self)?;
        let etag = format!("\"{}\"", &sum[..20]);
        let bytes = call.body.to_vec();
        self.upload(&call, id)?.parts.insert(number, (etag.clone(), bytes));
        let answer = Response::builder().header("etag", etag).header("x-amz-checksum-sha256", sum);
        Ok(answer.body(Body::empty()).expect("a response"))
    }

    pub(super) fn parts(&mut self, call: &Call, id: &str) -> Result<Response<Body>, Refusal> {
        let upload = self.upload(call, id)?;
        let mut inside = "<IsTruncated>false</IsTruncated>".to_owned();
        for (number, (etag, bytes)) in &upload.parts {
            write!(
                inside,
                "<Part><PartNumber>{number}</PartNumber><ETag>{}</ETag><Size>{}</Size>\
                 <ChecksumSHA256>{}</ChecksumSHA256></Part>",
                escaped(etag),
                bytes.len(),
                checksum(bytes),
            )
            .expect("text in memory");
        }
        Ok(document("ListPartsResult", &inside))
    }

    pub(super) fn complete(&mut self, call: &Call, id: &str) -> Result<Response<Body>, Refusal> {
        self.upload(call, id)?;
        self.conditions(call)?;
        let list = String::from_utf8_lossy(&call.body).replace("&quot;", "\"");
        let named = |part: &str, tag: &str| -> Option<String> {
            let (_, rest) = part.split_once(&format!("<{tag}>"))?;
            Some(rest.split_once(&format!("</{tag}>"))?.0.to_owned())
        };
        let parts: Vec<&str> = list.split("<Part>").skip(1).collect();
        let upload = self.uploads.get(id).ok_or(NO_SUCH_UPLOAD)?;
        let (mut bytes, mut last) = (Vec::new(), 0);
        for (place, part) in parts.iter().enumerate() {
            let number = named(part, "PartNumber").and_then(|number| number.parse().ok()).unwrap_or(0);
            let invalid = Refusal::of(400, "InvalidPart");
            let Some((etag, taken)) = upload.parts.get(&number) else { return Err(invalid) };
            let sum = named(part, "ChecksumSHA256");
            if named(part, "ETag").as_ref() != Some(etag) || sum.is_none_or(|sum| sum != checksum(taken)) {
                return Err(invalid);
            }
            if number <= std::mem::replace(&mut last, number) {
                return Err(Refusal::of(400, "InvalidPartOrder"));
            }
            if place + 1 < parts.len() && taken.len() < SMALLEST_PART_BYTES {
                return Err(Refusal::of(400, "EntityTooSmall"));
            }
            bytes.extend_from_slice(taken);
        }
        if parts.is_empty() {
            return Err(Refusal::of(400, "MalformedXML"));
        }
        self.room(bytes.len())?;
        let upload = self.uploads.remove(id).ok_or(NO_SUCH_UPLOAD)?;
        let etag = format!("\"{}-{}\"", &checksum(&bytes)[..20], parts.len());
        let etag = self.put(&call.key, bytes, upload.metadata, Some(etag));
        Ok(document("CompleteMultipartUploadResult", &format!("<ETag>{}</ETag>", escaped(&etag))))
    }

    pub(super) fn abort(&mut self, call: &Call, id: &str) -> Result<Response<Body>, Refusal> {
        self.upload(call, id)?;
        self.uploads.remove(id);
        Ok(empty(204))
    }
}
