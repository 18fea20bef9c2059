//! `GET /memories/{id}/messages`.

use std::str::FromStr;

use app_domain::{Invalid, MemoryId, MessageFilter, MessageId, SortOrder, Timestamp};
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, FieldErrors, ItemErrors, MessageBody, Pagination, Paging,
    PagingQuery, Parse, PathId, ReadMemories, ValidQuery, paged,
};
use app_store::Messages;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::refused;

/// Which messages to list, and in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", default)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListMessagesQuery {
    /// Replies to this message; all messages, replies among them, unless told.
    #[param(value_type = Option<uuid::Uuid>)]
    parent_message_id: Option<String>,
    /// Sent later than this.
    #[param(value_type = Option<String>, format = DateTime)]
    after: Option<String>,
    /// Sent earlier than this.
    #[param(value_type = Option<String>, format = DateTime)]
    before: Option<String>,
    /// `desc` (the default), the newest first, or `asc`.
    order: Option<String>,
}

impl Parse for ListMessagesQuery {
    type Parsed = (MessageFilter, SortOrder);

    fn parse(self) -> Result<Self::Parsed, FieldErrors> {
        let mut errors = FieldErrors::default();
        let id =
            |text: &str| MessageId::from_str(text).map_err(|_| Invalid::new("must be the id of a message"));
        let time =
            |text: &str| Timestamp::from_str(text).map_err(|_| Invalid::new("must be an RFC 3339 time"));
        let parent = errors.check_optional("parentMessageId", self.parent_message_id.as_deref().map(id));
        let after = errors.check_optional("after", self.after.as_deref().map(time));
        let before = errors.check_optional("before", self.before.as_deref().map(time));
        let order = errors.check_optional("order", self.order.as_deref().map(SortOrder::from_str));
        let (Some(parent), Some(after), Some(before), Some(order)) = (parent, after, before, order) else {
            return Err(errors);
        };
        Ok((MessageFilter { parent, after, before }, order.unwrap_or(SortOrder::Descending)))
    }
}

/// A page of messages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MessagePage {
    /// In the order asked for. Deleted messages that have replies are among them, and counted.
    messages: Vec<MessageBody>,
    /// Where the page stands.
    pagination: Pagination,
}

/// List the messages of a memory, or of one thread.
///
/// `page` reaches less deep than elsewhere: at most 200 messages may come before it. Beyond that, follow `nextCursor`.
#[utoipa::path(
    get, operation_id = "listMessages", path = "/memories/{id}/messages", tag = "messages", security(("bearer" = ["read:memories"]), ("apiKey" = ["read:memories"])),
    params(("id" = Uuid, Path), PagingQuery, ListMessagesQuery),
    responses((status = 200, description = "A page of messages.", body = MessagePage), ApiErrors, CallerErrors, ItemErrors),
)]
pub(crate) async fn list(
    State(messages): State<Messages>,
    caller: Caller<ReadMemories>,
    PathId(id): PathId<MemoryId>,
    Paging(request): Paging<MessageId>,
    ValidQuery((filter, order)): ValidQuery<ListMessagesQuery>,
) -> Result<Json<MessagePage>, ApiError> {
    MessageFilter::check_depth(request.number, request.limit)
        .map_err(|invalid| FieldErrors::one("page", &invalid))?;
    let page = messages.page(caller.user_id, id, &filter, order, &request).await.map_err(refused)?;
    let (messages, pagination) = paged(&request, page, MessageBody::from);
    Ok(Json(MessagePage { messages, pagination }))
}
