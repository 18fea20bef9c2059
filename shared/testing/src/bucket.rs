//! A bucket of S3, played as far as whole objects need it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use http::{Method, Request, Response};

use crate::aws;

/// A bucket. Cloning shares it.
#[derive(Clone, Default)]
pub struct PlayedBucket(Arc<Mutex<Objects>>);

#[derive(Default)]
struct Objects {
    objects: BTreeMap<String, Vec<u8>>,
    reads: usize,
    is_down: bool,
}

impl PlayedBucket {
    /// A client of it, which sees it whatever the bucket is called.
    pub fn client(&self) -> aws_sdk_s3::Client {
        let bucket = self.clone();
        let config = aws(move |request| bucket.locked().answer(request));
        let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// The keys of what is in it, in order.
    pub fn keys(&self) -> Vec<String> {
        self.locked().objects.keys().cloned().collect()
    }

    /// An object.
    pub fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.locked().objects.get(key).cloned()
    }

    /// Puts an object into it.
    pub fn put(&self, key: &str, bytes: impl Into<Vec<u8>>) {
        self.locked().objects.insert(key.to_owned(), bytes.into());
    }

    /// Removes an object.
    pub fn remove(&self, key: &str) {
        self.locked().objects.remove(key);
    }

    /// How many objects have been read since this was last called.
    pub fn take_reads(&self) -> usize {
        std::mem::take(&mut self.locked().reads)
    }

    /// Whether every call fails from now on.
    pub fn set_down(&self, is_down: bool) {
        self.locked().is_down = is_down;
    }

    fn locked(&self) -> MutexGuard<'_, Objects> {
        self.0.lock().expect("nobody to panic in a bucket")
    }
}

impl Objects {
    fn answer(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        if self.is_down {
            return error(503, "SlowDown");
        }
        // Behind the bucket's name.
        let key = request.uri().path().splitn(3, '/').nth(2).unwrap_or_default().to_owned();
        match *request.method() {
            Method::PUT => {
                assert!(request.headers().contains_key("x-amz-checksum-crc32"), "{:?}", request.headers());
                self.objects.insert(key, request.into_body());
                Response::new(Vec::new())
            }
            Method::GET if request.uri().query().is_some_and(|query| query.contains("list-type=2")) => {
                let query = request.uri().query().unwrap_or_default();
                let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
                let prefix = pairs.into_iter().find(|(name, _)| name == "prefix").map(|(_, prefix)| prefix);
                let prefix = prefix.unwrap_or_default();
                let keys = self.objects.keys().filter(|key| key.starts_with(&prefix));
                let keys: String = keys.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
                Response::new(format!("<ListBucketResult>{keys}</ListBucketResult>").into_bytes())
            }
            Method::GET => {
                self.reads += 1;
                let Some(bytes) = self.objects.get(&key) else { return error(404, "NoSuchKey") };
                let range = request.headers().get("range").and_then(|range| range.to_str().ok());
                let last = range.and_then(|range| range.strip_prefix("bytes=0-")?.parse::<usize>().ok());
                let end = last.map_or(bytes.len(), |last| bytes.len().min(last + 1));
                Response::new(bytes[..end].to_vec())
            }
            Method::DELETE => {
                self.objects.remove(&key);
                Response::builder().status(204).body(Vec::new()).expect("a response")
            }
            _ => panic!("nobody plays {} of {key}", request.method()),
        }
    }
}

fn error(status: u16, code: &str) -> Response<Vec<u8>> {
    let body = format!("<Error><Code>{code}</Code><Message>played</Message></Error>");
    Response::builder().status(status).body(body.into_bytes()).expect("a response")
}
