//! Meta's Graph API played on 127.0.0.1, as strict as it is: what it would refuse is refused, with its own errors.
//!
//! It runs on a thread of its own until it is dropped. It has two business accounts with a number each, keeps media for seven
//! days and their addresses for five minutes by a clock that tests can set, holds to the window of a day and to the rate for
//! one person, can be told to fail, and remembers what it has accepted.

mod access;
mod accounts;
mod calls;
mod content;
mod control;
mod control_input;
mod fault;
mod fields;
mod lookaside;
mod media;
mod messages;
mod refusal;
mod rules;
mod state;
mod statuses;

use std::sync::Arc;
use std::time::Duration;

use app_domain::Timestamp;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use serde_json::Value;

pub use calls::GraphCall;
pub use fault::Fault;
pub use media::{Media, MediaFault};
pub use rules::{Number, Rules, Template, Token};
pub use state::{ReadMark, Sent};

use self::refusal::Refusal;
use self::state::{Site, Window};
use crate::server::{Port, Server};

/// A Graph API with two business accounts.
pub struct FakeGraph {
    site: Arc<Site>,
    origin: String,
    _server: Server,
}

impl FakeGraph {
    /// The version that it has.
    pub const VERSION: &str = "v26.0";
    /// The app that tokens are for.
    pub const APP_ID: &str = "123456789";
    /// The shared number's token, account and id.
    pub const TOKEN: &str = "EAAG-test-token";
    /// The account of the shared number.
    pub const ACCOUNT: &str = "900100200300400";
    /// The id of the shared number.
    pub const NUMBER: &str = "700800900100200";
    /// The token of somebody's own number.
    pub const OWN_TOKEN: &str = "EAAG-own-token";
    /// The account of somebody's own number.
    pub const OWN_ACCOUNT: &str = "900100200300500";
    /// The id of somebody's own number.
    pub const OWN_NUMBER: &str = "700800900100300";

    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts one on a port of 127.0.0.1.
    pub fn start_on(port: u16) -> Self {
        let port = Port::at(port);
        let origin = format!("http://{}", port.address());
        let site = Arc::<Site>::default();
        let router = Router::new()
            .route("/{version}/{id}/messages", post(messages::answer))
            .route("/{version}/{id}/phone_numbers", get(accounts::numbers))
            .route(
                "/{version}/{id}/subscribed_apps",
                get(accounts::subscriptions).post(accounts::subscribe).delete(accounts::unsubscribe),
            )
            .route("/{version}/debug_token", get(accounts::inspect))
            .route("/{version}/{id}", get(accounts::object))
            .route("/whatsapp_business/attachments/", get(lookaside::answer))
            .merge(control::router())
            .fallback(async || Refusal::unknown_path())
            .method_not_allowed_fallback(async || Refusal::unknown_path())
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&site));
        Self { site, origin, _server: port.serve(router) }
    }

    /// What clients are given in place of `https://graph.facebook.com`.
    pub fn base_url(&self) -> String {
        self.origin.clone()
    }

    /// Changes what it has and takes from now on.
    pub fn change(&self, rules: impl FnOnce(&mut Rules)) {
        rules(&mut self.site.state().rules);
    }

    /// What time it is by its clock.
    pub fn now(&self) -> Timestamp {
        self.site.state().now()
    }

    /// Sets its clock, which goes on from there.
    pub fn set_time(&self, now: Timestamp) {
        self.site.state().set_time(now);
    }

    /// Lets time pass by its clock.
    pub fn pass(&self, span: Duration) {
        self.site.state().pass(span);
    }

    /// Tells it that a person wrote to a number, by the digits of their phone or their id: that opens the window of a day.
    pub fn inbound(&self, number: &str, from: &str) {
        let mut state = self.site.state();
        let now = state.now();
        state.set_window(number, from, Window::Since(now));
    }

    /// Closes a window as if a day had passed.
    pub fn close_window(&self, number: &str, from: &str) {
        self.site.state().set_window(number, from, Window::Closed);
    }

    /// Takes every window to be open that was not closed, for tests in which nobody tells it who wrote.
    pub fn open_windows(&self) {
        self.change(|rules| rules.is_window_strict = false);
    }

    /// Lets one more call of a kind fail: the first after those that are to fail already. A call that is refused for what is
    /// in it leaves it to the next.
    pub fn fail(&self, call: GraphCall, fault: Fault) {
        self.site.state().faults.entry(call).or_default().push_back(fault);
    }

    /// Lets no more calls fail.
    pub fn forget_faults(&self) {
        self.site.state().faults.clear();
    }

    /// How many calls of a kind came in, good or not.
    pub fn calls(&self, call: GraphCall) -> usize {
        self.site.state().calls.get(&call).copied().unwrap_or_default()
    }

    /// Keeps media that were sent to the shared number, and returns their id.
    pub fn keep_media(&self, content_type: &str, bytes: impl Into<Vec<u8>>) -> String {
        self.put_media(Media::new(content_type, bytes))
    }

    /// Keeps media, and returns their id.
    pub fn put_media(&self, media: Media) -> String {
        self.site.state().put_media(media)
    }

    /// An address of media that is good for five minutes, such as new messages bring along.
    pub fn media_url(&self, id: &str) -> Option<String> {
        self.site.state().media_url(id, self.origin.trim_start_matches("http://"))
    }

    /// All messages that it has accepted, in order.
    pub fn outbox(&self) -> Vec<Sent> {
        self.site.state().outbox.clone()
    }

    /// All messages that were marked as read, in order.
    pub fn reads(&self) -> Vec<ReadMark> {
        self.site.state().reads.clone()
    }

    /// Whether the app hears what is written to an account's numbers.
    pub fn is_subscribed(&self, account: &str) -> bool {
        self.site.state().subscribed.contains(account)
    }

    /// The webhook that tells what became of accepted messages, by their `wamid` or their key: `sent`, `delivered`, `read`,
    /// `failed`. `None` if there are none.
    pub fn status(&self, of: &str, status: &str) -> Option<Value> {
        self.site.state().webhook(of, status, None)
    }

    /// The webhook that tells that accepted messages could not be delivered after all, with this code.
    pub fn failure(&self, of: &str, code: i64) -> Option<Value> {
        self.site.state().webhook(of, "failed", Some(code))
    }

    /// Forgets all that happened and all that was changed.
    pub fn reset(&self) {
        self.site.reset();
    }
}
