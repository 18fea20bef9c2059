//! Pages that are read by cursor alone: of lists that grow at their beginning, where page numbers would shift, and that nobody
//! counts.

use std::fmt::Display;
use std::str::FromStr;

use app_domain::Limit;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::paging::{read_cursor, write_cursor};
use crate::{ApiError, FieldErrors, query};

/// The parameters that choose a page of such a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CursorQuery {
    /// Items on a page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The `nextCursor` of the page before; the first page without it.
    cursor: Option<String>,
}

/// The page that is asked for, of a list whose items are known by an `Id`.
#[derive(Debug, PartialEq, Eq)]
pub struct ByCursor<Id> {
    limit: Limit,
    /// The item that the page starts behind.
    pub after: Option<Id>,
}

impl<Id: FromStr> ByCursor<Id> {
    /// The page that `limit` and `cursor` ask for.
    ///
    /// # Errors
    /// Every rule that they break.
    pub fn parse(limit: Option<u32>, cursor: Option<&str>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let limit = errors.check("limit", limit.map_or(Ok(Limit::default()), Limit::parse));
        let after = errors.check_optional("cursor", cursor.map(read_cursor));
        let (Some(limit), Some(after)) = (limit, after) else { return Err(errors) };
        Ok(Self { limit, after })
    }
}

impl<S: Send + Sync, Id: FromStr> FromRequestParts<S> for ByCursor<Id> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let CursorQuery { limit, cursor } = query::read(parts)?;
        Ok(Self::parse(limit, cursor.as_deref())?)
    }
}

impl<Id: Display> ByCursor<Id> {
    /// How many items to read: one more than the page holds tells whether another page follows.
    pub fn to_read(&self) -> u32 {
        self.limit.get() + 1
    }

    /// Items on the page.
    pub fn limit(&self) -> u32 {
        self.limit.get()
    }

    /// Where the page ends, if the next one begins behind `next`.
    pub fn ending(&self, next: Option<Id>) -> CursorPagination {
        CursorPagination { limit: self.limit.get(), next_cursor: next.map(write_cursor) }
    }

    /// Of the items that were read, the page's in their wire form, and where the page ends.
    pub fn paged<T, Body>(
        &self,
        mut items: Vec<T>,
        id: impl Fn(&T) -> Id,
        body: impl Fn(T) -> Body,
    ) -> (Vec<Body>, CursorPagination) {
        let limit = self.limit.get();
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next_cursor = items.last().filter(|_| more).map(|item| write_cursor(id(item)));
        (items.into_iter().map(body).collect(), CursorPagination { limit, next_cursor })
    }
}

/// Where a page that is read by cursor ends.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CursorPagination {
    /// Items asked for.
    limit: u32,
    /// Asks for the page that follows. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(limit: Option<u32>, cursor: Option<&str>) -> Result<ByCursor<u32>, FieldErrors> {
        ByCursor::parse(limit, cursor)
    }

    fn page(request: &ByCursor<u32>, items: &[u32]) -> (Vec<u32>, Option<String>) {
        let (items, pagination) = request.paged(items.to_vec(), |n| *n, |n| n * 10);
        (items, pagination.next_cursor)
    }

    #[test]
    fn a_cursor_reads_on_where_the_page_ended() {
        let request = query(Some(2), None).unwrap();
        assert_eq!((request.to_read(), request.after), (3, None));
        let (items, next) = page(&request, &[9, 8, 7]);
        assert_eq!(items, [90, 80]);
        assert_eq!(query(Some(2), next.as_deref()).unwrap().after, Some(8));
    }

    #[test]
    fn the_last_page_has_no_cursor_even_if_it_is_full() {
        let request = query(Some(2), None).unwrap();
        assert_eq!(page(&request, &[9, 8]), (vec![90, 80], None));
        assert_eq!(page(&request, &[]), (vec![], None));
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let error = ApiError::from(query(Some(101), Some("!")).unwrap_err());
        let errors = serde_json::to_string(&error.body("r")).unwrap();
        assert!(errors.contains("\"limit\"") && errors.contains("\"cursor\""), "{errors}");
    }
}
