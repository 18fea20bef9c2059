//! What the person has on the drive, and what has happened to it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use app_domain::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

use super::grants::Grants;
use super::sessions::Session;
use crate::drives::Gate;

/// The person's own folder, in which everything is that is in no other.
pub(super) const ROOT: &str = "0AFakeRootOfMyDrivePVA";
/// What folders are.
pub(super) const FOLDER: &str = "application/vnd.google-apps.folder";

pub(super) struct Site {
    pub(super) origin: String,
    pub(super) gate: Gate,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) gate: Gate,
    pub(super) nodes: HashMap<String, Node>,
    /// Ids that were given away to make files with.
    pub(super) given_ids: HashSet<String>,
    pub(super) sessions: HashMap<String, Session>,
    /// Of each file its latest change alone, in order.
    pub(super) changes: BTreeMap<u64, String>,
    latest_change: HashMap<String, u64>,
    /// Files of ours that are no more.
    pub(super) removed: HashSet<String>,
    pub(super) next_change: u64,
    pub(super) total_bytes: Option<u64>,
    pub(super) grants: Grants,
}

/// A file or a folder.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) mime_type: String,
    pub(super) parent: String,
    pub(super) description: Option<String>,
    pub(super) app_properties: BTreeMap<String, String>,
    pub(super) properties: BTreeMap<String, String>,
    pub(super) bytes: Vec<u8>,
    pub(super) revision: String,
    pub(super) version: u64,
    pub(super) created_at: Timestamp,
    pub(super) modified_at: Timestamp,
    pub(super) is_starred: bool,
    /// Itself, not a folder that it is in.
    pub(super) is_trashed: bool,
    /// Whether the app made it: all that it may see.
    pub(super) is_ours: bool,
}

impl Node {
    pub(super) fn is_folder(&self) -> bool {
        self.mime_type == FOLDER
    }

    pub(super) fn sha256(&self) -> String {
        digest(&SHA256, &self.bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn set_bytes(&mut self, bytes: Vec<u8>) {
        self.bytes = bytes;
        self.revision = format!("0B{}", Uuid::new_v4().simple());
    }
}

impl Site {
    pub(super) fn new(origin: String) -> Self {
        let gate = Gate::default();
        let state = State {
            gate: gate.clone(),
            nodes: HashMap::new(),
            given_ids: HashSet::new(),
            sessions: HashMap::new(),
            changes: BTreeMap::new(),
            latest_change: HashMap::new(),
            removed: HashSet::new(),
            next_change: 1201,
            total_bytes: Some(15 << 30),
            grants: Grants::default(),
        };
        Self { origin, gate, state: Mutex::new(state) }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(super) fn now(&self) -> Timestamp {
        self.gate.now()
    }

    /// An id such as the vendor's.
    pub(super) fn new_id() -> String {
        format!("1{}", Uuid::new_v4().simple())
    }

    /// A file or folder that is empty and has just been made.
    pub(super) fn new_node(&self, name: &str, mime_type: &str, parent: &str, is_ours: bool) -> Node {
        let now = self.now();
        // No two at once: by their times it is settled whose stays, and calls over a network hardly share a millisecond.
        let newest = self.nodes.values().map(|node| node.created_at).max();
        let created_at = newest.map_or(now, |newest| now.max(newest.plus(Duration::from_millis(1))));
        let mut node = Node {
            id: Self::new_id(),
            name: name.to_owned(),
            mime_type: mime_type.to_owned(),
            parent: parent.to_owned(),
            description: None,
            app_properties: BTreeMap::new(),
            properties: BTreeMap::new(),
            bytes: Vec::new(),
            revision: String::new(),
            version: 1,
            created_at,
            modified_at: now,
            is_starred: false,
            is_trashed: false,
            is_ours,
        };
        node.set_bytes(Vec::new());
        node
    }

    /// Keeps a file as it is now, and notes the change.
    pub(super) fn keep(&mut self, mut node: Node) {
        node.version += 1;
        if node.is_ours {
            self.note_change(&node.id);
        }
        self.nodes.insert(node.id.clone(), node);
    }

    /// Removes a file, or a folder with all that is in it, of which only the folder is told.
    pub(super) fn remove(&mut self, id: &str) {
        if self.nodes.get(id).is_some_and(|node| node.is_ours) {
            self.note_change(id);
        }
        let mut doomed = vec![id.to_owned()];
        while let Some(id) = doomed.pop() {
            doomed.extend(self.nodes.values().filter(|node| node.parent == id).map(|node| node.id.clone()));
            self.nodes.remove(&id);
            self.removed.insert(id);
        }
    }

    fn note_change(&mut self, id: &str) {
        if let Some(earlier) = self.latest_change.insert(id.to_owned(), self.next_change) {
            self.changes.remove(&earlier);
        }
        self.changes.insert(self.next_change, id.to_owned());
        self.next_change += 1;
    }

    /// What the app may see of an id.
    pub(super) fn visible(&self, id: &str) -> Option<&Node> {
        self.nodes.get(id).filter(|node| node.is_ours)
    }

    /// Whether it, or a folder that it is in, is in the trash.
    pub(super) fn is_trashed(&self, node: &Node) -> bool {
        node.is_trashed || self.nodes.get(&node.parent).is_some_and(|parent| self.is_trashed(parent))
    }

    /// Whether a folder is another one or in it.
    pub(super) fn is_within(&self, id: &str, folder: &str) -> bool {
        id == folder || self.nodes.get(id).is_some_and(|node| self.is_within(&node.parent, folder))
    }

    /// How much is taken, the trash included.
    pub(super) fn used_bytes(&self) -> u64 {
        self.nodes.values().map(|node| node.bytes.len() as u64).sum()
    }

    /// How much of that is in the trash.
    pub(super) fn trashed_bytes(&self) -> u64 {
        let trashed = self.nodes.values().filter(|node| self.is_trashed(node));
        trashed.map(|node| node.bytes.len() as u64).sum()
    }

    /// Whether there is room for so many bytes more in place of so many.
    pub(super) fn has_room(&self, more: u64, instead_of: u64) -> bool {
        let used = self.used_bytes().saturating_sub(instead_of).saturating_add(more);
        self.total_bytes.is_none_or(|total| used <= total)
    }
}
