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
            Some(RequestContext::ApiGatewayV1(context)) => {
                context.identity.source_ip.as_deref().and_then(|ip| ip.parse().ok())
            }
            _ => None,
        };
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
