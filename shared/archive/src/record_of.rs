//! Records of what is stored.

use app_domain::{
    Category, Contact, ContactRule, Conversation, Fact, File, MemoSettings, Memory, MemoryMedia, Message,
    Reminder, RunningSummary, Said, SavedSearch, Turn, TurnAnswer, User,
};

use crate::{
    AccountRecord, AnswerRecord, CategoryRecord, ContactRecord, ConversationRecord, FactRecord, FileRecord,
    MediaRecord, MemoryFields, MemoryRecord, MessageRecord, Record, ReminderRecord, SavedSearchRecord,
    SettingsRecord, SummaryRecord, TurnRecord, VersionRecord,
};

impl Record {
    /// The same without what clients keep beside memories and messages.
    #[must_use]
    pub fn without_metadata(mut self) -> Self {
        match &mut self {
            Self::Memory(memory) => memory.fields.metadata.clear(),
            Self::Version(version) => version.fields.metadata.clear(),
            Self::Message(message) => message.metadata.clear(),
            _ => {}
        }
        self
    }
}

impl AccountRecord {
    /// Of a person.
    pub fn of(user: &User) -> Self {
        Self {
            id: user.id,
            email: user.email.as_str().to_owned(),
            username: user.username.as_ref().map(|name| name.as_str().to_owned()),
            first_name: user.first_name.as_str().to_owned(),
            last_name: user.last_name.as_str().to_owned(),
            created_at: user.created_at,
        }
    }
}

impl SettingsRecord {
    /// Of settings.
    pub fn of(settings: &MemoSettings) -> Self {
        Self {
            external_models: settings.external_models,
            redaction: settings.redaction,
            confirm_writes: settings.confirm_writes,
            extract_facts: settings.extract_facts,
            kept_categories: settings.kept_categories.iter().collect(),
            answer_language: settings.answer_language.as_ref().map(|tag| tag.as_str().to_owned()),
            instructions: settings.instructions.as_ref().map(|words| words.as_str().to_owned()),
        }
    }
}

impl CategoryRecord {
    /// Of a category.
    pub fn of(category: &Category) -> Self {
        Self {
            id: category.id,
            name: category.name.as_str().to_owned(),
            description: category.description.as_ref().map(|text| text.as_str().to_owned()),
            icon: category.icon.as_ref().map(|icon| icon.as_str().to_owned()),
            color: category.color.as_ref().map(|color| color.as_str().to_owned()),
            is_default: category.is_default,
            sort_order: category.sort_order,
            version: category.version.get(),
            created_at: category.created_at,
            updated_at: category.updated_at,
        }
    }
}

impl SavedSearchRecord {
    /// Of a saved search.
    pub fn of(saved: &SavedSearch) -> Self {
        Self {
            id: saved.id,
            name: saved.name.as_str().to_owned(),
            search: saved.search.clone(),
            created_at: saved.created_at,
            updated_at: saved.updated_at,
        }
    }
}

impl MemoryFields {
    fn of(memory: &Memory) -> Self {
        Self {
            title: memory.title.as_ref().map(|title| title.as_str().to_owned()),
            description: memory.description.as_ref().map(|text| text.as_str().to_owned()),
            content: memory.content.as_ref().map(|content| content.value().clone()),
            category_id: memory.category,
            tags: memory.tags.iter().map(str::to_owned).collect(),
            metadata: memory.metadata.members().clone(),
            is_favorite: memory.is_favorite,
            is_archived: memory.is_archived,
            privacy_level: memory.privacy,
            source: memory.source,
            provenance: memory.provenance.clone(),
            media: memory.media.as_ref().map(MediaRecord::of),
            version: memory.version.get(),
            created_at: memory.created_at,
            updated_at: memory.updated_at,
        }
    }
}

impl MemoryRecord {
    /// Of a memory.
    pub fn of(memory: &Memory) -> Self {
        Self { id: memory.id, fields: MemoryFields::of(memory), message_count: memory.messages.count }
    }
}

impl VersionRecord {
    /// Of a memory as it was.
    pub fn of(memory: &Memory) -> Self {
        Self { memory_id: memory.id, fields: MemoryFields::of(memory) }
    }
}

impl MediaRecord {
    /// Of media.
    pub fn of(media: &MemoryMedia) -> Self {
        Self {
            kind: media.kind,
            state: media.state,
            content_type: media.content_type.clone(),
            file_name: media.file_name.clone(),
            file_id: media.file,
            reason: media.reason.clone(),
            transcript: media.transcript,
        }
    }
}

