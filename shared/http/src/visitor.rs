//! Whoever calls, before anything is proved: where the request comes from.

use std::net::IpAddr;

use app_domain::Origin;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use crate::{ApiError, Authenticator};

/// Somebody from an address that may call. The argument of a handler that needs no caller.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The address, as the gateway saw it.
    pub ip: Option<IpAddr>,
    /// As much of it as is kept.
    pub origin: Origin,
}

impl Visitor {
    /// Of a request as the gateway passed it on. Headers that name an address are not believed: anybody can send them.
    pub(crate) fn of(parts: &Parts) -> Self {
        let ip = match parts.request_context_ref() {
            Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.as_deref(),
            // An address of a function's own.
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
            _ => None,
        };
        let ip = ip.and_then(|ip| ip.parse().ok());
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        Self { ip, origin: Origin::new(ip, user_agent) }
    }
}

impl<S> FromRequestParts<S> for Visitor
where
    S: Send + Sync,
    Authenticator: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let visitor = Self::of(parts);
        Authenticator::from_ref(state).admit(&visitor).await?;
        Ok(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_testing::event;
    use lambda_http::request::from_str;

    #[test]
    fn where_a_request_comes_from_is_what_the_gateway_or_the_functions_address_says() {
        for (name, ip) in [("ai/chat.json", "203.0.113.24"), ("ai-stream/chat.json", "203.0.113.7")] {
            let request = from_str(&event(name).to_string()).unwrap();
            assert_eq!(Visitor::of(&request.into_parts().0).ip, ip.parse().ok(), "{name}");
        }
    }
}
