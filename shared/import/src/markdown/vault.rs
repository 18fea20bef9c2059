//! What is in a vault, and where a name leads.

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::archive::Entry;

/// Endings of notes.
const NOTES: [&str; 4] = [".md", ".markdown", ".mdown", ".txt"];
/// What an export of our own has at its top beside notes.
const OURS: [&str; 3] = ["manifest.json", "SHA256SUMS", "README.txt"];
/// What programs keep in a vault for themselves.
const JUNK: [&str; 8] =
    [".obsidian", ".trash", "__MACOSX", ".DS_Store", ".git", "Thumbs.db", "desktop.ini", ".stfolder"];

/// What is in a vault.
pub(super) struct Vault {
    /// Paths below the top of the vault, of what is neither junk nor a way out of it.
    paths: HashMap<usize, String>,
    by_path: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    names: HashMap<usize, String>,
    notes: Vec<usize>,
    /// Whether it is an export of our own.
    pub is_ours: bool,
}

impl Vault {
    /// The vault of these entries.
    pub(super) fn of(entries: &[Entry]) -> Self {
        let kept = entries.iter().enumerate().filter(|(_, entry)| !is_junk(&entry.name));
        let inside: Vec<(usize, String)> =
            kept.filter_map(|(index, entry)| Some((index, below(&entry.name)?))).collect();
        let top = top(&inside);
        let mut vault = Self {
            paths: HashMap::new(),
            by_path: HashMap::new(),
            by_name: HashMap::new(),
            names: HashMap::new(),
            notes: Vec::new(),
            is_ours: false,
        };
        for (index, path) in inside {
            let path = path.get(top..).unwrap_or_default().to_owned();
            vault.by_path.entry(folded(&path)).or_insert(index);
            vault.names.insert(index, entries[index].name.clone());
            vault.paths.insert(index, path);
        }
        vault.is_ours = OURS.iter().all(|name| vault.by_path.contains_key(&folded(name)));
        vault.sort();
        vault
    }

    /// Files by their names alone: of two, that which is higher up.
    fn sort(&mut self) {
        let mut all: Vec<(&usize, &String)> = self.paths.iter().collect();
        all.sort_by_key(|(index, path)| (path.matches('/').count(), path.as_str(), **index));
        for (index, path) in &all {
            let name = path.rsplit('/').next().unwrap_or(path);
            self.by_name.entry(folded(name)).or_insert(**index);
        }
        let is_note = |path: &str| {
            let lower = path.to_lowercase();
            path.is_empty() || NOTES.iter().any(|ending| lower.ends_with(ending))
        };
        let notes =
            all.iter().filter(|(_, path)| is_note(path) && !(self.is_ours && OURS.contains(&path.as_str())));
        self.notes = notes.map(|(index, _)| **index).collect();
        self.notes.sort_unstable();
    }

    /// The notes, by their places in the archive.
    pub(super) fn notes(&self) -> &[usize] {
        &self.notes
    }

    /// Where an entry is in the vault; empty for a note without one.
    pub(super) fn path(&self, index: usize) -> &str {
        self.paths.get(&index).map_or("", String::as_str)
    }

    /// What an entry is called in the archive.
    pub(super) fn name(&self, index: usize) -> &str {
        self.names.get(&index).map_or("", String::as_str)
    }

    /// Whether it is a note.
    pub(super) fn is_note(&self, index: usize) -> bool {
        self.notes.binary_search(&index).is_ok()
    }

    /// Everything that is no note, in the order of the archive.
    pub(super) fn files(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut files: Vec<(usize, &str)> =
            self.paths.iter().map(|(index, path)| (*index, path.as_str())).collect();
        files.retain(|(index, path)| !(self.is_note(*index) || self.is_ours && OURS.contains(path)));
        files.sort_unstable();
        files.into_iter()
    }

    /// What a note at `from` means by `target`.
    pub(super) fn find(&self, from: &str, target: &str, is_wiki: bool) -> Found {
        let target = target.trim();
        if is_elsewhere(target) {
            return Found::Elsewhere;
        }
        let whole = target.replace('\\', "/");
        let decoded: Cow<'_, str> = percent_decode_str(&whole).decode_utf8().unwrap_or(Cow::Borrowed(&whole));
        let ways = if is_wiki { [whole.as_str(), &decoded] } else { [&decoded, whole.as_str()] };
        for way in ways {
            // A name may have a `#` in it; mostly it is before a place in the file.
            for path in [way, before_place(way)] {
                if let Some(index) = self.lookup(from, path) {
                    return Found::Here(index);
                }
            }
        }
        let path = before_place(ways[0]).to_owned();
        let is_outside = below(&joined(from, &path)).is_none();
        if path.is_empty() || is_outside { Found::Elsewhere } else { Found::Nowhere(path) }
    }

    fn lookup(&self, from: &str, path: &str) -> Option<usize> {
        let beside = below(&joined(from, path));
        let top = below(path.trim_start_matches('/'));
        let known = |path: String| self.by_path.get(&folded(&path)).copied();
        let found =
            beside.clone().filter(|_| !path.starts_with('/')).and_then(known).or_else(|| top.and_then(known));
        let name = path.rsplit('/').next().filter(|name| !name.is_empty() && beside.is_some())?;
        found.or_else(|| self.by_name.get(&folded(name)).copied())
    }
}

/// Where a name leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// To an entry.
    Here(usize),
    /// To nothing in the vault, but it should.
    Nowhere(String),
    /// Out of the vault, such as to an address in the net, or to a place in the note itself.
    Elsewhere,
}

fn is_junk(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| JUNK.contains(&part) || part.starts_with("._"))
}

/// How much of all paths is the folder that a vault lies in.
fn top(paths: &[(usize, String)]) -> usize {
    let first = paths.first().and_then(|(_, path)| path.split_once('/')).map(|(folder, _)| folder);
    let Some(first) = first else { return 0 };
    let is_in_it = |path: &str| path.strip_prefix(first).is_some_and(|rest| rest.starts_with('/'));
    if paths.iter().all(|(_, path)| is_in_it(path)) { first.len() + 1 } else { 0 }
}

/// The path without `.` and `..`; `None` if it leads out.
fn below(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn joined(from: &str, path: &str) -> String {
    match from.rsplit_once('/') {
        Some((folder, _)) if !path.starts_with('/') => format!("{folder}/{path}"),
        _ => path.to_owned(),
    }
}

fn before_place(path: &str) -> &str {
    path.split(['#', '?']).next().unwrap_or(path)
}

/// Whether it is an address with a scheme, such as `https:` or `data:`.
fn is_elsewhere(target: &str) -> bool {
    let scheme = target.split_once(':').map(|(scheme, _)| scheme);
    target.starts_with("//")
        || scheme.is_some_and(|scheme| {
            scheme.len() > 1
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        })
}

/// However its letters are put together, and whether they are large or small.
fn folded(path: &str) -> String {
    path.nfc().flat_map(char::to_lowercase).collect()
}
