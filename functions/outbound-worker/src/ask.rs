//! A question to Memo. It is asked in a conversation that the app shows like any other.

use std::collections::HashMap;
use std::time::Duration;

use app_domain::{
    ConversationId, MemoryId, MemorySource, Said, StoreError, Timestamp, Turn, TurnAnswer, TurnId, TurnText,
    User,
};
use app_memo::{Ask, AskError, Asked, Asker, Begun, Steps};
use app_runtime::causes;
use app_store::ConversationError;

use crate::App;
use crate::answer::{UNAVAILABLE, reply};
use crate::failure::Failure;
use crate::say::Job;

/// After so long a silence, a question begins another conversation.
const SILENCE: Duration = Duration::from_secs(6 * 60 * 60);
/// How long an answer may take: the function has 90 seconds in all.
const WITHIN: Duration = Duration::from_secs(55);

/// What was made of the question before, if it comes again.
enum Before {
    /// It has been answered.
    Answered(TurnAnswer),
    /// It is kept, and without an answer.
    Kept(ConversationId, TurnId),
}

/// What Memo answers, as it is said in a chat.
pub(crate) async fn answer(
    app: &App,
    job: &Job<'_>,
    user: &User,
    question: TurnText,
) -> Result<String, Failure> {
    let talk = app.links.conversation(user.id).await?;
    let before = match talk {
        Some((conversation, at)) if job.is_again && at >= job.outgoing.asked_at => {
            before(app, user, conversation, &question, job.clock.now()).await?
        }
        _ => None,
    };
    let known =
        talk.filter(|(_, at)| job.clock.now().since(*at) < SILENCE).map(|(conversation, _)| conversation);
    let (conversation, asked) = match before {
        Some(Before::Answered(answer)) => return written(app, user, &answer, job.clock.now()).await,
        Some(Before::Kept(conversation, turn)) => (Some(conversation), Asked::Again(turn)),
        None => (known, Asked::Question { text: question, instead_of: None }),
    };
    let begun = match begun(app, user, conversation, asked).await {
        Ok(begun) => begun,
        Err(AskError::Store(error)) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(causes = causes(&error), "a question from a chat was not taken");
            return Ok(UNAVAILABLE.to_owned());
        }
    };
    // Best effort: without it, the next question begins another conversation.
    if let Err(error) = app.links.set_conversation(user.id, begun.conversation.id, job.clock.now()).await {
        tracing::warn!(causes = causes(&error), "could not note the conversation of a chat");
    }
    let (steps, mut heard) = Steps::channel();
    let making = async move { app.memo.answer(begun, &steps).await };
    let listening = async { while heard.recv().await.is_some() {} };
    let (ended, ()) = tokio::join!(making, listening);
    match ended?.turn.answer() {
        Some(answer) => written(app, user, answer, job.clock.now()).await,
        None => Ok(UNAVAILABLE.to_owned()),
    }
}

/// Takes the question; in a new conversation if the old one is gone.
async fn begun(
    app: &App,
    user: &User,
    conversation: Option<ConversationId>,
    asked: Asked,
) -> Result<Begun, AskError> {
    let asker = Asker {
        user: user.id,
        tier: user.tier,
        permissions: user.role.permissions().to_vec(),
        source: MemorySource::Whatsapp,
    };
    let ask =
        |conversation| Ask { conversation, asked: asked.clone(), focus: None, model: None, within: WITHIN };
    match app.memo.begin(asker.clone(), ask(conversation)).await {
        Err(AskError::NoConversation) if conversation.is_some() => app.memo.begin(asker, ask(None)).await,
        begun => begun,
    }
}

/// What was made of the question when it came before: it is the last of its conversation then.
async fn before(
    app: &App,
    user: &User,
    id: ConversationId,
    question: &TurnText,
    now: Timestamp,
) -> Result<Option<Before>, StoreError> {
    let leaf = app.conversations.get(user.id, id).await?.and_then(|conversation| conversation.leaf);
    let Some(answer) = turn(app, user, id, leaf, now).await? else { return Ok(None) };
    let Some(kept) = turn(app, user, id, answer.parent, now).await? else { return Ok(None) };
    Ok(match (&kept.said, answer.answer()) {
        (Said::Question { text }, Some(answer)) if text == question => Some(match answer.state {
            app_domain::AnswerState::Complete => Before::Answered(answer.clone()),
            _ => Before::Kept(id, kept.id),
        }),
        _ => None,
    })
}

async fn turn(
    app: &App,
    user: &User,
    id: ConversationId,
    turn: Option<TurnId>,
    now: Timestamp,
) -> Result<Option<Turn>, StoreError> {
    let Some(turn) = turn else { return Ok(None) };
    match app.conversations.turn(user.id, id, turn, now).await {
        Ok(turn) => Ok(Some(turn)),
        Err(ConversationError::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

/// An answer as a text, its sources with their days.
async fn written(app: &App, user: &User, answer: &TurnAnswer, now: Timestamp) -> Result<String, Failure> {
    let ids: Vec<MemoryId> = answer.citations.iter().map(|cited| cited.memory).collect();
    let memories = app.memories.get_all(user.id, &ids).await?;
    let days: HashMap<MemoryId, Timestamp> =
        memories.into_iter().map(|memory| (memory.id, memory.created_at)).collect();
    Ok(reply(answer, &days, now))
}
