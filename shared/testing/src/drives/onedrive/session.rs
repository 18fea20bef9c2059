//! `…/createUploadSession`, and what a session holds until its file is whole.

use std::time::Duration;

use app_domain::Timestamp;
use axum::http::header;
use axum::response::Response;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::api::{Call, Named};
use super::content::Taken;
use super::refusal::Refusal;
use super::state::State;

/// How long a session lives behind its last fragment.
pub(super) const LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// What fragments have to be multiples of, but for the last.
pub(super) const UNIT: u64 = 320 * 1024;
/// Fragments are smaller than this.
const MAX_FRAGMENT: u64 = 60 << 20;

/// A file on its way.
pub(super) struct Session {
    pub(super) named: Named,
    pub(super) taken: Taken,
    /// The size, once it is told.
    total: Option<u64>,
    pub(super) bytes: Vec<u8>,
    /// What has not come yet: from a byte on, and up to one.
    missing: Vec<(u64, u64)>,
    /// Whether a fragment had a length with which the file cannot be put together.
    pub(super) is_uneven: bool,
    /// Whether the file is kept when that is asked for, and not before.
    pub(super) is_deferred: bool,
    pub(super) until: Timestamp,
}

impl Call<'_> {
    pub(super) fn begin(&self, state: &mut State, named: &Named) -> Result<Response, Refusal> {
        self.knows(&[])?;
        let wanted = self.wanted()?;
        let there = named.find(state).ok();
        self.matches(there)?;
        let size = wanted.size;
        let there = there.cloned();
        if there.as_ref().is_some_and(|item| item.content.is_none()) {
            return Err(Refusal::exists());
        }
        let path = named.path.clone();
        let last = path.as_deref().map(|path| path.rsplit('/').next().unwrap_or_default());
        if wanted.name.as_deref().zip(last).is_some_and(|(name, last)| name != last) {
            return Err(Refusal::invalid(
                "The name in the item and the one in the address are not the same.",
            ));
        }
        if path.is_none() && there.is_none() {
            return Err(Refusal::not_found());
        }
        state.has_room(size.unwrap_or(0), there.as_ref())?;
        let (key, until) = (Uuid::new_v4().simple().to_string(), state.now().plus(LIFE));
        let session = Session {
            named: Named { from: named.from, path },
            taken: wanted.taken,
            total: size,
            bytes: Vec::new(),
            missing: vec![(0, size.unwrap_or(u64::MAX))],
            is_uneven: false,
            is_deferred: wanted.is_deferred,
            until,
        };
        let mut value = session.status();
        value["uploadUrl"] = json!(format!("{}/up/{key}?tempauth=v1.eyJzaXRlaWQ", self.site.bytes_origin));
        state.sessions.insert(key, session);
        Ok(self.told(value))
    }

    /// What the body asks for. It may be missing.
    fn wanted(&self) -> Result<Wanted, Refusal> {
        let mut wanted = Wanted { taken: Taken::Replace, name: None, size: None, is_deferred: false };
        if self.body.is_empty() {
            return Ok(wanted);
        }
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.starts_with("application/json")) {
            return Err(Refusal::new(
                400,
                "BadRequest",
                "Entity only allows writes with a JSON Content-Type header.",
            ));
        }
        let wrong =
            |name: &str| Refusal::invalid(format!("The property '{name}' is unknown or has a wrong value."));
        let body: Map<String, Value> = serde_json::from_slice(&self.body).map_err(|_| wrong("body"))?;
        for (name, value) in &body {
            match (name.as_str(), value) {
                ("item", Value::Object(item)) => {
                    for (name, value) in item {
                        match (name.as_str(), value) {
                            ("@microsoft.graph.conflictBehavior", Value::String(taken)) => {
                                wanted.taken = Taken::read(taken)?;
                            }
                            ("name", Value::String(name)) => wanted.name = Some(name.clone()),
                            ("fileSize", Value::Number(size)) => {
                                wanted.size = Some(size.as_u64().ok_or_else(|| wrong(name))?);
                            }
                            ("@odata.type" | "description", Value::String(_)) => {}
                            ("fileSystemInfo", Value::Object(_)) => {}
                            _ => return Err(wrong(name)),
                        }
                    }
                }
                ("deferCommit", Value::Bool(is_deferred)) => wanted.is_deferred = *is_deferred,
                _ => return Err(wrong(name)),
            }
        }
        if wanted.size == Some(0) {
            return Err(Refusal::invalid("A session is for one byte at least."));
        }
        Ok(wanted)
    }
}

struct Wanted {
    taken: Taken,
    name: Option<String>,
    size: Option<u64>,
    is_deferred: bool,
}

impl Session {
    /// What there is to hear of it.
    pub(super) fn status(&self) -> Value {
        let ranges: Vec<String> = self
            .missing
            .iter()
            .map(|&(from, to)| match self.total {
                Some(total) if to < total => format!("{from}-{}", to - 1),
                _ => format!("{from}-"),
            })
            .collect();
        json!({ "expirationDateTime": self.until, "nextExpectedRanges": ranges })
    }

    pub(super) fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }

    /// Takes a fragment, or just its first unit and what is behind the second.
    pub(super) fn take(&mut self, range: &str, fragment: &[u8], in_part: bool) -> Result<(), Refusal> {
        let (from, to, total) =
            parse(range).ok_or_else(|| Refusal::invalid("Invalid Content-Range header value."))?;
        let length = fragment.len() as u64;
        if to - from != length || self.total.is_some_and(|known| known != total) {
            return Err(Refusal::invalid("The Content-Range does not fit the content or the session."));
        }
        if length >= MAX_FRAGMENT {
            return Err(Refusal::new(413, "invalidRequest", "The fragment is too large."));
        }
        match self.missing.first() {
            Some(&(start, end)) if from == start && to <= end => {}
            Some(&(start, _)) if from > start => return Err(Refusal::range("fragmentOutOfOrder")),
            _ => return Err(Refusal::range("fragmentOverlap")),
        }
        // What was refused leaves nothing behind, the size that it told among it.
        self.total = Some(total);
        self.missing.iter_mut().for_each(|missing| missing.1 = missing.1.min(total));
        self.is_uneven |= to < total && !length.is_multiple_of(UNIT);
        self.bytes.resize(self.bytes.len().max(to as usize), 0);
        self.bytes[from as usize..to as usize].copy_from_slice(fragment);
        let end = self.missing.remove(0).1;
        let rest = (to < end).then_some((to, end));
        let gap = match length {
            _ if !in_part => None,
            length if length > 2 * UNIT => Some((from + UNIT, from + 2 * UNIT)),
            _ => Some((from + UNIT, to)),
        };
        let left = gap.into_iter().chain(rest);
        self.missing.splice(0..0, left);
        Ok(())
    }
}

/// `bytes 0-327679/900000`: from a byte on, up to one, of so many.
fn parse(range: &str) -> Option<(u64, u64, u64)> {
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (from, last) = range.split_once('-')?;
    let (from, last, total): (u64, u64, u64) = (from.parse().ok()?, last.parse().ok()?, total.parse().ok()?);
    (from <= last && last < total).then_some((from, last + 1, total))
}
