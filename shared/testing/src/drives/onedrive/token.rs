//! `POST /{tenant}/oauth2/v2.0/token`: codes and refresh tokens for access tokens. Refresh tokens rotate.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;
use uuid::Uuid;

use super::FakeOneDrive;
use super::consent::{is_below_tenant, known};
use super::grants::ACCESS_LIFE;
use super::state::{Site, State};
use crate::drives::DriveFault;
use crate::oidc::form::Form;

/// An OAuth error, with Microsoft's number.
struct Refused(StatusCode, &'static str, u32, &'static str);

impl Refused {
    fn request(number: u32, why: &'static str) -> Self {
        Self(StatusCode::BAD_REQUEST, "invalid_request", number, why)
    }

    fn grant(number: u32, why: &'static str) -> Self {
        Self(StatusCode::BAD_REQUEST, "invalid_grant", number, why)
    }

    fn missing() -> Self {
        Self::request(900_144, "The request body must contain all parameters that are required.")
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, error, number, why) = self;
        let (trace, correlation) = (Uuid::new_v4(), Uuid::new_v4());
        let body = json!({
            "error": error, "error_codes": [number], "trace_id": trace, "correlation_id": correlation,
            "error_description": format!("AADSTS{number}: {why} Trace ID: {trace} Correlation ID: {correlation}"),
            "timestamp": jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
        });
        (status, Json(body)).into_response()
    }
}

pub(super) async fn answer(
    Extract(site): Extract<Arc<Site>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !is_below_tenant(uri.path(), "token") {
        return Refused::request(90_002, "Tenant not found.").into_response();
    }
    tokens(&mut site.state(), &headers, &body).unwrap_or_else(IntoResponse::into_response)
}

fn tokens(state: &mut State, headers: &HeaderMap, body: &Bytes) -> Result<Response, Refused> {
    let form = Form::read(headers, body).map_err(|refused| Refused::request(900_144, refused.description))?;
    authenticate(&form, headers)?;
    let now = state.now();
    let scopes = match form.optional("grant_type") {
        Some("authorization_code") => exchanged(state, &form)?,
        Some("refresh_token") => refreshed(state, &form)?,
        Some(_) => {
            return Err(Refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", 70_003, "Unsupported."));
        }
        None => return Err(Refused::missing()),
    };
    let is_offline = scopes.iter().any(|scope| scope == "offline_access");
    // Microsoft does not repeat this one.
    let told: Vec<&str> =
        scopes.iter().map(String::as_str).filter(|&scope| scope != "offline_access").collect();
    let mut answer = json!({
        "token_type": "Bearer", "scope": told.join(" "),
        "expires_in": ACCESS_LIFE.as_secs(), "ext_expires_in": ACCESS_LIFE.as_secs(),
        "access_token": state.grants.lend_access(&scopes, now),
    });
    if is_offline {
        answer["refresh_token"] = json!(state.grants.lend_refresh(&scopes, now));
    }
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

/// Refuses who is not our app: by fields of the form, or by a header.
fn authenticate(form: &Form, headers: &HeaderMap) -> Result<(), Refused> {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let basic = basic.and_then(|value| BASE64_STANDARD.decode(value.strip_prefix("Basic ")?).ok());
    let basic = basic.and_then(|bytes| String::from_utf8(bytes).ok());
    let basic = basic.as_deref().and_then(|text| text.split_once(':'));
    let id = form.optional("client_id").or(basic.map(|(id, _)| id));
    let secret = form.optional("client_secret").or(basic.map(|(_, secret)| secret));
    let client = |number, why| Refused(StatusCode::UNAUTHORIZED, "invalid_client", number, why);
    if id != Some(FakeOneDrive::CLIENT_ID) {
        let unknown = "Application with this identifier was not found.";
        return Err(Refused(StatusCode::BAD_REQUEST, "unauthorized_client", 700_016, unknown));
    }
    match secret {
        Some(secret) if secret == FakeOneDrive::CLIENT_SECRET => Ok(()),
        Some(_) => Err(client(7_000_215, "Invalid client secret provided.")),
        None => Err(client(7_000_218, "The request body must contain client_assertion or client_secret.")),
    }
}

fn exchanged(state: &mut State, form: &Form) -> Result<Vec<String>, Refused> {
    let field = |name| form.required(name).map_err(|_| Refused::missing());
    let (text, redirect_uri, verifier) = (field("code")?, field("redirect_uri")?, field("code_verifier")?);
    let now = state.now();
    let code = state.grants.codes().get_mut(text);
    let code =
        code.ok_or(Refused::grant(70_000, "The provided value for the 'code' parameter is not valid."))?;
    if code.is_used {
        return Err(Refused::grant(54_005, "OAuth2 Authorization code was already redeemed."));
    }
    if code.until <= now {
        return Err(Refused::grant(70_008, "The provided authorization code has expired."));
    }
    if code.redirect_uri != redirect_uri {
        return Err(Refused::grant(50_011, "The redirect URI does not match the one of the authorization."));
    }
    if BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) != code.challenge {
        return Err(Refused::grant(501_481, "The Code_Verifier does not match the code_challenge."));
    }
    code.is_used = true;
    Ok(code.scopes.clone())
}

/// The old token is refused from now on, and with `scope` the new one is for no more than that.
fn refreshed(state: &mut State, form: &Form) -> Result<Vec<String>, Refused> {
    let text = form.required("refresh_token").map_err(|_| Refused::missing())?;
    if state.fails(DriveFault::RefreshFails) {
        let why = "The service is temporarily unavailable.";
        return Err(Refused(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", 90_033, why));
    }
    let dead = Refused::grant(70_000, "The user could not be authenticated or the grant is expired.");
    if state.fails(DriveFault::DeadGrant) {
        state.grants.withdraw();
        return Err(dead);
    }
    let asked: Option<Vec<String>> =
        form.optional("scope").map(|asked| asked.split(' ').filter_map(known).collect());
    let now = state.now();
    let granted = state.grants.take_refresh(text, now).ok_or(dead)?;
    Ok(match asked {
        Some(asked) => {
            let is_kept = |scope: &String| scope == "offline_access" || asked.contains(scope);
            granted.into_iter().filter(is_kept).collect()
        }
        None => granted,
    })
}
