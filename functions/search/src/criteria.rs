//! What is searched for, as clients say it: in a query string, in a body, in a saved search.

use app_domain::{Invalid, MemoryFilter, MemoryId};
use app_http::{FieldErrors, FilterQuery};
use app_index::{SearchMode, Subject};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The longest question, in characters. Of long ones the beginning is looked for.
const MAX_CHARACTERS: usize = 10_000;

/// What is searched for, and among which memories.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Criteria {
    /// Words, of which the first 24 different ones count. `"quoted words"` must stand so, `-word` must not be there, and the last word
    /// may be unfinished, unless a space follows. A saved search has up to 1,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000, example = "dentist last week")]
    pub(crate) q: Option<String>,
    /// Instead of `q`: what is like this memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) similar_to: Option<Uuid>,
    /// `hybrid` (the default), `text` or `semantic`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "hybrid")]
    pub(crate) mode: Option<String>,
    /// Filed in this category, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) category_id: Option<String>,
    /// With all of these tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<Vec<String>>,
    /// Made at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(crate) date_from: Option<String>,
    /// Made at this time or earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    pub(crate) date_to: Option<String>,
    /// Favourites (`true`) or the others (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_favorite: Option<bool>,
    /// Archived (`true`) or not (`false`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_archived: Option<bool>,
    /// Come in this way: `web`, `api`, `whatsapp` or `import`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    /// Whether a time that `q` names for certain, such as "last week", becomes a filter. It does unless told, and unless there are
    /// `dateFrom` or `dateTo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) find_dates: Option<bool>,
    /// The time zone in which days begin, by its IANA name; UTC unless told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Europe/Berlin")]
    pub(crate) timezone: Option<String>,
}

/// Parsed [`Criteria`].
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) subject: Subject,
    pub(crate) mode: SearchMode,
    pub(crate) filter: MemoryFilter,
    /// The zone of times that the words may name, if those are to be found.
    pub(crate) zone: Option<TimeZone>,
    /// Tells this search from others.
    pub(crate) key: u32,
}

impl Criteria {
    /// Reads them.
    ///
    /// # Errors
    /// Every rule that they break.
    pub(crate) fn parse(&self) -> Result<Wanted, FieldErrors> {
        let mut errors = FieldErrors::default();
        let subject = errors.check("q", self.subject());
        let mode = errors.check("mode", self.mode.as_deref().map_or(Ok(SearchMode::default()), mode));
        let zone = errors.check("timezone", self.timezone.as_deref().map_or(Ok(TimeZone::UTC), zone));
        let filter = FilterQuery {
            category_id: self.category_id.clone(),
            tags: self.tags.clone(),
            date_from: self.date_from.clone(),
            date_to: self.date_to.clone(),
            is_favorite: self.is_favorite,
            is_archived: self.is_archived,
            source: self.source.clone(),
        };
        let filter = match filter.parse() {
            Ok(filter) => filter,
            Err(others) => return Err(errors.and(others)),
        };
        let (Some(subject), Some(mode), Some(zone)) = (subject, mode, zone) else { return Err(errors) };
        let finds_dates = self.find_dates.unwrap_or(true) && filter.from.is_none() && filter.to.is_none();
        Ok(Wanted { subject, mode, filter, zone: finds_dates.then_some(zone), key: self.key() })
    }

    fn subject(&self) -> Result<Subject, Invalid> {
        // A space at the end says that the last word is finished.
        let words = self.q.as_deref().map(str::trim_start);
        match (words, self.similar_to) {
            (Some(_), Some(_)) => Err(Invalid::new("cannot be given together with similarTo")),
            (None, Some(memory)) => Ok(Subject::Like(MemoryId::from(memory))),
            (None | Some(""), None) => Err(Invalid::new("must not be empty")),
            (Some(words), None) if words.chars().count() > MAX_CHARACTERS => {
                Err(Invalid::new(format!("must be at most {MAX_CHARACTERS} characters")))
            }
            (Some(words), None) => Ok(Subject::Words(words.to_owned())),
        }
    }

    /// The same for the same criteria.
    fn key(&self) -> u32 {
        crc32fast::hash(serde_json::to_string(self).unwrap_or_default().as_bytes())
    }
}

fn mode(name: &str) -> Result<SearchMode, Invalid> {
    match name {
        "hybrid" => Ok(SearchMode::Hybrid),
        "text" => Ok(SearchMode::Text),
        "semantic" => Ok(SearchMode::Semantic),
        _ => Err(Invalid::new("must be hybrid, text or semantic")),
    }
}

fn zone(name: &str) -> Result<TimeZone, Invalid> {
    TimeZone::get(name)
        .map_err(|_| Invalid::new("must be the IANA name of a time zone, such as Europe/Berlin"))
}
