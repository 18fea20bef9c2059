//! Google, as its clients see it.

use std::ops::Deref;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;

use super::form::{Form, Refused};
use super::visit::Authorization;
use super::{Callback, Endpoint, Idp, Person};
use crate::server::{Port, Server};

const CLIENT_ID: &str = "client.apps.googleusercontent.com";
const CLIENT_SECRET: &str = "GOCSPX-secret-of-tests";
/// How long codes are good; the vendor does not say.
const CODE_LIFETIME_S: i64 = 600;
const ID_TOKEN_LIFETIME_S: i64 = 3600;

/// A Google with one client.
pub struct FakeGoogle {
    site: Arc<Site>,
    _server: Server,
}

struct Site {
    idp: Idp,
    redirect_uris: Vec<String>,
}

impl FakeGoogle {
    /// Starts one whose client may be answered at these addresses alone.
    pub fn start(redirect_uris: &[&str]) -> Self {
        let port = Port::free();
        let idp = Idp::new(format!("http://{}", port.address()));
        let redirect_uris = redirect_uris.iter().map(|&uri| uri.to_owned()).collect();
        let site = Arc::new(Site { idp, redirect_uris });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/oauth2/v3/certs", get(keys))
            .route("/token", post(token))
            .route("/revoke", post(revoke))
            .with_state(Arc::clone(&site));
        Self { site, _server: port.serve(router) }
    }

    /// What a deployer writes under `google` in the secret.
    pub fn settings(&self) -> Value {
        json!({
            "issuer": self.issuer(), "clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET,
            "redirectUris": self.site.redirect_uris,
        })
    }

    /// Opens an authorization URL as this person, who agrees to everything.
    ///
    /// # Errors
    /// What Google's page would show instead.
    pub fn visit(&self, authorization_url: &Url, person: &Person) -> Result<Callback, &'static str> {
        let endpoint = format!("{}/o/oauth2/v2/auth", self.issuer());
        let request = Authorization::read(authorization_url, &endpoint)?;
        request.check(CLIENT_ID, &self.site.redirect_uris)?;
        let code = request.code(person.clone(), self.now_s() + CODE_LIFETIME_S);
        Ok(Callback {
            redirect_uri: code.redirect_uri.clone(),
            code: self.give_code(code),
            state: request.get("state").unwrap_or_default().to_owned(),
            user: None,
        })
    }
}

impl Deref for FakeGoogle {
    type Target = Idp;

    fn deref(&self) -> &Idp {
        &self.site.idp
    }
}

async fn discovery(State(site): State<Arc<Site>>) -> Response {
    if let Some(fault) = site.idp.called(Endpoint::Discovery).await {
        return fault;
    }
    let issuer = site.idp.issuer();
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/o/oauth2/v2/auth"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/v1/userinfo"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "jwks_uri": format!("{issuer}/oauth2/v3/certs"),
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["plain", "S256"],
    });
    Json(document).into_response()
}

async fn keys(State(site): State<Arc<Site>>) -> Response {
    match site.idp.called(Endpoint::Keys).await {
        Some(fault) => fault,
        None => site.idp.published_keys(),
    }
}

async fn token(State(site): State<Arc<Site>>, headers: HeaderMap, body: Bytes) -> Response {
    match site.idp.called(Endpoint::Token).await {
        Some(fault) => fault,
        None => exchange(&site, &headers, &body).into_response(),
    }
}

fn exchange(site: &Site, headers: &HeaderMap, body: &Bytes) -> Result<Json<Value>, Refused> {
    let form = Form::read(headers, body)?;
    if form.required("grant_type")? != "authorization_code" {
        return Err(Refused::new("unsupported_grant_type", "The grant type is not supported."));
    }
    if form.required("client_id")? != CLIENT_ID || form.required("client_secret")? != CLIENT_SECRET {
        let refused = Refused::new("invalid_client", "The client is not known.");
        return Err(Refused { status: StatusCode::UNAUTHORIZED, ..refused });
    }
    let code = site.idp.redeem(&form, "redirect_uri_mismatch")?;
    let more = json!({"azp": CLIENT_ID});
    let (id_token, access_token) = site.idp.sign(&code, CLIENT_ID, ID_TOKEN_LIFETIME_S, more);
    // Nobody asked for offline access, so there is no refresh token.
    Ok(Json(json!({
        "access_token": access_token, "expires_in": 3599, "token_type": "Bearer", "id_token": id_token,
        "scope": "openid email profile",
    })))
}

async fn revoke(State(site): State<Arc<Site>>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(fault) = site.idp.called(Endpoint::Revocation).await {
        return fault;
    }
    let revoked = Form::read(&headers, &body).and_then(|form| {
        let good = site.idp.revoke(form.required("token")?);
        good.then_some(StatusCode::OK)
            .ok_or(Refused::new("invalid_token", "The token has expired or been revoked."))
    });
    revoked.into_response()
}
