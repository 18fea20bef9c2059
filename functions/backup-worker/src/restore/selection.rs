//! Which records are wanted, told while they are gone through in the order in which they were written: what is below a memory or a conversation
//! comes right behind it. The same records are wanted of a backup and of the account that it is compared with.

use std::collections::{BTreeMap, BTreeSet};

use app_archive::{CategoryRecord, Record};
use app_domain::{CategoryId, ConversationId, ExportFilter, MemoryId, RestoreSpec, UserId};
use serde::{Deserialize, Serialize};

/// What is known of the records before.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Selection {
    /// The memory that came last, and whether it is wanted.
    memory: Option<(MemoryId, bool)>,
    /// The conversation that came last, and whether it is wanted.
    conversation: Option<(ConversationId, bool)>,
    /// Where memories that are wanted may be filed. Nothing if everything is wanted.
    categories: BTreeMap<CategoryId, CategoryRecord>,
    /// The memories that are wanted. Nothing if everything is.
    memories: BTreeSet<MemoryId>,
}

/// What is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    spec: &'a RestoreSpec,
    is_everything: bool,
    owner: UserId,
}

impl<'a> Wanted<'a> {
    pub(crate) fn new(spec: &'a RestoreSpec, owner: UserId) -> Self {
        let is_everything = spec.filter.is_everything() && spec.memories.is_empty();
        Self { spec, is_everything, owner }
    }

    fn filter(&self) -> &ExportFilter {
        &self.spec.filter
    }
}

impl Selection {
    /// What of a record is wanted: itself, before it a category that a memory is filed in, or nothing.
    pub(crate) fn take(&mut self, wanted: Wanted<'_>, record: Record) -> Vec<Record> {
        let is_wanted = match &record {
            // They are not brought in.
            Record::Account(_) | Record::Contact(_) => false,
            _ if wanted.is_everything => true,
            Record::Settings(_) | Record::SavedSearch(_) | Record::Fact(_) => false,
            Record::Category(category) => {
                self.categories.insert(category.id, category.clone());
                false
            }
            Record::Memory(memory) => {
                let named = &wanted.spec.memories;
                let fits = || memory.clone().memory(wanted.owner).is_ok_and(|it| wanted.filter().fits(&it));
                let is_wanted = (named.is_empty() || named.contains(&memory.id)) && fits();
                self.memory = Some((memory.id, is_wanted));
                if is_wanted {
                    self.memories.insert(memory.id);
                    let filed = memory.fields.category_id.and_then(|id| self.categories.remove(&id));
                    let filed = filed.map(Record::Category);
                    return filed.into_iter().chain([record]).collect();
                }
                false
            }
            Record::Version(version) => self.is_of(version.memory_id),
            Record::File(file) => file.memory_id.is_some_and(|memory| self.is_of(memory)),
            Record::Message(message) => self.is_of(message.memory_id),
            Record::Conversation(talk) => {
                let is_asked_for = wanted.spec.memories.is_empty() || wanted.filter().conversations.is_some();
                let is_wanted = is_asked_for && wanted.filter().fits_conversation(talk.id, talk.created_at);
                self.conversation = Some((talk.id, is_wanted));
                is_wanted
            }
            Record::Turn(turn) => self.conversation == Some((turn.conversation_id, true)),
            Record::Reminder(reminder) => {
                reminder.memory_id.is_some_and(|memory| self.memories.contains(&memory))
            }
        };
        if is_wanted { vec![record] } else { Vec::new() }
    }

    fn is_of(&self, memory: MemoryId) -> bool {
        self.memory == Some((memory, true)) || self.memories.contains(&memory)
    }
}

#[cfg(test)]
mod tests {
    use app_domain::{BackupId, Filed, OnConflict, Timestamp};
    use serde_json::{Value, json};

    use super::*;

