//! Calls to a router, as a client makes them.

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use lambda_http::aws_lambda_events::apigw::ApiGatewayProxyRequestContext;
use lambda_http::request::RequestContext;
use serde_json::Value;
use tower::ServiceExt;

/// A request that is being put together.
pub struct Call {
    request: http::request::Builder,
    body: Body,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Call {
    /// A request of any method.
    pub fn new(method: Method, path: &str) -> Self {
        Self { request: Request::builder().method(method).uri(path), body: Body::empty() }
    }

    /// A `GET`.
    pub fn get(path: &str) -> Self {
        Self::new(Method::GET, path)
    }

    /// A `POST` of JSON.
    pub fn post(path: &str, json: &Value) -> Self {
        Self::new(Method::POST, path).json(json)
    }

    /// The request that a gateway event stands for, such as `event("whatsapp/text.json")`.
    pub fn of_event(event: &Value) -> Self {
        let method = event["httpMethod"].as_str().and_then(|method| method.parse().ok()).expect("a method");
        let members = |name: &str| event[name].as_object().cloned().unwrap_or_default();
        let parameters = members("queryStringParameters");
        let query: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()))
            .collect();
        let path = event["path"].as_str().expect("a path");
        let call = Self::new(method, &format!("{path}?{}", query.join("&")));
        let call = call.body(event["body"].as_str().unwrap_or_default().to_owned());
        members("headers")
            .iter()
            .fold(call, |call, (name, value)| call.header(name, value.as_str().unwrap_or_default()))
    }

    /// A JSON body.
    #[must_use]
    pub fn json(self, json: &Value) -> Self {
        let typed = self.header(header::CONTENT_TYPE.as_str(), "application/json");
        Self { body: Body::from(json.to_string()), ..typed }
    }

    /// A body of any kind.
    #[must_use]
    pub fn body(self, body: impl Into<Body>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// A header.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), ..self }
    }

    /// From this address, as the gateway would say.
    #[must_use]
    pub fn from_address(self, ip: &str) -> Self {
        let mut context = ApiGatewayProxyRequestContext::default();
        context.identity.source_ip = Some(ip.to_owned());
        Self { request: self.request.extension(RequestContext::ApiGatewayV1(context)), ..self }
    }

    /// The access token of the caller.
    #[must_use]
    pub fn as_caller(self, token: &str) -> Self {
        self.header(header::AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// Sends it.
    pub async fn send(self, router: &Router) -> Reply {
        let request = self.request.body(self.body).expect("a request");
        let response = router.clone().oneshot(request).await.expect("a response");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, text }
    }
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| Value::String(self.text.clone()))
    }

    /// The type of the failure in the error envelope, or `null`.
    pub fn error_type(&self) -> Value {
        self.json()["error"]["type"].clone()
    }

    /// The fields that the failure names.
    pub fn wrong_fields(&self) -> Vec<String> {
        let json = self.json();
        let details = json["error"]["details"].as_array().cloned().unwrap_or_default();
        details.iter().filter_map(|detail| detail["field"].as_str().map(str::to_owned)).collect()
    }
}
