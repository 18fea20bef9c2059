//! Where a client is in the list of changes, and which folders it knows: the list names no paths, and of a folder that is moved it tells the folder
//! alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::drives::{DriveError, DriveErrorClass};

/// How many folders are remembered from one call to the next. Others are taken for new.
const MAX_FOLDERS: usize = 2000;
/// Deeper than there can be folders.
const MAX_DEPTH: usize = 200;

/// Where a client is.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cursor {
    /// From where to ask.
    pub(super) link: String,
    /// Whether it is still going through all that there is.
    pub(super) is_first: bool,
    pub(super) folders: Folders,
}

/// The folders that are known.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Folders {
    /// Our own.
    pub(super) root: String,
    /// Each by its id: in which one it is, and its name.
    below: BTreeMap<String, (String, String)>,
}

/// Where something is.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    /// At this path below our folder.
    At(String),
    /// In a folder that is not known, by its id.
    In(String),
    /// Nowhere.
    Nowhere,
}

impl Cursor {
    pub(super) fn read(text: &str) -> Result<Self, DriveError> {
        serde_json::from_str(text).map_err(|_| DriveError::of(DriveErrorClass::Reset))
    }

    pub(super) fn text(mut self) -> Result<String, DriveError> {
        while self.folders.below.len() > MAX_FOLDERS {
            self.folders.below.pop_last();
        }
        serde_json::to_string(&self).map_err(|_| DriveError::of(DriveErrorClass::Refused))
    }
}

impl Folders {
    /// None but our own.
    pub(super) fn of(root: String) -> Self {
        Self { root, below: BTreeMap::new() }
    }

    /// Takes in where a folder is, and says where it was.
    pub(super) fn put(&mut self, id: &str, parent: &str, name: &str) -> Option<(String, String)> {
        self.below.insert(id.to_owned(), (parent.to_owned(), name.to_owned()))
    }

    pub(super) fn remove(&mut self, id: &str) {
        self.below.remove(id);
    }

    /// Where something of a name in a folder is.
    pub(super) fn find(&self, parent: &str, name: &str) -> Found {
        let (mut names, mut at) = (vec![name], parent);
        while at != self.root {
            match self.below.get(at) {
                _ if names.len() > MAX_DEPTH => return Found::Nowhere,
                Some((parent, name)) => {
                    names.push(name);
                    at = parent;
                }
                None => return Found::In(at.to_owned()),
            }
        }
        names.reverse();
        Found::At(names.join("/"))
    }

    /// The path of a folder that is known.
    pub(super) fn path(&self, id: &str) -> Option<String> {
        let (parent, name) = self.below.get(id)?;
        match self.find(parent, name) {
            Found::At(path) => Some(path),
            Found::In(_) | Found::Nowhere => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_folders_wherever_they_go() {
        let mut folders = Folders::of("r".to_owned());
        assert_eq!(folders.find("r", "x"), Found::At("x".to_owned()));
        assert_eq!(folders.find("b", "x"), Found::In("b".to_owned()));
        assert_eq!(folders.put("b", "a", "B"), None);
        assert_eq!(folders.find("b", "x"), Found::In("a".to_owned()));
        folders.put("a", "r", "A");
        assert_eq!(folders.find("b", "x"), Found::At("A/B/x".to_owned()));
        assert_eq!(folders.put("b", "r", "C"), Some(("a".to_owned(), "B".to_owned())));
        assert_eq!(folders.path("b"), Some("C".to_owned()));
        folders.put("a", "b", "A");
        folders.put("b", "a", "C");
        assert_eq!(folders.find("b", "x"), Found::Nowhere, "a circle");
    }

    #[test]
    fn a_cursor_does_not_grow_without_end() {
        let mut folders = Folders::of("r".to_owned());
        for id in 0..3000 {
            folders.put(&id.to_string(), "r", "x");
        }
        let text = Cursor { link: "l".to_owned(), is_first: false, folders }.text().unwrap();
        assert_eq!(Cursor::read(&text).unwrap().folders.below.len(), MAX_FOLDERS);
        assert_eq!(Cursor::read("x").unwrap_err().class, DriveErrorClass::Reset);
    }
}
