//! Folders and what happens in them, a page at a time.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::super::DriveFault;
use super::calls::{Called, Reply};
use super::names::readable;
use super::refusal::Refusal;
use super::state::State;

/// The most entries of a page, if the call does not say how many.
const PAGE: u64 = 500;

/// Where a list goes on. Clients see a text that means nothing to them.
struct Cursor {
    folder: String,
    is_recursive: bool,
    limit: u64,
    /// The last path of the last page; `None` once all that was there is told.
    after: Option<String>,
    /// How much of what happened is told.
    since: usize,
}

pub(super) fn list_folder(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    let cursor = Cursor::begin(state, call)?;
    Ok(page(state, Cursor { after: Some(String::new()), ..cursor }))
}

pub(super) fn latest_cursor(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    Ok(Reply::json(json!({ "cursor": Cursor::begin(state, call)?.text() })))
}

pub(super) fn go_on(state: &mut State, call: &Called) -> Result<Reply, Refusal> {
    let invalid = || Refusal::text("files/list_folder/continue", "Invalid \"cursor\" parameter");
    let cursor = Cursor::parse(call.text("cursor")).ok_or_else(invalid)?;
    if call.fails(DriveFault::Reset) {
        return Err(Refusal::tags(&["reset"]));
    }
    Ok(page(state, cursor))
}

fn page(state: &State, cursor: Cursor) -> Reply {
    let limit = usize::try_from(cursor.limit).expect("a small number");
    let (entries, cursor, has_more) = if let Some(after) = &cursor.after {
        let mut below = state.tree.below(&cursor.folder, cursor.is_recursive, after);
        let page: Vec<_> = below.by_ref().take(limit).collect();
        let is_all = below.next().is_none();
        let last = page.last().map(|(path, _)| (*path).to_owned()).filter(|_| !is_all);
        let entries: Vec<Value> = page.iter().map(|(_, kept)| kept.told(true)).collect();
        let has_more = !is_all || state.tree.so_far() > cursor.since;
        (entries, Cursor { after: last, ..cursor }, has_more)
    } else {
        let (entries, until) = state.tree.happened(&cursor.folder, cursor.is_recursive, cursor.since, limit);
        (entries, Cursor { since: until, ..cursor }, until < state.tree.so_far())
    };
    Reply::json(json!({ "entries": entries, "cursor": cursor.text(), "has_more": has_more }))
}

impl Cursor {
    /// Of what happens from now on.
    fn begin(state: &State, call: &Called) -> Result<Self, Refusal> {
        let path = call.text("path");
        readable(path).map_err(|error| Refusal::tags(&["path", error]))?;
        let folder = if path.is_empty() {
            String::new()
        } else {
            let kept = state.tree.find(path).ok_or_else(|| Refusal::tags(&["path", "not_found"]))?;
            if kept.file.is_some() {
                return Err(Refusal::tags(&["path", "not_folder"]));
            }
            kept.display.clone()
        };
        Ok(Self {
            folder,
            is_recursive: call.is("recursive"),
            limit: call.arg["limit"].as_u64().unwrap_or(PAGE),
            after: None,
            since: state.tree.so_far(),
        })
    }

    fn text(&self) -> String {
        let Self { folder, is_recursive, limit, after, since } = self;
        let json = json!([folder, is_recursive, limit, after, since]);
        format!("AA{}", URL_SAFE_NO_PAD.encode(json.to_string()))
    }

    fn parse(text: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text.strip_prefix("AA")?).ok()?;
        let (folder, is_recursive, limit, after, since) = serde_json::from_slice(&json).ok()?;
        Some(Self { folder, is_recursive, limit, after, since })
    }
}
