//! The page where the person agrees, and the endpoint that gives tokens for it (RFC 6749, RFC 7636).

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{RawQuery, State as Extract};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use url::Url;

use super::super::DriveFault;
use super::FakeDropbox;
use super::grants::{Code, TOKEN_LIFE};
use super::state::{Site, State};
use crate::oidc::form::{Form, Refused};

/// What an app can ask for here.
const SCOPES: [&str; 5] = [
    "account_info.read",
    "files.content.read",
    "files.content.write",
    "files.metadata.read",
    "files.metadata.write",
];

const INVALID_REFRESH: Refused = Refused {
    status: StatusCode::BAD_REQUEST,
    error: "invalid_grant",
    description: "refresh token is invalid or revoked",
};

/// `GET /oauth2/authorize`: the person agrees at once.
pub(super) async fn authorize(Extract(site): Extract<Arc<Site>>, RawQuery(query): RawQuery) -> Response {
    match agree(&mut site.state(), query.unwrap_or_default().as_bytes()) {
        Ok(address) => (StatusCode::FOUND, [(header::LOCATION, address)]).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, error).into_response(),
    }
}

/// Where the browser goes when the person agrees to a request.
pub(super) fn agree(state: &mut State, query: &[u8]) -> Result<String, String> {
    let mut fields = HashMap::new();
    for (name, value) in form_urlencoded::parse(query).into_owned() {
        if fields.insert(name, value).is_some() {
            return Err("A parameter is given twice.".to_owned());
        }
    }
    let get = |name: &str| fields.get(name).map_or("", String::as_str);
    let redirect_uri = get("redirect_uri");
    let challenge = get("code_challenge");
    let is_challenge =
        challenge.len() == 43 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let demands = [
        (get("client_id") == FakeDropbox::CLIENT_ID, "Invalid client_id."),
        (may_return_to(state, redirect_uri), "Invalid redirect_uri."),
        (get("response_type") == "code", "Invalid response_type."),
        (!get("state").is_empty() && get("state").len() <= 2000, "There is no state."),
        (matches!(get("token_access_type"), "" | "offline" | "online"), "Invalid token_access_type."),
        (matches!(get("include_granted_scopes"), "" | "user"), "Invalid include_granted_scopes."),
        (get("code_challenge_method") == "S256" && is_challenge, "Invalid code_challenge."),
        (scopes(get("scope")).is_some(), "Invalid scope."),
    ];
    if let Some((_, error)) = demands.into_iter().find(|(is_met, _)| !is_met) {
        return Err(error.to_owned());
    }
    let mut address = Url::parse(redirect_uri).map_err(|_| "Invalid redirect_uri.")?;
    let wanted = scopes(get("scope")).unwrap_or_default();
    let is_offline = get("token_access_type") == "offline";
    let code = Code::new(redirect_uri, challenge, wanted, is_offline, state.now());
    let code = state.grants.code(code);
    address.query_pairs_mut().append_pair("code", &code).append_pair("state", get("state"));
    Ok(address.into())
}

