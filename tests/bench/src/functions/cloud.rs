//! AWS at one address, as the functions' `AWS_ENDPOINT_URL` has it: dynoxide for the table, the rest played. Behind TLS, too.
//!
//! What a function asks can be noted, and given to whoever asks the same below `/replay`: so that a program which does nothing but the same calls
//! gets the same answers.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, ensure};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::chain::Chain;
use crate::services::Services;
use crate::threads;

const MAX_BODY_BYTES: usize = 64 << 20;
/// Where what was noted is answered again.
pub(crate) const REPLAY: &str = "/replay";

/// The cloud. It lives as long as the process.
pub(crate) struct Cloud {
    /// Where it is.
    pub(crate) plain: String,
    /// Where it is behind TLS.
    pub(crate) tls: String,
    site: Arc<Site>,
}

struct Site {
    dynamodb: String,
    http: reqwest::Client,
    services: Services,
    /// How many calls there were, and how many connections by TLS.
    calls: AtomicUsize,
    connections: AtomicUsize,
    noted: Mutex<Option<Vec<Exchange>>>,
    replayed: Mutex<Vec<Exchange>>,
}

/// A call, and what was answered.
#[derive(Clone)]
pub(crate) struct Exchange {
    /// The operation, such as `DynamoDB_20120810.GetItem`.
    pub(crate) target: String,
    /// The call.
    pub(crate) call: Value,
    status: StatusCode,
    headers: HeaderMap,
    answer: Bytes,
}

impl Cloud {
    /// Starts it, each part on a thread of its own.
    pub(crate) fn start(chain: &Chain) -> anyhow::Result<Self> {
        let dynamodb = threads::listener()?;
        let address = dynamodb.local_addr()?;
        threads::spawn("table")?.spawn(async move {
            let database = dynoxide::Database::memory().map_err(|error| anyhow::anyhow!("{error}"))?;
            dynoxide::server::serve_on(TcpListener::from_std(dynamodb)?, database).await;
            anyhow::Ok(())
        });
        let site = Arc::new(Site {
            dynamodb: format!("http://{address}/"),
            http: reqwest::Client::builder().no_proxy().build()?,
            services: Services::default(),
            calls: AtomicUsize::default(),
            connections: AtomicUsize::default(),
            noted: Mutex::default(),
            replayed: Mutex::default(),
        });
        let (plain, tls) = (threads::listener()?, threads::listener()?);
        let (plain_at, tls_at) = (plain.local_addr()?, tls.local_addr()?);
        let front = threads::spawn("cloud")?;
        let router = Router::new().fallback(answer).with_state(Arc::clone(&site));
        front.spawn(async move {
            let listener = TcpListener::from_std(plain)?;
            let listener = listener.tap_io(|connection| _ = connection.set_nodelay(true));
            axum::serve(listener, router).await
        });
        let (counted, acceptor) = (Arc::clone(&site), chain.acceptor()?);
        let connected = move || _ = counted.connections.fetch_add(1, Ordering::Relaxed);
        front.spawn(crate::chain::terminate(tls, acceptor, plain_at, connected));
        let local = |scheme: &str, at: SocketAddr| format!("{scheme}://localhost:{}", at.port());
        Ok(Self { plain: local("http", plain_at), tls: local("https", tls_at), site })
    }

    /// Makes a call of DynamoDB, and has its answer.
    pub(crate) fn dynamodb(&self, operation: &str, call: &Value) -> anyhow::Result<Value> {
        let site = Arc::clone(&self.site);
        let body = Bytes::from(call.to_string());
        let mut headers = HeaderMap::new();
        let credential = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00";
        headers.insert("x-amz-target", HeaderValue::try_from(format!("DynamoDB_20120810.{operation}"))?);
        headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
        headers.insert("authorization", HeaderValue::from_static(credential));
        headers.insert("x-amz-date", HeaderValue::from_static("20260101T000000Z"));
        let (status, _, answer) = threads::wait(async move { site.forward(headers, body).await })??;
        ensure!(status.is_success(), "{operation}: {}", String::from_utf8_lossy(&answer));
        Ok(serde_json::from_slice(&answer)?)
    }

