//! What comes to a person's own number: whoever writes to it is a contact, and what they write, or are written, becomes memories of
//! the number's owner, by the rule of the contact. Nobody is ever answered.

use app_connectors::whatsapp::{Reading, Said, sender_hash, sha256_hex};
use app_domain::{Contact, ContactId, ContactRule, Sender, Tags, UserId};
use app_store::{Arrival, ContactSeen, Heard, OwnNumberOwner, Received, ReceivedFrom};

use crate::change::{self, Author, Change, ME};
use crate::effects::{self, saved};
use crate::incoming::Incoming;
use crate::memory::{Filing, OfContact, memory};
use crate::outcome::{Failure, Outcome};
use crate::reply::quoted;

/// Handles a message to or from a person's own number.
pub(crate) async fn receive(incoming: &Incoming<'_>, number: &OwnNumberOwner) -> Result<Outcome, Failure> {
    let (app, delivery) = (incoming.app, incoming.delivery);
    let Some((id, contact)) = contact_of(incoming, number.user).await? else {
        return incoming.set_aside().await;
    };
    if contact.as_ref().is_some_and(|contact| contact.rule == ContactRule::Ignore) {
        app.contacts.ignored(number.user, &id, &delivery.wamid, incoming.now).await?;
        return Ok(Outcome::Ignored);
    }
    let by = if delivery.is_outgoing() { ME } else { id.as_str() };
    match delivery.reading() {
        Reading::Said(said) => heard(incoming, number, &id, contact, &said).await,
        Reading::Reaction { to, emoji } => {
            changed(incoming, number, &id, &to, change::reaction(by, emoji)).await
        }
        Reading::Edit { of, said } => changed(incoming, number, &id, &of, change::edit(by, *said)).await,
        Reading::Revoke { of } => changed(incoming, number, &id, &of, change::revoke(by)).await,
        // Whoever changes the phone is a new contact.
        Reading::NumberChanged { .. } | Reading::UserIdChanged { .. } | Reading::Notice => {
            Ok(Outcome::Ignored)
        }
    }
}

/// Which contact it is, and what is known of them. Somebody who tells the phone in one message and hides it in the next is one contact: both are
/// noted as soon as a message tells both.
async fn contact_of(
    incoming: &Incoming<'_>,
    owner: UserId,
) -> Result<Option<(ContactId, Option<Contact>)>, Failure> {
    let (contacts, sender) = (&incoming.app.contacts, incoming.delivery.contact());
    // Those of whom nothing can be read are one contact: what they write is kept all the same.
    let hash = sender_hash(&sender).unwrap_or_else(|| sha256_hex(b"unknown"));
    let Some(id) = ContactId::of_hash(&hash) else { return Ok(None) };
    let hidden = Sender { phone: None, user_id: sender.user_id.clone() };
    let hidden =
        sender_hash(&hidden).and_then(|hash| ContactId::of_hash(&hash)).filter(|hidden| *hidden != id);
    if let Some(contact) = contacts.get(owner, &id).await? {
        if let Some(hidden) = hidden.filter(|_| contact.sender.user_id != sender.user_id) {
            contacts.note_alias(owner, &hidden, &id).await?;
        }
        return Ok(Some((id, Some(contact))));
    }
    if let Some(known) = contacts.behind(owner, &id).await? {
        let contact = contacts.get(owner, &known).await?;
        return Ok(Some((known, contact)));
    }
    let Some(hidden) = hidden else { return Ok(Some((id, None))) };
    match contacts.get(owner, &hidden).await? {
        Some(contact) => {
            contacts.note_alias(owner, &id, &hidden).await?;
            Ok(Some((hidden, Some(contact))))
        }
        None => {
            contacts.note_alias(owner, &hidden, &id).await?;
            Ok(Some((id, None)))
        }
    }
}

async fn heard(
    incoming: &Incoming<'_>,
    number: &OwnNumberOwner,
    id: &ContactId,
    contact: Option<Contact>,
    said: &Said,
) -> Result<Outcome, Failure> {
    let (app, delivery, now) = (incoming.app, incoming.delivery, incoming.now);
    let sender = delivery.contact();
    let filing = filing(incoming, number, id, said, contact, &sender).await?;
    let memory = memory(delivery, said, filing)?;
    let seen = ContactSeen { id, sender: &sender, name: delivery.contact_name.as_deref() };
    let from = ReceivedFrom::Contact { number, contact: &seen };
    let author = Author::contact(number.user, id);
    match app.memories.receive(&memory, &Received { wamid: &delivery.wamid, from, now }).await? {
        Arrival::Saved => {
            effects::after(incoming, &author, saved(&memory)).await?;
            Ok(Outcome::Saved(number.user))
        }
        Arrival::Duplicate => {
            effects::again(incoming, &author, said).await?;
            Ok(Outcome::Duplicate)
        }
        Arrival::Paused => {
            incoming.unclaimed(&number.number).await?;
            Ok(Outcome::Paused(number.user))
        }
        // The number is nobody's any more.
        Arrival::NotLinked => incoming.unclaimed(&number.number).await,
    }
}

async fn filing<'a>(
    incoming: &Incoming<'_>,
    number: &OwnNumberOwner,
    id: &'a ContactId,
    said: &Said,
    contact: Option<Contact>,
    sender: &'a Sender,
) -> Result<Filing<'a>, Failure> {
    let (category, name) = contact.map(|contact| (contact.category, contact.name)).unwrap_or_default();
    Ok(Filing {
        owner: number.user,
        category: category.or(number.category),
        tags: Tags::default(),
        phone: sender.phone.as_ref(),
        quoted: quoted(incoming.app, number.user, said).await?,
        contact: Some(OfContact { id, name, is_outgoing: incoming.delivery.is_outgoing() }),
    })
}

async fn changed(
    incoming: &Incoming<'_>,
    number: &OwnNumberOwner,
    id: &ContactId,
    of: &str,
    change: Change,
) -> Result<Outcome, Failure> {
    if incoming.is_seen().await? {
        return Ok(Outcome::Duplicate);
    }
    let outcome = change::received(incoming, &Author::contact(number.user, id), of, change).await?;
    let contacts = &incoming.app.contacts;
    match contacts.ignored(number.user, id, &incoming.delivery.wamid, incoming.now).await? {
        Heard::Duplicate => Ok(Outcome::Duplicate),
        Heard::First | Heard::NotLinked => Ok(outcome),
    }
}
