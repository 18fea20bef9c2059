//! A bucket of S3, played as far as whole objects, uploads in parts and ranges need it, with its rules: parts of at least 5 MiB but the last,
//! checksums as announced, an object of exactly the parts that are named.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use http::{Method, Request, Response};

use crate::life::Life;
use crate::{Death, aws};

const SMALLEST_PART_BYTES: usize = 5 * 1024 * 1024;

/// A bucket. Cloning shares it.
#[derive(Clone, Default)]
pub struct PlayedBucket(Arc<Mutex<Objects>>);

#[derive(Default)]
struct Objects {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, Upload>,
    begun: usize,
    reads: usize,
    calls: Vec<String>,
    is_down: bool,
    life: Life,
}

struct Object {
    bytes: Vec<u8>,
    content_type: String,
}

struct Upload {
    key: String,
    content_type: String,
    /// By number: the tag, and the bytes.
    parts: BTreeMap<u32, (String, Vec<u8>)>,
    sent: usize,
}

impl PlayedBucket {
    /// A client of it, which sees it whatever the bucket is called.
    pub fn client(&self) -> aws_sdk_s3::Client {
        let bucket = self.clone();
        let config = aws(move |request| bucket.locked().hear(request));
        let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// The keys of what is in it, in order.
    pub fn keys(&self) -> Vec<String> {
        self.locked().objects.keys().cloned().collect()
    }

    /// An object.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.locked().objects.get(key).map(|object| object.bytes.clone())
    }

    /// The content type of an object.
    pub fn content_type(&self, key: &str) -> Option<String> {
        self.locked().objects.get(key).map(|object| object.content_type.clone())
    }

    /// Puts an object into it.
    pub fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        let object = Object { bytes: bytes.into(), content_type: String::new() };
        self.locked().objects.insert(key.to_owned(), object);
    }

    /// Removes an object.
    pub fn remove(&self, key: &str) {
        self.locked().objects.remove(key);
    }

    /// How many objects have been read since this was last called.
    pub fn take_reads(&self) -> usize {
        std::mem::take(&mut self.locked().reads)
    }

    /// What has been called since this was last called, such as `PUT a/b` or `PUT a/b 2` for the second part of an upload.
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.locked().calls)
    }

    /// How many uploads in parts are under way.
    pub fn unfinished_uploads(&self) -> usize {
        self.locked().uploads.len()
    }

    /// Forgets every upload in parts that is under way, as the bucket's rules do after a while.
    pub fn forget_uploads(&self) {
        self.locked().uploads.clear();
    }

    /// Whether every call fails from now on.
    pub fn set_down(&self, is_down: bool) {
        self.locked().is_down = is_down;
    }

    /// Lets whoever calls make this many calls more, and then end like this: no call goes through any more.
    pub fn die_after(&self, calls: usize, death: Death) {
        self.locked().life.end_after(calls, death);
    }

    /// Lets every call through again. Whether there was a death.
    pub fn revive(&self) -> bool {
        self.locked().life.revive()
    }

    fn locked(&self) -> MutexGuard<'_, Objects> {
        self.0.lock().expect("nobody to panic in a bucket")
    }
}

impl Objects {
    fn hear(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let fate = self.life.fate();
        if fate == Some(Death::BeforeCalling) {
            return error(400, "Died");
        }
        let answer = self.answer(request);
        if fate.is_none() { answer } else { error(400, "Died") }
    }

    fn answer(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        if self.is_down {
            return error(503, "SlowDown");
        }
        // Behind the bucket's name.
        let key = request.uri().path().splitn(3, '/').nth(2).unwrap_or_default().to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        let pairs: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let (upload, number) = (pairs.get("uploadId"), pairs.get("partNumber"));
        let number = number.and_then(|number| number.parse().ok());
        let part = number.map_or_else(String::new, |number: u32| format!(" {number}"));
        self.calls.push(format!("{} {key}{part}", request.method()));
        match (request.method().clone(), upload, number) {
            (Method::PUT, Some(upload), Some(number)) => self.take_part(upload, number, &request),
            (Method::POST, Some(upload), None) => self.complete(&key, upload, request.body()),
            (Method::DELETE, Some(upload), None) => match self.uploads.remove(upload) {
                Some(_) => no_content(),
                None => error(404, "NoSuchUpload"),
            },
            (Method::POST, None, None) if pairs.contains_key("uploads") => self.begin(key, &request),
            (Method::PUT, None, None) => {
                let is_checked = ["x-amz-checksum-crc32", "x-amz-checksum-sha256"];
                assert!(
                    is_checked.iter().any(|name| request.headers().contains_key(*name)),
                    "{:?}",
                    request.headers()
                );
                if request.headers().get("if-none-match").is_some_and(|tag| tag == "*")
                    && self.objects.contains_key(&key)
                {
                    return error(412, "PreconditionFailed");
                }
                let content_type = content_type(&request);
                self.objects.insert(key, Object { bytes: request.into_body(), content_type });
                Response::new(Vec::new())
            }
            (Method::GET, None, None) if pairs.get("list-type").is_some_and(|kind| kind == "2") => {
                self.list(pairs.get("prefix").map_or("", String::as_str))
            }
            (Method::GET, None, None) => self.read(&key, &request),
            (Method::HEAD, None, None) => match self.objects.get(&key) {
                Some(object) => {
                    let answer = Response::builder().header("content-length", object.bytes.len());
                    answer.body(Vec::new()).expect("a response")
                }
                None => error(404, "NotFound"),
            },
            (Method::DELETE, None, None) if pairs.contains_key("tagging") => {
                match self.objects.contains_key(&key) {
                    true => no_content(),
                    false => error(404, "NoSuchKey"),
                }
            }
            (Method::DELETE, None, None) => {
                self.objects.remove(&key);
                no_content()
            }
            _ => panic!("nobody plays {} of {key}?{query}", request.method()),
        }
    }

