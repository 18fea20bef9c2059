//! `POST /ai/chat/stream` and what follows an answer that is on its way: server-sent events.
//!
//! An event's id is the answer's id and how much of its text has come, in bytes: who was cut off goes on from there.

use std::convert::Infallible;
use std::time::Duration;

use app_domain::{AnswerState, Cited, ConversationId, TurnAnswer, TurnId};
use app_http::{AccessAi, ApiError, Caller, ErrorDetail, Now, RequestInfo, Untimed, ValidJson};
use app_memo::{Begun, Ended, Memo, Step, Steps};
use app_store::Conversations;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use serde::Serialize;
use serde_json::json;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::answer::{ActionBody, ChatReply, CitationBody, failure_error, no_answer};
use super::asker;
use super::body::ChatBody;

/// How often a silent stream says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// How long an answer may take that is told while it is made.
const WITHIN: Duration = Duration::from_secs(240);
/// How often it is looked whether an answer is there that another call makes, and for how long.
const LOOK_EVERY: Duration = Duration::from_millis(500);
const LOOK_FOR: Duration = Duration::from_secs(240);
/// As many events wait to be sent before the answer does.
const AHEAD: usize = 64;

type Events = mpsc::Sender<Event>;

/// The answer has begun.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Start {
    conversation_id: Uuid,
    question_id: Option<Uuid>,
    message_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
}

/// A memory that the words so far rest on.
#[derive(Serialize)]
struct Citation {
    number: usize,
    #[serde(flatten)]
    cited: CitationBody,
}

/// Ask Memo, and hear the answer while it is made.
pub(crate) async fn chat(
    State(memo): State<Memo>,
    caller: Caller<AccessAi>,
    _: Untimed,
    Extension(info): Extension<RequestInfo>,
    ValidJson(ask): ValidJson<ChatBody>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let ask = app_memo::Ask { within: WITHIN, ..ask };
    let begun = memo.begin(asker(&caller), ask).await.map_err(failure_error)?;
    let (events, sent) = mpsc::channel(AHEAD);
    // It goes on when the client goes away, to keep what there is of the answer.
    tokio::spawn(tell(memo, begun, events, info.request_id));
    Ok(served(sent))
}

/// Hear the rest of an answer that another call began: of what is kept of it, what the client has not got.
pub(crate) async fn resume(
    State(conversations): State<Conversations>,
    caller: Caller<AccessAi>,
    _: Untimed,
    Extension(info): Extension<RequestInfo>,
    Path((conversation, answer)): Path<(String, String)>,
    headers: HeaderMap,
    Now(now): Now,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let named = |text: &str| text.parse::<Uuid>().map_err(|_| ApiError::not_found("message"));
    let (conversation, answer) = (ConversationId::from(named(&conversation)?), TurnId::from(named(&answer)?));
    let turn = conversations.turn(caller.user_id, conversation, answer, now).await;
    let turn = turn.map_err(crate::conversations::refused)?;
    if turn.is_question() {
        return Err(ApiError::not_found("message"));
    }
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let from = last.and_then(|id| id.strip_prefix(&format!("{answer}:"))?.parse().ok()).unwrap_or(0);
    let (events, sent) = mpsc::channel(AHEAD);
    let follow = Following { conversations, owner: caller.user_id, conversation, answer, from };
    tokio::spawn(follow.tell(events, info.request_id));
    Ok(served(sent))
}

fn served(sent: mpsc::Receiver<Event>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let stream = futures_util::stream::unfold(sent, |mut sent| async {
        sent.recv().await.map(|event| (Ok(event), sent))
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT))
}

/// Makes the answer, and tells it.
async fn tell(memo: Memo, begun: Begun, events: Events, request_id: String) {
    let id = begun.answer.id;
    let start = Start {
        conversation_id: begun.conversation.id.as_uuid(),
        question_id: Some(begun.question.id.as_uuid()),
        message_id: id.as_uuid(),
        model: Some(begun.model().to_owned()),
    };
    let (steps, mut heard) = Steps::channel();
    let making = async move { memo.answer(begun, &steps).await };
    let telling = async {
        let mut bytes = 0;
        if send(&events, "start", id, bytes, &start).await.is_err() {
            // Who has gone before it began hears nothing: the answer ends.
            drop(heard);
            return;
        }
        loop {
            let step = tokio::select! {
                step = heard.recv() => step,
                () = events.closed() => None,
            };
            let Some(step) = step else { break };
            let sent = match step {
                Step::Words(words) => {
                    bytes += words.len();
                    send(&events, "delta", id, bytes, &json!({"text": words})).await
                }
                Step::Cited(number, cited) => {
                    send(&events, "citation", id, bytes, &citation(number, cited)).await
                }
                Step::LookUp(tool) => {
                    send(&events, "tool", id, bytes, &json!({"tool": tool, "status": "running"})).await
                }
                Step::Action(action) => send(&events, "tool", id, bytes, &ActionBody::from(action)).await,
            };
            if sent.is_err() {
                break;
            }
        }
        drop(heard);
    };
    let (ended, ()) = tokio::join!(making, telling);
    let last = match ended {
        Ok(ended) => end(&events, &ended, &request_id).await,
        Err(error) => fail(&events, id, 0, ApiError::from(error), &request_id).await,
    };
    if last.is_err() {
        tracing::info!("the client went away before the end of an answer");
    }
}

