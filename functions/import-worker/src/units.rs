//! Units: what becomes of an item, each a line of the report.

use app_domain::{
    Attachment, Category, CategoryId, ContentType, Conversation, Fact, FileId, FileName, MemoSettings,
    Memory, Message, Reminder, SavedSearch, Timestamp, Turn, UserId,
};

use crate::piece::{Line, Outcome};

/// One thing that is to be brought in.
#[derive(Debug)]
pub(crate) struct Unit {
    /// What is said of it: before it is planned, that it is imported.
    pub(crate) line: Line,
    pub(crate) what: What,
}

/// What it is.
#[derive(Debug)]
pub(crate) enum What {
    /// The line says all there is to it.
    Settled,
    Settings(Box<MemoSettings>),
    /// With what it is called in the archive: its id, or its name.
    Category(Box<Category>, Called),
    SavedSearch(Box<SavedSearch>),
    Fact(Box<Fact>),
    Memory(Box<Memory>, Filing),
    Version(Box<Memory>),
    File(Box<Bringable>),
    Message(Box<Message>),
    Conversation(Box<Conversation>),
    Turn(Box<Turn>),
    Reminder(Box<Reminder>),
}

/// How later items name a category.
#[derive(Debug)]
pub(crate) enum Called {
    Id(CategoryId),
    /// In the form in which names are compared.
    Name(String),
}

/// Where a memory is filed.
#[derive(Debug)]
pub(crate) enum Filing {
    /// In what its category is here.
    Own,
    /// In the category of this name, in the form in which names are compared; otherwise where its owner wants it.
    Named(Option<String>),
}

/// A file whose bytes are to come.
#[derive(Debug)]
pub(crate) struct Bringable {
    pub(crate) id: FileId,
    pub(crate) owner: UserId,
    pub(crate) name: FileName,
    pub(crate) declared: ContentType,
    /// What the archive says of its size.
    pub(crate) size_bytes: Option<u64>,
    pub(crate) attached: Option<Attachment>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) bytes: Bytes,
}

/// Where the bytes of a file are.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// In an entry of the archive.
    At(String),
    Here(Vec<u8>),
}

impl Unit {
    pub(crate) fn settled(line: Line, outcome: Outcome, reason: &str) -> Self {
        Self { line: line.came_to(outcome, Some(reason)), what: What::Settled }
    }

    pub(crate) fn failed(kind: &str, key: &str, reason: &str) -> Self {
        Self::settled(Line::new(kind, key), Outcome::Failed, reason)
    }

    /// Notes with which of these messages a file comes. To be put with one later on would be a change, which undoing takes for its owner's.
    pub(crate) fn come_with(&mut self, messages: &[Message]) {
        if let What::File(file) = &mut self.what
            && let Some(attached) = &mut file.attached
        {
            let with = messages.iter().find(|message| message.attachments.ids().contains(&file.id));
            attached.message = with.map(|message| message.id);
        }
    }

    pub(crate) fn is_settled(&self) -> bool {
        matches!(self.what, What::Settled)
    }

    /// Settles it.
    pub(crate) fn settle(&mut self, outcome: Outcome, reason: Option<&str>) {
        self.line = self.line.clone().came_to(outcome, reason);
        self.what = What::Settled;
    }
}
