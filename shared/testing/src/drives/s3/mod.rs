//! A bucket of somebody's own, played on 127.0.0.1: S3 as far as a drive needs it, with its rules. What would not be taken by Amazon's is refused
//! with its own errors: bytes that are not those of their checksum, parts that are too small, conditions that do not hold, keys of nobody.

mod answers;
mod call;
mod objects;
mod parts;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;

use self::objects::State;
use super::{Gate, PlayedDrive, PlayedSite};
use crate::server::{Port, Server};

/// A bucket called [`FakeS3::BUCKET`], of which a drive has what is below [`FakeS3::PREFIX`].
pub struct FakeS3 {
    site: Arc<Site>,
    _server: Server,
}

struct Site {
    origin: String,
    gate: Gate,
    state: Mutex<State>,
}

impl Site {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody to panic in a bucket")
    }
}

impl PlayedSite for Site {
    fn gate(&self) -> &Gate {
        &self.gate
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let files = state.objects.iter().filter_map(|(key, object)| {
            Some((key.strip_prefix(FakeS3::PREFIX)?.to_owned(), object.bytes.clone()))
        });
        files.collect()
    }

    fn put_by_hand(&self, path: &str, bytes: &[u8]) {
        self.state().put(&format!("{}{path}", FakeS3::PREFIX), bytes.to_vec(), BTreeMap::new(), None);
    }

    fn remove_by_hand(&self, path: &str) {
        let (it, below) = (format!("{}{path}", FakeS3::PREFIX), format!("{}{path}/", FakeS3::PREFIX));
        self.state().objects.retain(|key, _| *key != it && !key.starts_with(&below));
    }

    fn rename_by_hand(&self, from: &str, to: &str) {
        let mut state = self.state();
        let object = state.objects.remove(&format!("{}{from}", FakeS3::PREFIX));
        let object = object.expect("a file to rename");
        state.put(&format!("{}{to}", FakeS3::PREFIX), object.bytes, object.metadata, None);
    }
}

impl FakeS3 {
    /// The one bucket.
    pub const BUCKET: &str = "somebodys-own";
    /// Before the keys of all files.
    pub const PREFIX: &str = "Memory App/";
    /// Where it is.
    pub const REGION: &str = "eu-central-1";
    /// The id of the access key.
    pub const ACCESS_KEY_ID: &str = "AKIAEXAMPLEOFTESTS00";
    /// The secret access key. Signatures are not computed: what a client has signed is compared with what it sent.
    pub const SECRET_ACCESS_KEY: &str = "a/secret+of/tests";

    /// Starts one on a free port.
    pub fn start() -> Self {
        Self::start_on(0)
    }

    /// Starts one on a port of 127.0.0.1.
    pub fn start_on(port: u16) -> Self {
        let port = Port::at(port);
        let origin = format!("http://{}", port.address());
        let state = State::new();
        let site = Arc::new(Site { origin, gate: state.gate.clone(), state: Mutex::new(state) });
        let router = site.gate.before(Router::new().fallback(call::answer)).with_state(Arc::clone(&site));
        Self { site, _server: port.serve(router) }
    }

    /// Whether conditions of writes are known; if not, they are answered with 501.
    pub fn know_conditions(&self, are_known: bool) {
        self.site.state().knows_conditions = are_known;
    }

    /// Whether objects can be copied; if not, that is answered with 501.
    pub fn know_copies(&self, are_known: bool) {
        self.site.state().knows_copies = are_known;
    }

    /// How many uploads in parts are under way.
    pub fn unfinished_uploads(&self) -> usize {
        self.site.state().uploads.len()
    }
}

impl PlayedDrive for FakeS3 {
    fn site(&self) -> &dyn PlayedSite {
        &*self.site
    }

    fn origin(&self) -> String {
        self.site.origin.clone()
    }

    /// A bucket is opened by keys.
    fn consent(&self, _: &str) -> Result<String, String> {
        Err("nobody is asked".to_owned())
    }

    fn set_room(&self, total_bytes: Option<u64>) {
        self.site.state().total_bytes = total_bytes;
    }

    /// Keys do not expire.
    fn expire_tokens(&self) {}

    fn withdraw(&self) {
        self.site.state().is_closed = true;
    }

    fn is_granted(&self) -> bool {
        !self.site.state().is_closed
    }
}
