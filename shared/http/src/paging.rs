//! Pages on the wire.

use std::fmt::Display;
use std::str::FromStr;

use app_domain::{Invalid, Limit, Page, PageNumber, PageRequest};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{ApiError, FieldErrors, query};

/// The parameters that choose a page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PagingQuery {
    /// The page, from 1. Reaches 1,000 items deep; beyond that, follow `nextCursor`.
    #[param(minimum = 1, default = 1)]
    pub page: Option<u32>,
    /// Items on a page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<u32>,
    /// The `nextCursor` of the page before; with it, `page` is not counted.
    pub cursor: Option<String>,
}

impl PagingQuery {
    fn request<Id: FromStr>(&self) -> Result<PageRequest<Id>, FieldErrors> {
        let mut errors = FieldErrors::default();
        let limit = errors.check("limit", self.limit.map_or(Ok(Limit::default()), Limit::parse));
        let by_number = || {
            self.page
                .map_or(Ok(PageNumber::default()), |page| PageNumber::parse(page, limit.unwrap_or_default()))
        };
        let after = errors.check_optional("cursor", self.cursor.as_deref().map(read_cursor));
        let number = if self.cursor.is_some() { Ok(PageNumber::default()) } else { by_number() };
        let number = errors.check("page", number);
        let (Some(limit), Some(number), Some(after)) = (limit, number, after) else { return Err(errors) };
        Ok(PageRequest { number, limit, after })
    }
}

/// The page that is asked for, of a list whose items are known by an `Id`.
#[derive(Debug)]
pub struct Paging<Id>(pub PageRequest<Id>);

impl<S: Send + Sync, Id: FromStr> FromRequestParts<S> for Paging<Id> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(query::read::<PagingQuery>(parts)?.request()?))
    }
}

/// Where a page stands in its list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pagination {
    /// The page's number; 1 when read by cursor.
    page: u32,
    /// Items asked for.
    limit: u32,
    /// Items in the whole list.
    total: u64,
    /// False where counting stopped early: there are at least `total` items.
    total_is_exact: bool,
    /// Pages in the whole list.
    total_pages: u64,
    /// Asks for the page that follows, at any depth. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A page's items in their wire form, and where the page stands.
pub fn paged<T, Id: Display, Body>(
    request: &PageRequest<Id>,
    page: Page<T, Id>,
    body: impl Fn(T) -> Body,
) -> (Vec<Body>, Pagination) {
    let limit = request.limit.get();
    let pagination = Pagination {
        page: request.number.get(),
        limit,
        total: page.total.count,
        total_is_exact: page.total.is_exact,
        total_pages: page.total.count.div_ceil(u64::from(limit)),
        next_cursor: page.next.map(write_cursor),
    };
    (page.items.into_iter().map(body).collect(), pagination)
}

/// The cursor that reads on behind an item.
pub(crate) fn write_cursor(id: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(id.to_string())
}

/// The item that a cursor reads on behind.
pub(crate) fn read_cursor<Id: FromStr>(cursor: &str) -> Result<Id, Invalid> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let id = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).and_then(|text| text.parse().ok());
    id.ok_or_else(|| Invalid::new("must be the nextCursor of an earlier answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(
        page: Option<u32>,
        limit: Option<u32>,
        cursor: Option<&str>,
    ) -> Result<PageRequest<u32>, FieldErrors> {
        PagingQuery { page, limit, cursor: cursor.map(str::to_owned) }.request()
    }

    #[test]
    fn a_cursor_reads_on_where_the_page_ended() {
        let request = query(None, Some(2), None).unwrap();
        let page = Page { items: vec![9, 8], total: 5.into(), next: Some(8) };
        let (items, pagination) = paged(&request, page, |n| n * 10);
        assert_eq!((items, pagination.total_pages), (vec![90, 80], 3));
        assert_eq!(query(None, None, pagination.next_cursor.as_deref()).unwrap().after, Some(8));
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let errors =
            serde_json::to_string(&ApiError::from(query(Some(0), Some(0), Some("!")).unwrap_err()).body("r"));
        let errors = errors.unwrap();
        assert!(errors.contains("\"limit\"") && errors.contains("\"cursor\""), "{errors}");
        assert!(query(Some(0), None, None).is_err());
    }
}
