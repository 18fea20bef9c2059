//! What is here beside what a backup has: each record by what it is called and a hash of what it says, so that even a large account fits.

use std::collections::HashMap;

use app_archive::{Kind, Record};
use app_backup::Sum;
use app_domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// The longest title of a sample, in characters.
const TITLE_CHARS: usize = 120;
/// The bytes of an entry as it is kept.
const KEPT_BYTES: usize = 1 + 16 + 8 + 16 + 8 + 1;

/// What a restore would do with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Change {
    /// It is only in the backup: it comes (back).
    Added,
    /// It says something else in the backup, and was not changed after that: it becomes as it was.
    Changed,
    /// It was changed after the backup, or nobody knows when.
    Conflicts,
    /// It is only here: it stays.
    Deleted,
    /// It is as in the backup.
    Same,
}

/// What a record is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) kind: Kind,
    id: u128,
    version: u64,
}

/// What is known of a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Known {
    pub(crate) key: Key,
    pub(crate) changed_at: Timestamp,
    says: [u8; 16],
    /// What people know it by; empty if there is nothing.
    pub(crate) title: String,
}

/// A record that is here.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Here {
    says: [u8; 16],
    changed_at: Timestamp,
    is_in_backup: bool,
}

/// The records that are here.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Index(HashMap<Key, Here>);

/// What of a record tells nothing of whether a restore changes it: how often and when it was written, and what is left as it is where it is there.
fn is_beside(kind: Kind, member: &str) -> bool {
    match kind {
        // What is there stays as it is.
        Kind::Version | Kind::File | Kind::Turn | Kind::Reminder => true,
        Kind::Conversation => !matches!(member, "title" | "summary" | "focus"),
        Kind::Message => {
            !matches!(member, "content" | "messageType" | "metadata" | "status" | "isAiGenerated")
        }
        _ => matches!(member, "version" | "createdAt" | "updatedAt" | "messageCount"),
    }
}

impl Known {
    /// What is known of a record. `None` of one that is not brought in, or that cannot be named.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        let kind = record.kind();
        let Ok(Value::Object(mut members)) = serde_json::to_value(record) else { return None };
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let id = match kind {
            Kind::Account | Kind::Contact => return None,
            Kind::Settings => Some(Uuid::nil()),
            Kind::Version => text("memoryId").and_then(|id| id.parse().ok()),
            _ => text("id").and_then(|id| id.parse().ok()),
        };
        let version = members.get("version").and_then(Value::as_u64).filter(|_| kind == Kind::Version);
        let key = Key { kind, id: id?.as_u128(), version: version.unwrap_or_default() };
        let time = ["updatedAt", "createdAt"].into_iter().find_map(text);
        let changed_at = time.and_then(|time| time.parse().ok()).unwrap_or(Timestamp::MIN);
        let title = ["title", "name", "statement", "text", "content", "question"].into_iter().find_map(text);
        let title = title.unwrap_or_default().chars().take(TITLE_CHARS).collect();
        members.retain(|name, _| !is_beside(kind, name));
        let said = serde_json::to_vec(&members).ok()?;
        let mut says = [0; 16];
        says.iter_mut().zip(Sum::of(&said).as_bytes()).for_each(|(to, from)| *to = *from);
        Some(Self { key, changed_at, says, title })
    }
}

impl Key {
    /// Its id, as a text.
    pub(crate) fn id(&self) -> String {
        Uuid::from_u128(self.id).to_string()
    }
}

impl Index {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Notes what is here.
    pub(crate) fn add(&mut self, known: &Known) {
        let here = Here { says: known.says, changed_at: known.changed_at, is_in_backup: false };
        self.0.entry(known.key).or_insert(here);
    }

    /// What becomes of a record of a backup that was made at a time. `None` if the backup has had it already.
    pub(crate) fn compare(&mut self, given: &Known, at: Timestamp) -> Option<Change> {
        let Some(here) = self.0.get_mut(&given.key) else {
            let here = Here { says: given.says, changed_at: given.changed_at, is_in_backup: true };
            self.0.insert(given.key, here);
            return Some(Change::Added);
        };
        if std::mem::replace(&mut here.is_in_backup, true) {
            return None;
        }
        Some(match here.says == given.says {
            true => Change::Same,
            // They say not when they were changed.
            false if given.key.kind == Kind::Settings => Change::Conflicts,
            false if here.changed_at > at.max(given.changed_at) => Change::Conflicts,
            false => Change::Changed,
        })
    }

