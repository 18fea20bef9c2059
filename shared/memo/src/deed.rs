//! What Memo may change on a person's behalf, with the person's own permissions: checked before it is proposed, done at once or when it is
//! approved. Doing it twice changes no more than doing it once.

use app_domain::{
    CategoryId, Content, InvalidMemory, Memory, MemoryDraft, MemoryId, MemoryPatch, MemorySource,
    MemoryTitle, Metadata, Patch, Permission, Reminder, ReminderDraft, ReminderId, ReminderText,
    ReminderTime, StoreError, Tags, Timestamp, UserId,
};
use app_store::{ChangeError, Creation, Memories, ReminderCreation, Reminders};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::Memo;
use crate::brief::Asker;

/// A change that Memo proposes or makes. Its JSON is kept with the answer until it is decided upon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Deed {
    /// Save a memory.
    CreateMemory {
        /// The id that it will have.
        memory_id: MemoryId,
        /// When it was thought of, which is the time in its id.
        made_at: Timestamp,
        /// Its title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// What it says.
        text: String,
        /// Its tags.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<String>,
        /// Where it is filed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category_id: Option<CategoryId>,
    },
    /// Change a memory.
    UpdateMemory {
        /// Which.
        memory_id: MemoryId,
        /// The new title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// The new text, in place of all that it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// The new tags, in place of those it has.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tags: Option<Vec<String>>,
    },
    /// Tell the person something when its time has come.
    SetReminder {
        /// The id that it will have.
        reminder_id: ReminderId,
        /// When.
        at: Timestamp,
        /// What.
        text: String,
        /// The memory that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        memory_id: Option<MemoryId>,
    },
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeedError {
    /// It breaks a rule, or what it is about is not there.
    #[error("it is not allowed: {0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<InvalidMemory> for DeedError {
    fn from(broken: InvalidMemory) -> Self {
        Self::Refused(broken.to_string())
    }
}

impl Deed {
    /// What the person needs to be allowed.
    pub(crate) fn permission(&self) -> Permission {
        match self {
            Self::CreateMemory { .. } | Self::UpdateMemory { .. } | Self::SetReminder { .. } => {
                Permission::WriteMemories
            }
        }
    }

    /// The same with its words written anew.
    pub(crate) fn with_words(self, anew: impl Fn(&str) -> String) -> Self {
        let all = |tags: Vec<String>| tags.iter().map(|tag| anew(tag)).collect();
        let one = |text: Option<String>| text.map(|text| anew(&text));
        match self {
            Self::CreateMemory { memory_id, made_at, title, text, tags, category_id } => {
                let (title, text, tags) = (one(title), anew(&text), all(tags));
                Self::CreateMemory { memory_id, made_at, title, text, tags, category_id }
            }
            Self::UpdateMemory { memory_id, title, text, tags } => {
                Self::UpdateMemory { memory_id, title: one(title), text: one(text), tags: tags.map(all) }
            }
            Self::SetReminder { reminder_id, at, text, memory_id } => {
                Self::SetReminder { reminder_id, at, text: anew(&text), memory_id }
            }
        }
    }

    /// Whether it can be done at all, so far as that is known without doing it.
    pub(crate) fn check(&self, asker: &Asker, now: Timestamp) -> Result<(), DeedError> {
        match self {
            Self::CreateMemory { .. } => self.memory(asker.user, asker.source).map(drop),
            Self::UpdateMemory { title, text, tags, .. } => {
                changes(title.as_deref(), text.as_deref(), tags.as_deref()).map(drop)
            }
            Self::SetReminder { .. } => self.reminder(asker.user, now).map(drop),
        }
    }

    /// Does it, and tells what was made or changed.
    pub(crate) async fn perform(&self, memo: &Memo, asker: &Asker) -> Result<Value, DeedError> {
        let (owner, now) = (asker.user, memo.now());
        let memory = match self {
            Self::SetReminder { .. } => return self.remind(&memo.reminders, owner, now).await,
            Self::CreateMemory { .. } => self.create(&memo.memories, owner, asker.source).await?,
            Self::UpdateMemory { memory_id, title, text, tags } => {
                let changes = changes(title.as_deref(), text.as_deref(), tags.as_deref())?;
                let change = |before| changed(before, &changes, text.as_deref(), now);
                memo.memories.change(owner, *memory_id, None, change).await.map_err(unchanged)?
            }
        };
        Ok(json!({"memoryId": memory.id, "title": memory.title}))
    }

