//! How far the pages are, and where on them a record is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::render::outline::part;
use crate::render::view::Names;
use crate::{Kind, Record};

/// How far the pages are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) names: Names,
    /// The part whose page is written, and its number.
    pub(super) part: Option<Kind>,
    pub(super) page: u32,
    /// How many pages each part has.
    pub(super) pages: BTreeMap<Kind, u32>,
    /// The heading over articles that was last written.
    pub(super) heading: Option<String>,
    /// Which anchors of headings the page has: none is there twice, though things may be out of order.
    #[serde(default)]
    pub(super) anchors: BTreeSet<String>,
    /// The article that is open, and the kind of records that a section of it is open for.
    pub(super) article: Option<Article>,
    pub(super) group: Option<Kind>,
    pub(super) last_turn: Option<String>,
    pub(super) months: Vec<Month>,
    /// How many pieces of search data are begun.
    pub(super) shard: u32,
}

/// An article that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Article {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) heading: String,
    pub(super) anchor: String,
}

/// Where a month begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Month {
    pub(super) part: Kind,
    pub(super) page: u32,
    pub(super) iso: String,
    pub(super) name: String,
}

impl State {
    /// The index leads to so many months: what is older, or out of order, is reached from page to page.
    const MAX_MONTHS: usize = 480;

    /// Notes on which page a month begins, the first time that it comes.
    pub(super) fn note_month(&mut self, part: Kind, name: &str, iso: &str) {
        let is_known = self.months_of(part).any(|month| month.iso == iso);
        if is_known || self.months_of(part).count() >= Self::MAX_MONTHS {
            return;
        }
        self.months.push(Month { part, page: self.page, iso: iso.to_owned(), name: name.to_owned() });
    }

    pub(super) fn months_of(&self, part: Kind) -> impl Iterator<Item = &Month> {
        self.months.iter().filter(move |month| month.part == part)
    }
}

/// The part of the archive that a record is in: what is about the person is one.
pub(super) fn part_of(record: &Record) -> Kind {
    match part(record) {
        Kind::Settings | Kind::Category | Kind::SavedSearch | Kind::Fact => Kind::Account,
        part => part,
    }
}

/// Where the pages of a part are.
pub(super) fn folder(part: Kind) -> &'static str {
    match part {
        Kind::Memory => "memories",
        Kind::File => "files",
        Kind::Conversation => "conversations",
        Kind::Reminder => "reminders",
        Kind::Contact => "contacts",
        _ => "about",
    }
}

/// The id of what shows a record: of letters, numbers and dashes, whatever the record's own id is.
pub(super) fn id_of(record: &Record) -> String {
    match record {
        Record::Account(account) => format!("account-{}", account.id),
        Record::Settings(_) => "settings-1".to_owned(),
        Record::Category(category) => format!("category-{}", category.id),
        Record::SavedSearch(saved) => format!("search-{}", saved.id),
        Record::Fact(fact) => format!("fact-{}", fact.id),
        Record::Memory(memory) => format!("memory-{}", memory.id),
        Record::Version(version) => format!("version-{}-{}", version.memory_id, version.fields.version),
        Record::File(file) => format!("file-{}", file.id),
        Record::Message(message) => format!("message-{}", message.id),
        Record::Conversation(conversation) => format!("conversation-{}", conversation.id),
        Record::Turn(turn) => format!("turn-{}", turn.id),
        Record::Reminder(reminder) => format!("reminder-{}", reminder.id),
        Record::Contact(contact) => {
            let id: String = contact.id.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("contact-{id}")
        }
    }
}
