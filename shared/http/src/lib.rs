//! What every HTTP function shares: errors and their envelope, callers, validated input, paging, the request log.

mod authenticator;
mod best_effort;
mod caller;
mod clock;
mod cursor;
mod error;
mod etag;
mod fields;
mod form;
mod id;
mod json;
mod key_source;
mod limiter;
mod memory_body;
mod memory_filter;
mod message_body;
mod openapi;
mod paging;
mod query;
mod recent;
mod routes;
mod service;
mod token;
mod visitor;

pub use authenticator::{API_KEY_PREFIX, Authenticator};
pub use best_effort::BestEffort;
pub use caller::{
    AccessAi, Caller, DeleteMemories, InPerson, Known, ManageUsers, ReadMemories, ReadMetrics, Requires,
    SendFiles, SyncWhatsapp, WriteMemories,
};
pub use clock::Now;
pub use cursor::{ByCursor, CursorPagination, CursorQuery};
pub use error::{ApiError, ErrorBody, ErrorDetail, FieldError};
pub use etag::{IfMatch, etag};
pub use fields::FieldErrors;
pub use form::Form;
pub use id::PathId;
pub use json::{Parse, ValidJson};
pub use key_source::KeySource;
pub use memory_body::{MediaBody, MemoryBody, ProvenanceBody};
pub use memory_filter::{FilterQuery, Filtered};
pub use message_body::{DeliveryBody, MessageBody};
pub use openapi::{ApiErrors, BodyErrors, CallerErrors, ChangeErrors, ItemErrors};
pub use paging::{Pagination, Paging, PagingQuery, paged};
pub use query::{Repeated, ValidQuery};
pub use routes::{Answers, Operations, Routes};
pub use service::{RequestInfo, Untimed, service};
pub use token::{AUDIENCE, Claims, ISSUER, TokenVerifier};
pub use visitor::Visitor;

/// What [`routes!`] needs where it is used.
#[doc(hidden)]
pub mod __private {
    pub use axum::routing::MethodRouter;
    pub use pastey::paste;
    pub use utoipa::Path;
    pub use utoipa_axum::routes as described;

    pub use crate::routes::answering;
}
