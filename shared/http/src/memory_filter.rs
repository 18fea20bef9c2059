//! Which memories are wanted, as a query says it: for lists and for searches.

use std::str::FromStr;

use app_domain::{Filed, Invalid, MemoryFilter, MemorySource, Tags, Timestamp};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{ApiError, FieldErrors, Repeated, query};

/// Which memories are wanted: those that fit everything that is set.
#[derive(Debug, Default, Deserialize, IntoParams, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// Filed in this category, or `none`.
    pub category_id: Option<String>,
    /// With all of these tags. In a query they are a repeated parameter, which is read, and described, apart.
    #[serde(skip)]
    pub tags: Option<Vec<String>>,
    /// Made at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub date_from: Option<String>,
    /// Made at this time or earlier.
    #[param(value_type = Option<String>, format = DateTime)]
    pub date_to: Option<String>,
    /// Favourites (`true`) or the others (`false`).
    pub is_favorite: Option<bool>,
    /// Archived (`true`) or not (`false`).
    pub is_archived: Option<bool>,
    /// Come in this way: `web`, `api`, `whatsapp` or `import`.
    pub source: Option<String>,
}

impl FilterQuery {
    /// Reads the filter.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn parse(&self) -> Result<MemoryFilter, FieldErrors> {
        let mut errors = FieldErrors::default();
        let time =
            |text: &String| Timestamp::from_str(text).map_err(|_| Invalid::new("must be an RFC 3339 time"));
        let category = errors.check_optional("categoryId", self.category_id.as_deref().map(Filed::from_str));
        let from = errors.check_optional("dateFrom", self.date_from.as_ref().map(time));
        let to = errors.check_optional("dateTo", self.date_to.as_ref().map(time));
        let source = errors.check_optional("source", self.source.as_deref().map(MemorySource::parse));
        let tags: Vec<&str> = self.tags.iter().flatten().map(String::as_str).collect();
        let tags = errors.check("tags", Tags::parse(&tags));
        let (Some(category), Some(from), Some(to), Some(source), Some(tags)) =
            (category, from, to, source, tags)
        else {
            return Err(errors);
        };
        let (is_favorite, is_archived) = (self.is_favorite, self.is_archived);
        Ok(MemoryFilter { category, tags, search: None, from, to, is_favorite, is_archived, source })
    }
}

/// The filter of a query string.
#[derive(Debug, Default)]
pub struct Filtered(pub MemoryFilter);

impl<S: Send + Sync> FromRequestParts<S> for Filtered {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Ok(repeated) = Repeated::from_request_parts(parts, state).await;
        let tags = repeated.values("tags").into_iter().map(str::to_owned).collect();
        let query = FilterQuery { tags: Some(tags), ..query::read(parts)? };
        Ok(Self(query.parse()?))
    }
}
