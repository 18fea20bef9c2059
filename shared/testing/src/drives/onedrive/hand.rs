//! What the person does in our folder by hand, and what they see there.

use std::collections::BTreeMap;

use super::state::Site;
use crate::drives::{Gate, PlayedSite};

impl PlayedSite for Site {
    fn gate(&self) -> &Gate {
        &self.gate
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let tree = &self.state().tree;
        let files = tree.after(0).filter_map(|item| Some((item, item.content.as_ref()?)));
        files.map(|(item, content)| (tree.path(item), content.bytes.to_vec())).collect()
    }

    fn put_by_hand(&self, path: &str, bytes: &[u8]) {
        let mut state = self.state();
        let now = state.now();
        let app = state.tree.make_app(now);
        let (folder, name) = state.tree.place(app, path, now).expect("a path without a file in its way");
        state.tree.put(folder, name, bytes.to_vec(), now).expect("a path that is no folder");
    }

    /// The empty path is our folder itself.
    fn remove_by_hand(&self, path: &str) {
        let mut state = self.state();
        let number = state.tree.app().and_then(|app| state.tree.find(app, path)).map(|item| item.number);
        state.tree.remove(number.expect("something to remove"));
    }

    fn rename_by_hand(&self, from: &str, to: &str) {
        let mut state = self.state();
        let now = state.now();
        let app = state.tree.make_app(now);
        let number = state.tree.find(app, from).map(|item| item.number).expect("something to rename");
        let (folder, name) = state.tree.place(app, to, now).expect("a path without a file in its way");
        state.tree.rename(number, folder, name);
    }
}
