//! What surrounds every handler: the request's id, the error envelope, the log line, limits and headers.

use std::any::Any;
use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use app_domain::UserId;
use axum::extract::{DefaultBodyLimit, FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use uuid::Uuid;

use crate::ApiError;
use crate::limiter::Standing;

/// The largest body a function reads.
pub(crate) const MAX_BODY_BYTES: usize = 256 * 1024;
/// How long a browser need not ask again what it may send: as long as the gateway says.
const PREFLIGHT_BELIEVED_FOR: Duration = Duration::from_secs(600);

/// What is known of the request being handled.
#[derive(Clone)]
pub struct RequestInfo {
    /// The gateway's id of the request, shown in errors and logs.
    pub request_id: String,
    caller: Arc<OnceLock<Called>>,
    is_untimed: Arc<AtomicBool>,
}

/// Who called.
struct Called {
    user: String,
    standing: Option<Standing>,
}

impl RequestInfo {
    fn of(request: &Request) -> Self {
        let from_gateway = match request.request_context_ref() {
            Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
            Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
            _ => None,
        };
        let request_id = from_gateway.unwrap_or_else(|| Uuid::now_v7().to_string());
        Self { request_id, caller: Arc::default(), is_untimed: Arc::default() }
    }

    /// Lets the log line say who called, as a hash, and the answer where they stand within their rate.
    pub(crate) fn note_caller(&self, user: UserId, standing: Option<Standing>) {
        // A second caller in one request would be the same person: the credential is the same.
        self.caller.get_or_init(|| Called { user: user.hashed(), standing });
    }
}

/// Asked for by an operation whose time says nothing of how fast the service is: it waits for a model, whose calls have a metric of their own, or
/// is there for who watches the service.
#[derive(Debug, Clone, Copy)]
pub struct Untimed;

impl<S: Sync> FromRequestParts<S> for Untimed {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        if let Some(info) = parts.extensions.get::<RequestInfo>() {
            info.is_untimed.store(true, Ordering::Relaxed);
        }
        Ok(Self)
    }
}

/// Completes a function's router: errors in the one envelope, one log line per request, panics as 500, a body limit,
/// security headers, and CORS for `allowed_origin` (an origin, or `*`).
pub fn service(router: Router, allowed_origin: &str) -> Router {
    router
        .fallback(async || ApiError::no_route())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(observe))
        .layer(cors(allowed_origin))
        .layer(fixed(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// Origins are allowed without cookies: callers prove themselves in headers alone. Before a request the gateway answers itself what a browser
/// may send; an address of a function's own leaves that to the function.
fn cors(allowed_origin: &str) -> CorsLayer {
    let origin = match HeaderValue::from_str(allowed_origin) {
        Ok(origin) if allowed_origin != "*" => AllowOrigin::exact(origin),
        _ => AllowOrigin::any(),
    };
    CorsLayer::new()
        .allow_origin(origin)
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("x-api-key"),
            HeaderName::from_static("last-event-id"),
        ])
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE])
        .max_age(PREFLIGHT_BELIEVED_FOR)
        .expose_headers([
            header::ETAG,
            header::RETRY_AFTER,
            header::LOCATION,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("ratelimit-policy"),
            HeaderName::from_static("ratelimit-limit"),
            HeaderName::from_static("ratelimit-remaining"),
            HeaderName::from_static("ratelimit-reset"),
        ])
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    // The panic hook has logged where and why.
    ApiError::internal("the handler panicked").into_response()
}

async fn observe(mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let info = RequestInfo::of(&request);
    let trace_id = request.lambda_context_ref().and_then(|context| context.xray_trace_id.clone());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    request.extensions_mut().insert(info.clone());

    let mut response = next.run(request).await;

    let error = response.extensions_mut().remove::<Arc<ApiError>>();
    if let Some(error) = &error {
        let body = Json(error.body(&info.request_id)).into_response();
        let (parts, body) = body.into_parts();
        *response.body_mut() = body;
        response.headers_mut().extend(parts.headers);
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    if let Some(standing) = info.caller.get().and_then(|called| called.standing) {
        standing.write(response.headers_mut());
    }
    if let Ok(id) = HeaderValue::from_str(&info.request_id) {
        response.headers_mut().insert("x-request-id", id);
    }
    log(&Line {
        info: &info,
        trace_id: trace_id.as_deref(),
        method: &method,
        route: route.as_deref(),
        status: response.status().as_u16(),
        duration: started.elapsed(),
        error: error.as_deref(),
    });
    response
}

struct Line<'a> {
    info: &'a RequestInfo,
    trace_id: Option<&'a str>,
    method: &'a Method,
    route: Option<&'a str>,
    status: u16,
    duration: Duration,
    error: Option<&'a ApiError>,
}

/// The one line per request, with the metrics of requests among its fields. A fault of ours is an error, anything else is information.
fn log(line: &Line<'_>) {
    let called = line.info.caller.get();
    // To the microsecond.
    let seconds = (line.duration.as_secs_f64() * 1e6).round() / 1e6;
    let is_timed = !line.info.is_untimed.load(Ordering::Relaxed);
    macro_rules! write_line {
        ($level:ident) => {
            tracing::$level!(
                requestId = line.info.request_id,
                traceId = line.trace_id,
                userId = called.map(|called| called.user.as_str()),
                method = %line.method,
                route = line.route.unwrap_or("none"),
                status = line.status,
                // As text, because the values of labels are.
                status_code = line.status.to_string(),
                durationMs = (seconds * 1e6).round() / 1e3,
                errorType = line.error.map(ApiError::kind),
                causes = line.error.and_then(ApiError::causes),
                http_requests_total = 1,
                http_request_duration_seconds = is_timed.then_some(seconds),
                "request"
            )
        };
    }
    if line.status >= 500 { write_line!(error) } else { write_line!(info) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_testing::event;
    use lambda_http::request::from_str;

    #[test]
    fn a_request_is_called_what_aws_calls_it() {
        for name in ["ai/chat.json", "ai-stream/chat.json"] {
            let event = event(name);
            let request = from_str(&event.to_string()).unwrap().map(axum::body::Body::new);
            assert_eq!(RequestInfo::of(&request).request_id, event["requestContext"]["requestId"], "{name}");
        }
    }
}
