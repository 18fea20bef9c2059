//! What becomes of one message.

use app_connectors::whatsapp::{Delivery, Reading, code_hash};
use app_domain::{InvalidMemory, LinkCode, PhoneNumber, StoreError, Timestamp, UnclaimedMessage, UserId};
use app_store::Arrival;

use crate::App;
use crate::memory::memory;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It held a good code: its phone is this person's now.
    Linked(UserId),
    /// It is a memory of this person's.
    Saved(UserId),
    /// It had been dealt with before.
    Duplicate,
    /// Nobody has linked its phone: kept for a while.
    Unclaimed,
    /// It is about another message or the chat itself (a reaction, a change of number): kept for a while, no memory.
    SetAside,
}

/// Why it must come again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no memory could be made of it: {0}")]
    NoMemory(#[from] InvalidMemory),
}

/// How often the owner of a phone is looked up anew because the phone changed hands meanwhile.
const TRIES: usize = 2;

impl Outcome {
    /// Its name in the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Linked(_) => "linked",
            Self::Saved(_) => "saved",
            Self::Duplicate => "duplicate",
            Self::Unclaimed => "unclaimed",
            Self::SetAside => "set aside",
        }
    }

    /// Whom it concerns, if that is known.
    pub(crate) fn user(self) -> Option<UserId> {
        match self {
            Self::Linked(user) | Self::Saved(user) => Some(user),
            Self::Duplicate | Self::Unclaimed | Self::SetAside => None,
        }
    }
}

/// Handles one message; `body` is the delivery as the queue had it. Handling it again changes nothing.
pub(crate) async fn receive(
    app: &App,
    delivery: &Delivery,
    body: &str,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    let words = match delivery.reading() {
        Reading::Words(words) => Some(words),
        Reading::NoWords => None,
        Reading::Notice => return keep(app, delivery, body, Outcome::SetAside).await,
    };
    // A phone that is hidden can be nobody's: links are made to phones.
    let Some(phone) = delivery.phone() else {
        return keep(app, delivery, body, Outcome::Unclaimed).await;
    };
    let code = words.as_deref().and_then(LinkCode::find_in);
    if let Some(user) = link(app, delivery, code, &phone, now).await? {
        return Ok(Outcome::Linked(user));
    }
    match save(app, delivery, words.as_deref(), &phone, now).await? {
        Some(outcome) => Ok(outcome),
        None => keep(app, delivery, body, Outcome::Unclaimed).await,
    }
}

/// Links the phone if the message holds a code that was given out for it; `None` if not.
async fn link(
    app: &App,
    delivery: &Delivery,
    code: Option<LinkCode>,
    phone: &PhoneNumber,
    now: Timestamp,
) -> Result<Option<UserId>, StoreError> {
    let Some(code) = code else { return Ok(None) };
    app.links.confirm(phone, &code_hash(&code), &delivery.wamid, now).await
}

/// Makes it a memory of the phone's owner; `None` if there is no owner.
async fn save(
    app: &App,
    delivery: &Delivery,
    words: Option<&str>,
    phone: &PhoneNumber,
    now: Timestamp,
) -> Result<Option<Outcome>, Failure> {
    for _ in 0..TRIES {
        let Some(owner) = app.links.owner(phone).await? else {
            return Ok(None);
        };
        let memory = memory(delivery, words, owner, phone)?;
        match app.memories.receive(&memory, &delivery.wamid, phone, now).await? {
            Arrival::Saved => return Ok(Some(Outcome::Saved(owner))),
            Arrival::Duplicate => return Ok(Some(Outcome::Duplicate)),
            Arrival::NotLinked => {}
        }
    }
    Ok(None)
}

/// Keeps it in the inbox, under the phone or whatever else is known of the sender.
async fn keep(app: &App, delivery: &Delivery, body: &str, outcome: Outcome) -> Result<Outcome, Failure> {
    let (wamid, received_at, payload) = (delivery.wamid.clone(), delivery.received_at, body.to_owned());
    let kept = match delivery.phone() {
        Some(phone) => app.inbox.keep(&UnclaimedMessage { wamid, phone, received_at, payload }).await?,
        None => app.inbox.keep_hidden(&delivery.sender_hash(), &wamid, received_at, &payload).await?,
    };
    Ok(if kept { outcome } else { Outcome::Duplicate })
}
