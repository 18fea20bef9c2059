//! The answers that hold messages.

use app_domain::Message;
use app_http::MessageBody;
use serde::Serialize;
use utoipa::ToSchema;

/// The answer that holds one message.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneMessage {
    message: MessageBody,
}

impl From<Message> for OneMessage {
    fn from(message: Message) -> Self {
        Self { message: message.into() }
    }
}
