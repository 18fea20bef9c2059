//! What the person does in our folder, with their own hands.

use std::collections::BTreeMap;

use super::state::{FOLDER, Node, ROOT, Site, State};
use crate::drives::{Gate, PlayedSite};

/// What the app calls its folder by.
const PROPERTY: (&str, &str) = ("memoryApp", "folder");

impl PlayedSite for Site {
    fn gate(&self) -> &Gate {
        &self.gate
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.state().files()
    }

    fn put_by_hand(&self, path: &str, bytes: &[u8]) {
        self.state().put_by_hand(path, bytes);
    }

    fn remove_by_hand(&self, path: &str) {
        self.state().remove_by_hand(path);
    }

    fn rename_by_hand(&self, from: &str, to: &str) {
        self.state().rename_by_hand(from, to);
    }
}

impl State {
    /// The files in our folder, by path. Of two with one path the older.
    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files: Vec<(String, &Node)> = self
            .nodes
            .values()
            .filter(|node| !node.is_folder() && !self.is_trashed(node))
            .filter_map(|node| Some((self.path(node)?, node)))
            .collect();
        files.sort_by_key(|(_, node)| std::cmp::Reverse((node.created_at.as_millis(), node.id.clone())));
        files.into_iter().map(|(path, node)| (path, node.bytes.clone())).collect()
    }

    /// Where something is in our folder.
    fn path(&self, node: &Node) -> Option<String> {
        let parent = self.nodes.get(&node.parent)?;
        if self.is_our_folder(parent) {
            return Some(node.name.clone());
        }
        Some(format!("{}/{}", self.path(parent)?, node.name))
    }

    fn is_our_folder(&self, node: &Node) -> bool {
        node.is_ours && node.app_properties.get(PROPERTY.0).is_some_and(|value| value == PROPERTY.1)
    }

    /// What is at a path, by id.
    fn at(&self, path: &str) -> Option<String> {
        let there = self.nodes.values().filter(|node| !self.is_trashed(node));
        let there = there.filter(|node| self.path(node).as_deref() == Some(path));
        there.min_by_key(|node| (node.created_at.as_millis(), node.id.clone())).map(|node| node.id.clone())
    }

    /// The oldest folder of ours that is not in the trash.
    fn our_folder(&self) -> Option<&Node> {
        let ours = self.nodes.values().filter(|node| self.is_our_folder(node) && !self.is_trashed(node));
        ours.min_by_key(|node| (node.created_at.as_millis(), node.id.clone()))
    }

    /// Changes our folder itself.
    pub(super) fn change_our_folder(&mut self, change: impl FnOnce(&mut Node)) {
        let mut folder = self.our_folder().expect("a folder of ours").clone();
        change(&mut folder);
        self.keep(folder);
    }

    /// The folder at a path. What is missing the person makes, and the app cannot see it.
    fn folder_at(&mut self, path: &str) -> String {
        if path.is_empty() {
            return self.our_folder().map_or_else(|| ROOT.to_owned(), |node| node.id.clone());
        }
        if let Some(id) = self.at(path) {
            return id;
        }
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let parent = self.folder_at(above);
        let node = self.new_node(name, FOLDER, &parent, false);
        let id = node.id.clone();
        self.keep(node);
        id
    }

    /// Edits a file. One that is not there is added, and the app cannot see it.
    fn put_by_hand(&mut self, path: &str, bytes: &[u8]) {
        let known = self.at(path).and_then(|id| self.nodes.get(&id).cloned());
        let mut node = known.unwrap_or_else(|| {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            let parent = self.folder_at(above);
            self.new_node(name, "application/octet-stream", &parent, false)
        });
        node.set_bytes(bytes.to_vec());
        node.modified_at = self.now();
        self.keep(node);
    }

    /// Puts a file or a folder into the trash.
    fn remove_by_hand(&mut self, path: &str) {
        let there = self.at(path).and_then(|id| self.nodes.get(&id).cloned());
        let mut node = there.expect("something that the person can remove");
        node.is_trashed = true;
        self.keep(node);
    }

    /// Removes what is in the trash for good.
    pub(super) fn empty_trash(&mut self) {
        let trashed: Vec<String> =
            self.nodes.values().filter(|node| node.is_trashed).map(|node| node.id.clone()).collect();
        trashed.iter().for_each(|id| self.remove(id));
    }

    /// Moves or renames a file or a folder; also out of our folder, to a path that begins with `../`.
    fn rename_by_hand(&mut self, from: &str, to: &str) {
        let there = self.at(from).and_then(|id| self.nodes.get(&id).cloned());
        let mut node = there.expect("something that the person can move");
        let (above, name) = to.rsplit_once('/').unwrap_or(("", to));
        node.parent = if above == ".." { ROOT.to_owned() } else { self.folder_at(above) };
        name.clone_into(&mut node.name);
        node.modified_at = self.now();
        self.keep(node);
    }
}
