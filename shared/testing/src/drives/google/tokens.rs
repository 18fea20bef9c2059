//! `POST /token` and `POST /revoke`.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Extract;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::FakeGoogleDrive;
use super::grants::ACCESS_LIFETIME;
use super::refusal::Refusal;
use super::state::{Site, State};
use crate::drives::DriveFault;
use crate::oidc::form::{Form, Refused};

pub(super) async fn token(
    Extract(site): Extract<Arc<Site>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Response> {
    let form = Form::read(&headers, &body).map_err(IntoResponse::into_response)?;
    check_client(&headers, &form).map_err(IntoResponse::into_response)?;
    let state = &mut site.state();
    match form.required("grant_type").map_err(IntoResponse::into_response)? {
        "authorization_code" => exchange(state, &form).map_err(IntoResponse::into_response),
        "refresh_token" => {
            let is_ours = |fault| matches!(fault, DriveFault::DeadGrant | DriveFault::RefreshFails);
            match state.gate.take_fault(is_ours) {
                Some(DriveFault::RefreshFails) => return Err(Refusal::unavailable().into_response()),
                Some(_) => state.grants.withdraw(),
                None => {}
            }
            refresh(state, &form).map_err(IntoResponse::into_response)
        }
        _ => Err(Refused::new("unsupported_grant_type", "Invalid grant_type.").into_response()),
    }
}

/// Id and secret are in the form, or in a header (RFC 6749, section 2.3.1).
fn check_client(headers: &HeaderMap, form: &Form) -> Result<(), Refused> {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let basic = basic.and_then(|value| value.strip_prefix("Basic "));
    let is_known = match basic {
        Some(basic) => {
            let meant = format!("{}:{}", FakeGoogleDrive::CLIENT_ID, FakeGoogleDrive::CLIENT_SECRET);
            STANDARD.decode(basic).is_ok_and(|said| said == meant.as_bytes())
        }
        None => {
            form.required("client_id")? == FakeGoogleDrive::CLIENT_ID
                && form.required("client_secret")? == FakeGoogleDrive::CLIENT_SECRET
        }
    };
    let refused = Refused::new("invalid_client", "The OAuth client was not found.");
    if is_known { Ok(()) } else { Err(Refused { status: StatusCode::UNAUTHORIZED, ..refused }) }
}

fn exchange(state: &mut State, form: &Form) -> Result<Json<Value>, Refused> {
    let dead = |description| Refused::new("invalid_grant", description);
    let (text, redirect_uri) = (form.required("code")?, form.required("redirect_uri")?);
    let now = state.now();
    // Used up even if something else is wrong: a client must not get to guess.
    let code = state.grants.codes.remove(text).ok_or_else(|| dead("Malformed auth code."))?;
    if now >= code.until {
        return Err(dead("Bad Request"));
    }
    if code.redirect_uri != redirect_uri {
        return Err(Refused::new("redirect_uri_mismatch", "Bad Request"));
    }
    let verifier = form.optional("code_verifier").ok_or_else(|| dead("Missing code verifier."))?;
    let is_verifier = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    if !is_verifier || URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes())) != code.challenge {
        return Err(dead("Invalid code verifier."));
    }
    let mut body = given(state, &code.scope);
    if code.gives_refresh_token {
        body["refresh_token"] = json!(state.grants.give_refresh(&code.scope, now));
    }
    Ok(Json(body))
}

/// The same refresh token is good again.
fn refresh(state: &mut State, form: &Form) -> Result<Json<Value>, Refused> {
    let (token, now) = (form.required("refresh_token")?, state.now());
    let scope = state.grants.refresh(token, now);
    let scope = scope.ok_or(Refused::new("invalid_grant", "Token has been expired or revoked."))?;
    Ok(Json(given(state, &scope)))
}

fn given(state: &mut State, scope: &str) -> Value {
    let now = state.now();
    json!({
        "access_token": state.grants.give_access(scope, now), "expires_in": ACCESS_LIFETIME.as_secs(),
        "scope": scope, "token_type": "Bearer",
    })
}

/// Withdraws all that the token belongs to.
pub(super) async fn revoke(
    Extract(site): Extract<Arc<Site>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Refused> {
    let form = Form::read(&headers, &body)?;
    let is_done = site.state().grants.revoke(form.required("token")?);
    let refused = Refused::new("invalid_token", "Token expired or revoked");
    if is_done { Ok(Json(json!({}))) } else { Err(refused) }
}
