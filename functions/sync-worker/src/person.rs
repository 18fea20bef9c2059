//! What people write to the number that everybody can write to: memories, commands, replies and codes.

use std::time::Duration;

use app_connectors::whatsapp::{Reading, Said, code_hash, sha256_hex};
use app_domain::{
    CategoryId, Chore, Command, OutgoingKey, OutgoingTask, Phrase, StoreError, Tags, UserId, hashtags,
};
use app_store::{Arrival, LinkedPerson, Received, ReceivedFrom};

use crate::change::ME;
use crate::effects::saved;
use crate::incoming::Incoming;
use crate::memory::{Filing, memory};
use crate::outcome::{Failure, Outcome};
use crate::{change, command, effects, reply, system};

/// How often the owner of a phone is looked up anew because the phone changed hands meanwhile.
pub(crate) const TRIES: usize = 2;
/// How often somebody without an account is told so, or that their code is wrong, and somebody who has paused saving.
const TO_STRANGERS_EVERY: Duration = Duration::from_secs(30 * 24 * 60 * 60);
const TO_CODES_EVERY: Duration = Duration::from_secs(60);
const TO_PAUSED_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// Somebody opened the chat for the first time.
const WELCOME: &str = "request_welcome";

/// Handles a message to the shared number.
pub(crate) async fn receive(incoming: &Incoming<'_>) -> Result<Outcome, Failure> {
    // Nobody but ourselves writes from the shared number.
    if incoming.delivery.is_outgoing() {
        return Ok(Outcome::Ignored);
    }
    match incoming.delivery.reading() {
        Reading::Said(said) => heard(incoming, &said).await,
        Reading::Reaction { to, emoji } => {
            change::by_person(incoming, &to, change::reaction(ME, emoji)).await
        }
        Reading::Edit { of, said } => change::by_person(incoming, &of, change::edit(ME, *said)).await,
        Reading::Revoke { of } => change::by_person(incoming, &of, change::revoke(ME)).await,
        Reading::NumberChanged { to } => system::moved(incoming, &to).await,
        Reading::UserIdChanged { to } => system::renamed(incoming, to).await,
        Reading::Notice => noticed(incoming).await,
    }
}

async fn heard(incoming: &Incoming<'_>, said: &Said) -> Result<Outcome, Failure> {
    let command = command::of(incoming, said);
    if let Some(outcome) = linked(incoming, &command).await? {
        return Ok(outcome);
    }
    for _ in 0..TRIES {
        let Some(person) = incoming.app.links.person(&incoming.delivery.sender).await? else { break };
        let command = command::since_linked(incoming, &person, &command).await?;
        let outcome = match command::run(incoming, &person, &command).await? {
            None if command::is_to_be_kept(&command) => kept(incoming, &person, said).await?,
            outcome => outcome,
        };
        if let Some(outcome) = outcome {
            return Ok(outcome);
        }
    }
    stranger(incoming, &command).await
}

/// Links the phone if the message holds a code that was given out for it, which also marks the message.
async fn linked(incoming: &Incoming<'_>, command: &Command) -> Result<Option<Outcome>, Failure> {
    let (app, delivery) = (incoming.app, incoming.delivery);
    let (Command::Link(code), Some(chat)) = (command, incoming.chat()) else { return Ok(None) };
    let hash = code_hash(code);
    let user = app.links.confirm(&delivery.sender, &chat, &hash, &delivery.wamid, incoming.now).await?;
    let (owner, outcome) = match user {
        Some(user) => (user, Outcome::Linked(user)),
        // Its code is used up, but what follows may not have come to pass.
        None => match linked_before(incoming).await? {
            Some(user) => (user, Outcome::Duplicate),
            None => return Ok(None),
        },
    };
    app.queues.chores.send(&Chore::ClaimInbox { owner }).await?;
    incoming.answer(Some(owner), OutgoingTask::Say { phrase: Phrase::Linked }).await?;
    Ok(Some(outcome))
}

/// Whom the same message linked before, if they still have the phone.
async fn linked_before(incoming: &Incoming<'_>) -> Result<Option<UserId>, StoreError> {
    let app = incoming.app;
    let seen = app.memories.of_message(&incoming.delivery.wamid).await?;
    let Some(seen) = seen.filter(|seen| seen.memory.is_none()) else { return Ok(None) };
    let person = app.links.person(&incoming.delivery.sender).await?;
    Ok(person.map(|person| person.user).filter(|user| *user == seen.owner))
}