    const MEMORY: &str = "019a9b2e-4c00-7000-9000-000000000001";
    const OTHER: &str = "019a9b2e-4c00-7000-9000-000000000002";
    const CATEGORY: &str = "019a9b2e-4c00-7000-9000-000000000003";
    const TALK: &str = "019a9b2e-4c00-7000-9000-000000000004";
    const TIME: &str = "2026-11-22T12:00:00.000Z";

    fn spec() -> RestoreSpec {
        RestoreSpec {
            backup: BackupId::new(Timestamp::MIN),
            path: String::new(),
            dry_run: false,
            filter: ExportFilter::default(),
            memories: Vec::new(),
            on_conflict: OnConflict::KeepHere,
        }
    }

    fn records() -> Vec<Record> {
        let memory = |id: &str, filed: Value| {
            json!({"kind": "memory", "id": id, "title": id, "categoryId": filed, "source": "web", "version": 1,
                "createdAt": TIME, "updatedAt": TIME})
        };
        let message = |id: &str, memory: &str| {
            json!({"kind": "message", "id": id, "memoryId": memory, "content": "x", "version": 1,
                "createdAt": TIME, "updatedAt": TIME})
        };
        let all = [
            json!({"kind": "settings", "externalModels": true, "redaction": true, "confirmWrites": true,
                "extractFacts": true}),
            json!({"kind": "category", "id": CATEGORY, "name": "Sea", "version": 1, "createdAt": TIME,
                "updatedAt": TIME}),
            memory(MEMORY, Value::Null),
            message("019a9b2e-4c00-7000-9000-000000000011", MEMORY),
            memory(OTHER, json!(CATEGORY)),
            message("019a9b2e-4c00-7000-9000-000000000012", OTHER),
            json!({"kind": "conversation", "id": TALK, "title": "Talk", "createdAt": TIME, "updatedAt": TIME}),
            json!({"kind": "reminder", "id": "019a9b2e-4c00-7000-9000-000000000021", "memoryId": OTHER,
                "text": "x", "at": TIME, "state": "waiting", "createdAt": TIME}),
            json!({"kind": "contact", "id": "c", "rule": "save", "savedCount": 1, "firstAt": TIME, "lastAt": TIME}),
        ];
        all.into_iter().map(|record| serde_json::from_value(record).unwrap()).collect()
    }

    fn kinds(spec: &RestoreSpec) -> Vec<&'static str> {
        let (mut selection, owner) = (Selection::default(), UserId::new(Timestamp::MIN));
        let mut taken = Vec::new();
        for record in records() {
            // Whoever goes on in another process knows as much.
            let kept = serde_json::to_string(&selection).unwrap();
            selection = serde_json::from_str(&kept).unwrap();
            taken.extend(selection.take(Wanted::new(spec, owner), record));
        }
        taken.iter().map(|record| record.kind().as_str()).collect()
    }

    #[test]
    fn everything_is_all_that_can_be_brought_in() {
        let all =
            ["settings", "category", "memory", "message", "memory", "message", "conversation", "reminder"];
        assert_eq!(kinds(&spec()), all);
    }

    #[test]
    fn one_memory_comes_with_its_category_and_all_that_is_below_it() {
        let spec = RestoreSpec { memories: vec![OTHER.parse().unwrap()], ..spec() };
        assert_eq!(kinds(&spec), ["category", "memory", "message", "reminder"]);
    }

    #[test]
    fn a_filter_holds_as_for_an_export() {
        let filter = ExportFilter {
            categories: vec![Filed::In(CATEGORY.parse().unwrap())],
            ..ExportFilter::default()
        };
        let spec = RestoreSpec { filter, ..spec() };
        assert_eq!(kinds(&spec), ["category", "memory", "message", "reminder"]);
    }

    #[test]
    fn a_conversation_can_come_alone() {
        let conversations = app_domain::Conversations::These(vec![TALK.parse().unwrap()]);
        let filter = ExportFilter {
            conversations: Some(conversations),
            categories: vec![Filed::In(OTHER.parse().unwrap())],
            ..ExportFilter::default()
        };
        assert_eq!(kinds(&RestoreSpec { filter, ..spec() }), ["conversation"]);
    }
}
