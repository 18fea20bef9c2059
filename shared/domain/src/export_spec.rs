//! What is to be exported, and how.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{
    CategoryId, ConversationId, Filed, Invalid, LanguageTag, Memory, MemorySource, SearchText, Tags,
    Timestamp,
};

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// One JSON document.
    Json,
    /// A record on each line.
    Jsonl,
    /// One text to read.
    Txt,
    /// Markdown notes, as Obsidian has them.
    Md,
    /// Web pages that need nothing else.
    Html,
    /// A table for each kind of record.
    Csv,
    /// Everything: the records, the files, a manifest.
    Zip,
}

impl ExportFormat {
    /// Each of them.
    pub const ALL: [Self; 7] =
        [Self::Json, Self::Jsonl, Self::Txt, Self::Md, Self::Html, Self::Csv, Self::Zip];

    /// Its name, as clients write it; also the extension of a file in it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Txt => "txt",
            Self::Md => "md",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Zip => "zip",
        }
    }

    /// # Errors
    /// If there is none of that name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let named = Self::ALL.into_iter().find(|format| format.as_str() == text);
        named.ok_or_else(|| Invalid::new("must be json, jsonl, txt, md, html, csv or zip"))
    }

    /// Whether an export in it is several files whatever else is wanted, and so a ZIP archive.
    pub fn is_many_files(self) -> bool {
        matches!(self, Self::Md | Self::Html | Self::Csv | Self::Zip)
    }
}

/// What is to be exported, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportSpec {
    /// The format.
    pub format: ExportFormat,
    /// What is wanted.
    #[serde(default)]
    pub filter: ExportFilter,
    /// How much of it, and how it is written.
    pub options: ExportOptions,
}

impl ExportSpec {
    /// Everything in a format.
    pub fn of(format: ExportFormat) -> Self {
        Self { format, filter: ExportFilter::default(), options: ExportOptions::of(format) }
    }

    /// Whether the export is a ZIP archive: of formats that are many files, and of any that files come with.
    pub fn is_archive(&self) -> bool {
        self.format.is_many_files() || self.options.files
    }

    /// The extension of its file.
    pub fn extension(&self) -> &'static str {
        if self.is_archive() { "zip" } else { self.format.as_str() }
    }

    /// The content type of its file.
    pub fn content_type(&self) -> &'static str {
        match (self.is_archive(), self.format) {
            (true, _) => "application/zip",
            (false, ExportFormat::Json) => "application/json",
            (false, ExportFormat::Jsonl) => "application/jsonl",
            (false, _) => "text/plain; charset=utf-8",
        }
    }
}

/// Which memories and conversations are wanted: those that fit everything that is set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExportFilter {
    /// Filed in one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Filed>,
    /// With all of these tags.
    #[serde(skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
    /// With this text in title, description or content, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchText>,
    /// Made at this time or later. Holds for conversations too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Made at this time or earlier. Holds for conversations too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Favourites or the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_favorite: Option<bool>,
    /// Archived or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_archived: Option<bool>,
    /// Come in this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<MemorySource>,
    /// Which conversations with Memo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversations: Option<Conversations>,
}

/// Which conversations with Memo are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conversations {
    /// All that the times let through.
    All,
    /// None.
    None,
    /// These.
    These(Vec<ConversationId>),
}

impl Conversations {
    /// The most that can be named.
    pub const MAX: usize = 100;
}

impl ExportFilter {
    /// Whether a memory is wanted.
    pub fn fits(&self, memory: &Memory) -> bool {
        let filed = Filed::from(memory.category);
        (self.categories.is_empty() || self.categories.contains(&filed))
            && self.fits_time(memory.created_at)
            && self.source.is_none_or(|wanted| wanted == memory.source)
            && self.is_favorite.is_none_or(|wanted| wanted == memory.is_favorite)
            && self.is_archived.is_none_or(|wanted| wanted == memory.is_archived)
            && self.tags.each().all(|tag| memory.tags.contains(tag))
            && self.search.as_ref().is_none_or(|text| {
                memory.title.as_ref().is_some_and(|title| text.is_in(title.as_str()))
                    || text.is_in(&memory.body_text())
            })
    }