/// Makes it a memory of the person's, or a message under one. `None` if the phone is not theirs any more.
async fn kept(
    incoming: &Incoming<'_>,
    person: &LinkedPerson,
    said: &Said,
) -> Result<Option<Outcome>, Failure> {
    let (app, delivery, now) = (incoming.app, incoming.delivery, incoming.now);
    let quoted = reply::quoted(app, person.user, said).await?;
    if let Some(outcome) = reply::replied(incoming, person, said, &quoted).await? {
        return Ok(Some(outcome));
    }
    let (tags, category) = filed(incoming, person, said).await?;
    let phone = delivery.phone().unwrap_or_else(|| person.phone.clone());
    let filing = Filing { owner: person.user, category, tags, phone: Some(&phone), quoted, contact: None };
    let memory = memory(delivery, said, filing)?;
    let chat = incoming.open_chat();
    let from = ReceivedFrom::Person { person, sender: &delivery.sender, chat: chat.as_ref() };
    let arrival = app.memories.receive(&memory, &Received { wamid: &delivery.wamid, from, now }).await?;
    let author = change::Author::person(person);
    Ok(match arrival {
        Arrival::Saved => {
            effects::after(incoming, &author, saved(&memory)).await?;
            incoming.answer(Some(person.user), OutgoingTask::Seen).await?;
            Some(Outcome::Saved(person.user))
        }
        Arrival::Duplicate => {
            if effects::again(incoming, &author, said).await? {
                incoming.answer(Some(person.user), OutgoingTask::Seen).await?;
            }
            Some(Outcome::Duplicate)
        }
        Arrival::Paused => Some(paused(incoming, person.user).await?),
        Arrival::NotLinked => None,
    })
}

/// The tags that stand in what was said, and where it is filed: in a category that one of them names, or with what WhatsApp brings.
async fn filed(
    incoming: &Incoming<'_>,
    person: &LinkedPerson,
    said: &Said,
) -> Result<(Tags, Option<CategoryId>), StoreError> {
    // What somebody typed, or wrote below media; not what stands on a card or in an advertisement.
    let caption = said.details.get("media").and_then(|media| media["caption"].as_str());
    let written = said.typed.as_deref().or(caption);
    let tags = written.map(hashtags).unwrap_or_default();
    if tags.is_empty() {
        return Ok((tags, person.category));
    }
    let categories = incoming.app.categories.all(person.user).await?;
    let named = tags.each().find_map(|tag| {
        let folded = tag.folded();
        categories.iter().find(|category| category.name.folded() == folded)
    });
    Ok((tags, named.map(|category| category.id).or(person.category)))
}

/// Keeps what came while saving is paused, and says so once a day.
async fn paused(incoming: &Incoming<'_>, user: UserId) -> Result<Outcome, Failure> {
    let is_new = incoming.keep().await?;
    let period = format!("paused {}", incoming.now.day());
    greet(incoming, is_new, Some(user), Phrase::Paused, TO_PAUSED_EVERY, &period).await?;
    Ok(Outcome::Paused(user))
}

/// Keeps what somebody wrote who has no account, and says so now and then.
async fn stranger(incoming: &Incoming<'_>, command: &Command) -> Result<Outcome, Failure> {
    let is_new = incoming.keep().await?;
    if let Command::Link(_) = command {
        // Whoever sends one code after the other is not told each time.
        let mark = sha256_hex(format!("code {}", incoming.delivery.sender_hash()).as_bytes());
        if incoming.app.sent.greet(&mark, incoming.now, TO_CODES_EVERY).await? || !is_new {
            incoming.answer(None, OutgoingTask::Say { phrase: Phrase::WrongCode }).await?;
        }
    } else {
        let month = incoming.now.day();
        let period = format!("stranger {}", month.get(..7).unwrap_or(&month));
        greet(incoming, is_new, None, Phrase::Stranger, TO_STRANGERS_EVERY, &period).await?;
    }
    Ok(if is_new { Outcome::Unclaimed } else { Outcome::Duplicate })
}

/// Says something once in a period. A message that comes again may have been what it was to be said to: then it is asked for once
/// more, under the key of its period.
async fn greet(
    incoming: &Incoming<'_>,
    is_new: bool,
    owner: Option<UserId>,
    phrase: Phrase,
    every: Duration,
    period: &str,
) -> Result<(), Failure> {
    if incoming.is_in_group() {
        return Ok(());
    }
    let sender = incoming.delivery.sender_hash();
    let kind = period.split(' ').next().unwrap_or_default();
    let mark = sha256_hex(format!("{kind} {sender}").as_bytes());
    if incoming.app.sent.greet(&mark, incoming.now, every).await? || !is_new {
        let key = OutgoingKey::answer(&sha256_hex(format!("{period} {sender}").as_bytes()));
        incoming.answer_as(key, owner, OutgoingTask::Say { phrase }).await?;
    }
    Ok(())
}

/// There is nothing to remember of what is about the chat itself. Of somebody without an account it is kept with the rest.
async fn noticed(incoming: &Incoming<'_>) -> Result<Outcome, Failure> {
    if incoming.app.links.person(&incoming.delivery.sender).await?.is_some() {
        return Ok(Outcome::Ignored);
    }
    if incoming.delivery.kind == WELCOME {
        return stranger(incoming, &Command::Save).await;
    }
    incoming.set_aside().await
}
