//! `GET /{tenant}/oauth2/v2.0/authorize`: the page on which the person agrees, which they do at once.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State as Extract};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use url::Url;

use super::FakeOneDrive;
use super::state::Site;

const SCOPES: &[&str] = &[
    "offline_access",
    "openid",
    "profile",
    "email",
    "User.Read",
    "Files.Read",
    "Files.ReadWrite.AppFolder",
    "Files.ReadWrite",
    "Files.ReadWrite.All",
];

/// What comes of an authorization request that is wrong.
pub(super) enum Wrong {
    /// A page for the person: the browser must not be sent anywhere.
    Page(&'static str),
    /// The browser goes back to this address, with an error.
    Back { to: String, error: &'static str, why: &'static str },
}

pub(super) async fn page(Extract(site): Extract<Arc<Site>>, OriginalUri(uri): OriginalUri) -> Response {
    let to = match agree(&site, uri.path(), uri.query().unwrap_or_default()) {
        Ok(to) => String::from(to),
        Err(Wrong::Page(why)) => return (StatusCode::BAD_REQUEST, Html(format!("<p>{why}"))).into_response(),
        Err(Wrong::Back { to, .. }) => to,
    };
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// Where the browser goes when the person agrees.
pub(super) fn agree(site: &Site, path: &str, query: &str) -> Result<Url, Wrong> {
    if !is_below_tenant(path, "authorize") {
        return Err(Wrong::Page("AADSTS90002: Tenant not found."));
    }
    let mut fields: HashMap<String, String> = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
        if fields.insert(name, value).is_some() {
            return Err(Wrong::Page("AADSTS90013: Invalid input received: a parameter is given twice."));
        }
    }
    let field = |name: &str| fields.get(name).map(String::as_str).filter(|value| !value.is_empty());
    if field("client_id") != Some(FakeOneDrive::CLIENT_ID) {
        return Err(Wrong::Page("AADSTS700016: Application with this identifier was not found."));
    }
    let redirect = field("redirect_uri").filter(|uri| is_redirect(uri)).and_then(|uri| Url::parse(uri).ok());
    let Some(mut redirect_uri) = redirect else {
        return Err(Wrong::Page("AADSTS50011: The redirect URI does not match those configured."));
    };
    let scopes: Option<Vec<String>> = field("scope").unwrap_or_default().split(' ').map(known).collect();
    let challenge = field("code_challenge").filter(|challenge| is_challenge(challenge));
    let wrong = [
        (field("response_type") == Some("code"), "unsupported_response_type", "AADSTS900144: response_type"),
        (
            matches!(field("response_mode"), None | Some("query")),
            "invalid_request",
            "AADSTS70007: response_mode",
        ),
        (scopes.is_some(), "invalid_scope", "AADSTS70011: The provided value for scope is not valid."),
        (field("state").is_some(), "invalid_request", "AADSTS900144: state"),
        (
            field("code_challenge_method") == Some("S256"),
            "invalid_request",
            "AADSTS501491: code_challenge_method",
        ),
        (challenge.is_some(), "invalid_request", "AADSTS501481: code_challenge"),
    ];
    let state = field("state").map(str::to_owned);
    if let Some((_, error, why)) = wrong.into_iter().find(|(is_met, ..)| !is_met) {
        let mut query = redirect_uri.query_pairs_mut();
        query.append_pair("error", error).append_pair("error_description", why);
        if let Some(state) = state {
            query.append_pair("state", &state);
        }
        drop(query);
        return Err(Wrong::Back { to: redirect_uri.into(), error, why });
    }
    let mut held = site.state();
    let now = held.now();
    let given = field("redirect_uri").unwrap_or_default();
    let code = held.grants.code(given, challenge.unwrap_or_default(), scopes.unwrap_or_default(), now);
    let mut query = redirect_uri.query_pairs_mut();
    query.append_pair("code", &code).append_pair("state", &state.unwrap_or_default());
    drop(query);
    Ok(redirect_uri)
}

/// Whether a path is a tenant's endpoint of this name.
pub(super) fn is_below_tenant(path: &str, endpoint: &str) -> bool {
    let tenant = path.strip_suffix(endpoint).and_then(|path| path.strip_suffix("/oauth2/v2.0/"));
    let tenant = tenant.and_then(|path| path.strip_prefix('/')).unwrap_or_default();
    matches!(tenant, "common" | "consumers" | "organizations") || uuid::Uuid::try_parse(tenant).is_ok()
}

/// A scope by its short name.
pub(super) fn known(scope: &str) -> Option<String> {
    let short = scope.strip_prefix("https://graph.microsoft.com/").unwrap_or(scope);
    SCOPES.contains(&short).then(|| short.to_owned())
}

/// Whether an app can have registered this: https, or this machine.
fn is_redirect(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    url.fragment().is_none() && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

fn is_challenge(challenge: &str) -> bool {
    challenge.len() == 43 && challenge.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}
