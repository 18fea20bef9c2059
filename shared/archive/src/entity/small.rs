//! Settings, categories, saved searches, facts, reminders.

use app_domain::{
    Category, CategoryIcon, CategoryName, Certainty, Color, Description, Fact, FactSource, FactStatement,
    FactTerm, Instructions, KeptCategories, LanguageTag, MemoSettings, Metadata, Reminder, ReminderText,
    SavedSearch, SavedSearchName, UserId,
};

use super::{Check, InvalidRecord};
use crate::{CategoryRecord, FactRecord, Kind, ReminderRecord, SavedSearchRecord, SettingsRecord};

impl SettingsRecord {
    /// The settings.
    ///
    /// # Errors
    /// If they break a rule.
    pub fn settings(self) -> Result<MemoSettings, InvalidRecord> {
        let check = Check(Kind::Settings);
        Ok(MemoSettings {
            external_models: self.external_models,
            redaction: self.redaction,
            confirm_writes: self.confirm_writes,
            extract_facts: self.extract_facts,
            kept_categories: check.ok("keptCategories", KeptCategories::parse(self.kept_categories))?,
            answer_language: check.text("answerLanguage", self.answer_language, LanguageTag::parse)?,
            instructions: check.text("instructions", self.instructions, Instructions::parse)?,
        })
    }
}

impl CategoryRecord {
    /// The category. No memories are filed in it: they are counted when they come.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn category(self, owner: UserId) -> Result<Category, InvalidRecord> {
        let check = Check(Kind::Category);
        check.id(self.id.as_uuid())?;
        let (created_at, updated_at) = check.times(self.created_at, self.updated_at)?;
        Ok(Category {
            id: self.id,
            owner,
            name: check.ok("name", CategoryName::parse(&self.name))?,
            description: check.text("description", self.description, Description::parse)?,
            icon: check.text("icon", self.icon, CategoryIcon::parse)?,
            color: check.text("color", self.color, Color::parse)?,
            is_default: self.is_default,
            sort_order: self.sort_order,
            memory_count: 0,
            version: check.version(self.version)?,
            created_at,
            updated_at,
        })
    }
}

impl SavedSearchRecord {
    /// The saved search. What is searched is as large as metadata may be; whoever runs it reads it as any search.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn saved_search(self) -> Result<SavedSearch, InvalidRecord> {
        let check = Check(Kind::SavedSearch);
        check.id(self.id.as_uuid())?;
        let (created_at, updated_at) = check.times(self.created_at, self.updated_at)?;
        let search = check.ok("search", Metadata::parse(self.search))?;
        Ok(SavedSearch {
            id: self.id,
            name: check.ok("name", SavedSearchName::parse(&self.name))?,
            search: search.members().clone(),
            created_at,
            updated_at,
        })
    }
}

impl FactRecord {
    /// The fact.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn fact(self, owner: UserId) -> Result<Fact, InvalidRecord> {
        let check = Check(Kind::Fact);
        check.id(self.id.as_uuid())?;
        if self.sources.len() > Fact::MAX_SOURCES {
            return Err(check.wrong("sources", "must be at most 5"));
        }
        let said = |source: &FactSource| check.time("sources.saidAt", source.said_at).map(|_| ());
        self.sources.iter().try_for_each(said)?;
        let (created_at, updated_at) = check.times(self.created_at, self.updated_at)?;
        Ok(Fact {
            id: self.id,
            owner,
            statement: check.ok("statement", FactStatement::parse(&self.statement))?,
            subject: check.ok("subject", FactTerm::parse(&self.subject))?,
            attribute: check.ok("attribute", FactTerm::parse(&self.attribute))?,
            value: check.ok("value", FactTerm::parse(&self.value))?,
            certainty: check.ok("certainty", Certainty::parse(self.certainty))?,
            sources: self.sources,
            status: self.status,
            valid_from: check.time("validFrom", self.valid_from)?,
            valid_until: check.time_if_any("validUntil", self.valid_until)?,
            seen: self.seen,
            decided_at: check.time_if_any("decidedAt", self.decided_at)?,
            version: check.version(self.version)?,
            created_at,
            updated_at,
        })
    }
}

impl ReminderRecord {
    /// The reminder. Its time may have passed.
    ///
    /// # Errors
    /// If it breaks a rule.
    pub fn reminder(self, owner: UserId) -> Result<Reminder, InvalidRecord> {
        let check = Check(Kind::Reminder);
        check.id(self.id.as_uuid())?;
        Ok(Reminder {
            id: self.id,
            owner,
            memory: self.memory_id,
            text: check.ok("text", ReminderText::parse(&self.text))?,
            at: check.time("at", self.at)?,
            state: self.state,
            created_at: check.time("createdAt", self.created_at)?,
        })
    }
}
