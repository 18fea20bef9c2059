//! Where the records are in an archive.

use std::io::BufReader;

use app_archive::MANIFEST;
use serde_json::{Map, Value};

use super::is_ours;
use crate::archive::Archive;
use crate::elements::elements;
use crate::lines::Lines;
use crate::text::Utf8;

/// By so much of its beginning a file is known.
const KNOWN_BY_BYTES: usize = 1024 * 1024;
/// What the files of records are called in a `zip`, before and behind their numbers.
const PART: (&str, &str) = ("records-", ".jsonl");
/// What a single file of records is called in an archive.
const SINGLES: [&str; 2] = ["export.json", "export.jsonl"];

/// Where the records are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// In one entry.
    Single {
        entry: usize,
        form: Form,
        /// What stands before all names in the archive: somebody has put its folder into a new one.
        root: String,
    },
    /// In several, in this order.
    Parts { parts: Vec<usize>, root: String },
}

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A member of a document is an array of them.
    Document {
        /// Which.
        member: &'static str,
    },
    /// One on each line.
    Lines,
}

pub(super) fn of(archive: &mut Archive<'_>) -> Option<Layout> {
    if !archive.is_zip() {
        return form(archive, 0).map(|form| Layout::Single { entry: 0, form, root: String::new() });
    }
    let parts = parts(archive);
    if let Some((root, parts)) = parts {
        let first = archive.beginning(*parts.first()?, KNOWN_BY_BYTES);
        let is_known = archive.find(&format!("{root}{MANIFEST}")).is_some() || is_record(&first);
        return is_known.then_some(Layout::Parts { parts, root });
    }
    let named = |name: &str| {
        let file = name.rsplit('/').next().unwrap_or(name);
        SINGLES.contains(&file).then(|| name[..name.len() - file.len()].to_owned())
    };
    let found =
        archive.entries().iter().enumerate().find_map(|(index, entry)| Some((index, named(&entry.name)?)));
    let (entry, root) = found?;
    form(archive, entry).map(|form| Layout::Single { entry, form, root })
}

/// The parts of a `zip`, in order, with what stands before their names.
fn parts(archive: &Archive<'_>) -> Option<(String, Vec<usize>)> {
    let mut parts: Vec<(&str, u64, usize)> = Vec::new();
    for (index, entry) in archive.entries().iter().enumerate() {
        let (root, file) = entry.name.split_at(entry.name.rfind('/').map_or(0, |slash| slash + 1));
        let number = file.strip_prefix(PART.0).and_then(|rest| rest.strip_suffix(PART.1));
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            parts.push((root, number, index));
        }
    }
    // Of several folders with parts, which nobody has made who meant well, the outermost is read.
    let root = parts.iter().map(|(root, ..)| *root).min_by_key(|root| (root.len(), *root))?.to_owned();
    parts.retain(|part| part.0 == root);
    parts.sort_unstable();
    Some((root, parts.into_iter().map(|(.., index)| index).collect()))
}

/// How the records of an entry are written, if it has any.
fn form(archive: &mut Archive<'_>, entry: usize) -> Option<Form> {
    let beginning = archive.beginning(entry, KNOWN_BY_BYTES);
    for member in ["records", "memories"] {
        let mut elements = elements(beginning.as_slice(), Some(member));
        // Whether there is one does not matter: what stands before it has been read.
        let _ = elements.next();
        if elements.is_found() && is_ours(elements.others()) {
            return Some(Form::Document { member });
        }
    }
    first_line(&beginning).filter(is_ours).map(|_| Form::Lines)
}

fn is_record(beginning: &[u8]) -> bool {
    first_line(beginning).is_some_and(|line| line.get("kind").is_some_and(Value::is_string))
}

fn first_line(beginning: &[u8]) -> Option<Map<String, Value>> {
    let line = Lines::new(BufReader::new(Utf8::new(beginning))).next()?.ok()?.text.ok()?;
    serde_json::from_slice(&line).ok()
}
