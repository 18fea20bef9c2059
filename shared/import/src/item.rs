//! What a reader of archives gives: one item after the other, each with its place.

use app_archive::Record;
use app_domain::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How far an archive has been read: the items before it have been given. To go on there, the same archive is read again from the
/// beginning of that entry, which gives the same items, and the first of them are left out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The entry of the archive, by its place in the order in which its reader takes them; 0 in a file that is no archive.
    pub entry: u32,
    /// How many items of that entry have been given.
    pub item: u64,
}

/// An item with the place behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// What it is.
    pub item: Item,
    /// Where to go on after it.
    pub next: Place,
    /// How much of the archive has been read, in parts of a thousand, as far as it is known.
    pub permille: u32,
}

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A record of an archive of our own.
    Record(Box<Record>),
    /// Something that becomes a memory.
    Memory(Box<NewMemory>),
    /// Something that becomes a message under a memory that was given before.
    Message(Box<NewMessage>),
    /// Something that cannot be read or brought in. It does not keep others from it.
    Trouble(Trouble),
    /// Something that the person should know of the archive as a whole, such as that its dates can be read in two ways.
    Warning(String),
}

/// Something that becomes a memory.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewMemory {
    /// What it is called in the archive: no two of one service have the same, and the same thing has the same in every archive of that
    /// service, such as `conversation/<uuid>`. Ids are derived from it.
    pub key: String,
    /// Its title, as long as it may be: it is cut to what a title can have.
    pub title: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// What it holds. What is too large for a memory is cut in two or more by whoever brings it in.
    pub text: Option<String>,
    /// The same where it is no text.
    pub content: Option<Value>,
    /// The name of its category; made if there is none of that name.
    pub category: Option<String>,
    /// Its tags, as they are written.
    pub tags: Vec<String>,
    /// What is known of it besides, such as `{"author": …, "model": …}`. Small: 8 KiB are kept.
    pub metadata: Map<String, Value>,
    /// Whether it is a favourite.
    pub is_favorite: bool,
    /// Whether it is archived.
    pub is_archived: bool,
    /// When it was made, if that is known.
    pub created_at: Option<Timestamp>,
    /// When it was last changed, if that is known.
    pub updated_at: Option<Timestamp>,
    /// The files that come with it.
    pub attachments: Vec<NewFile>,
}

/// Something that becomes a message.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewMessage {
    /// The key of its memory.
    pub memory: String,
    /// What it is called in the archive, within its memory.
    pub key: String,
    /// The message that it follows or replies to, by its key, where the archive knows: kept in the metadata as `follows`. Branches are two
    /// messages that follow the same.
    pub follows: Option<String>,
    /// Whether it is on the branch that was last looked at. Messages of other branches are marked `"branch": "other"` in the metadata.
    pub is_on_branch: bool,
    /// Who wrote it, as the archive names them.
    pub author: Option<String>,
    /// Whether an assistant wrote it.
    pub is_ai_generated: bool,
    /// What it says, as long as it is: what is too long for one message becomes several.
    pub text: String,
    /// When it was sent, if that is known.
    pub sent_at: Option<Timestamp>,
    /// When it was edited.
    pub edited_at: Option<Timestamp>,
    /// What is known of it besides, such as the model.
    pub metadata: Map<String, Value>,
    /// The files that come with it.
    pub attachments: Vec<NewFile>,
}

/// A file that comes with something.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewFile {
    /// What it is called in the archive; two things that come with the same file name the same key.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it is said to be.
    pub content_type: Option<String>,
    /// Where its bytes are: the name of an entry of the archive. `None` if the archive does not have them.
    pub path: Option<String>,
    /// Its bytes, where the archive has them inside of something else, such as the text of an attachment.
    pub bytes: Option<Vec<u8>>,
}

/// Something that cannot be brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What it would have been: `memory`, `message`, `file` or `record`.
    pub kind: &'static str,
    /// What it is called in the archive, or where it is: `conversation/…`, `line 7`, `notes/a.md`. Never what it says.
    pub key: String,
    /// Why, in words for the person.
    pub reason: String,
}
