//! Messages about other messages: reactions, corrections, and what is taken back. They change the memory that the other message
//! became, and wait for it if they come first.

use app_connectors::whatsapp::{Said, beginning_of};
use app_domain::{
    ContactId, Content, Memory, MemoryId, MemoryPatch, Patch, Privacy, Tag, Tags, Timestamp, UserId, hashtags,
};
use app_store::{LinkedPerson, PendingChange, Removal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::App;
use crate::command::marked;
use crate::incoming::Incoming;
use crate::outcome::{Failure, Outcome, store_error};
use crate::person::TRIES;

/// The owner of the memories, among those who change them.
pub(crate) const ME: &str = "me";

/// What somebody (`by`: the owner, or the id of a contact) changes of a message.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Change {
    /// They react with an emoji, or with none any more.
    Reaction { by: String, emoji: Option<String> },
    /// They say something else.
    Edit { by: String, text: Option<String>, details: Map<String, Value> },
    /// They take it back.
    Revoke { by: String },
}

/// Whose change it is.
pub(crate) struct Author {
    /// Whose memories can be changed by it.
    pub(crate) owner: UserId,
    /// The contact of theirs in whose chat it was made.
    contact: Option<ContactId>,
}

impl Author {
    /// A person, in the chat with us.
    pub(crate) fn person(person: &LinkedPerson) -> Self {
        Self { owner: person.user, contact: None }
    }

    /// A contact of a person's, or the person in the chat with the contact.
    pub(crate) fn contact(owner: UserId, id: &ContactId) -> Self {
        Self { owner, contact: Some(id.clone()) }
    }

    /// What changes wait under.
    fn key(&self) -> String {
        self.contact.as_ref().map_or_else(|| self.owner.hashed(), ContactId::to_string)
    }

    /// Whether a memory of the owner's came from this chat.
    fn is_of_chat(&self, memory: &Memory) -> bool {
        contact_of(memory) == self.contact.as_ref().map(ContactId::as_str)
    }

    /// Whether it also was `by` who wrote it.
    fn can_change(&self, memory: &Memory, by: &str) -> bool {
        let is_incoming = memory.metadata.members().get("direction").is_some_and(|way| way == "in");
        let writer = contact_of(memory).filter(|_| is_incoming).unwrap_or(ME);
        self.is_of_chat(memory) && by == writer
    }
}

/// The contact in whose chat it was said, by the id.
fn contact_of(memory: &Memory) -> Option<&str> {
    memory.metadata.members().get("contactId").and_then(Value::as_str)
}

/// A reaction of `by`.
pub(crate) fn reaction(by: &str, emoji: Option<String>) -> Change {
    Change::Reaction { by: by.to_owned(), emoji: emoji.filter(|emoji| !emoji.is_empty()) }
}

/// A correction of `by`.
pub(crate) fn edit(by: &str, said: Said) -> Change {
    Change::Edit { by: by.to_owned(), text: said.text, details: said.details }
}

/// `by` takes it back.
pub(crate) fn revoke(by: &str) -> Change {
    Change::Revoke { by: by.to_owned() }
}

/// Handles a change by a person in the chat with us.
pub(crate) async fn by_person(incoming: &Incoming<'_>, of: &str, change: Change) -> Result<Outcome, Failure> {
    for _ in 0..TRIES {
        let Some(person) = incoming.app.links.person(&incoming.delivery.sender).await? else { break };
        if incoming.is_seen().await? {
            return Ok(Outcome::Duplicate);
        }
        let outcome = received(incoming, &Author::person(&person), of, change.clone()).await?;
        if let Some(outcome) = marked(incoming, &person, outcome).await? {
            return Ok(outcome);
        }
    }
    incoming.set_aside().await
}

/// Changes the memory that the message `of` became, or lets the change wait for that message.
pub(crate) async fn received(
    incoming: &Incoming<'_>,
    author: &Author,
    of: &str,
    change: Change,
) -> Result<Outcome, Failure> {
    let (app, delivery, owner) = (incoming.app, incoming.delivery, author.owner);
    let at = delivery.sent_at();
    if let Some(seen) = app.memories.of_message(of).await? {
        let memory = seen.memory.filter(|_| seen.owner == owner);
        let Some(memory) = memory else { return Ok(Outcome::Ignored) };
        let is_changed = apply(app, author, memory, change, at, incoming.now).await?;
        return Ok(if is_changed { Outcome::Changed(owner) } else { Outcome::Ignored });
    }
    if app.sent.of_wamid(of).await?.is_some() {
        return Ok(Outcome::Ignored);
    }
    let waiting = PendingChange { wamid: delivery.wamid.clone(), change: json!(change), at };
    app.pending.keep(owner, of, &author.key(), &waiting).await?;
    // It may have come at this moment, before it could know of this.
    let seen = app.memories.of_message(of).await?.filter(|seen| seen.owner == owner);
    if let Some(memory) = seen.and_then(|seen| seen.memory) {
        apply_waiting(incoming, author, of, memory).await?;
        return Ok(Outcome::Changed(owner));
    }
    Ok(Outcome::Waiting(owner))
}

