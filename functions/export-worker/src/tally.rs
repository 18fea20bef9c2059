//! What is counted while an export is written, beside its records.

use std::collections::BTreeMap;

use app_archive::{Kind, Totals};
use app_domain::Progress;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Memories and conversations that were dealt with, in all passes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Looked {
    pub(crate) memories: u64,
    pub(crate) conversations: u64,
}

impl Looked {
    /// Counts one if it is a memory or a conversation.
    pub(crate) fn at(&mut self, kind: Kind) {
        match kind {
            Kind::Memory => self.memories += 1,
            Kind::Conversation => self.conversations += 1,
            _ => {}
        }
    }

    /// How far that is, where a format wants to see everything so often.
    pub(crate) fn progress(self, passes: &[Vec<Kind>], items_total: u64, bytes_done: u64) -> Progress {
        let through = |kinds: &[Kind]| {
            let walks = passes.iter().filter(|pass| pass.iter().any(|kind| kinds.contains(kind)));
            (walks.count() as u64).max(1)
        };
        let memories = self.memories / through(&[Kind::Memory, Kind::Version, Kind::File, Kind::Message]);
        let conversations = self.conversations / through(&[Kind::Conversation, Kind::Turn]);
        let items_done = memories + conversations;
        Progress { items_done, items_total: items_total.max(items_done), bytes_done }
    }
}

/// What a job says of its file: how many records of each kind, then what is missing, if anything is.
pub(crate) fn told(totals: &Totals) -> Value {
    let mut told: BTreeMap<String, Value> =
        totals.counts.iter().map(|(kind, count)| (kind.as_str().to_owned(), json!(count))).collect();
    if totals.missing_files > 0 {
        told.insert("missingFiles".to_owned(), json!(totals.missing_files));
    }
    let unreadable = &totals.unreadable;
    if !unreadable.is_empty() {
        let told_of_it = json!({"count": unreadable.count, "items": unreadable.items});
        told.insert("unreadable".to_owned(), told_of_it);
    }
    json!(told)
}
