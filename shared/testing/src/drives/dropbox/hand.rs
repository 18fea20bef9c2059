//! What the person does in our folder by hand, and what they see there.

use std::collections::BTreeMap;

use super::super::{Gate, PlayedSite};
use super::state::Site;

impl PlayedSite for Site {
    fn gate(&self) -> &Gate {
        &self.gate
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let path = |display: &str| display.trim_start_matches('/').to_owned();
        state.tree.files().map(|(kept, file)| (path(&kept.display), file.bytes.clone())).collect()
    }

    fn put_by_hand(&self, path: &str, bytes: &[u8]) {
        let now = self.gate.now();
        self.state().tree.put(&format!("/{path}"), bytes.to_vec(), None, now);
    }

    fn remove_by_hand(&self, path: &str) {
        self.state().tree.remove(&format!("/{path}"));
    }

    fn rename_by_hand(&self, from: &str, to: &str) {
        let now = self.gate.now();
        self.state().tree.rename(&format!("/{from}"), &format!("/{to}"), now);
    }
}