/// The last event: the whole answer, or why there is no more of it.
async fn end(events: &Events, ended: &Ended, request_id: &str) -> Result<(), Gone> {
    let answer = ended.turn.answer();
    let (bytes, failure) = answer.map_or((0, None), |answer| (answer.text.len(), answer.failure));
    match (ChatReply::of(ended), failure) {
        (Ok(reply), None) => send(events, "done", ended.turn.id, bytes, &reply).await,
        (Ok(_), Some(failure)) => {
            let error = no_answer(failure, ended.resets_at);
            fail(events, ended.turn.id, bytes, error, request_id).await
        }
        (Err(error), _) => fail(events, ended.turn.id, bytes, error, request_id).await,
    }
}

fn citation(number: usize, cited: Cited) -> Citation {
    Citation { number, cited: cited.into() }
}

/// An answer that is followed.
struct Following {
    conversations: Conversations,
    owner: app_domain::UserId,
    conversation: ConversationId,
    answer: TurnId,
    /// How much of its text the client has, in bytes.
    from: usize,
}

impl Following {
    async fn tell(self, events: Events, request_id: String) {
        let told = self.follow(&events, &request_id).await;
        if told.is_err() {
            tracing::info!("the client went away before the end of an answer");
        }
    }

    async fn follow(&self, events: &Events, request_id: &str) -> Result<(), Gone> {
        let until = tokio::time::Instant::now() + LOOK_FOR;
        loop {
            let now = app_runtime::now();
            let turn = self.conversations.turn(self.owner, self.conversation, self.answer, now).await;
            let turn = match turn.map_err(crate::conversations::refused) {
                Ok(turn) => turn,
                Err(error) => return fail(events, self.answer, self.from, error, request_id).await,
            };
            let Some(answer) = turn.answer() else { return Ok(()) };
            if answer.state != AnswerState::Pending {
                self.rest(events, answer).await?;
                return end(events, &Ended { searched: 0, resets_at: None, turn }, request_id).await;
            }
            if tokio::time::Instant::now() >= until {
                return fail(events, self.answer, self.from, ApiError::model_unavailable(), request_id).await;
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = events.closed() => return Err(Gone),
            }
        }
    }

    /// What the client has not got of an answer that has come to its end.
    async fn rest(&self, events: &Events, answer: &TurnAnswer) -> Result<(), Gone> {
        let bytes = answer.text.len();
        // Who names the middle of a character has not got what was sent.
        let text = answer.text.get(self.from.min(bytes)..).unwrap_or(&answer.text);
        if !text.is_empty() {
            send(events, "delta", self.answer, bytes, &json!({"text": text})).await?;
        }
        for (place, cited) in answer.citations.iter().enumerate() {
            send(events, "citation", self.answer, bytes, &citation(place + 1, cited.clone())).await?;
        }
        Ok(())
    }
}

/// The client has gone.
struct Gone;

async fn send(
    events: &Events,
    name: &str,
    answer: TurnId,
    bytes: usize,
    data: &impl Serialize,
) -> Result<(), Gone> {
    let event = Event::default().event(name).id(format!("{answer}:{bytes}"));
    let event = event.json_data(data).map_err(|error| {
        tracing::error!(%error, "an event could not be written");
        Gone
    })?;
    events.send(event).await.map_err(|_| Gone)
}

async fn fail(
    events: &Events,
    answer: TurnId,
    bytes: usize,
    error: ApiError,
    request_id: &str,
) -> Result<(), Gone> {
    let detail: ErrorDetail = error.into_detail(request_id);
    send(events, "error", answer, bytes, &json!({"error": detail})).await
}
