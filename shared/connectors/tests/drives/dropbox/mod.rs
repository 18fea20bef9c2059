//! Dropbox: the promises of the port, what is its own, and how strict the one that is played is.

mod adapter;
mod failures;
mod oauth;
mod official;
mod strict;
mod strict_sessions;

use std::sync::Arc;

use app_connectors::drives::oauth::OAuthProvider;
use app_connectors::drives::{Bearer, Dropbox, DropboxConfig};
use app_testing::drives::{FakeDropbox, PlayedDrive};
use reqwest::header::HeaderValue;
use reqwest::{Response, StatusCode};
use serde_json::Value;

use crate::suite::connected::connected;

crate::suite::port!(stage);

async fn stage() -> (Dropbox, FakeDropbox) {
    let played = FakeDropbox::start();
    let (id, secret) = (FakeDropbox::CLIENT_ID, FakeDropbox::CLIENT_SECRET);
    let tokens = connected(OAuthProvider::Dropbox, &played, id, secret).await;
    (drive(&played, tokens), played)
}

fn drive(played: &FakeDropbox, tokens: impl Bearer + 'static) -> Dropbox {
    Dropbox::new(DropboxConfig::at(&played.origin()), Arc::new(tokens))
}

/// Somebody who writes requests by hand.
struct Raw {
    played: FakeDropbox,
    token: String,
}

impl Raw {
    fn new() -> Self {
        let played = FakeDropbox::start();
        let token = played.grant(FakeDropbox::SCOPES).0;
        Self { played, token }
    }

    fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let url = format!("{}{path}", self.played.origin());
        client.build().unwrap().post(url).header("authorization", format!("Bearer {}", self.token))
    }

    async fn rpc(&self, route: &str, body: &str) -> (StatusCode, Value) {
        let request = self.request(&format!("/2/{route}")).header("content-type", "application/json");
        told(request.body(body.to_owned()).send().await.unwrap()).await
    }

    async fn upload(&self, route: &str, arg: &str, body: &[u8]) -> (StatusCode, Value) {
        let request = self.request(&format!("/content/2/{route}")).header("dropbox-api-arg", bytes(arg));
        let request = request.header("content-type", "application/octet-stream").body(body.to_vec());
        told(request.send().await.unwrap()).await
    }

    async fn download(&self, arg: &str, range: &str) -> Response {
        let request = self.request("/content/2/files/download").header("dropbox-api-arg", bytes(arg));
        request.header("range", range).send().await.unwrap()
    }
}

/// A header as it stands, ASCII or not.
fn bytes(text: &str) -> HeaderValue {
    HeaderValue::from_bytes(text.as_bytes()).unwrap()
}

/// The status and the JSON of an answer, or its words. Every answer has an id.
async fn told(response: Response) -> (StatusCode, Value) {
    assert!(response.headers().contains_key("x-dropbox-request-id"));
    let status = response.status();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// The summary of an error, or its words.
fn summary(told: &Value) -> &str {
    told["error_summary"].as_str().or(told.as_str()).unwrap_or_default()
}
