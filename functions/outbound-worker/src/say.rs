//! One thing to say: whether it is still to be said, what it says, and what becomes of it.

use app_domain::{DeliveryState, Outgoing, OutgoingTask, StoreError};
use app_runtime::{SecretError, causes};
use app_store::{Begun, Composition, PartState};
use secrecy::SecretString;

use crate::compose::compose;
use crate::deliver::{Line, deliver};
use crate::failure::Failure;
use crate::listener::Listener;
use crate::{App, Clock};

/// Why a message that was posted under a memory will not arrive, in words for its owner.
const NOT_SET_UP: &str = "WhatsApp is not set up here.";
const NOT_LINKED: &str = "The phone is not linked any more.";
const GIVEN_UP: &str = "WhatsApp could not be reached for hours.";

/// Where the rest of a text is that is too long for a chat.
const ELSEWHERE: &str = "_The rest is in the app._";

/// Something to say that has come from the queue.
pub(crate) struct Job<'a> {
    pub(crate) outgoing: &'a Outgoing,
    /// Whether it has come before.
    pub(crate) is_again: bool,
    pub(crate) clock: Clock,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// WhatsApp has it.
    Sent,
    /// It was dealt with before.
    Duplicate,
    /// The message is marked as read, and nothing is said.
    Seen,
    /// Its listener wants silence.
    Muted,
    /// Its listener's phone is not linked any more.
    NotLinked,
    /// What it is about is gone.
    Gone,
    /// There is no access token.
    NotSetUp,
    /// WhatsApp will not deliver it: its code, where there is one.
    Refused(Option<i64>),
}

impl Outcome {
    /// In the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Duplicate => "duplicate",
            Self::Seen => "seen",
            Self::Muted => "muted",
            Self::NotLinked => "not linked",
            Self::Gone => "gone",
            Self::NotSetUp => "not set up",
            Self::Refused(_) => "refused",
        }
    }

    /// WhatsApp's code for it, in the log.
    pub(crate) fn code(self) -> Option<i64> {
        match self {
            Self::Refused(code) => code,
            _ => None,
        }
    }
}

/// Says one thing, once, however often it comes.
pub(crate) async fn say(app: &App, job: &Job<'_>) -> Result<Outcome, Failure> {
    let (outgoing, now) = (job.outgoing, job.clock.now());
    let begun = app.sent.begin(outgoing, now).await?;
    if matches!(begun, Begun::Done) {
        return Ok(Outcome::Duplicate);
    }
    let Some(token) = token(app).await? else { return unsaid(app, job, Outcome::NotSetUp).await };
    let Some(listener) = Listener::of(app, job).await? else {
        return unsaid(app, job, Outcome::NotLinked).await;
    };
    let line = Line { app, job, token, open_until: listener.open_until, fault: listener.fault.clone() };
    line.mark_read().await;
    if !listener.hears(&outgoing.task) {
        return unsaid(app, job, Outcome::Muted).await;
    }
    let composition = match begun {
        Begun::Composed(composition) => composition,
        _ => match composed(app, job).await? {
            Ok(composition) => composition,
            Err(outcome) => return unsaid(app, job, outcome).await,
        },
    };
    deliver(&line, composition).await
}

/// The token to call WhatsApp with, if there is one yet.
async fn token(app: &App) -> Result<Option<SecretString>, SecretError> {
    let Some(read) = &app.token else { return Ok(None) };
    match read().await {
        Ok(token) => Ok(Some(SecretString::from(token))),
        Err(SecretError::Empty(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Finds the words, and keeps them before anything is sent.
async fn composed(app: &App, job: &Job<'_>) -> Result<Result<Composition, Outcome>, Failure> {
    let text = match compose(app, job).await? {
        Ok(text) => text,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let parts = app_domain::split_text(&text, ELSEWHERE);
    let outgoing = job.outgoing;
    if !app.sent.compose(&outgoing.key, outgoing.owner, &parts, job.clock.now()).await? {
        // Somebody else has found words meanwhile: those are sent.
        return Err(Failure::Busy);
    }
    Ok(Ok(Composition { parts, next: 0, state: PartState::Waiting }))
}

/// Says nothing, for good. Who posted it is told first, so that a worker that dies in between is no reason for silence.
async fn unsaid(app: &App, job: &Job<'_>, outcome: Outcome) -> Result<Outcome, Failure> {
    match outcome {
        Outcome::NotSetUp => tell_poster(app, job, DeliveryState::Failed, Some(NOT_SET_UP)).await?,
        Outcome::NotLinked => tell_poster(app, job, DeliveryState::Failed, Some(NOT_LINKED)).await?,
        _ => {}
    }
    let outgoing = job.outgoing;
    app.sent.compose(&outgoing.key, outgoing.owner, &[], job.clock.now()).await?;
    Ok(outcome)
}

/// Tells whoever posted a message that it is not tried again; then it is not, even if it comes out of the dead letters, for they may have
/// posted it anew. Best effort: there is no other time for it.
pub(crate) async fn given_up(app: &App, job: &Job<'_>) {
    if !matches!(job.outgoing.task, OutgoingTask::Post { .. }) {
        return;
    }
    let key = &job.outgoing.key;
    let mut told = tell_poster(app, job, DeliveryState::Failed, Some(GIVEN_UP)).await;
    if told.is_ok() {
        told = app.sent.failed(key, None, GIVEN_UP, job.clock.now()).await;
    }
    if let Err(error) = told {
        tracing::warn!(
            key = key.as_str(),
            causes = causes(&error),
            "could not say that a message was given up"
        );
    }
}

/// Notes on a message under a memory how far it has come; nothing for anything else that is said.
pub(crate) async fn tell_poster(
    app: &App,
    job: &Job<'_>,
    state: DeliveryState,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    if let (OutgoingTask::Post { memory, message }, Some(owner)) = (&job.outgoing.task, job.outgoing.owner) {
        let reason = reason.map(str::to_owned);
        app.messages.delivered(owner, *memory, *message, state, reason, job.clock.now()).await?;
    }
    Ok(())
}