    /// Whether a conversation is wanted.
    pub fn fits_conversation(&self, id: ConversationId, created_at: Timestamp) -> bool {
        let wanted = match &self.conversations {
            Some(Conversations::All) => true,
            Some(Conversations::None) => false,
            Some(Conversations::These(ids)) => return ids.contains(&id),
            None => !self.selects_memories(),
        };
        wanted && self.fits_time(created_at)
    }

    /// Whether everything is wanted: then what belongs to no memory comes too, such as facts, settings and saved searches.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it names properties that only memories have. Then no conversations are wanted unless they are asked for.
    fn selects_memories(&self) -> bool {
        let times = Self {
            from: self.from,
            to: self.to,
            conversations: self.conversations.clone(),
            ..Self::default()
        };
        *self != times
    }

    fn fits_time(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at <= to)
    }
}

/// How much of what is wanted is written, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportOptions {
    /// With the bytes of files.
    pub files: bool,
    /// With the messages under memories.
    pub messages: bool,
    /// With earlier versions of memories.
    pub versions: bool,
    /// With what clients keep beside memories and messages.
    pub metadata: bool,
    /// Without the addresses, phone numbers and names of other people.
    pub redact_contacts: bool,
    /// The time zone of times that people read (IANA). Records have UTC.
    pub timezone: String,
    /// The language of headings, and how times are written (BCP 47).
    pub locale: LanguageTag,
}

impl ExportOptions {
    /// What a format has unless told.
    pub fn of(format: ExportFormat) -> Self {
        Self {
            files: format == ExportFormat::Zip,
            messages: true,
            versions: format == ExportFormat::Zip,
            metadata: true,
            redact_contacts: false,
            timezone: "UTC".to_owned(),
            locale: LanguageTag::english(),
        }
    }
}

/// What an export may be, for a tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportLimit {
    /// The most bytes.
    pub size_bytes: u64,
    /// How long it is kept, in days.
    pub kept_days: u32,
}

impl ExportLimit {
    /// How long exports can be kept: the rules of their bucket know these.
    const KEPT_DAYS: [u32; 4] = [1, 7, 30, 90];
}

/// What exports may be, for every tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportLimits {
    free: ExportLimit,
    premium: ExportLimit,
}

impl ExportLimits {
    /// What a tier may have.
    pub const fn of(&self, tier: crate::Tier) -> ExportLimit {
        match tier {
            crate::Tier::Free => self.free,
            crate::Tier::Premium => self.premium,
        }
    }
}

/// Such as `free=2GB/7d,premium=60GB/30d`: the size and how long it is kept, for each tier.
impl FromStr for ExportLimits {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = |tier: crate::Tier| -> Result<ExportLimit, Invalid> {
            let wrong = || {
                Invalid::new(format!(
                    "the export limit of {} is missing or wrong: write 2GB/7d",
                    tier.as_str()
                ))
            };
            let mut limits = text.split(',').filter_map(|part| part.trim().split_once('='));
            let (_, limit) = limits.find(|(found, _)| *found == tier.as_str()).ok_or_else(wrong)?;
            let (size, kept) = limit.split_once('/').ok_or_else(wrong)?;
            let kept_days = kept.strip_suffix('d').and_then(|days| days.parse().ok());
            let kept_days = kept_days.filter(|days| ExportLimit::KEPT_DAYS.contains(days));
            Ok(ExportLimit {
                size_bytes: crate::file_quota::bytes(size)?,
                kept_days: kept_days.ok_or_else(wrong)?,
            })
        };
        Ok(Self { free: named(crate::Tier::Free)?, premium: named(crate::Tier::Premium)? })
    }
}

/// Both forms of a place for a memory are text: the id of a category, or `none`.
impl From<Filed> for String {
    fn from(filed: Filed) -> Self {
        match filed {
            Filed::Nowhere => "none".to_owned(),
            Filed::In(category) => CategoryId::to_string(&category),
        }
    }
}

impl TryFrom<String> for Filed {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}
