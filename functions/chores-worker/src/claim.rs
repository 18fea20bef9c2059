//! What was kept aside becomes memories after all: because the phone is linked now, or because saving goes on. Each message goes into the inbound
//! queue as it came, and then out of the inbox, unless it was kept there once more meanwhile; the queue's worker saves it once, however often it
//! comes. Or its owner does not want it: then it goes.

use app_connectors::whatsapp::{Update, sender_hash, sha256_hex};
use app_domain::{Chore, PhoneNumber, Sender, StoreError, Timestamp, UserId, WhatsappLink};
use app_runtime::OrderedMessage;
use app_store::KeptMessage;

use crate::Worker;
use crate::chore::{Ending, Failure, Outcome};
use crate::deadline::Deadline;

/// How many messages are claimed between two looks at the time, and at the link.
const PORTION: u32 = 25;

/// Where messages of a person are kept.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// By the phone.
    pub(crate) phone: Option<PhoneNumber>,
    /// By hashes: of the person who hides the phone, and of the number of their own.
    pub(crate) hidden: Vec<String>,
}

/// Claims what is kept of a person's messages, the first received first within each portion.
pub(crate) async fn claim_inbox(
    worker: &Worker,
    owner: UserId,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let mut items = 0;
    loop {
        let kept = Kept::of(&worker.links.of(owner).await?);
        if items > 0 && deadline.is_over(worker) {
            worker.queue.send(&Chore::ClaimInbox { owner }).await?;
            return Ok(Ending::SentOn.after(items));
        }
        let claimed = portion(worker, &kept).await?;
        if claimed.is_empty() {
            let ending = if items == 0 { Ending::Needless } else { Ending::Done };
            return Ok(ending.after(items));
        }
        let now = (worker.now)();
        worker.inbound.send_all(claimed.iter().map(|message| to_queue(message, now)).collect()).await?;
        for message in &claimed {
            worker.inbox.remove(message).await?;
        }
        items += claimed.len() as u64;
    }
}

/// Removes what was kept aside up to a time.
pub(crate) async fn empty_inbox(
    worker: &Worker,
    owner: UserId,
    until: Timestamp,
    kept: Kept,
    deadline: Deadline,
) -> Result<Outcome, Failure> {
    let mut items = 0;
    loop {
        let mut found = match &kept.phone {
            Some(phone) => worker.inbox.page(phone, PORTION).await?,
            None => Vec::new(),
        };
        for hash in &kept.hidden {
            found.extend(worker.inbox.page_hidden(hash, PORTION).await?);
        }
        found.retain(|message| message.received_at <= until);
        if found.is_empty() {
            let ending = if items == 0 { Ending::Needless } else { Ending::Done };
            return Ok(ending.after(items));
        }
        for message in &found {
            items += u64::from(worker.inbox.remove(message).await?);
        }
        if deadline.is_over(worker) {
            let Kept { phone, hidden } = kept;
            worker.queue.send(&Chore::EmptyInbox { owner, until, phone, hidden }).await?;
            return Ok(Ending::SentOn.after(items));
        }
    }
}

/// Some of what is kept; nothing if it is not to be claimed.
async fn portion(worker: &Worker, kept: &Kept) -> Result<Vec<KeptMessage>, StoreError> {
    let mut messages = Vec::new();
    if let Some(phone) = &kept.phone {
        messages.extend(worker.inbox.page(phone, PORTION).await?);
    }
    for hash in &kept.hidden {
        if messages.is_empty() {
            messages.extend(worker.inbox.page_hidden(hash, PORTION).await?);
        }
    }
    messages.sort_by_key(|message| message.received_at);
    Ok(messages)
}

impl Kept {
    /// Where messages are kept that a link lets become memories: nowhere while saving is paused.
    fn of(link: &WhatsappLink) -> Self {
        if link.paused_at.is_some() {
            return Self::default();
        }
        let user_id = link.connected.as_ref().and_then(|phone| phone.user_id.clone());
        let by_id = sender_hash(&Sender { phone: None, user_id });
        let by_number = link.own.as_ref().map(|own| sha256_hex(own.phone_number_id.as_bytes()));
        Self {
            phone: link.connected.as_ref().map(|phone| phone.phone.clone()),
            hidden: by_id.into_iter().chain(by_number).collect(),
        }
    }
}

/// As the queue takes it. What cannot be read goes there too: it ends among the dead letters, where somebody looks at it.
fn to_queue(message: &KeptMessage, now: Timestamp) -> OrderedMessage {
    let hash = sha256_hex(message.wamid.as_bytes());
    let update = Update::from_body(&message.payload).ok();
    let deduplication = update.as_ref().map_or_else(|| hash.clone(), Update::deduplication);
    OrderedMessage {
        body: message.payload.clone(),
        group: update.map_or(hash, |update| update.group()),
        // The queue has taken it once already, maybe a moment ago.
        deduplication: format!("{deduplication}.{}", now.as_millis()),
    }
}
