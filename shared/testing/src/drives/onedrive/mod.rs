//! OneDrive: Microsoft Graph, the sign-in before it, and the other host to which bytes go and from which they come.
//!
//! Tokens for our folder see nothing else of the drive. Our folder is made by whoever looks into it first; who writes before is refused.

mod address;
mod api;
mod bytes;
mod consent;
mod content;
mod grants;
mod hand;
mod hash;
mod listing;
mod names;
mod refusal;
mod session;
mod show;
mod state;
mod token;
mod tree;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};
use url::Url;

use self::consent::Wrong;
use self::refusal::Refusal;
use self::state::Site;
use super::{PlayedDrive, PlayedSite, control};
use crate::server::{Port, Server};

/// A personal account of OneDrive.
pub struct FakeOneDrive {
    site: Arc<Site>,
    _servers: [Server; 2],
}

impl FakeOneDrive {
    /// The app that is registered.
    pub const CLIENT_ID: &str = "5f0c2a3e-7d41-4c8b-9a26-0e1d3b5c7f90";
    /// Its secret.
    pub const CLIENT_SECRET: &str = "Q8x~onedrive-test-secret";
    /// The address that the person signs in with.
    pub const PERSON: &str = "ada@example.com";

    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts one on a port of 127.0.0.1. Bytes go to and come from another one, which is free.
    pub fn start_on(port: u16) -> Self {
        let (port, bytes_port) = (Port::at(port), Port::free());
        let origin = |port: &Port| format!("http://{}", port.address());
        let site = Arc::new(Site::new(origin(&port), origin(&bytes_port)));
        let api = Router::new()
            .route("/{tenant}/oauth2/v2.0/authorize", get(consent::page))
            .route("/{tenant}/oauth2/v2.0/token", post(token::answer))
            .route("/v1.0/{*path}", any(api::answer))
            .fallback(async || Refusal::not_found());
        let api = site.gate.before(api).merge(control::router()).with_state(Arc::clone(&site));
        let bytes = site.gate.before(bytes::router()).with_state(Arc::clone(&site));
        Self { site, _servers: [port.serve(api), bytes_port.serve(bytes)] }
    }
}

impl PlayedDrive for FakeOneDrive {
    fn site(&self) -> &dyn PlayedSite {
        &*self.site
    }

    fn origin(&self) -> String {
        self.site.origin.clone()
    }

    fn consent(&self, authorize_url: &str) -> Result<String, String> {
        let url = Url::parse(authorize_url).map_err(|error| error.to_string())?;
        if url.origin().ascii_serialization() != self.site.origin {
            return Err("this is not the authorization endpoint".to_owned());
        }
        let agreed = consent::agree(&self.site, url.path(), url.query().unwrap_or_default());
        agreed.map(String::from).map_err(|wrong| match wrong {
            Wrong::Page(why) => why.to_owned(),
            Wrong::Back { error, why, .. } => format!("{error}: {why}"),
        })
    }

    fn set_room(&self, total_bytes: Option<u64>) {
        self.site.state().room = total_bytes;
    }

    fn expire_tokens(&self) {
        let mut state = self.site.state();
        let now = state.now();
        state.grants.expire_access(now);
    }

    fn withdraw(&self) {
        self.site.state().grants.withdraw();
    }

    fn is_granted(&self) -> bool {
        let state = self.site.state();
        state.grants.is_granted(state.now())
    }
}
