//! How a call is answered: whether it is right, whether it is to fail, and only then what it is for.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use uuid::Uuid;

use super::super::DriveFault;
use super::super::traffic::cut;
use super::fields::check;
use super::refusal::Refusal;
use super::routes::{Route, Style};
use super::state::{Scripted, Site, State};

/// What a route does with a call that is right.
pub(super) type Act = fn(&mut State, &Called) -> Result<Reply, Refusal>;

/// A call that is right.
pub(super) struct Called<'a> {
    pub(super) arg: Value,
    pub(super) body: Bytes,
    pub(super) range: Option<&'a str>,
    pub(super) token: &'a str,
    /// What is to go wrong with it while it is done.
    pub(super) fault: Option<DriveFault>,
}

/// A good answer.
pub(super) struct Reply {
    told: Value,
    content: Option<Vec<u8>>,
    /// Where in the file the bytes begin, and how many it has, if they are not all.
    part: Option<(usize, usize)>,
}

impl Called<'_> {
    pub(super) fn text(&self, name: &str) -> &str {
        self.arg[name].as_str().unwrap_or_default()
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.arg[name].as_bool().unwrap_or(false)
    }

    pub(super) fn fails(&self, fault: DriveFault) -> bool {
        self.fault == Some(fault)
    }
}

impl Reply {
    pub(super) fn null() -> Self {
        Self::json(Value::Null)
    }

    pub(super) fn json(told: Value) -> Self {
        Self { told, content: None, part: None }
    }

    pub(super) fn file(told: Value, bytes: Vec<u8>, part: Option<(usize, usize)>) -> Self {
        Self { told, content: Some(bytes), part }
    }

    fn sent(self) -> Response {
        let Some(bytes) = self.content else { return axum::Json(self.told).into_response() };
        let headers = [
            ("dropbox-api-result", ascii(&self.told)),
            ("content-type", "application/octet-stream".to_owned()),
            ("accept-ranges", "bytes".to_owned()),
        ];
        let Some((from, of)) = self.part else { return (headers, bytes).into_response() };
        let range = format!("bytes {from}-{}/{of}", from + bytes.len() - 1);
        (StatusCode::PARTIAL_CONTENT, headers, [("content-range", range)], bytes).into_response()
    }
}

impl Scripted {
    fn answer(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).expect("a status");
        let content_type = self.content_type.parse().expect("a content type");
        response.headers_mut().insert("content-type", content_type);
        response
    }
}

impl Site {
    /// Answers a call of the API.
    pub(super) fn answer(&self, name: &str, is_content: bool, headers: &HeaderMap, body: Bytes) -> Response {
        let answered = self.answered(name, is_content, headers, body);
        let mut response = answered.unwrap_or_else(Refusal::answer);
        let id = Uuid::new_v4().simple().to_string().parse().expect("a header");
        response.headers_mut().insert("x-dropbox-request-id", id);
        response
    }

    fn answered(
        &self,
        name: &str,
        is_content: bool,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<Response, Refusal> {
        let route = Route::find(name, is_content)?;
        let reason = if route.is_commit() { "too_many_write_operations" } else { "too_many_requests" };
        if let Some(seconds) = self.gate.refuses() {
            return Err(Refusal::TooMany { reason, wait: Some(seconds) });
        }
        let mut state = self.state();
        let token = state.grants.check(name, headers, route.scope, state.now())?;
        let arg = route.argument(headers, &body)?;
        if let Some(scripted) = state.next_scripted(name) {
            return Ok(scripted.answer());
        }
        let fault = state.gate.take_fault(|fault| route.can_fail(fault, &body));
        match fault {
            Some(DriveFault::Throttled(wait)) => return Err(Refusal::TooMany { reason, wait }),
            Some(DriveFault::Unavailable) => return Err(Refusal::Unavailable),
            Some(DriveFault::TokenExpired) => return Err(Refusal::token("expired_access_token")),
            Some(DriveFault::Cut) => return Ok(cut()),
            _ => {}
        }
        let range = headers.get("range").and_then(|value| value.to_str().ok());
        let mut reply = (route.act)(&mut state, &Called { arg, body, range, token, fault })?;
        match fault {
            Some(DriveFault::Unheard | DriveFault::TakenInPart) => return Ok(cut()),
            Some(DriveFault::NoHash) => {
                drop(reply.told.as_object_mut().and_then(|told| told.remove("content_hash")))
            }
            _ => {}
        }
        Ok(reply.sent())
    }
}

impl Route {
    fn can_fail(&self, fault: DriveFault, body: &Bytes) -> bool {
        match fault {
            DriveFault::DeadGrant | DriveFault::RefreshFails => false,
            DriveFault::TakenInPart => self.is_addition() && body.len() > 1,
            DriveFault::UploadGone => self.is_addition(),
            DriveFault::Garbled | DriveFault::Full => self.is_commit(),
            DriveFault::NoHash => self.is_commit() || self.name == "files/get_metadata",
            DriveFault::Reset => self.name == "files/list_folder/continue",
            _ => !self.name.starts_with("auth/"),
        }
    }

    /// The argument of a call, if that and all around it is as it has to be.
    fn argument(&self, headers: &HeaderMap, body: &Bytes) -> Result<Value, Refusal> {
        let text = |name: &str| {
            headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let refused = |why: String| Refusal::text(self.name, why);
        let content_type = text("content-type").unwrap_or_default();
        let (place, arg) = match (self.style, text("dropbox-api-arg")) {
            (Style::Rpc, Some(_)) => {
                return Err(refused("Unexpected HTTP header \"Dropbox-API-Arg\".".to_owned()));
            }
            (Style::Rpc, None) => ("request body", String::from_utf8_lossy(body).into_owned()),
            (_, Some(arg)) if arg.is_ascii() => ("HTTP header \"Dropbox-API-Arg\"", arg),
            (_, Some(_)) => {
                let why = "HTTP header \"Dropbox-API-Arg\": could not decode input as JSON";
                return Err(refused(why.to_owned()));
            }
            (_, None) => return Err(refused("Must provide HTTP header \"Dropbox-API-Arg\".".to_owned())),
        };
        let is_declared = match self.style {
            Style::Rpc if arg.is_empty() && self.fields.is_none() => content_type.is_empty(),
            Style::Rpc => {
                matches!(content_type.as_str(), "application/json" | "application/json; charset=utf-8")
            }
            Style::Upload => content_type == "application/octet-stream",
            Style::Download => content_type.is_empty() || content_type == "application/octet-stream",
        };
        if !is_declared {
            return Err(refused(format!("Bad HTTP \"Content-Type\" header: \"{content_type}\".")));
        }
        if self.style == Style::Download && !body.is_empty() {
            return Err(refused(
                "You provided a non-empty request body; expecting an empty body.".to_owned(),
            ));
        }
        let Some(fields) = self.fields else {
            return match arg.trim() {
                "" | "null" => Ok(Value::Null),
                _ => Err(refused("request body: expected null".to_owned())),
            };
        };
        let no_json = |_| refused(format!("{place}: could not decode input as JSON"));
        let arg = serde_json::from_str(&arg).map_err(no_json)?;
        check(&arg, fields).map_err(|why| refused(format!("{place}: {why}")))?;
        Ok(arg)
    }
}

/// JSON as a header can have it.
fn ascii(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        if (' '..='~').contains(&c) {
            text.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}
