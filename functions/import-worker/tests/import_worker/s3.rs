//! The bucket of files, played as far as files are written and read here: whole and in parts, checked, never written twice.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use app_testing::{Death, aws};
use aws_sdk_s3::Client;
use data_encoding::BASE64;
use http::{Method, Request, Response};

const SMALLEST_PART_BYTES: usize = 5 << 20;

/// A bucket. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct PlayedS3(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, BTreeMap<u32, Vec<u8>>>,
    largest_body: usize,
    /// How many calls go through, and how the last of them ends.
    life: Option<(usize, Death)>,
}

#[derive(Clone)]
pub(crate) struct Object {
    pub(crate) bytes: Vec<u8>,
    pub(crate) content_type: String,
    checksum: String,
    /// Whether nobody has looked at it.
    pub(crate) is_unseen: bool,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

pub(crate) fn sha256_base64(bytes: &[u8]) -> String {
    BASE64.encode(&sha256(bytes))
}

impl PlayedS3 {
    pub(crate) fn client(&self) -> Client {
        let s3 = self.clone();
        let config = aws(move |request| s3.0.lock().unwrap().hear(request));
        let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
        Client::from_conf(config)
    }

    pub(crate) fn object(&self, key: &str) -> Option<Object> {
        self.0.lock().unwrap().objects.get(key).cloned()
    }

    /// The keys of what is in it.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.0.lock().unwrap().objects.keys().cloned().collect()
    }

    /// How many uploads in parts are under way.
    pub(crate) fn unfinished_uploads(&self) -> usize {
        self.0.lock().unwrap().uploads.len()
    }

    /// The largest body that came.
    pub(crate) fn largest_body(&self) -> usize {
        self.0.lock().unwrap().largest_body
    }

    /// Lets whoever calls make this many calls more, and then end like this: no call goes through any more.
    pub(crate) fn die_after(&self, calls: usize, death: Death) {
        self.0.lock().unwrap().life = Some((calls, death));
    }

    /// Lets every call through again. Whether there was a death.
    pub(crate) fn revive(&self) -> bool {
        self.0.lock().unwrap().life.take().is_some_and(|(calls, _)| calls == 0)
    }
}

impl State {
    fn hear(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        match &mut self.life {
            Some((0, _)) => error(400, "Died"),
            Some((calls, death)) => {
                *calls -= 1;
                let is_unheard = *calls == 0 && *death == Death::BeforeHearing;
                let answer = self.answer(request);
                if is_unheard { error(400, "Died") } else { answer }
            }
            None => self.answer(request),
        }
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
            other => panic!("not a call of the worker: {other:?}"),
        };
        self.largest_body = self.largest_body.max(request.body().len());
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
                parts.insert(part.unwrap().parse().unwrap(), request.into_body());
                let answer = Response::builder().header("etag", "\"part\"");
                answer.header("x-amz-checksum-sha256", checksum).body(Vec::new()).unwrap()
            }
            "CompleteMultipartUpload" => self.complete(key, &upload, &request),
            "HeadObject" => match self.objects.get(&key) {
                Some(object) => Response::builder()
                    .header("content-length", object.bytes.len())
                    .header("x-amz-checksum-sha256", &object.checksum)
                    .body(Vec::new())
                    .unwrap(),
                None => Response::builder().status(404).body(Vec::new()).unwrap(),
            },
            "GetObject" => {
                let Some(object) = self.objects.get(&key) else { return error(404, "NoSuchKey") };
                let range = request.headers()["range"].to_str().unwrap();
                let last: usize = range.strip_prefix("bytes=0-").unwrap().parse().unwrap();
                Response::new(object.bytes[..object.bytes.len().min(last + 1)].to_vec())
            }
            "AbortMultipartUpload" => match self.uploads.remove(&upload) {
                Some(_) => Response::builder().status(204).body(Vec::new()).unwrap(),
                None => error(404, "NoSuchUpload"),
            },
            "DeleteObjectTagging" => match self.objects.get_mut(&key) {
                Some(object) => {
                    object.is_unseen = false;
                    Response::builder().status(204).body(Vec::new()).unwrap()
                }
                None => error(404, "NoSuchKey"),
            },
            _ => {
                self.objects.remove(&key);
                Response::builder().status(204).body(Vec::new()).unwrap()
            }
        }
    }

    fn put(&mut self, key: String, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        assert_eq!(request.headers()["if-none-match"], "*");
        assert_eq!(request.headers()["x-amz-tagging"], "state=uploading");
        let checksum = sha256_base64(request.body());
        assert_eq!(request.headers()["x-amz-checksum-sha256"], checksum);
        let content_type = request.headers()["content-type"].to_str().unwrap().to_owned();
        self.insert(key, Object { bytes: request.into_body(), content_type, checksum, is_unseen: true })
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
        let parts = self.uploads.remove(upload).unwrap();
        let digests: Vec<u8> = parts.values().flat_map(|part| sha256(part)).collect();
        let checksum = format!("{}-{}", sha256_base64(&digests), parts.len());
        let bytes = parts.into_values().flatten().collect();
        let object = Object { bytes, content_type: String::new(), checksum, is_unseen: true };
        self.insert(key, object);
        Response::new(b"<CompleteMultipartUploadResult/>".to_vec())
    }

    fn insert(&mut self, key: String, object: Object) -> Response<Vec<u8>> {
        if self.objects.contains_key(&key) {
            return error(412, "PreconditionFailed");
        }
        self.objects.insert(key, object);
        Response::new(Vec::new())
    }
}

fn error(status: u16, code: &str) -> Response<Vec<u8>> {
    let body = format!("<Error><Code>{code}</Code><Message>played</Message></Error>");
    Response::builder().status(status).body(body.into_bytes()).unwrap()
}
