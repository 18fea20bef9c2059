//! What people ask for in the chat. What is asked comes before the mark that it has been: a worker that ends between the two asks
//! again under the same key, which says nothing twice.

use app_connectors::whatsapp::Said;
use app_domain::{Command, LinkCode, MemoryId, OutgoingTask, Phrase, StoreError, UserId};
use app_store::{Heard, LinkedPerson, Removal};

use crate::incoming::Incoming;
use crate::outcome::{Failure, Outcome};

/// What somebody typed just now may ask for something; what they send along, pass on or say in a group never does.
pub(crate) fn of(incoming: &Incoming<'_>, said: &Said) -> Command {
    let is_passed_on = said.is_forwarded || said.is_frequently_forwarded;
    let is_own = said.media.is_none() && !is_passed_on && !incoming.is_in_group();
    let typed = said.typed.as_deref().filter(|_| is_own && incoming.is_live());
    typed.map_or(Command::Save, Command::read)
}

/// The same of a person whose phone may have been linked later: what they had typed before they were given the code was not for Memo.
pub(crate) async fn since_linked(
    incoming: &Incoming<'_>,
    person: &LinkedPerson,
    command: &Command,
) -> Result<Command, StoreError> {
    if !is_to_be_kept(command) {
        let connected = incoming.app.links.of(person.user).await?.connected;
        let latest = incoming.delivery.received_at.plus(LinkCode::LIFETIME);
        if connected.is_some_and(|connected| connected.since > latest) {
            return Ok(Command::Save);
        }
    }
    Ok(command.clone())
}

/// Whether it asks for nothing but to be kept. A code that links nothing is kept too: it may be no code at all.
pub(crate) fn is_to_be_kept(command: &Command) -> bool {
    matches!(command, Command::Save | Command::Link(_))
}

/// Does what a person asks for. `None` if it is to be kept, or the phone is not theirs any more.
pub(crate) async fn run(
    incoming: &Incoming<'_>,
    person: &LinkedPerson,
    command: &Command,
) -> Result<Option<Outcome>, Failure> {
    if is_to_be_kept(command) {
        return Ok(None);
    }
    // Done twice, some would undo what came between.
    if incoming.is_seen().await? {
        return Ok(Some(Outcome::Duplicate));
    }
    let (links, user) = (&incoming.app.links, person.user);
    let say = |phrase| OutgoingTask::Say { phrase };
    let mut undone = None;
    let task = match command {
        Command::Ask(question) => OutgoingTask::Ask { question: question.clone() },
        Command::Find(words) => OutgoingTask::Find { words: words.clone() },
        Command::Recent => OutgoingTask::Recent,
        Command::Export => OutgoingTask::Export,
        Command::Undo => {
            undone = undo(incoming, user).await?;
            say(if undone.is_some() { Phrase::Undone } else { Phrase::NothingToUndo })
        }
        Command::Stop => {
            links.set_muted(user, true).await?;
            say(Phrase::Stopped)
        }
        Command::Start => {
            links.set_muted(user, false).await?;
            say(Phrase::Started)
        }
        Command::Help | Command::Save | Command::Link(_) => say(Phrase::Help),
    };
    incoming.answer(Some(user), task).await?;
    if let Some(memory) = undone {
        links.forget_last(user, memory).await?;
    }
    marked(incoming, person, Outcome::Asked(user)).await
}

/// Marks a message as dealt with that is no memory. `None` if the phone is not theirs any more.
pub(crate) async fn marked(
    incoming: &Incoming<'_>,
    person: &LinkedPerson,
    outcome: Outcome,
) -> Result<Option<Outcome>, Failure> {
    let delivery = incoming.delivery;
    // Nothing is lost without a mark: only reactions come from groups, and the same once more changes nothing.
    if incoming.is_in_group() {
        return Ok(Some(outcome));
    }
    let Some(chat) = incoming.chat() else { return Ok(None) };
    let links = &incoming.app.links;
    Ok(match links.heard(person, &delivery.sender, &chat, &delivery.wamid, incoming.now).await? {
        Heard::First => Some(outcome),
        Heard::Duplicate => Some(Outcome::Duplicate),
        Heard::NotLinked => None,
    })
}

/// Takes back the last memory that came from the chat, unless it was sent after this: then this comes too late. It is in the trash
/// already if this came to no end before.
async fn undo(incoming: &Incoming<'_>, user: UserId) -> Result<Option<MemoryId>, Failure> {
    let app = incoming.app;
    let last = app.links.last_saved(user).await?.filter(|last| *last <= incoming.delivery.memory_id());
    let Some(last) = last else { return Ok(None) };
    match app.memories.trash(user, last, None, incoming.now).await? {
        Removal::Done => Ok(Some(last)),
        Removal::Missing | Removal::Stale => Ok(app.memories.trashed(user, last).await?.map(|_| last)),
    }
}
