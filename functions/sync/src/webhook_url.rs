//! Where Meta sends what people write: the webhook beside this operation.

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;
use lambda_http::request::RequestContext;

use app_http::ApiError;

/// Where all operations begin in a path; before it stands the gateway's stage.
const ROOT: &str = "/sync/";

/// The address of the webhook, as whoever calls reaches this service.
#[derive(Debug, Clone)]
pub(crate) struct WebhookUrl(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for WebhookUrl {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let scheme = header("x-forwarded-proto").filter(|scheme| *scheme == "http").unwrap_or("https");
        let host = header(HOST.as_str()).unwrap_or_default();
        let (host, path) = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => {
                (context.domain_name.as_deref().unwrap_or(host), context.path.as_deref().unwrap_or_default())
            }
            _ => (host, parts.uri.path()),
        };
        let stage = path.split_once(ROOT).map_or("", |(stage, _)| stage);
        Ok(Self(format!("{scheme}://{host}{stage}/whatsapp/webhook")))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use lambda_http::aws_lambda_events::apigw::ApiGatewayProxyRequestContext;

    use super::*;

    async fn url(request: axum::http::request::Builder) -> String {
        let (mut parts, ()) = request.uri("/sync/whatsapp/connect").body(()).unwrap().into_parts();
        WebhookUrl::from_request_parts(&mut parts, &()).await.unwrap().0
    }

    #[tokio::test]
    async fn the_webhook_is_beside_the_operation() {
        let mut context = ApiGatewayProxyRequestContext::default();
        context.domain_name = Some("abc.execute-api.eu-central-1.amazonaws.com".to_owned());
        context.path = Some("/api/sync/whatsapp/connect".to_owned());
        let gateway = Request::builder().extension(RequestContext::ApiGatewayV1(context));
        let gateway = url(gateway.header(HOST, "elsewhere.example")).await;
        assert_eq!(gateway, "https://abc.execute-api.eu-central-1.amazonaws.com/api/whatsapp/webhook");
        // As the local cloud is reached, where the gateway is one of many things at an address.
        let mut context = ApiGatewayProxyRequestContext::default();
        context.domain_name = Some("127.0.0.1:4600".to_owned());
        context.path = Some("/_aws/execute-api/6a18979d/api/sync/whatsapp/connect".to_owned());
        let local = Request::builder().extension(RequestContext::ApiGatewayV1(context));
        let local = url(local.header("x-forwarded-proto", "http")).await;
        assert_eq!(local, "http://127.0.0.1:4600/_aws/execute-api/6a18979d/api/whatsapp/webhook");
        assert_eq!(
            url(Request::builder().header(HOST, "api.example")).await,
            "https://api.example/whatsapp/webhook"
        );
    }
}
