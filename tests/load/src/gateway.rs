//! API Gateway: finds the function of a request, and hands its answer back.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{MatchedPath, RawPathParams, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use tokio::sync::Semaphore;

use crate::event::{Request, response};
use crate::lambda::Function;
use crate::plan::Route;

/// Requests that functions work on at the same time: a burst waits its turn, as in the local cloud.
const AT_ONCE: usize = 16;

/// Where a route leads.
#[derive(Clone)]
struct Way {
    function: Arc<Function>,
    turns: Arc<Semaphore>,
}

/// All routes. Everything else is answered 404.
///
/// # Errors
/// If a route has a method that there is not, or no function.
pub(crate) fn router(
    routes: Vec<Route>,
    functions: &HashMap<String, Arc<Function>>,
) -> anyhow::Result<Router> {
    let turns = Arc::new(Semaphore::new(AT_ONCE));
    routes.into_iter().try_fold(Router::new(), |router, route| {
        let function = Arc::clone(functions.get(&route.function).context("a route of no function")?);
        let method = MethodFilter::try_from(route.method.parse::<Method>()?)?;
        let way = Way { function, turns: Arc::clone(&turns) };
        Ok(router.route(&route.path, on(method, answer).with_state(way)))
    })
}

async fn answer(
    State(way): State<Way>,
    route: MatchedPath,
    parameters: RawPathParams,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parameters: BTreeMap<String, String> =
        parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let request = Request {
        method: &method,
        uri: &uri,
        headers: &headers,
        route: route.as_str(),
        parameters,
        body: &body,
    };
    match answered(&way, &request).await {
        Ok(answer) => answer,
        Err(error) => {
            eprintln!("{} {}: {error:#}", method, route.as_str());
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

async fn answered(way: &Way, request: &Request<'_>) -> anyhow::Result<Response> {
    let _turn = way.turns.acquire().await?;
    let event = Bytes::from(request.event().to_string());
    response(&way.function.invoke(event).await?)
}
