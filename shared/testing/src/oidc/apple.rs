//! Apple, as its clients see it.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use url::Url;

use super::client_secret::ClientKey;
use super::form::{Form, Refused};
use super::visit::Authorization;
use super::{Callback, Endpoint, Idp, Person};
use crate::server::{Port, Server};

const CLIENT_ID: &str = "com.example.app.web";
const CODE_LIFETIME_S: i64 = 300;
/// The least that has been seen.
const ID_TOKEN_LIFETIME_S: i64 = 600;

/// An Apple with one client.
pub struct FakeApple {
    site: Arc<Site>,
    _server: Server,
}

struct Site {
    idp: Idp,
    key: ClientKey,
    callback_url: String,
    /// Who has agreed before: they are not asked for their name again, and their address is not told again.
    consents: Mutex<HashSet<String>>,
}

impl FakeApple {
    /// Starts one whose client is answered at this address alone.
    pub fn start(callback_url: &str) -> Self {
        let port = Port::free();
        let idp = Idp::new(format!("http://{}", port.address()));
        let (key, callback_url) = (ClientKey::generate(), callback_url.to_owned());
        let site = Arc::new(Site { idp, key, callback_url, consents: Mutex::default() });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/auth/keys", get(keys))
            .route("/auth/token", post(token))
            .route("/auth/revoke", post(revoke))
            .with_state(Arc::clone(&site));
        Self { site, _server: port.serve(router) }
    }

    /// What a deployer writes under `apple` in the secret, with these addresses to send browsers on to.
    pub fn settings(&self, redirect_uris: &[&str]) -> Value {
        let key = &self.site.key;
        json!({
            "issuer": self.issuer(), "clientId": CLIENT_ID, "teamId": key.team_id, "keyId": key.key_id,
            "privateKey": key.pem(), "callbackUrl": self.site.callback_url, "redirectUris": redirect_uris,
        })
    }

    /// A client secret, made from a good header and good claims after this has changed them.
    pub fn client_secret(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let now = jiff::Timestamp::now().into();
        let (mut header, mut claims) = self.site.key.good(CLIENT_ID, self.issuer(), now);
        change(&mut header, &mut claims);
        self.site.key.sign(&header, &claims)
    }

    /// Opens an authorization URL as this person, who agrees to everything. Their name comes along the first time only, and
    /// their address is in the id token the first time only.
    ///
    /// # Errors
    /// What Apple's page would show instead.
    pub fn visit(&self, authorization_url: &Url, person: &Person) -> Result<Callback, &'static str> {
        let endpoint = format!("{}/auth/authorize", self.issuer());
        let request = Authorization::read(authorization_url, &endpoint)?;
        request.check(CLIENT_ID, std::slice::from_ref(&self.site.callback_url))?;
        let asks = request.scopes().any(|scope| matches!(scope, "name" | "email"));
        if asks && request.get("response_mode") != Some("form_post") {
            return Err("response_mode must be form_post when name or email scope is requested");
        }
        let mut consents = self.site.consents.lock().unwrap_or_else(PoisonError::into_inner);
        let first_time = consents.insert(person.subject.clone());
        let mut told = person.clone();
        if !first_time {
            told.user = None;
            told.claims
                .retain(|name, _| !matches!(name.as_str(), "email" | "email_verified" | "is_private_email"));
        }
        let user = told.user.as_ref().map(Value::to_string);
        let code = request.code(told, self.now_s() + CODE_LIFETIME_S);
        Ok(Callback {
            redirect_uri: code.redirect_uri.clone(),
            code: self.give_code(code),
            state: request.get("state").unwrap_or_default().to_owned(),
            user,
        })
    }
}

impl Deref for FakeApple {
    type Target = Idp;

    fn deref(&self) -> &Idp {
        &self.site.idp
    }
}

impl Site {
    fn check_client(&self, form: &Form) -> Result<(), Refused> {
        let (client_id, secret) = (form.required("client_id")?, form.required("client_secret")?);
        let (issuer, now_s) = (self.idp.issuer(), self.idp.now_s());
        if client_id == CLIENT_ID && self.key.accepts(secret, client_id, issuer, now_s) {
            return Ok(());
        }
        Err(Refused::new("invalid_client", "The client secret is not good."))
    }
}

async fn discovery(State(site): State<Arc<Site>>) -> Response {
    if let Some(fault) = site.idp.called(Endpoint::Discovery).await {
        return fault;
    }
    let issuer = site.idp.issuer();
    let document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/auth/authorize"),
        "token_endpoint": format!("{issuer}/auth/token"),
        "revocation_endpoint": format!("{issuer}/auth/revoke"),
        "jwks_uri": format!("{issuer}/auth/keys"),
        "id_token_signing_alg_values_supported": ["RS256"],
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
    site.check_client(&form)?;
    let code = site.idp.redeem(&form, "invalid_grant")?;
    let more = json!({"nonce_supported": true, "auth_time": site.idp.now_s()});
    let (id_token, access_token) = site.idp.sign(&code, CLIENT_ID, ID_TOKEN_LIFETIME_S, more);
    Ok(Json(json!({
        "access_token": access_token, "token_type": "Bearer", "expires_in": 3600, "id_token": id_token,
        "refresh_token": site.idp.grant_refresh_token(),
    })))
}

async fn revoke(State(site): State<Arc<Site>>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(fault) = site.idp.called(Endpoint::Revocation).await {
        return fault;
    }
    let revoked = Form::read(&headers, &body).and_then(|form| {
        site.check_client(&form)?;
        if !matches!(form.optional("token_type_hint"), None | Some("refresh_token" | "access_token")) {
            return Err(Refused::new("invalid_request", "The token type is not known."));
        }
        // Apple says 200 also to tokens that are not good any more.
        site.idp.revoke(form.required("token")?);
        Ok(StatusCode::OK)
    });
    revoked.into_response()
}
