//! AWS services played by a function, behind the real SDK.

use std::fmt;
use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

/// What AWS clients are made from whose calls never leave this process: `service` answers them. Nothing is tried twice.
pub fn aws<Body: Into<SdkBody>>(
    service: impl Fn(http::Request<Vec<u8>>) -> http::Response<Body> + Send + Sync + 'static,
) -> SdkConfig {
    let service =
        SharedHttpConnector::new(Service(Arc::new(move |request| service(request).map(Into::into))));
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "test", "test", None, None, "tests",
        )))
        .retry_config(RetryConfig::disabled())
        .http_client(http_client_fn(move |_, _| service.clone()))
        .build()
}

type Answer = dyn Fn(http::Request<Vec<u8>>) -> http::Response<SdkBody> + Send + Sync;

#[derive(Clone)]
struct Service(Arc<Answer>);

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Service")
    }
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let request = request.try_into_http1x().expect("an HTTP request");
        let request = request.map(|body| body.bytes().expect("a body in memory").to_vec());
        let response = (self.0)(request);
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(response).expect("an HTTP response")))
    }
}
