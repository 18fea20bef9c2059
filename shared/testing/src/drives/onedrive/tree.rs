//! What is in our folder, and in which order it has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use app_domain::Timestamp;

use super::hash::quick_xor;

/// The account's number, which begins all ids.
const OWNER: &str = "9F2C8D11A70B3E54";
/// The folder above ours, which tokens for our folder cannot see.
pub(super) const ABOVE: &str = "9F2C8D11A70B3E54!102";
/// Our folder's name.
pub(super) const APP_NAME: &str = "Memory App";

/// A file or folder, by its number.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) number: u64,
    pub(super) name: String,
    /// None of our folder itself.
    pub(super) parent: Option<u64>,
    /// None of a folder.
    pub(super) content: Option<Content>,
    /// How often anything of it has changed.
    pub(super) version: u64,
    pub(super) made_at: Timestamp,
    pub(super) changed_at: Timestamp,
}

/// What is in a file.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) bytes: Arc<Vec<u8>>,
    pub(super) hash: String,
    /// How often that has changed.
    pub(super) version: u64,
}

impl Item {
    pub(super) fn id(&self) -> String {
        id_of(self.number)
    }

    pub(super) fn etag(&self) -> String {
        format!("\"{{{}}},{}\"", self.id(), self.version)
    }

    pub(super) fn ctag(&self) -> String {
        let version = self.content.as_ref().map_or(self.version, |content| content.version);
        format!("\"c:{{{}}},{version}\"", self.id())
    }
}

pub(super) fn id_of(number: u64) -> String {
    format!("{OWNER}!{number}")
}

/// Everything below our folder.
#[derive(Default)]
pub(super) struct Tree {
    items: BTreeMap<u64, Item>,
    /// By folder and by name in lower case: names that differ in case alone are the same.
    names: BTreeMap<(u64, String), u64>,
    app: Option<u64>,
    /// The numbers of what has changed, in order. What is no more in `items` was removed.
    pub(super) log: Vec<u64>,
    last: u64,
}

impl Tree {
    pub(super) fn app(&self) -> Option<u64> {
        self.app
    }

    /// Our folder, which is made if it is missing.
    pub(super) fn make_app(&mut self, now: Timestamp) -> u64 {
        match self.app {
            Some(app) => app,
            None => {
                let app = self.make(None, APP_NAME, None, now);
                self.app = Some(app);
                app
            }
        }
    }

    pub(super) fn get(&self, number: u64) -> Option<&Item> {
        self.items.get(&number)
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&Item> {
        self.get(id.strip_prefix(OWNER)?.strip_prefix('!')?.parse().ok()?)
    }

    /// Everything, in the order in which it was made.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &Item> {
        self.items.range(number + 1..).map(|(_, item)| item)
    }

    /// What is in a folder, by name.
    pub(super) fn children(&self, folder: u64) -> impl Iterator<Item = &Item> {
        let names = self.names.range((folder, String::new())..(folder + 1, String::new()));
        names.filter_map(|(_, number)| self.get(*number))
    }

    /// What is at a path below a folder.
    pub(super) fn find(&self, folder: u64, path: &str) -> Option<&Item> {
        let names = path.split('/').filter(|name| !name.is_empty());
        let mut at = self.get(folder)?;
        for name in names {
            at = self.get(*self.names.get(&(at.number, name.to_lowercase()))?)?;
        }
        Some(at)
    }

    /// The path of something below our folder.
    pub(super) fn path(&self, item: &Item) -> String {
        let mut names = Vec::new();
        let mut at = Some(item);
        while let Some(item) = at.filter(|item| item.parent.is_some()) {
            names.push(item.name.as_str());
            at = item.parent.and_then(|parent| self.get(parent));
        }
        names.reverse();
        names.join("/")
    }

    pub(super) fn used_bytes(&self) -> u64 {
        let contents = self.items.values().filter_map(|item| item.content.as_ref());
        contents.map(|content| content.bytes.len() as u64).sum()
    }

    /// The folder and the name at a path, for something to be put there. Folders that are missing are made. None if a file is in the way.
    pub(super) fn place<'a>(&mut self, from: u64, path: &'a str, now: Timestamp) -> Option<(u64, &'a str)> {
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut at = from;
        for folder in folders.split('/').filter(|folder| !folder.is_empty()) {
            at = match self.find(at, folder) {
                Some(found) if found.content.is_some() => return None,
                Some(found) => found.number,
                None => self.make(Some(at), folder, None, now),
            };
        }
        Some((at, name))
    }

    /// Puts a file into a folder, over one of that name. None if that is a folder.
    pub(super) fn put(&mut self, folder: u64, name: &str, bytes: Vec<u8>, now: Timestamp) -> Option<u64> {
        let (hash, bytes) = (quick_xor(&bytes), Arc::new(bytes));
        let Some(number) = self.find(folder, name).map(|item| item.number) else {
            return Some(self.make(Some(folder), name, Some(Content { bytes, hash, version: 1 }), now));
        };
        let item = self.items.get_mut(&number)?;
        let version = item.content.as_ref()?.version + 1;
        item.content = Some(Content { bytes, hash, version });
        item.changed_at = now;
        self.touch(number);
        Some(number)
    }

    /// Removes something with all that is in it.
    pub(super) fn remove(&mut self, number: u64) {
        let below: Vec<u64> = self.children(number).map(|item| item.number).collect();
        below.into_iter().for_each(|child| self.remove(child));
        self.touch(number);
        if let Some(item) = self.items.remove(&number) {
            self.names.remove(&(item.parent.unwrap_or_default(), item.name.to_lowercase()));
        }
        self.app = self.app.filter(|app| *app != number);
    }

    /// Gives something another name, perhaps in another folder.
    pub(super) fn rename(&mut self, number: u64, folder: u64, name: &str) {
        let Some(item) = self.items.get_mut(&number) else { return };
        self.names.remove(&(item.parent.unwrap_or_default(), item.name.to_lowercase()));
        (item.parent, item.name) = (Some(folder), name.to_owned());
        self.names.insert((folder, name.to_lowercase()), number);
        self.touch(number);
    }

    fn make(&mut self, parent: Option<u64>, name: &str, content: Option<Content>, now: Timestamp) -> u64 {
        self.last = self.last.max(102) + 1;
        let (number, name) = (self.last, name.to_owned());
        self.names.insert((parent.unwrap_or_default(), name.to_lowercase()), number);
        let item = Item { number, name, parent, content, version: 0, made_at: now, changed_at: now };
        self.items.insert(number, item);
        self.touch(number);
        number
    }

    /// Notes a change: of something, and so of the folders that it is in.
    fn touch(&mut self, number: u64) {
        let mut at = Some(number);
        let mut changed = Vec::new();
        while let Some(item) = at.and_then(|number| self.items.get_mut(&number)) {
            item.version += 1;
            changed.push(item.number);
            at = item.parent;
        }
        self.log.extend(changed.into_iter().rev());
    }
}
