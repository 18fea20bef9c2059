//! `GET /o/oauth2/v2/auth`: the page on which the person agrees. They agree to everything, unless a test says otherwise.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State as Extract;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use url::Url;
use uuid::Uuid;

use super::FakeGoogleDrive;
use super::grants::{Code, SCOPES};
use super::params::Params;
use super::state::{Site, State};

/// How long codes are good; the vendor does not say.
const CODE_LIFETIME: Duration = Duration::from_secs(600);

/// What a request can say. Others change nothing.
const NAMES: [&str; 12] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "access_type",
    "prompt",
    "include_granted_scopes",
    "code_challenge",
    "code_challenge_method",
    "login_hint",
    "nonce",
];

/// Sends the browser back, or shows what is wrong.
pub(super) async fn page(Extract(site): Extract<Arc<Site>>, uri: Uri) -> Response {
    match agree(&mut site.state(), uri.query()) {
        Ok(back) => (StatusCode::FOUND, [(header::LOCATION, back)]).into_response(),
        Err(wrong) => (StatusCode::BAD_REQUEST, format!("Error 400: {wrong}")).into_response(),
    }
}

/// The address that the browser is sent back to.
pub(super) fn agree(state: &mut State, query: Option<&str>) -> Result<String, String> {
    let params = Params::read(query).map_err(|_| "invalid_request: a parameter is given twice")?;
    params.only(&NAMES).map_err(|_| "invalid_request: there is a parameter that is not known")?;
    let get = |name: &str| params.get(name).unwrap_or_default();
    let scopes: Vec<&str> = get("scope").split(' ').collect();
    let is_challenge = |text: &str| {
        text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let demands = [
        (get("client_id") == FakeGoogleDrive::CLIENT_ID, "invalid_client"),
        (may_go_to(state, get("redirect_uri")), "redirect_uri_mismatch"),
        (get("response_type") == "code", "unsupported_response_type"),
        (scopes.iter().all(|scope| SCOPES.contains(scope)), "invalid_scope"),
        (!get("state").is_empty(), "invalid_request: there is no state"),
        (get("code_challenge_method") == "S256", "invalid_request: the code challenge is no S256"),
        (is_challenge(get("code_challenge")), "invalid_request: the code challenge is no S256"),
        (matches!(get("access_type"), "" | "online" | "offline"), "invalid_request: access_type"),
        (matches!(get("prompt"), "" | "consent" | "select_account"), "invalid_request: prompt"),
        (matches!(get("include_granted_scopes"), "" | "true" | "false"), "invalid_request"),
    ];
    if let Some((_, wrong)) = demands.into_iter().find(|(met, _)| !met) {
        return Err(wrong.to_owned());
    }
    let mut back = Url::parse(get("redirect_uri")).map_err(|_| "redirect_uri_mismatch")?;
    let ticked = state.grants.ticked.as_ref();
    let is_ticked = |scope: &&str| ticked.is_none_or(|ticked| ticked.iter().any(|known| known == scope));
    let granted: Vec<&str> = scopes.into_iter().filter(is_ticked).collect();
    if granted.is_empty() {
        back.query_pairs_mut().append_pair("error", "access_denied").append_pair("state", get("state"));
        return Ok(back.into());
    }
    let code = Code {
        redirect_uri: get("redirect_uri").to_owned(),
        challenge: get("code_challenge").to_owned(),
        scope: granted.join(" "),
        gives_refresh_token: get("access_type") == "offline"
            && (get("prompt") == "consent" || !state.grants.has_agreed),
        until: state.now().plus(CODE_LIFETIME),
    };
    let text = format!("4/0A{}", Uuid::new_v4().simple());
    back.query_pairs_mut()
        .append_pair("state", get("state"))
        .append_pair("code", &text)
        .append_pair("scope", &code.scope);
    state.grants.codes.insert(text, code);
    Ok(back.into())
}

/// Whether an address is registered; if nothing is said, whether it could be.
fn may_go_to(state: &State, address: &str) -> bool {
    if let Some(known) = &state.grants.redirect_uris {
        return known.iter().any(|known| known == address);
    }
    let Ok(url) = Url::parse(address) else { return false };
    let is_this_machine = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    url.fragment().is_none() && (url.scheme() == "https" || url.scheme() == "http" && is_this_machine)
}
