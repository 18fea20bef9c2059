//! `/upload/drive/v3/files`: bytes that come in.

use axum::body::Bytes;
use axum::http::header;
use axum::response::Response;

use super::call::Call;
use super::metadata::Metadata;
use super::refusal::Refusal;
use super::state::State;
use super::{resource, sessions};

/// Parameters of uploads.
const NAMES: [&str; 9] = [
    "uploadType",
    "addParents",
    "removeParents",
    "ignoreDefaultVisibility",
    "keepRevisionForever",
    "supportsAllDrives",
    "supportsTeamDrives",
    "enforceSingleParent",
    "useContentAsIndexableText",
];

/// Where bytes go: into a new file, or into one that is there.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) id: Option<String>,
    pub(super) said: Metadata,
    pub(super) content_type: String,
}

/// `POST /files` and `PATCH /files/{id}` with an `uploadType`.
pub(super) fn begin(
    state: &mut State,
    call: &Call,
    origin: &str,
    id: Option<&str>,
) -> Result<Response, Refusal> {
    call.params.only(&NAMES)?;
    resource::check_fields(&call.params)?;
    let content_type = call.header(header::CONTENT_TYPE.as_str()).unwrap_or("application/octet-stream");
    let target = |said, content_type: &str| Target {
        id: id.map(str::to_owned),
        said,
        content_type: content_type.to_owned(),
    };
    match call.params.get("uploadType") {
        Some("media") => {
            let target = target(Metadata::default(), content_type);
            target.check(state)?;
            target.store(state, call, call.body.to_vec())
        }
        Some("multipart") => {
            let [metadata, media] = parts(content_type, &call.body)?;
            let target = target(Metadata::read(&metadata.bytes, id.is_none())?, &media.content_type);
            target.check(state)?;
            target.store(state, call, media.bytes.to_vec())
        }
        Some("resumable") => sessions::begin(state, call, origin, id),
        Some(_) => Err(Refusal::invalid("uploadType")),
        None => Err(Refusal::of(400, "required", "Required parameter: uploadType")),
    }
}

impl Target {
    /// Refuses what cannot be written.
    pub(super) fn check(&self, state: &State) -> Result<(), Refusal> {
        match &self.id {
            None => self.said.check(state),
            Some(id) => match state.visible(id) {
                None => Err(Refusal::no_file(id)),
                Some(node) if node.is_folder() => {
                    Err(Refusal::bad("The requested conversion is not supported."))
                }
                Some(_) => Ok(()),
            },
        }
    }

    /// Refuses what there is no room for.
    pub(super) fn check_room(&self, state: &State, size_bytes: u64) -> Result<(), Refusal> {
        let instead_of =
            self.id.as_deref().and_then(|id| state.visible(id)).map_or(0, |node| node.bytes.len());
        if state.has_room(size_bytes, instead_of as u64) { Ok(()) } else { Err(Refusal::full()) }
    }

    /// Keeps a file that is whole, and shows it.
    pub(super) fn store(
        &self,
        state: &mut State,
        call: &Call,
        mut bytes: Vec<u8>,
    ) -> Result<Response, Refusal> {
        self.check_room(state, bytes.len() as u64)?;
        let mut node = match self.id.as_deref().and_then(|id| state.visible(id)).cloned() {
            None => self.said.made(state, &self.content_type),
            Some(mut node) => {
                self.said.apply(&mut node, state);
                node
            }
        };
        if call.is_garbled {
            match bytes.first_mut() {
                Some(byte) => *byte ^= 1,
                None => bytes.push(0),
            }
        }
        node.set_bytes(bytes);
        state.keep(node.clone());
        resource::shown(&node, state, &call.params, !call.is_hash_unknown)
    }
}

/// A part of a body.
struct Part {
    content_type: String,
    bytes: Bytes,
}

/// The two parts of `multipart/related`: what is said of the file, and its bytes. Lines end as MIME wants or with a line feed alone,
/// as the vendor's own clients write them.
fn parts(content_type: &str, body: &Bytes) -> Result<[Part; 2], Refusal> {
    let malformed = || Refusal::of(400, "badContent", "Malformed multipart body.");
    let mut said = content_type.split(';').map(str::trim);
    if !said.next().is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/related")) {
        let message =
            format!("Media type '{content_type}' is not supported. Valid media types: [multipart/related]");
        return Err(Refusal::of(400, "badContent", message));
    }
    let boundary = said.find_map(|said| said.strip_prefix("boundary=")).map(|text| text.trim_matches('"'));
    let boundary = boundary.filter(|text| (1..=70).contains(&text.len())).ok_or_else(malformed)?;
    let line = format!("--{boundary}");
    let end = if find(body, format!("{line}\r\n").as_bytes(), 0) == Some(0) { "\r\n" } else { "\n" };
    let between = format!("{end}{line}");
    let mut parts = Vec::new();
    let mut at = find(body, format!("{line}{end}").as_bytes(), 0).ok_or_else(malformed)? + line.len();
    while !body[at..].starts_with(b"--") {
        let head = at + end.len();
        let next = find(body, between.as_bytes(), head).ok_or_else(malformed)?;
        parts.push(part(body, head, next, end).ok_or_else(malformed)?);
        at = next + between.len();
    }
    let [metadata, media] = <[Part; 2]>::try_from(parts).map_err(|_| malformed())?;
    if metadata.content_type.split(';').next().unwrap_or_default().trim() != "application/json" {
        return Err(malformed());
    }
    Ok([metadata, media])
}

fn part(body: &Bytes, from: usize, to: usize, end: &str) -> Option<Part> {
    let blank = format!("{end}{end}");
    let head_end = find(&body.slice(..to), blank.as_bytes(), from)?;
    let head = std::str::from_utf8(&body[from..head_end]).ok()?;
    let mut lines = head.split(end).filter_map(|line| line.split_once(':'));
    let content_type = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-type"))?.1.trim();
    Some(Part { content_type: content_type.to_owned(), bytes: body.slice(head_end + blank.len()..to) })
}

/// Where something begins, from a place on.
fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}
