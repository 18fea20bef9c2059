//! `/v1.0/…`: who may ask, for which item, and what is done with it.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State as Extract};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::address::{self, Address, Start};
use super::grants::{FILES, PERSON};
use super::refusal::Refusal;
use super::show::DRIVE;
use super::state::{Host, Site, State};
use super::tree::{ABOVE, Item};
use crate::drives::DriveFault;

/// A call of the API.
pub(super) struct Call<'a> {
    pub(super) site: &'a Site,
    method: Method,
    query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// An item that a call names: where its path begins, and the path.
pub(super) struct Named {
    pub(super) from: u64,
    pub(super) path: Option<String>,
}

pub(super) async fn answer(
    Extract(site): Extract<Arc<Site>>,
    method: Method,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let address = address::read(uri.path().strip_prefix("/v1.0").unwrap_or_default(), DRIVE);
    let scopes = if matches!(address, Ok(Address::Me)) { PERSON } else { FILES };
    let call = Call { site: &site, method, query, headers, body };
    let may = |state: &State| state.allows(&call.headers, scopes);
    site.answer(Host::Api, may, |state| call.act(state, address?))
}

impl Call<'_> {
    fn act(&self, state: &mut State, address: Address) -> Result<Response, Refusal> {
        let (start, path, action) = match address {
            Address::Item(start, path, action) => (start, path, action),
            _ if self.method != Method::GET => return Err(Refusal::not_allowed()),
            Address::Me => return Ok(self.told(person())),
            Address::Drive => return Ok(self.told(drive(state))),
        };
        let named = Named { from: self.start(state, start)?, path };
        match (self.method.as_str(), action.as_str()) {
            ("GET", "") => self.item(state, &named),
            ("DELETE", "") => self.remove(state, &named),
            ("GET", "children") => self.children(state, &named),
            ("GET", "delta" | "delta()") => self.delta(state, &named),
            ("GET", "content") => self.fetch(state, &named),
            ("PUT", "content") => self.put(state, &named),
            ("POST", "createUploadSession") => self.begin(state, &named),
            (_, "" | "children" | "delta" | "delta()" | "content" | "createUploadSession") => {
                Err(Refusal::not_allowed())
            }
            _ => Err(Refusal::new(
                400,
                "BadRequest",
                format!("Resource not found for the segment '{action}'."),
            )),
        }
    }

    /// Where a path begins. Our folder is made by whoever looks into it, and not by who writes.
    fn start(&self, state: &mut State, start: Start) -> Result<u64, Refusal> {
        match start {
            Start::Root => Err(Refusal::denied()),
            Start::App if self.method == Method::GET => {
                let now = state.now();
                Ok(state.tree.make_app(now))
            }
            Start::App => state.tree.app().ok_or_else(Refusal::denied),
            Start::Id(id) if id == ABOVE => Err(Refusal::denied()),
            Start::Id(id) => state.tree.by_id(&id).map(|item| item.number).ok_or_else(Refusal::not_found),
        }
    }

    fn item(&self, state: &mut State, named: &Named) -> Result<Response, Refusal> {
        let number = named.find(state)?.number;
        let value = state.shown(self.site, number, self.one("$select")?);
        Ok(self.told(hashed(state, value)))
    }

    fn remove(&self, state: &mut State, named: &Named) -> Result<Response, Refusal> {
        let item = named.find(state)?;
        self.matches(Some(item))?;
        let number = item.number;
        if state.tree.app() == Some(number) {
            return Err(Refusal::denied());
        }
        state.tree.remove(number);
        Ok(StatusCode::NO_CONTENT.into_response())
    }

    /// Refuses what `If-Match` or `If-None-Match` do not want to be there.
    pub(super) fn matches(&self, item: Option<&Item>) -> Result<(), Refusal> {
        let wanted = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let is_one = |tag: &str, item: &Item| tag == "*" || tag == item.etag() || tag == item.ctag();
        let is_meant = |tag: &str| item.is_some_and(|item| is_one(tag, item));
        let is_wrong = wanted(header::IF_MATCH).is_some_and(|tag| !is_meant(tag))
            || wanted(header::IF_NONE_MATCH).is_some_and(is_meant);
        if is_wrong { Err(Refusal::changed()) } else { Ok(()) }
    }

    /// A parameter of the query, which may be given once.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut said = self.query.iter().filter(|(said, _)| said == name).map(|(_, value)| value.as_str());
        match (said.next(), said.next()) {
            (value, None) => Ok(value),
            _ => Err(Refusal::invalid(format!("Query option '{name}' was specified more than once."))),
        }
    }

    /// Refuses options of a query that there are not.
    pub(super) fn knows(&self, options: &[&str]) -> Result<(), Refusal> {
        let unknown =
            self.query.iter().find(|(name, _)| name.starts_with('$') && !options.contains(&name.as_str()));
        match unknown {
            Some((name, _)) => Err(Refusal::invalid(format!("The query option '{name}' is not supported."))),
            None => Ok(()),
        }
    }

    pub(super) fn told(&self, value: Value) -> Response {
        Json(value).into_response()
    }
}

impl Named {
    /// The item, if it is there.
    pub(super) fn find<'a>(&self, state: &'a State) -> Result<&'a Item, Refusal> {
        let path = self.path.as_deref().unwrap_or_default();
        state.tree.find(self.from, path).ok_or_else(Refusal::not_found)
    }
}

/// The same item, whose hash may not be known yet.
pub(super) fn hashed(state: &mut State, mut value: Value) -> Value {
    if value.get("file").is_some() && state.fails(DriveFault::NoHash) {
        value["file"] = json!({ "mimeType": "application/octet-stream" });
    }
    value
}

fn person() -> Value {
    json!({
        "id": DRIVE.to_lowercase(), "displayName": "Ada Example", "givenName": "Ada", "surname": "Example",
        "mail": null, "userPrincipalName": super::FakeOneDrive::PERSON,
    })
}

fn drive(state: &State) -> Value {
    let used = state.tree.used_bytes();
    let mut quota = json!({ "used": used, "deleted": 0 });
    if let Some(total) = state.room {
        quota["total"] = json!(total);
        quota["remaining"] = json!(total.saturating_sub(used));
        quota["state"] = json!(if used >= total { "exceeded" } else { "normal" });
    }
    json!({
        "id": DRIVE, "driveType": "personal", "name": "OneDrive", "quota": quota,
        "owner": { "user": { "id": DRIVE.to_lowercase(), "displayName": "Ada Example" } },
    })
}