    /// Uploads something as somebody does who was given this link.
    pub(crate) fn upload(&self, link: &Value, bytes: &'static [u8]) -> anyhow::Result<()> {
        let url: Uri = link["url"].as_str().context("a link")?.parse()?;
        let mut headers = HeaderMap::new();
        for (name, value) in link["headers"].as_object().into_iter().flatten() {
            let value = value.as_str().context("a header")?;
            headers.insert(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
        }
        let body = Bytes::from_static(bytes);
        let status = self.site.services.object(&Method::PUT, &url, body, &headers).status();
        ensure!(status.is_success(), "an upload is answered with {status}");
        Ok(())
    }

    /// How many calls there were since this was last called, and how many connections by TLS.
    pub(crate) fn take_counts(&self) -> (usize, usize) {
        (self.site.calls.swap(0, Ordering::Relaxed), self.site.connections.swap(0, Ordering::Relaxed))
    }

    /// Notes calls from now on.
    pub(crate) fn note(&self) {
        *locked(&self.site.noted) = Some(Vec::new());
    }

    /// What was noted. Nothing more is.
    pub(crate) fn take_noted(&self) -> anyhow::Result<Vec<Exchange>> {
        locked(&self.site.noted).take().context("nothing was to be noted")
    }

    /// Has these calls answered below [`REPLAY`] from now on, besides those from before.
    pub(crate) fn replay(&self, exchanges: &[Exchange]) {
        locked(&self.site.replayed).extend_from_slice(exchanges);
    }
}

impl Site {
    async fn forward(
        &self,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> anyhow::Result<(StatusCode, HeaderMap, Bytes)> {
        headers.remove("host");
        let sent = self.http.post(&self.dynamodb).headers(headers).body(body).send().await?;
        let (status, headers) = (sent.status(), sent.headers().clone());
        Ok((status, headers, sent.bytes().await?))
    }
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response<Body> {
    site.calls.fetch_add(1, Ordering::Relaxed);
    match answered(&site, request).await {
        Ok(response) => response,
        Err(error) => {
            let mut response = Response::new(Body::from(error.to_string()));
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            response
        }
    }
}

async fn answered(site: &Site, request: Request) -> anyhow::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY_BYTES).await?;
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let target = target.unwrap_or_default().to_owned();
    if parts.uri.path().starts_with(REPLAY) {
        return again(site, &target, &serde_json::from_slice(&body)?);
    }
    if !target.starts_with("DynamoDB_") {
        if locked(&site.noted).is_some() {
            anyhow::bail!("{target} {} cannot be answered again", parts.uri);
        }
        return Ok(match target.as_str() {
            "" => site.services.object(&parts.method, &parts.uri, body, &parts.headers),
            target => site.services.answer(target, &serde_json::from_slice(&body)?),
        });
    }
    let (status, headers, answer) = site.forward(parts.headers, body.clone()).await?;
    if let Some(noted) = locked(&site.noted).as_mut() {
        let call = serde_json::from_slice(&body)?;
        noted.push(Exchange { target, call, status, headers: headers.clone(), answer: answer.clone() });
    }
    Ok(respond(status, headers, answer))
}

fn again(site: &Site, target: &str, call: &Value) -> anyhow::Result<Response<Body>> {
    let known = locked(&site.replayed);
    let same = known.iter().find(|exchange| exchange.target == target && exchange.call == *call);
    let same = same.with_context(|| format!("nobody noted this {target}"))?.clone();
    Ok(respond(same.status, same.headers, same.answer))
}

fn respond(status: StatusCode, mut headers: HeaderMap, answer: Bytes) -> Response<Body> {
    // The body is in one piece, whatever it came in.
    headers.remove("transfer-encoding");
    let mut response = Response::new(Body::from(answer));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
