//! What the formats for people share: their words and times, and the few names that records are given by elsewhere.

use std::collections::BTreeMap;

use app_domain::{Category, CategoryId, FileId};
use serde::{Deserialize, Serialize};

use crate::times::Times;
use crate::words::Words;
use crate::{Head, Record};

/// How an export is shown.
#[derive(Debug, Clone)]
pub(super) struct View {
    pub(super) words: &'static Words,
    pub(super) times: Times,
    pub(super) head: Head,
}

impl View {
    pub(super) fn of(head: &Head) -> Self {
        let options = &head.spec.options;
        Self { words: Words::of(&options.locale), times: Times::of(options), head: head.clone() }
    }

    /// When it was made, and where its times are.
    pub(super) fn made(&self) -> String {
        let (words, times) = (self.words, &self.times);
        let at = times.full(self.head.exported_at);
        format!("{} {at} · {} {}", words.exported, words.times_in, times.zone())
    }
}

/// A file, as those that name it show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
}

/// Names that later records need. A person has so many categories at most, and of the files of a memory the first few are known:
/// it does not grow with an export.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Names {
    categories: BTreeMap<CategoryId, String>,
    files: BTreeMap<FileId, Named>,
}

impl Names {
    const MAX_FILES: usize = 64;

    /// Notes what a record is called.
    pub(super) fn note(&mut self, record: &Record) {
        match record {
            Record::Category(category) if self.categories.len() < 2 * Category::MAX_PER_PERSON => {
                self.categories.insert(category.id, category.name.clone());
            }
            Record::Memory(_) => self.files.clear(),
            Record::File(file) if self.files.len() < Self::MAX_FILES && file.memory_id.is_some() => {
                let named = Named { name: file.name.clone(), path: file.path.clone() };
                self.files.insert(file.id, named);
            }
            _ => {}
        }
    }

    /// The name of a category, or its id.
    pub(super) fn category(&self, id: CategoryId) -> String {
        self.categories.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }

    /// A file of the memory at hand, or its id.
    pub(super) fn file(&self, id: FileId) -> Named {
        self.files.get(&id).cloned().unwrap_or_else(|| Named { name: id.to_string(), path: None })
    }
}
