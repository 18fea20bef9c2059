//! SES, played strictly: what it would refuse is refused, in its words.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use aws_sdk_sesv2::Client;
use http::{Method, Request, Response};
use serde::Deserialize;
use serde_json::json;

/// The one address that is verified.
pub(crate) const FROM: &str = "no-reply@memory.example";

/// What was sent, and what the next calls are answered with instead.
#[derive(Clone, Default)]
pub(crate) struct Ses {
    sent: Arc<Mutex<Vec<Mail>>>,
    failures: Arc<Mutex<VecDeque<Failure>>>,
}

#[derive(Clone, Copy)]
struct Failure {
    status: u16,
    code: &'static str,
    message: &'static str,
}

/// A mail that SES took.
#[derive(Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    pub(crate) kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct SendEmail {
    from_email_address: String,
    destination: Destination,
    content: EmailContent,
    email_tags: Vec<NameAndValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Destination {
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EmailContent {
    simple: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Message {
    subject: Content,
    body: Body,
    headers: Vec<NameAndValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Body {
    text: Content,
    html: Content,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Content {
    data: String,
    charset: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct NameAndValue {
    name: String,
    value: String,
}

impl Ses {
    pub(crate) fn client(&self) -> impl Fn() -> Client + Send + Sync + 'static {
        let ses = self.clone();
        let config = app_testing::aws(move |request| ses.answer(&request));
        move || Client::new(&config)
    }

    /// Lets the next call fail; without a code, as something between us and SES would.
    pub(crate) fn fail_once(&self, status: u16, code: &'static str, message: &'static str) {
        self.failures.lock().unwrap().push_back(Failure { status, code, message });
    }

    pub(crate) fn sent(&self) -> Vec<Mail> {
        self.sent.lock().unwrap().clone()
    }

    /// The one mail that was sent.
    pub(crate) fn only(&self) -> Mail {
        let [mail] = &self.sent()[..] else { panic!("{} mails were sent, not one", self.sent().len()) };
        mail.clone()
    }

    fn answer(&self, request: &Request<Vec<u8>>) -> Response<String> {
        if let Some(failure) = self.failures.lock().unwrap().pop_front() {
            return refusal(failure);
        }
        match taken(request) {
            Ok(mail) => {
                self.sent.lock().unwrap().push(mail);
                let body = json!({"MessageId": "0100019a-0000000-000000"}).to_string();
                Response::builder().header("content-type", "application/json").body(body).unwrap()
            }
            Err(failure) => refusal(failure),
        }
    }
}

fn refusal(failure: Failure) -> Response<String> {
    let mut response = Response::builder().status(failure.status);
    if !failure.code.is_empty() {
        response = response.header("x-amzn-ErrorType", failure.code);
    }
    response.body(json!({"message": failure.message}).to_string()).unwrap()
}

fn taken(request: &Request<Vec<u8>>) -> Result<Mail, Failure> {
    let bad = |message| Failure { status: 400, code: "BadRequestException", message };
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    if (request.method(), request.uri().path()) != (&Method::POST, "/v2/email/outbound-emails") {
        let message = "Unable to determine service/operation name to be authorized";
        return Err(Failure { status: 403, code: "AccessDeniedException", message });
    }
    if !header("authorization").contains("/us-east-1/ses/aws4_request") {
        let message = "Credential should be scoped to correct service: 'ses'.";
        return Err(Failure { status: 403, code: "InvalidSignatureException", message });
    }
    if header("content-type") != "application/json" {
        return Err(bad("the content type"));
    }
    let call: SendEmail =
        serde_json::from_slice(request.body()).map_err(|_| bad("Missing required parameter"))?;
    if call.from_email_address != FROM {
        let message = "Email address is not verified.";
        return Err(Failure { status: 400, code: "MessageRejected", message });
    }
    let [to] = &call.destination.to_addresses[..] else { return Err(bad("Too many recipients")) };
    if !to.is_ascii() {
        return Err(bad("Missing final '@domain'"));
    }
    let Message { subject, body: Body { text, html }, headers } = call.content.simple;
    if [&subject, &text, &html].iter().any(|content| content.charset != "UTF-8" || content.data.is_empty()) {
        return Err(bad("the content"));
    }
    let ([header], [tag]) = (&headers[..], &call.email_tags[..]) else {
        return Err(bad("one header, one tag"));
    };
    if (header.name.as_str(), header.value.as_str()) != ("Auto-Submitted", "auto-generated") {
        return Err(bad("the header"));
    }
    if tag.name != "kind" || !tag.value.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(bad("the tag"));
    }
    let (to, kind) = (to.clone(), tag.value.clone());
    Ok(Mail { to, subject: subject.data, text: text.data, html: html.data, kind })
}