/// Whether browsers may be sent there.
fn may_return_to(state: &State, address: &str) -> bool {
    if !state.redirect_uris.is_empty() {
        return state.redirect_uris.iter().any(|known| known == address);
    }
    let Ok(url) = Url::parse(address) else { return false };
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    url.fragment().is_none() && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

/// `POST /oauth2/token`
pub(super) async fn token(Extract(site): Extract<Arc<Site>>, headers: HeaderMap, body: Bytes) -> Response {
    let given = Form::read(&headers, &body).and_then(|form| give(&mut site.state(), &headers, &form));
    given.unwrap_or_else(IntoResponse::into_response)
}

fn give(state: &mut State, headers: &HeaderMap, form: &Form) -> Result<Response, Refused> {
    client(headers, form)?;
    match form.required("grant_type")? {
        "authorization_code" => exchange(state, form),
        "refresh_token" => {
            let can_happen = |fault| matches!(fault, DriveFault::DeadGrant | DriveFault::RefreshFails);
            match state.gate.take_fault(can_happen) {
                Some(DriveFault::DeadGrant) => Err(INVALID_REFRESH),
                Some(_) => Ok((StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").into_response()),
                None => refresh(state, form),
            }
        }
        _ => Err(Refused::new("unsupported_grant_type", "The grant type is none of ours.")),
    }
}

/// Refuses other apps. The secret may be left out, since every grant here has a verifier.
fn client(headers: &HeaderMap, form: &Form) -> Result<(), Refused> {
    let basic = headers.get(header::AUTHORIZATION).map(|value| {
        let text = value.to_str().unwrap_or_default().strip_prefix("Basic ").unwrap_or_default();
        String::from_utf8(STANDARD.decode(text).unwrap_or_default()).unwrap_or_default()
    });
    let (id, secret) = match &basic {
        Some(basic) => basic.split_once(':').map(|(id, secret)| (id, Some(secret))).unwrap_or_default(),
        None => (form.optional("client_id").unwrap_or_default(), form.optional("client_secret")),
    };
    let is_known =
        id == FakeDropbox::CLIENT_ID && secret.is_none_or(|secret| secret == FakeDropbox::CLIENT_SECRET);
    let invalid = Refused::new("invalid_client", "Invalid client_id or client_secret");
    if is_known { Ok(()) } else { Err(invalid) }
}

fn exchange(state: &mut State, form: &Form) -> Result<Response, Refused> {
    let refused = |why| Refused::new("invalid_grant", why);
    let (text, redirect_uri) = (form.required("code")?, form.required("redirect_uri")?);
    let now = state.now();
    let code = state.grants.redeem(text, now).ok_or(refused("code doesn't exist or has expired"))?;
    if code.redirect_uri != redirect_uri {
        return Err(refused("redirect_uri mismatch"));
    }
    let verifier = form.optional("code_verifier").unwrap_or_default();
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    if !(43..=128).contains(&verifier.len()) || hash != code.challenge {
        return Err(refused("invalid code verifier"));
    }
    let (access, refresh) = state.grants.grant(&code.scopes, code.is_offline, now);
    let mut told = json!({
        "access_token": access, "expires_in": TOKEN_LIFE.as_secs(), "token_type": "bearer",
        "scope": code.scopes.join(" "), "account_id": FakeDropbox::ACCOUNT_ID, "uid": "42",
    });
    if let Some(refresh) = refresh {
        told["refresh_token"] = json!(refresh);
    }
    Ok(Json(told).into_response())
}

fn refresh(state: &mut State, form: &Form) -> Result<Response, Refused> {
    let token = form.required("refresh_token")?;
    let granted = state.grants.refresh(token).ok_or(INVALID_REFRESH)?.scopes.clone();
    let invalid_scope = Refused::new("invalid_scope", "The scope was not granted.");
    let wanted = match form.optional("scope") {
        Some(scope) => scopes(scope).filter(|wanted| wanted.iter().all(|scope| granted.contains(scope))),
        None => Some(granted.clone()),
    };
    let wanted = wanted.ok_or(invalid_scope)?;
    let now = state.now();
    let access = state.grants.another(token, &wanted, now).ok_or(INVALID_REFRESH)?;
    let told = json!({ "access_token": access, "expires_in": TOKEN_LIFE.as_secs(), "token_type": "bearer" });
    Ok(Json(told).into_response())
}

/// The scopes of a request, if there are such; all that the app has if it names none.
pub(super) fn scopes(text: &str) -> Option<Vec<String>> {
    let named: Vec<&str> = text.split(' ').filter(|scope| !scope.is_empty()).collect();
    if !named.iter().all(|scope| SCOPES.contains(scope)) {
        return None;
    }
    let scopes = if named.is_empty() { SCOPES.to_vec() } else { named };
    Some(scopes.into_iter().map(str::to_owned).collect())
}
