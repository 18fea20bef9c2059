//! The app folder: files and folders by their paths in lower case, and what has happened to them.

use std::collections::BTreeMap;

use app_domain::Timestamp;
use aws_lc_rs::digest::{Context, SHA256, digest};
use serde_json::{Value, json};

const BLOCK_BYTES: usize = 4 << 20;

/// A file or a folder.
pub(super) struct Kept {
    pub(super) id: String,
    /// Its path as people see it.
    pub(super) display: String,
    /// `None` for a folder.
    pub(super) file: Option<File>,
}

pub(super) struct File {
    pub(super) bytes: Vec<u8>,
    pub(super) hash: String,
    pub(super) rev: String,
    pub(super) client_modified: String,
    pub(super) server_modified: String,
}

#[derive(Default)]
pub(super) struct Tree {
    kept: BTreeMap<String, Kept>,
    /// The path of everything that was made, changed or removed, as people saw it.
    log: Vec<String>,
    numbers: u64,
}

impl Kept {
    fn name(&self) -> &str {
        self.display.rsplit('/').next().unwrap_or_default()
    }

    /// As answers have it: with its tag where it might have been something else.
    pub(super) fn told(&self, is_tagged: bool) -> Value {
        let mut told = json!({
            "name": self.name(), "id": self.id, "path_lower": lower(&self.display), "path_display": self.display,
        });
        if let Some(file) = &self.file {
            told["client_modified"] = json!(file.client_modified);
            told["server_modified"] = json!(file.server_modified);
            told["rev"] = json!(file.rev);
            told["size"] = json!(file.bytes.len());
            told["is_downloadable"] = json!(true);
            told["content_hash"] = json!(file.hash);
        }
        if is_tagged {
            told[".tag"] = json!(if self.file.is_some() { "file" } else { "folder" });
        }
        told
    }
}

impl Tree {
    /// What is at a path, or of an id or a revision.
    pub(super) fn find(&self, path: &str) -> Option<&Kept> {
        if let Some(rev) = path.strip_prefix("rev:") {
            return self.kept.values().find(|kept| kept.file.as_ref().is_some_and(|file| file.rev == rev));
        }
        if path.starts_with("id:") {
            return self.kept.values().find(|kept| kept.id == path);
        }
        self.kept.get(&lower(path))
    }

