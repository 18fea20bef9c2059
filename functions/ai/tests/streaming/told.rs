//! An answer as it comes from the Runtime API: what stands before it, and its events one by one.

use std::time::Instant;

use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::runtime_api::{Invoked, Lambda, Part};

/// What parts the beginning of an answer from its body.
const BEGINNING_ENDS: [u8; 8] = [0; 8];

/// An answer that is on its way.
pub(crate) struct Told {
    /// How the function sends it to Lambda.
    pub(crate) sent_with: HeaderMap,
    /// Status and headers for the client.
    pub(crate) prelude: Value,
    invoked: Invoked,
    /// What has come and is not read.
    bytes: Vec<u8>,
    /// When the last of it came.
    pub(crate) at: Instant,
}

/// A server-sent event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: Value,
    /// When its last byte came.
    pub(crate) at: Instant,
}

impl Told {
    /// The answer to a request, from where it begins.
    pub(crate) async fn by(lambda: &Lambda, token: &str, method: &str, path: &str, body: &Value) -> Self {
        let mut invoked = lambda.invoke(event(token, method, path, body));
        let sent_with = match invoked.next().await {
            Part::Headers(headers) => headers,
            Part::Failed(reason) => panic!("there is no answer: {reason}"),
            Part::Bytes(..) | Part::End => panic!("an answer without headers"),
        };
        let mut told =
            Self { sent_with, prelude: Value::Null, invoked, bytes: Vec::new(), at: Instant::now() };
        let prelude = told.until(&BEGINNING_ENDS).await.expect("an answer with a beginning");
        told.prelude = serde_json::from_slice(&prelude).unwrap();
        told
    }

    /// The next event, or nothing at the proper end of the answer.
    pub(crate) async fn event(&mut self) -> Option<Event> {
        loop {
            let text = String::from_utf8(self.until(b"\n\n").await?).unwrap();
            let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
            // What is only there to show that the stream lives has no data.
            let (Some(name), Some(data)) = (field("event:"), field("data:")) else { continue };
            let data = serde_json::from_str(data).unwrap();
            return Some(Event { name: name.to_owned(), data, at: self.at });
        }
    }

    /// The next event, which must be one of this name.
    pub(crate) async fn next(&mut self, name: &str) -> Event {
        let event = self.event().await.unwrap_or_else(|| panic!("{name} instead of the end"));
        assert_eq!(event.name, name, "{}", event.data);
        event
    }

    /// All events that are still to come, and the proper end.
    pub(crate) async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.event().await {
            events.push(event);
        }
        assert!(self.bytes.is_empty(), "half an event");
        events
    }

    /// The body of an answer that is no stream of events.
    pub(crate) async fn text(mut self) -> String {
        while self.more().await {}
        String::from_utf8(self.bytes).unwrap()
    }

    /// What comes before these bytes, or nothing if the answer ends first.
    pub(crate) async fn until(&mut self, mark: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.bytes.windows(mark.len()).position(|some| some == mark) {
                let rest = self.bytes.split_off(at + mark.len());
                let mut before = std::mem::replace(&mut self.bytes, rest);
                before.truncate(at);
                return Some(before);
            }
            if !self.more().await {
                return None;
            }
        }
    }

    async fn more(&mut self) -> bool {
        match self.invoked.next().await {
            Part::Bytes(at, bytes) => {
                self.bytes.extend_from_slice(&bytes);
                self.at = at;
                true
            }
            Part::End => false,
            Part::Headers(_) => panic!("a second answer"),
            Part::Failed(reason) => panic!("the answer was cut off: {reason}"),
        }
    }
}

/// A request to the function's own address, as Lambda hands it on (payload 2.0).
fn event(token: &str, method: &str, path: &str, body: &Value) -> Value {
    let host = "k3v9x2m7qa.lambda-url.eu-central-1.on.aws";
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "text/event-stream",
            "authorization": format!("Bearer {token}"),
            "content-type": "application/json",
            "host": host,
            "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "x-amzn-trace-id": "Root=1-6920a1f4-3c5b7d9e1f20314253647586",
            "x-forwarded-for": "203.0.113.24",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "k3v9x2m7qa",
            "domainName": host,
            "domainPrefix": "k3v9x2m7qa",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.24",
                "userAgent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            },
            "requestId": uuid::Uuid::new_v4(),
            "routeKey": "$default",
            "stage": "$default",
            "time": "21/Nov/2026:17:30:28 +0000",
            "timeEpoch": 1_795_282_228_000_u64,
        },
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}
