//! Where functions call AWS: the table is here, everything else is asked of the local cloud. `GET /calls` tells how long the table took.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::Json;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use dynoxide::Database;
use reqwest::Client;
use tokio::net::TcpListener;

/// Where calls go.
#[derive(Clone)]
struct Way {
    http: Client,
    table: String,
    cloud: String,
    calls: Arc<Calls>,
}

/// How long each call of the table took, in microseconds, by its operation.
#[derive(Default)]
struct Calls(Mutex<BTreeMap<String, Vec<u128>>>);

impl Calls {
    fn note(&self, operation: &str, took: Instant) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.entry(operation.to_owned()).or_default().push(took.elapsed().as_micros());
    }

    fn all(&self) -> BTreeMap<String, Vec<u128>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Serves the table on a port of its own, and answers for it and for the rest of AWS.
pub(crate) async fn router(database: Database, cloud: String) -> anyhow::Result<Router> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let table = format!("http://{}", listener.local_addr()?);
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    let way = Way { http, table, cloud, calls: Arc::default() };
    let router = Router::new().route("/calls", get(calls)).fallback(pass_on);
    Ok(router.layer(DefaultBodyLimit::disable()).with_state(way))
}

async fn calls(State(way): State<Way>) -> impl IntoResponse {
    Json(way.calls.all())
}

async fn pass_on(
    State(way): State<Way>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let operation = of_the_table(&headers);
    let origin = if operation.is_some() { &way.table } else { &way.cloud };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    // The host as well: it is signed.
    let request = way.http.request(method, format!("{origin}{path}")).headers(headers).body(body);
    let began = Instant::now();
    match answered(request).await {
        Ok(answer) => {
            if let Some(operation) = operation {
                way.calls.note(&operation, began);
            }
            answer
        }
        Err(error) => {
            eprintln!("a call was not passed on: {error}");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// The operation that a call asks of the table: DynamoDB names it in a header, and nothing else does so.
fn of_the_table(headers: &HeaderMap) -> Option<String> {
    let target = headers.get("x-amz-target")?.to_str().ok()?;
    let (service, operation) = target.split_once('.')?;
    service.starts_with("DynamoDB").then(|| operation.to_owned())
}

async fn answered(request: reqwest::RequestBuilder) -> reqwest::Result<Response> {
    let answer = request.send().await?;
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    for of_the_connection in [header::TRANSFER_ENCODING, header::CONNECTION] {
        headers.remove(of_the_connection);
    }
    Ok((status, headers, Body::from(answer.bytes().await?)).into_response())
}