impl FileRecord {
    /// Of a file, and where its bytes are in the archive.
    pub fn of(file: &File, path: Option<String>) -> Self {
        Self {
            id: file.id,
            name: file.name.as_str().to_owned(),
            content_type: file.content_type.to_string(),
            size_bytes: file.size_bytes,
            memory_id: file.attached.map(|with| with.memory),
            message_id: file.attached.and_then(|with| with.message),
            path,
            created_at: file.created_at,
            updated_at: file.updated_at,
        }
    }

    /// Where a file's bytes are in an archive: under its id, as names repeat, and by a name that every system takes.
    pub fn path_of(file: &File) -> String {
        format!("files/{}/{}", file.id, file.name.to_save_as())
    }
}

impl MessageRecord {
    /// Of a message.
    pub fn of(message: &Message) -> Self {
        Self {
            id: message.id,
            memory_id: message.memory,
            parent_id: message.parent,
            content: message.content.as_ref().map(|text| text.as_str().to_owned()),
            message_type: message.message_type,
            attachments: message.attachments.ids().to_vec(),
            metadata: message.metadata.members().clone(),
            is_ai_generated: message.is_ai_generated,
            status: message.status,
            delivery: message.delivery.clone(),
            version: message.version.get(),
            created_at: message.created_at,
            updated_at: message.updated_at,
            edited_at: message.edited_at,
        }
    }
}

impl ConversationRecord {
    /// Of a conversation.
    pub fn of(conversation: &Conversation) -> Self {
        Self {
            id: conversation.id,
            title: conversation.title.as_str().to_owned(),
            focus: conversation.focus,
            leaf: conversation.leaf,
            turns: conversation.turns,
            summary: conversation.summary.as_ref().map(SummaryRecord::of),
            forked_from: conversation.forked_from,
            created_at: conversation.created_at,
            updated_at: conversation.updated_at,
        }
    }
}

impl SummaryRecord {
    fn of(summary: &RunningSummary) -> Self {
        Self { text: summary.text.clone(), up_to: summary.up_to }
    }
}

impl TurnRecord {
    /// Of a turn.
    pub fn of(turn: &Turn) -> Self {
        let (question, answer) = match &turn.said {
            Said::Question { text } => (Some(text.as_str().to_owned()), None),
            Said::Answer(answer) => (None, Some(AnswerRecord::of(answer))),
        };
        Self {
            id: turn.id,
            conversation_id: turn.conversation,
            parent_id: turn.parent,
            created_at: turn.created_at,
            question,
            answer,
        }
    }
}

impl AnswerRecord {
    /// Of an answer.
    pub(crate) fn of(answer: &TurnAnswer) -> Self {
        Self {
            state: answer.state,
            text: answer.text.clone(),
            citations: answer.citations.clone(),
            confidence: answer.confidence,
            suggestions: answer.suggestions.clone(),
            model: answer.model.clone(),
            usage: answer.usage,
            milliseconds: answer.milliseconds,
            actions: answer.actions.clone(),
            failure: answer.failure,
        }
    }
}

impl FactRecord {
    /// Of a fact.
    pub fn of(fact: &Fact) -> Self {
        Self {
            id: fact.id,
            statement: fact.statement.as_str().to_owned(),
            subject: fact.subject.as_str().to_owned(),
            attribute: fact.attribute.as_str().to_owned(),
            value: fact.value.as_str().to_owned(),
            certainty: fact.certainty.get(),
            sources: fact.sources.clone(),
            status: fact.status,
            valid_from: fact.valid_from,
            valid_until: fact.valid_until,
            seen: fact.seen,
            decided_at: fact.decided_at,
            version: fact.version.get(),
            created_at: fact.created_at,
            updated_at: fact.updated_at,
        }
    }
}

impl ReminderRecord {
    /// Of a reminder.
    pub fn of(reminder: &Reminder) -> Self {
        Self {
            id: reminder.id,
            memory_id: reminder.memory,
            text: reminder.text.as_str().to_owned(),
            at: reminder.at,
            state: reminder.state,
            created_at: reminder.created_at,
        }
    }
}

impl ContactRecord {
    /// Of a contact.
    pub fn of(contact: &Contact) -> Self {
        let rule = match contact.rule {
            ContactRule::Save => "save",
            ContactRule::Ignore => "ignore",
        };
        Self {
            id: contact.id.as_str().to_owned(),
            phone: contact.sender.phone.as_ref().map(ToString::to_string),
            name: contact.name.clone(),
            rule: rule.to_owned(),
            category_id: contact.category,
            saved_count: contact.saved_count,
            first_at: contact.first_at,
            last_at: contact.last_at,
        }
    }
}
