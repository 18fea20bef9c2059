//! Hearing an answer event by event, as a client does that may go away.

use axum::Router;
use axum::body::{Body, BodyDataStream};
use futures_util::StreamExt;
use http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;

use crate::stage::Person;

/// A client that listens. It goes away when this is dropped.
pub(crate) struct Ear {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    stream: BodyDataStream,
    come: String,
}

/// An event. A comment has no name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl Ear {
    /// Asks, and hears what comes.
    pub(crate) async fn ask(streams: &Router, person: &Person, body: &Value) -> Self {
        let request = Request::builder().method(Method::POST).uri("/ai/chat/stream");
        let request = request.header("content-type", "application/json");
        Self::open(streams, person, request, Body::from(body.to_string())).await
    }

    /// Hears the rest of an answer, behind an event.
    pub(crate) async fn follow(streams: &Router, person: &Person, path: &str, last: Option<&str>) -> Self {
        let request = Request::builder().uri(path);
        let request = last.iter().fold(request, |request, last| request.header("last-event-id", *last));
        Self::open(streams, person, request, Body::empty()).await
    }

    async fn open(streams: &Router, person: &Person, request: http::request::Builder, body: Body) -> Self {
        let request = request.header(person.header.0, &person.header.1).body(body).unwrap();
        let (parts, body) = streams.clone().oneshot(request).await.unwrap().into_parts();
        let stream = body.into_data_stream();
        Self { status: parts.status, headers: parts.headers, stream, come: String::new() }
    }

    /// The next event, or nothing if it was the last.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.come.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.come = rest;
                return Some(Event::of(&event));
            }
            let more = self.stream.next().await?.unwrap();
            self.come.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    /// All events to the end.
    pub(crate) async fn all(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }

    /// The next event of a name.
    pub(crate) async fn next_of(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await.unwrap();
            if event.name == name {
                return event;
            }
        }
    }
}

impl Event {
    fn of(text: &str) -> Self {
        let field = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            lines.next().unwrap_or_default().to_owned()
        };
        let data = serde_json::from_str(&field("data")).unwrap_or_default();
        Self { name: field("event"), id: field("id"), data }
    }
}

/// The words of all events of an answer.
pub(crate) fn words(events: &[Event]) -> String {
    let deltas = events.iter().filter(|event| event.name == "delta");
    deltas.map(|event| event.data["text"].as_str().unwrap()).collect()
}

/// The names of events, each run of the same name once.
pub(crate) fn names(events: &[Event]) -> Vec<&str> {
    let mut names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    names.dedup();
    names
}