/// Applies what has waited for the message that became this memory, in the order in which it was sent.
pub(crate) async fn apply_waiting(
    incoming: &Incoming<'_>,
    author: &Author,
    of: &str,
    memory: MemoryId,
) -> Result<(), Failure> {
    let app = incoming.app;
    let mut waiting = app.pending.of(author.owner, of, &author.key()).await?;
    waiting.sort_by_key(|waiting| waiting.at);
    for PendingChange { wamid, change, at } in waiting {
        if let Ok(change) = serde_json::from_value(change) {
            apply(app, author, memory, change, at, incoming.now).await?;
        }
        app.pending.done(of, &wamid).await?;
    }
    Ok(())
}

/// `Ok(false)` if there is nothing to change: the memory is gone, from another chat, or changed later already.
async fn apply(
    app: &App,
    author: &Author,
    id: MemoryId,
    change: Change,
    at: Timestamp,
    now: Timestamp,
) -> Result<bool, Failure> {
    let owner = author.owner;
    match change {
        Change::Reaction { by, emoji } => {
            let react = |memory: Memory| reacted(memory, author, &by, emoji.as_deref(), at);
            Ok(app.memories.amend(owner, id, react).await?.is_some())
        }
        Change::Edit { by, text, details } => {
            let text = text.unwrap_or_default();
            let edit = |memory: Memory| {
                let is_theirs = author.can_change(&memory, &by);
                is_theirs.then(|| edited(memory, author, &text, &details, at, now)).flatten().ok_or(())
            };
            match app.memories.change(owner, id, None, edit).await {
                Ok(_) => Ok(true),
                Err(error) => store_error(error).map_or(Ok(false), |error| Err(error.into())),
            }
        }
        Change::Revoke { by } => {
            let memory = app.memories.get(owner, id).await?.filter(|memory| author.can_change(memory, &by));
            let Some(memory) = memory else { return Ok(false) };
            Ok(app.memories.trash(owner, memory.id, None, now).await? == Removal::Done)
        }
    }
}

/// The memory with a reaction more, another one or one less; `None` if a later one is there.
fn reacted(memory: Memory, author: &Author, by: &str, emoji: Option<&str>, at: Timestamp) -> Option<Memory> {
    if !author.is_of_chat(&memory) || memory.privacy == Privacy::Sealed {
        return None;
    }
    let mut members = memory.content.as_ref()?.value().as_object()?.clone();
    let inner = |members: &Map<String, Value>, name: &str| {
        members.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
    };
    let (mut reactions, mut times) = (inner(&members, "reactions"), inner(&members, "reactedAt"));
    if is_later(times.get(by), at) {
        return None;
    }
    times.insert(by.to_owned(), json!(at));
    match emoji {
        Some(emoji) => reactions.insert(by.to_owned(), json!(emoji)),
        None => reactions.remove(by),
    };
    members.insert("reactions".to_owned(), reactions.into());
    members.insert("reactedAt".to_owned(), times.into());
    let content = Content::parse(members.into()).ok()?;
    Some(Memory { content: Some(content), ..memory })
}

/// The memory as it was corrected; `None` if it was corrected later already, or says so. The message as it came says something else
/// now, and is left to the versions. A person's tags follow the words; where it is filed stays.
fn edited(
    memory: Memory,
    author: &Author,
    text: &str,
    details: &Map<String, Value>,
    at: Timestamp,
    now: Timestamp,
) -> Option<Memory> {
    let content = memory.content.as_ref()?.value();
    let said = content.get("text").and_then(Value::as_str).unwrap_or_default();
    let edited_at = content.get("editedAt");
    if is_later(edited_at, at) || (edited_at == Some(&json!(at)) && said == text) {
        return None;
    }
    let tags = match author.contact {
        None => Patch::Set(retagged(&memory.tags, said, text)),
        Some(_) => Patch::Keep,
    };
    let mut members = content.as_object().cloned().unwrap_or_default();
    members.remove("message");
    members.insert("text".to_owned(), json!(text));
    members.insert("editedAt".to_owned(), json!(at));
    let mut cut = members.clone();
    cut.insert("text".to_owned(), json!(beginning_of(text)));
    cut.remove("details");
    if !details.is_empty() {
        let before = members.get("details").and_then(Value::as_object).cloned().unwrap_or_default();
        members.insert("details".to_owned(), before.into_iter().chain(details.clone()).collect());
    }
    let parse = |members: Map<String, Value>| Content::parse(members.into());
    let content = parse(members).or_else(|_| parse(cut)).ok()?;
    let patch = MemoryPatch { tags, ..MemoryPatch::default() };
    Memory { content: Some(content), ..memory }.patched(patch, now).ok()
}

/// The tags after a correction: those that only the words before it had go, those that only the words now have come, and all others stay.
fn retagged(tags: &Tags, before: &str, now: &str) -> Tags {
    let (before, now) = (hashtags(before), hashtags(now));
    let kept = tags.each().filter(|tag| !before.contains(tag) || now.contains(tag));
    let new = now.each().filter(|tag| !before.contains(tag));
    let all: Vec<&str> = kept.chain(new).map(Tag::as_str).collect();
    Tags::parse(&all).unwrap_or_else(|_| tags.clone())
}

/// Whether what is there is of a later time.
fn is_later(there: Option<&Value>, at: Timestamp) -> bool {
    let there = there.and_then(Value::as_str).and_then(|there| there.parse::<Timestamp>().ok());
    there.is_some_and(|there| there > at)
}
