//! Dropbox, with the app folder of one person's account.
//!
//! It has one origin for what the vendor has on several hosts: routes of files' contents are below `/content/2`, all others below `/2`, and
//! what is called on the wrong one is refused.

mod account;
mod calls;
mod content;
mod fields;
mod files;
mod grants;
mod hand;
mod listing;
mod names;
mod oauth;
mod refusal;
mod routes;
mod sessions;
mod state;
mod tree;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::HeaderMap;
use axum::routing::{get, post};

use self::state::{Scripted, Site};
use super::{PlayedDrive, PlayedSite, control};
use crate::server::{Port, Server};

/// A Dropbox with one account.
pub struct FakeDropbox {
    site: Arc<Site>,
    origin: String,
    _server: Server,
}

impl FakeDropbox {
    /// The app that the person connects.
    pub const CLIENT_ID: &str = "dbx-app-key";
    /// Its secret.
    pub const CLIENT_SECRET: &str = "dbx-app-secret";
    /// What we need of an account.
    pub const SCOPES: &str = "account_info.read files.content.read files.content.write files.metadata.read \
                              files.metadata.write";
    /// The person's account.
    pub const ACCOUNT_ID: &str = "dbid:AAAAexampleAAAAexampleAAAAexampleAA";
    /// The address of the person.
    pub const EMAIL: &str = "joerg@example.com";
    /// How much room there is at first.
    pub const ROOM: u64 = 2 << 30;

    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts one on a port of 127.0.0.1.
    pub fn start_on(port: u16) -> Self {
        let port = Port::at(port);
        let origin = format!("http://{}", port.address());
        let site = Arc::new(Site::new());
        let router = Router::new()
            .route("/oauth2/authorize", get(oauth::authorize))
            .route("/oauth2/token", post(oauth::token))
            .route("/2/{*route}", post(rpc))
            .route("/content/2/{*route}", post(of_content));
        let router = site.gate.before(router).merge(control::router()).with_state(Arc::clone(&site));
        Self { site, origin, _server: port.serve(router) }
    }

    /// Sends browsers back to these addresses alone from now on.
    pub fn allow_redirects(&self, uris: &[&str]) {
        self.site.state().redirect_uris = uris.iter().map(|uri| (*uri).to_owned()).collect();
    }

    /// A token to call with and one to get others, as if the person had agreed to these scopes.
    pub fn grant(&self, scopes: &str) -> (String, String) {
        let scopes = oauth::scopes(scopes).expect("scopes that there are");
        let mut state = self.site.state();
        let now = state.now();
        let (access, refresh) = state.grants.grant(&scopes, true, now);
        (access, refresh.expect("a refresh token"))
    }

    /// Answers the next good call of a route, such as `files/upload`, with this and nothing else.
    pub fn answer_next(&self, route: &str, status: u16, content_type: &str, body: &str) {
        let (content_type, body) = (content_type.to_owned(), body.to_owned());
        self.site.state().scripted.push_back((route.to_owned(), Scripted { status, content_type, body }));
    }

    /// Makes an empty folder, as the person does.
    pub fn make_folder_by_hand(&self, path: &str) {
        self.site.state().tree.make_folder(&format!("/{path}"));
    }
}

impl PlayedDrive for FakeDropbox {
    fn site(&self) -> &dyn PlayedSite {
        &*self.site
    }

    fn origin(&self) -> String {
        self.origin.clone()
    }

    fn consent(&self, authorize_url: &str) -> Result<String, String> {
        let (page, query) = authorize_url.split_once('?').unwrap_or((authorize_url, ""));
        if page != format!("{}/oauth2/authorize", self.origin) {
            return Err("There is no such page.".to_owned());
        }
        oauth::agree(&mut self.site.state(), query.as_bytes())
    }

    fn forget_faults(&self) {
        self.site.gate.forget_faults();
        self.site.state().scripted.clear();
    }

    fn set_room(&self, total_bytes: Option<u64>) {
        self.site.state().room = total_bytes;
    }

    fn expire_tokens(&self) {
        let mut state = self.site.state();
        let now = state.now();
        state.grants.expire(now);
    }

    fn withdraw(&self) {
        self.site.state().grants.withdraw();
    }

    fn is_granted(&self) -> bool {
        self.site.state().grants.is_granted()
    }
}

type Called = (Extract<Arc<Site>>, Path<String>, HeaderMap, Bytes);

async fn rpc((Extract(site), Path(route), headers, body): Called) -> axum::response::Response {
    site.answer(&route, false, &headers, body)
}

async fn of_content((Extract(site), Path(route), headers, body): Called) -> axum::response::Response {
    site.answer(&route, true, &headers, body)
}
