//! `…/content`: small files in, and where files can be fetched.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::api::{Call, Named, hashed};
use super::refusal::Refusal;
use super::state::{Site, State};
use crate::drives::DriveFault;

/// The largest file that comes in one call.
const MAX_SMALL_BYTES: usize = 250 * 1000 * 1000;

/// What becomes of a file whose name is taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Taken {
    Fail,
    Replace,
    Rename,
}

impl Taken {
    pub(super) fn read(behavior: &str) -> Result<Self, Refusal> {
        match behavior {
            "fail" => Ok(Self::Fail),
            "replace" => Ok(Self::Replace),
            "rename" => Ok(Self::Rename),
            _ => Err(Refusal::invalid("The conflict behavior is not one of those that there are.")),
        }
    }
}

impl Call<'_> {
    /// To an address on another host.
    pub(super) fn fetch(&self, state: &mut State, named: &Named) -> Result<Response, Refusal> {
        let item = named.find(state)?;
        if item.content.is_none() {
            return Err(Refusal::new(400, "notSupported", "A folder has no content."));
        }
        let number = item.number;
        let to = state.download_url(self.site, number);
        Ok((StatusCode::FOUND, [(header::LOCATION, to)]).into_response())
    }

    pub(super) fn put(&self, state: &mut State, named: &Named) -> Result<Response, Refusal> {
        self.knows(&["$select"])?;
        if self.body.len() > MAX_SMALL_BYTES {
            return Err(Refusal::new(413, "invalidRequest", "The file is too large for one request."));
        }
        let taken = self.one("@microsoft.graph.conflictBehavior")?.map_or(Ok(Taken::Replace), Taken::read)?;
        self.matches(named.find(state).ok())?;
        let (number, is_new) = state.keep(named, self.body.to_vec(), taken)?;
        Ok(kept(self.site, state, number, is_new))
    }
}

/// What is answered to who has put a file.
pub(super) fn kept(site: &Site, state: &mut State, number: u64, is_new: bool) -> Response {
    let value = state.shown(site, number, None);
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    (status, Json(hashed(state, value))).into_response()
}

impl State {
    /// Keeps a file, and says whether there was none of that name.
    pub(super) fn keep(
        &mut self,
        named: &Named,
        mut bytes: Vec<u8>,
        taken: Taken,
    ) -> Result<(u64, bool), Refusal> {
        if self.tree.get(named.from).is_none() {
            return Err(Refusal::not_found());
        }
        let now = self.now();
        let there = named.find(self).ok().cloned();
        let replaced = there.as_ref().filter(|_| taken != Taken::Rename);
        if there.is_some() && taken == Taken::Fail || replaced.is_some_and(|item| item.content.is_none()) {
            return Err(Refusal::exists());
        }
        self.has_room(bytes.len() as u64, replaced)?;
        if !bytes.is_empty() && self.fails(DriveFault::Garbled) {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        }
        let (folder, name) = match (&named.path, &there) {
            (Some(path), _) => self.tree.place(named.from, path, now).ok_or_else(Refusal::exists)?,
            (None, Some(item)) => (item.parent.ok_or_else(Refusal::not_allowed)?, item.name.as_str()),
            (None, None) => return Err(Refusal::not_found()),
        };
        let mut free = name.to_owned();
        for number in (1..).take_while(|_| taken == Taken::Rename) {
            if self.tree.find(folder, &free).is_none() {
                break;
            }
            let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
            free = format!("{stem} {number}{}{end}", if end.is_empty() { "" } else { "." });
        }
        let number = self.tree.put(folder, &free, bytes, now).ok_or_else(Refusal::exists)?;
        Ok((number, replaced.is_none()))
    }
}
