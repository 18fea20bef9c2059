//! Where functions call AWS: the table is here, everything else is asked of the local cloud.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use dynoxide::Database;
use reqwest::Client;
use tokio::net::TcpListener;

/// Where calls go.
#[derive(Clone)]
struct Way {
    http: Client,
    table: String,
    cloud: String,
}

/// Serves the table on a port of its own, and answers for it and for the rest of AWS.
pub(crate) async fn router(database: Database, cloud: String) -> anyhow::Result<Router> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let table = format!("http://{}", listener.local_addr()?);
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    Ok(Router::new().fallback(pass_on).layer(DefaultBodyLimit::disable()).with_state(Way {
        http,
        table,
        cloud,
    }))
}

async fn pass_on(
    State(way): State<Way>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // So does every call of DynamoDB, and of nothing else.
    let is_for_the_table =
        headers.get("x-amz-target").is_some_and(|target| target.as_bytes().starts_with(b"DynamoDB"));
    let origin = if is_for_the_table { &way.table } else { &way.cloud };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    // The host as well: it is signed.
    let request = way.http.request(method, format!("{origin}{path}")).headers(headers).body(body);
    match answered(request).await {
        Ok(answer) => answer,
        Err(error) => {
            eprintln!("a call was not passed on: {error}");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

async fn answered(request: reqwest::RequestBuilder) -> reqwest::Result<Response> {
    let answer = request.send().await?;
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    for of_the_connection in [header::TRANSFER_ENCODING, header::CONNECTION] {
        headers.remove(of_the_connection);
    }
    Ok((status, headers, Body::from(answer.bytes().await?)).into_response())
}