    async fn remind(&self, reminders: &Reminders, owner: UserId, now: Timestamp) -> Result<Value, DeedError> {
        let reminder = self.reminder(owner, now)?;
        let refused = |reason: &str| Err(DeedError::Refused(reason.to_owned()));
        match reminders.create(&reminder).await {
            // The second time, it was done before, and only the note of that was lost.
            Ok(ReminderCreation::Done) | Err(StoreError::Conflict) => {
                Ok(json!({"reminderId": reminder.id, "at": reminder.at}))
            }
            Ok(ReminderCreation::TooMany) => refused("there are as many reminders as can be"),
            Ok(ReminderCreation::NoMemory) => refused("there is no such memory"),
            Err(error) => Err(error.into()),
        }
    }

    fn reminder(&self, owner: UserId, now: Timestamp) -> Result<Reminder, DeedError> {
        let Self::SetReminder { reminder_id, at, text, memory_id } = self else {
            return Err(DeedError::Refused("it sets no reminder".to_owned()));
        };
        let draft = ReminderDraft {
            memory: *memory_id,
            text: ReminderText::parse(text).map_err(refused)?,
            at: ReminderTime::ahead(*at, now).map_err(refused)?,
        };
        Ok(Reminder { id: *reminder_id, ..Reminder::new(owner, draft, now) })
    }

    async fn create(
        &self,
        memories: &Memories,
        owner: UserId,
        source: MemorySource,
    ) -> Result<Memory, DeedError> {
        let memory = self.memory(owner, source)?;
        match memories.create(&memory).await {
            Ok(Creation::Saved { .. }) => Ok(memory),
            Ok(Creation::NoCategory) => Err(DeedError::Refused("there is no such category".to_owned())),
            // It was done before, and only the note of that was lost.
            Err(StoreError::Conflict) => Ok(memory),
            Err(error) => Err(error.into()),
        }
    }

    fn memory(&self, owner: UserId, source: MemorySource) -> Result<Memory, DeedError> {
        let Self::CreateMemory { memory_id, made_at, title, text, tags, category_id } = self else {
            return Err(DeedError::Refused("it makes no memory".to_owned()));
        };
        let by_memo = Map::from_iter([("madeBy".to_owned(), json!("memo"))]);
        let draft = MemoryDraft {
            title: title.as_deref().map(MemoryTitle::parse).transpose().map_err(refused)?,
            content: Some(Content::parse(json!(text)).map_err(refused)?),
            tags: Tags::parse(tags).map_err(refused)?,
            category: *category_id,
            metadata: Metadata::parse(by_memo).map_err(refused)?,
            ..MemoryDraft::default()
        };
        if text.trim().is_empty() {
            return Err(DeedError::Refused("the text must not be empty".to_owned()));
        }
        Ok(Memory::new(*memory_id, owner, source, draft, *made_at)?)
    }
}

/// What is changed beside the text.
fn changes(
    title: Option<&str>,
    text: Option<&str>,
    tags: Option<&[String]>,
) -> Result<MemoryPatch, DeedError> {
    if title.is_none() && text.is_none() && tags.is_none() {
        return Err(DeedError::Refused("it changes nothing".to_owned()));
    }
    if let Some(text) = text {
        Content::parse(json!(text)).map_err(refused)?;
    }
    let title = title.map(MemoryTitle::parse).transpose().map_err(refused)?;
    let tags = tags.map(Tags::parse).transpose().map_err(refused)?;
    Ok(MemoryPatch {
        title: title.map_or(Patch::Keep, Patch::Set),
        tags: tags.map_or(Patch::Keep, Patch::Set),
        ..MemoryPatch::default()
    })
}

/// The memory after it: the text goes where the memory's text is.
fn changed(
    before: Memory,
    changes: &MemoryPatch,
    text: Option<&str>,
    now: Timestamp,
) -> Result<Memory, InvalidMemory> {
    let content = match (text, before.content.as_ref().map(Content::value)) {
        (None, _) => Patch::Keep,
        (Some(text), Some(Value::Object(_))) => Patch::Set(json!({"text": text})),
        (Some(text), _) => Patch::Set(json!(text)),
    };
    before.patched(MemoryPatch { content, ..changes.clone() }, now)
}

fn unchanged(error: ChangeError<InvalidMemory>) -> DeedError {
    match error {
        ChangeError::Missing => DeedError::Refused("there is no such memory".to_owned()),
        ChangeError::Stale => DeedError::Refused("the memory has been changed meanwhile".to_owned()),
        ChangeError::NoCategory => DeedError::Refused("there is no such category".to_owned()),
        ChangeError::Refused(broken) => broken.into(),
        ChangeError::Store(error) => error.into(),
    }
}

fn refused(invalid: app_domain::Invalid) -> DeedError {
    DeedError::Refused(invalid.message().to_owned())
}
