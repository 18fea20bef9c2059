//! `POST /ai/chat`.

use app_http::{AccessAi, ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, Untimed, ValidJson};
use app_memo::{Ask, Memo, Steps};
use axum::Json;
use axum::extract::State;

use super::answer::{ChatReply, failure_error};
use super::asker;
use super::body::ChatBody;

/// Ask Memo. Answers from the caller's own memories and cites them. The question is kept in a conversation before it is answered; if there is
/// no answer, it can be answered `again`. The same comes in pieces, as they are made, from the streaming address.
#[utoipa::path(
    post, operation_id = "chat", path = "/ai/chat", tag = "ai", security(("bearer" = ["access:ai"]), ("apiKey" = ["access:ai"])),
    request_body = ChatBody,
    responses(
        (status = 200, description = "The answer.", body = ChatReply),
        (status = 404, description = "There is no memory, conversation or message of that id.", body = app_http::ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn chat(
    State(memo): State<Memo>,
    caller: Caller<AccessAi>,
    _: Untimed,
    ValidJson(ask): ValidJson<ChatBody>,
) -> Result<Json<ChatReply>, ApiError> {
    answered(&memo, &caller, ask).await.map(Json)
}

async fn answered(memo: &Memo, caller: &Caller<AccessAi>, ask: Ask) -> Result<ChatReply, ApiError> {
    let begun = memo.begin(asker(caller), ask).await.map_err(failure_error)?;
    let (steps, mut heard) = Steps::channel();
    let answer = async move { memo.answer(begun, &steps).await };
    let listen = async { while heard.recv().await.is_some() {} };
    let (ended, ()) = tokio::join!(answer, listen);
    ChatReply::of(&ended?)
}