    /// What the backup does not have, the first first.
    pub(crate) fn only_here(&self) -> Vec<(Key, Timestamp)> {
        let only = self.0.iter().filter(|(_, here)| !here.is_in_backup);
        let mut only: Vec<(Key, Timestamp)> = only.map(|(key, here)| (*key, here.changed_at)).collect();
        only.sort_unstable_by_key(|(key, _)| (key.kind, key.id, key.version));
        only
    }

    /// As it is kept: so many bytes for each.
    pub(crate) fn kept(&self) -> Vec<u8> {
        let mut kept = Vec::with_capacity(self.0.len() * KEPT_BYTES);
        for (key, here) in &self.0 {
            let kind = Kind::ALL.iter().position(|kind| *kind == key.kind).unwrap_or_default();
            kept.push(u8::try_from(kind).unwrap_or_default());
            kept.extend_from_slice(&key.id.to_be_bytes());
            kept.extend_from_slice(&key.version.to_be_bytes());
            kept.extend_from_slice(&here.says);
            kept.extend_from_slice(&here.changed_at.as_millis().to_be_bytes());
            kept.push(u8::from(here.is_in_backup));
        }
        kept
    }

    /// What was kept.
    pub(crate) fn read(kept: &[u8]) -> Option<Self> {
        let mut all = HashMap::with_capacity(kept.len() / KEPT_BYTES);
        for entry in kept.chunks(KEPT_BYTES) {
            let (kind, rest) = entry.split_first_chunk::<1>()?;
            let (id, rest) = rest.split_first_chunk()?;
            let (version, rest) = rest.split_first_chunk()?;
            let (says, rest) = rest.split_first_chunk()?;
            let (changed_at, rest) = rest.split_first_chunk()?;
            let key = Key {
                kind: *Kind::ALL.get(usize::from(kind[0]))?,
                id: u128::from_be_bytes(*id),
                version: u64::from_be_bytes(*version),
            };
            let here = Here {
                says: *says,
                changed_at: Timestamp::from_millis(i64::from_be_bytes(*changed_at))?,
                is_in_backup: *rest.first()? != 0,
            };
            all.insert(key, here);
        }
        Some(Self(all))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + seconds * 1000).unwrap()
    }

    fn memory(title: &str, version: u64, changed_at: Timestamp) -> Known {
        let record = json!({"kind": "memory", "id": "019a9b2e-4c00-7000-9000-000000000001", "title": title,
            "source": "web", "version": version, "createdAt": at(-1), "updatedAt": changed_at, "messageCount": version});
        Known::of(&serde_json::from_value(record).unwrap()).unwrap()
    }

    fn compared(here: Option<Known>, given: &Known, backup: Timestamp) -> Option<Change> {
        let mut index = Index::default();
        here.iter().for_each(|here| index.add(here));
        // Whoever goes on in another process knows as much.
        let mut index = Index::read(&index.kept()).unwrap();
        let change = index.compare(given, backup);
        assert!(index.only_here().is_empty());
        assert_eq!(index.compare(given, backup), None, "it comes twice");
        change
    }

    #[test]
    fn what_was_changed_after_the_backup_conflicts_and_before_it_does_not() {
        let given = memory("A trip", 2, at(0));
        assert_eq!(compared(None, &given, at(5)), Some(Change::Added));
        assert_eq!(compared(Some(memory("Mine", 3, at(5))), &given, at(5)), Some(Change::Changed));
        assert_eq!(compared(Some(memory("Mine", 3, at(6))), &given, at(5)), Some(Change::Conflicts));
    }

    #[test]
    fn what_says_the_same_is_the_same_however_often_it_was_written() {
        let given = memory("A trip", 2, at(0));
        assert_eq!(compared(Some(memory("A trip", 9, at(9))), &given, at(5)), Some(Change::Same));
    }

    #[test]
    fn settings_conflict_because_they_have_no_time() {
        let settings = |redaction: bool| {
            let record = json!({"kind": "settings", "externalModels": true, "redaction": redaction,
                "confirmWrites": true, "extractFacts": true});
            Known::of(&serde_json::from_value(record).unwrap()).unwrap()
        };
        assert_eq!(compared(Some(settings(true)), &settings(false), at(5)), Some(Change::Conflicts));
    }

    #[test]
    fn what_only_is_here_is_told() {
        let mut index = Index::default();
        index.add(&memory("Mine", 1, at(0)));
        assert_eq!(index.only_here().len(), 1);
        assert_eq!(Index::read(&index.kept()), Some(index));
        assert_eq!(Index::read(&[1, 2, 3]), None);
    }
}