    /// Whether something other than a file has the place of a file, or of a folder above it.
    pub(super) fn in_the_way(&self, path: &str) -> Option<&'static str> {
        if self.find(path).is_some_and(|kept| kept.file.is_none()) {
            return Some("folder");
        }
        let is_file = |(at, _): (usize, &str)| self.find(&path[..at]).is_some_and(|kept| kept.file.is_some());
        path.match_indices('/').skip(1).any(is_file).then_some("file_ancestor")
    }

    /// Puts a file where nothing else than a file is in the way.
    pub(super) fn put(&mut self, path: &str, bytes: Vec<u8>, modified: Option<&str>, now: Timestamp) {
        let now = seconds(now);
        let file = File {
            hash: content_hash(&bytes),
            bytes,
            rev: self.next_rev(),
            client_modified: modified.map_or_else(|| now.clone(), str::to_owned),
            server_modified: now,
        };
        if let Some(kept) = self.kept.get_mut(&lower(path)) {
            kept.file = Some(file);
            self.log.push(kept.display.clone());
            return;
        }
        let display = self.below_its_folder(path);
        self.keep(display, None, Some(file));
    }

    /// Makes a folder and those above it. Whether there was none.
    pub(super) fn make_folder(&mut self, path: &str) -> bool {
        if path.is_empty() || self.kept.contains_key(&lower(path)) {
            return false;
        }
        let display = self.below_its_folder(path);
        self.keep(display, None, None);
        true
    }

    /// Removes what is at a path and all below it.
    pub(super) fn remove(&mut self, path: &str) -> Option<Kept> {
        let removed = self.kept.remove(&lower(path))?;
        let below = format!("{}/", lower(path));
        self.kept.retain(|path, _| !path.starts_with(&below));
        self.log.push(removed.display.clone());
        Some(removed)
    }

    /// Moves a file, which stays the same but for its revision.
    pub(super) fn rename(&mut self, from: &str, to: &str, now: Timestamp) {
        let Some(Kept { id, file: Some(file), .. }) = self.remove(from) else { return };
        let display = self.below_its_folder(to);
        let file = File { rev: self.next_rev(), server_modified: seconds(now), ..file };
        self.keep(display, Some(id), Some(file));
    }

    /// What is in a folder, or in it and below, behind a path.
    pub(super) fn below<'a>(
        &'a self,
        folder: &str,
        is_recursive: bool,
        after: &str,
    ) -> impl Iterator<Item = (&'a str, &'a Kept)> + use<'a> {
        let folder = format!("{}/", lower(folder));
        let after = if after.is_empty() { folder.clone() } else { after.to_owned() };
        let range = (std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded);
        let is_in = move |path: &str| is_in(path, &folder, is_recursive);
        self.kept.range(range).filter(move |(path, _)| is_in(path)).map(|(path, kept)| (path.as_str(), kept))
    }

    /// What became of everything in a folder that something happened to, and how much has happened in all.
    pub(super) fn happened(
        &self,
        folder: &str,
        is_recursive: bool,
        since: usize,
        limit: usize,
    ) -> (Vec<Value>, usize) {
        let folder = format!("{}/", lower(folder));
        let mut told = Vec::new();
        let mut until = since;
        for display in self.log.iter().skip(since) {
            if told.len() == limit {
                break;
            }
            until += 1;
            let path = lower(display);
            if is_in(&path, &folder, is_recursive) {
                told.push(self.kept.get(&path).map_or_else(|| deleted(display), |kept| kept.told(true)));
            }
        }
        (told, until)
    }

    /// How much has happened so far.
    pub(super) fn so_far(&self) -> usize {
        self.log.len()
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&Kept, &File)> {
        self.kept.values().filter_map(|kept| Some((kept, kept.file.as_ref()?)))
    }

    pub(super) fn used_bytes(&self) -> u64 {
        self.files().map(|(_, file)| file.bytes.len() as u64).sum()
    }

    fn keep(&mut self, display: String, id: Option<String>, file: Option<File>) {
        self.numbers += 1;
        let id = id.unwrap_or_else(|| format!("id:fake{:018}", self.numbers));
        self.log.push(display.clone());
        self.kept.insert(lower(&display), Kept { id, display, file });
    }

    /// A path with the folder above it as people see that, which is made if there is none.
    fn below_its_folder(&mut self, path: &str) -> String {
        let (above, name) = path.rsplit_once('/').unwrap_or_default();
        self.make_folder(above);
        let above = self.kept.get(&lower(above)).map_or("", |kept| kept.display.as_str());
        format!("{above}/{name}")
    }

    fn next_rev(&mut self) -> String {
        self.numbers += 1;
        format!("{:015x}", 0x0006_5f3a_1b2c_0000_u64 + self.numbers)
    }
}

pub(super) fn lower(path: &str) -> String {
    path.to_lowercase()
}

/// Whether a path is below `folder`, which ends in `/`.
fn is_in(path: &str, folder: &str, is_recursive: bool) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| is_recursive || !rest.contains('/'))
}

fn deleted(display: &str) -> Value {
    let name = display.rsplit('/').next().unwrap_or_default();
    json!({ ".tag": "deleted", "name": name, "path_lower": lower(display), "path_display": display })
}

/// Whole seconds, as all of the vendor's times are.
pub(super) fn seconds(at: Timestamp) -> String {
    let at = jiff::Timestamp::from_second(at.as_seconds()).expect("a time that there is");
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// SHA-256 of the SHA-256 of each block.
pub(super) fn content_hash(bytes: &[u8]) -> String {
    let mut all = Context::new(&SHA256);
    for block in bytes.chunks(BLOCK_BYTES) {
        all.update(digest(&SHA256, block).as_ref());
    }
    all.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
