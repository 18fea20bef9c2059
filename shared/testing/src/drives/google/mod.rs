//! Google Drive played on 127.0.0.1, as strict as it is: what it would refuse is refused, with its own errors.
//!
//! The person's drive has one folder of ours, once we have made it, and the app may see what it has made itself: files that the person adds
//! are not for it. Everything is at one origin, with the vendor's paths: the page of consent, tokens, files and uploads.

mod call;
mod changes;
mod consent;
mod fields;
mod files;
mod grants;
mod hand;
mod metadata;
mod params;
mod query;
mod refusal;
mod resource;
mod sessions;
mod state;
mod tokens;
mod upload;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use url::Url;

use self::grants::DRIVE_FILE;
use self::state::Site;
use super::{PlayedDrive, PlayedSite, control};
use crate::server::{Port, Server};

/// A Google Drive of one person.
pub struct FakeGoogleDrive {
    site: Arc<Site>,
    _server: Server,
}

impl FakeGoogleDrive {
    /// The id of the one client.
    pub const CLIENT_ID: &str = "drive-client.apps.googleusercontent.com";
    /// The secret of the one client.
    pub const CLIENT_SECRET: &str = "GOCSPX-drive-secret-of-tests";

    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts one on a port of 127.0.0.1.
    pub fn start_on(port: u16) -> Self {
        let port = Port::at(port);
        let site = Arc::new(Site::new(format!("http://{}", port.address())));
        let router = Router::new()
            .route("/o/oauth2/v2/auth", get(consent::page))
            .route("/token", post(tokens::token))
            .route("/revoke", post(tokens::revoke))
            .fallback(call::answer);
        let router = site.gate.before(router).merge(control::router()).with_state(Arc::clone(&site));
        Self { site, _server: port.serve(router) }
    }

    /// An access and a refresh token, as if the person had agreed to what the app needs.
    pub fn grant(&self) -> (String, String) {
        self.grant_scope(DRIVE_FILE)
    }

    /// The same for other scopes, with spaces between them.
    pub fn grant_scope(&self, scope: &str) -> (String, String) {
        let mut state = self.site.state();
        let now = state.now();
        (state.grants.give_access(scope, now), state.grants.give_refresh(scope, now))
    }

    /// Sends browsers back to these addresses and to no other.
    pub fn allow_redirects(&self, addresses: &[&str]) {
        let addresses = addresses.iter().map(|&address| address.to_owned()).collect();
        self.site.state().grants.redirect_uris = Some(addresses);
    }

    /// Lets the person tick these scopes and no other; none of them denies access.
    pub fn tick_only(&self, scopes: &[&str]) {
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.site.state().grants.ticked = Some(scopes);
    }

    /// The person calls our folder something else.
    pub fn rename_our_folder(&self, name: &str) {
        self.site.state().change_our_folder(|folder| name.clone_into(&mut folder.name));
    }

    /// The person puts our folder into the trash.
    pub fn trash_our_folder(&self) {
        self.site.state().change_our_folder(|folder| folder.is_trashed = true);
    }

    /// The person removes for good what is in the trash.
    pub fn empty_trash(&self) {
        self.site.state().empty_trash();
    }

    /// How many folders there are that the app has made.
    pub fn folders(&self) -> usize {
        let state = self.site.state();
        state.nodes.values().filter(|node| node.is_folder() && node.is_ours).count()
    }
}

impl PlayedDrive for FakeGoogleDrive {
    fn site(&self) -> &dyn PlayedSite {
        &*self.site
    }

    fn origin(&self) -> String {
        self.site.origin.clone()
    }

    fn consent(&self, authorize_url: &str) -> Result<String, String> {
        let url = Url::parse(authorize_url).map_err(|error| error.to_string())?;
        let page = format!("{}/o/oauth2/v2/auth", self.site.origin);
        if !authorize_url.starts_with(&format!("{page}?")) {
            return Err("this is not the authorization endpoint".to_owned());
        }
        consent::agree(&mut self.site.state(), url.query())
    }

    fn set_room(&self, total_bytes: Option<u64>) {
        self.site.state().total_bytes = total_bytes;
    }

    fn expire_tokens(&self) {
        self.site.state().grants.expire();
    }

    fn withdraw(&self) {
        self.site.state().grants.withdraw();
    }

    fn is_granted(&self) -> bool {
        let state = self.site.state();
        state.grants.has_refresh_token(state.now())
    }
}
