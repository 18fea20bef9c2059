//! What is wanted in an export, as a request says it.

use std::str::FromStr;

use app_domain::{
    ConversationId, Conversations, ExportFilter, ExportFormat, ExportOptions, ExportSpec, Filed, Invalid,
    LanguageTag, MemorySource, SearchText, Tags, Timestamp,
};
use app_http::{FieldErrors, Parse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::timezone;

/// What to export.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExportRequest {
    /// The format: `json`, `jsonl`, `txt`, `md`, `html`, `csv` or `zip`, which has everything and can be brought in again.
    #[schema(example = "zip")]
    format: String,
    /// What is wanted; everything unless told.
    #[serde(default)]
    filter: FilterBody,
    /// How much of it, and how it is written.
    #[serde(default)]
    options: OptionsRequest,
    /// Where to: `download`.
    #[serde(default)]
    #[schema(example = "download")]
    destination: Option<String>,
}

/// Which memories and conversations: those that fit everything that is set. With nothing set, also everything that belongs to no memory:
/// files, facts, reminders, saved searches, settings, contacts.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct FilterBody {
    /// Filed in one of these categories, or `none`; up to 100.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    category_ids: Vec<String>,
    /// With all of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    /// With this text in title, description or content, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
    /// Made at this time or later. Holds for conversations too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    date_from: Option<String>,
    /// Made at this time or earlier. Holds for conversations too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    date_to: Option<String>,
    /// Favourites (`true`) or the others (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    is_favorite: Option<bool>,
    /// Archived (`true`) or not (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    is_archived: Option<bool>,
    /// Come in this way: `web`, `api`, `whatsapp` or `import`.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// Conversations with Memo: `all`, or `none`, which it is if anything is set that only memories have.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversations: Option<String>,
    /// These conversations, up to 100, instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    conversation_ids: Vec<Uuid>,
}

/// How much of what is wanted, and how it is written.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct OptionsRequest {
    /// With the bytes of files: so is `zip` unless told, the others only if told. Then it is a ZIP archive whatever the format.
    files: Option<bool>,
    /// With the messages under memories; so it is unless told.
    messages: Option<bool>,
    /// With earlier versions of memories: so is `zip` unless told.
    versions: Option<bool>,
    /// With what clients keep beside memories and messages; so it is unless told.
    metadata: Option<bool>,
    /// Without the addresses, phone numbers and names of other people.
    redact_contacts: Option<bool>,
    /// The time zone of times that people read; UTC unless told. Records always have UTC.
    #[schema(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// The language of headings and dates: `en` unless told; `de`, `es`, `fr`, `it` and `pt` are known.
    #[schema(example = "de")]
    locale: Option<String>,
}

impl Parse for ExportRequest {
    type Parsed = ExportSpec;

    fn parse(self) -> Result<ExportSpec, FieldErrors> {
        let mut errors = FieldErrors::default();
        let format = errors.check("format", ExportFormat::parse(&self.format));
        if self.destination.is_some_and(|to| to != "download") {
            errors.add("destination", &Invalid::new("must be download"));
        }
        let filter = self.filter.parse(&mut errors);
        let timezone = errors.check_optional("options.timezone", self.options.timezone.map(timezone));
        let locale = self.options.locale.as_deref().map(LanguageTag::parse);
        let locale = errors.check_optional("options.locale", locale);
        let (Some(format), Some(filter), Some(timezone), Some(locale), Ok(())) =
            (format, filter, timezone, locale, errors.clone().into_result())
        else {
            return Err(errors);
        };
        let usual = ExportOptions::of(format);
        let options = ExportOptions {
            files: self.options.files.unwrap_or(usual.files),
            messages: self.options.messages.unwrap_or(usual.messages),
            versions: self.options.versions.unwrap_or(usual.versions),
            metadata: self.options.metadata.unwrap_or(usual.metadata),
            redact_contacts: self.options.redact_contacts.unwrap_or(usual.redact_contacts),
            timezone: timezone.unwrap_or(usual.timezone),
            locale: locale.unwrap_or(usual.locale),
        };
        Ok(ExportSpec { format, filter, options })
    }
}

impl FilterBody {
    /// The most categories that can be named.
    const MAX_CATEGORIES: usize = 100;

    fn parse(self, errors: &mut FieldErrors) -> Option<ExportFilter> {
        let time =
            |text: &String| Timestamp::from_str(text).map_err(|_| Invalid::new("must be an RFC 3339 time"));
        let categories = match self.category_ids.len() {
            0..=Self::MAX_CATEGORIES => self.category_ids.iter().map(|id| Filed::from_str(id)).collect(),
            _ => Err(Invalid::new(format!("must be at most {} categories", Self::MAX_CATEGORIES))),
        };
        let categories = errors.check("filter.categoryIds", categories);
        let tags: Vec<&str> = self.tags.iter().map(String::as_str).collect();
        let tags = errors.check("filter.tags", Tags::parse(&tags));
        let search = errors.check_optional("filter.search", self.search.as_deref().map(SearchText::parse));
        let from = errors.check_optional("filter.dateFrom", self.date_from.as_ref().map(time));
        let to = errors.check_optional("filter.dateTo", self.date_to.as_ref().map(time));
        let source = errors.check_optional("filter.source", self.source.as_deref().map(MemorySource::parse));
        let these = self.conversation_ids.into_iter().map(ConversationId::from).collect::<Vec<_>>();
        let conversations =
            errors.check("filter.conversations", conversations(self.conversations.as_deref(), these));
        Some(ExportFilter {
            categories: categories?,
            tags: tags?,
            search: search?,
            from: from?,
            to: to?,
            is_favorite: self.is_favorite,
            is_archived: self.is_archived,
            source: source?,
            conversations: conversations?,
        })
    }
}

/// What was asked for, said again.
impl From<ExportFilter> for FilterBody {
    fn from(filter: ExportFilter) -> Self {
        let (conversations, conversation_ids) = match filter.conversations {
            None => (None, Vec::new()),
            Some(Conversations::All) => (Some("all".to_owned()), Vec::new()),
            Some(Conversations::None) => (Some("none".to_owned()), Vec::new()),
            Some(Conversations::These(ids)) => (None, ids.iter().map(ConversationId::as_uuid).collect()),
        };
        Self {
            category_ids: filter.categories.into_iter().map(String::from).collect(),
            tags: filter.tags.iter().map(str::to_owned).collect(),
            search: filter.search.map(String::from),
            date_from: filter.from.map(|time| time.to_string()),
            date_to: filter.to.map(|time| time.to_string()),
            is_favorite: filter.is_favorite,
            is_archived: filter.is_archived,
            source: filter.source.map(|source| source.as_str().to_owned()),
            conversations,
            conversation_ids,
        }
    }
}

fn conversations(named: Option<&str>, these: Vec<ConversationId>) -> Result<Option<Conversations>, Invalid> {
    if these.len() > Conversations::MAX {
        return Err(Invalid::new(format!("must be at most {}", Conversations::MAX)));
    }
    match (named, these.is_empty()) {
        (None, true) => Ok(None),
        (None, false) => Ok(Some(Conversations::These(these))),
        (Some("all"), true) => Ok(Some(Conversations::All)),
        (Some("none"), true) => Ok(Some(Conversations::None)),
        (Some(_), true) => Err(Invalid::new("must be all or none")),
        (Some(_), false) => Err(Invalid::new("must not be there beside conversationIds")),
    }
}