    fn list(&self, prefix: &str) -> Response<Vec<u8>> {
        let keys = self.objects.keys().filter(|key| key.starts_with(prefix));
        let keys: String = keys.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
        Response::new(format!("<ListBucketResult>{keys}</ListBucketResult>").into_bytes())
    }

    fn read(&mut self, key: &str, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.reads += 1;
        let Some(Object { bytes, .. }) = self.objects.get(key) else { return error(404, "NoSuchKey") };
        let range = request.headers().get("range").and_then(|range| range.to_str().ok());
        let Some((first, last)) = range.and_then(|range| range.strip_prefix("bytes=")?.split_once('-'))
        else {
            return Response::new(bytes.clone());
        };
        let first: usize = first.parse().expect("where to begin");
        if first >= bytes.len() {
            return error(416, "InvalidRange");
        }
        let end = last.parse().map_or(bytes.len(), |last: usize| bytes.len().min(last.saturating_add(1)));
        Response::builder().status(206).body(bytes[first..end].to_vec()).expect("a response")
    }

    fn begin(&mut self, key: String, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        assert!(request.headers().contains_key("x-amz-checksum-algorithm"), "{:?}", request.headers());
        self.begun += 1;
        let id = format!("upload-{}", self.begun);
        let upload = Upload { key, content_type: content_type(request), parts: BTreeMap::new(), sent: 0 };
        self.uploads.insert(id.clone(), upload);
        let answer = "InitiateMultipartUploadResult";
        Response::new(format!("<{answer}><UploadId>{id}</UploadId></{answer}>").into_bytes())
    }

    fn take_part(&mut self, upload: &str, number: u32, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let Some(upload) = self.uploads.get_mut(upload) else { return error(404, "NoSuchUpload") };
        upload.sent += 1;
        let etag = format!("\"part-{number}-{}\"", upload.sent);
        upload.parts.insert(number, (etag.clone(), request.body().clone()));
        let mut answer = Response::builder().header("etag", etag);
        let names = ["x-amz-checksum-crc32", "x-amz-checksum-sha256"];
        let checksum = names.into_iter().find_map(|name| Some((name, request.headers().get(name)?.clone())));
        let (name, checksum) = checksum.unwrap_or_else(|| panic!("no checksum: {:?}", request.headers()));
        answer = answer.header(name, checksum);
        answer.body(Vec::new()).expect("a response")
    }

    fn complete(&mut self, key: &str, id: &str, body: &[u8]) -> Response<Vec<u8>> {
        let Some(upload) = self.uploads.get(id) else { return error(404, "NoSuchUpload") };
        assert_eq!(upload.key, key);
        let list = String::from_utf8_lossy(body).replace("&quot;", "\"");
        let named = |tag: &str| -> Vec<String> {
            let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
            list.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0.to_owned())).collect()
        };
        let parts: Vec<(u32, String)> =
            named("PartNumber").iter().filter_map(|number| number.parse().ok()).zip(named("ETag")).collect();
        assert!(!parts.is_empty(), "{list}");
        let mut bytes = Vec::new();
        for (place, (number, etag)) in parts.iter().enumerate() {
            match upload.parts.get(number) {
                Some((tag, part)) if tag == etag => {
                    if place + 1 < parts.len() && part.len() < SMALLEST_PART_BYTES {
                        return error(400, "EntityTooSmall");
                    }
                    bytes.extend_from_slice(part);
                }
                _ => return error(400, "InvalidPart"),
            }
        }
        let content_type = upload.content_type.clone();
        self.objects.insert(key.to_owned(), Object { bytes, content_type });
        self.uploads.remove(id);
        Response::new(b"<CompleteMultipartUploadResult/>".to_vec())
    }
}

fn content_type(request: &Request<Vec<u8>>) -> String {
    let content_type = request.headers().get("content-type").and_then(|name| name.to_str().ok());
    content_type.unwrap_or_default().to_owned()
}

fn no_content() -> Response<Vec<u8>> {
    Response::builder().status(204).body(Vec::new()).expect("a response")
}

fn error(status: u16, code: &str) -> Response<Vec<u8>> {
    let body = format!("<Error><Code>{code}</Code><Message>played</Message></Error>");
    Response::builder().status(status).body(body.into_bytes()).expect("a response")
}
