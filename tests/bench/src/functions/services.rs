//! What the functions call besides the table, played as far as they call it: Secrets Manager, KMS, SQS, S3 and SES. Each answers at once; what they check
//! is for the tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use app_testing::TestKeys;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// What `events/whatsapp` is signed with.
const APP_SECRET: &str = "app-secret-for-tests-01";
/// The header of a checksum.
const SHA256: &str = "x-amz-checksum-sha256";

/// The services. What is put into S3 is kept.
#[derive(Default)]
pub(crate) struct Services {
    objects: Mutex<BTreeMap<String, Object>>,
}

/// What is in a bucket, with its checksum if it came with one.
struct Object {
    bytes: Bytes,
    sha256: Option<HeaderValue>,
}

impl Services {
    /// Answers a call of a service that is named in a header.
    pub(crate) fn answer(&self, target: &str, call: &Value) -> Response<Body> {
        let answer = match target {
            "secretsmanager.GetSecretValue" => secret(call["SecretId"].as_str().unwrap_or_default()),
            "secretsmanager.DescribeSecret" => {
                Some(json!({"Name": call["SecretId"], "VersionIdsToStages": {"v": ["AWSCURRENT"]}}))
            }
            "TrentService.DescribeKey" => {
                Some(json!({"KeyMetadata": {"KeyId": call["KeyId"], "Enabled": true, "KeyState": "Enabled"}}))
            }
            // The wrapped key is the key: whoever unwraps it gets it back.
            "TrentService.GenerateDataKey" => {
                let key = BASE64.encode(&[7; 32]);
                Some(json!({"KeyId": call["KeyId"], "CiphertextBlob": key, "Plaintext": key}))
            }
            "TrentService.Decrypt" => {
                Some(json!({"KeyId": call["KeyId"], "Plaintext": call["CiphertextBlob"]}))
            }
            "AmazonSQS.SendMessage" => Some(json!({"MessageId": "m", "MD5OfMessageBody": "-"})),
            "AmazonSQS.SendMessageBatch" => Some(batch(call)),
            "AmazonSQS.ChangeMessageVisibility" => Some(json!({})),
            "AmazonSQS.GetQueueAttributes" => {
                Some(json!({"Attributes": {"ApproximateNumberOfMessages": "0"}}))
            }
            _ => None,
        };
        match answer {
            Some(answer) => respond(StatusCode::OK, answer.to_string()),
            None => {
                respond(StatusCode::BAD_REQUEST, json!({"__type": "UnknownOperationException"}).to_string())
            }
        }
    }

    /// Answers a call of S3, or of SES, which has paths as well.
    pub(crate) fn object(
        &self,
        method: &Method,
        uri: &Uri,
        body: Bytes,
        headers: &HeaderMap,
    ) -> Response<Body> {
        let key = uri.path().to_owned();
        if key == "/v2/email/outbound-emails" {
            return respond(StatusCode::OK, json!({"MessageId": "m"}).to_string());
        }
        let mut objects = self.locked();
        let is_taken = objects.contains_key(&key);
        match *method {
            Method::PUT if is_taken && headers.contains_key("if-none-match") => {
                failure(StatusCode::PRECONDITION_FAILED, "PreconditionFailed")
            }
            Method::PUT => {
                objects.insert(key, Object { bytes: body, sha256: headers.get(SHA256).cloned() });
                respond(StatusCode::OK, String::new())
            }
            // Marks are not played: whatever is there is kept.
            Method::DELETE if uri.query().is_some_and(|query| query.contains("tagging")) => {
                respond(StatusCode::NO_CONTENT, String::new())
            }
            Method::DELETE => {
                objects.remove(&key);
                respond(StatusCode::NO_CONTENT, String::new())
            }
            Method::GET if uri.query().is_some_and(|query| query.contains("list-type=2")) => respond(
                StatusCode::OK,
                "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>".to_owned(),
            ),
            // A bucket is there.
            Method::HEAD if key.trim_matches('/').split('/').count() < 2 => {
                respond(StatusCode::OK, String::new())
            }
            Method::GET | Method::HEAD => match objects.get(&key) {
                Some(object) => object.response(),
                None => failure(StatusCode::NOT_FOUND, "NoSuchKey"),
            },
            _ => failure(StatusCode::NOT_IMPLEMENTED, "NotImplemented"),
        }
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, Object>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Object {
    fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.bytes.clone()));
        if let Some(sha256) = &self.sha256 {
            response.headers_mut().insert(SHA256, sha256.clone());
        }
        response
    }
}

fn secret(id: &str) -> Option<Value> {
    let text = match id {
        "JwtSigningKeySecret" => TestKeys::shared().secret(),
        "JwtPublicKeysSecret" => TestKeys::shared().jwks(),
        "WhatsAppAppSecret" => APP_SECRET.to_owned(),
        "WhatsAppVerifyToken" => "verify".to_owned(),
        "SignInProvidersSecret" | "DriveProvidersSecret" => "{}".to_owned(),
        _ => return None,
    };
    Some(json!({"Name": id, "ARN": id, "SecretString": text}))
}

fn batch(call: &Value) -> Value {
    let entries = call["Entries"].as_array().into_iter().flatten();
    let taken: Vec<Value> =
        entries.map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "-"})).collect();
    json!({"Successful": taken, "Failed": []})
}

fn failure(status: StatusCode, code: &str) -> Response<Body> {
    respond(status, format!("<Error><Code>{code}</Code><Message>played</Message></Error>"))
}

fn respond(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
}
