//! Who is spoken to, and whether they want to hear it.

use app_domain::{
    Chat, ConnectedPhone, ConnectionFault, OutgoingTask, Phrase, Recipient, StoreError, Timestamp,
};

use crate::App;
use crate::say::Job;

/// Who is spoken to.
pub(crate) struct Listener {
    /// Whether Memo is to be silent.
    pub(crate) is_muted: bool,
    /// Until when WhatsApp lets us write what we want.
    pub(crate) open_until: Timestamp,
    /// What they are told in the app of the number that they are spoken to from.
    pub(crate) fault: Option<ConnectionFault>,
}

impl Listener {
    /// Of whom this is to be said to; `None` if the chat is not theirs any more.
    pub(crate) async fn of(app: &App, job: &Job<'_>) -> Result<Option<Self>, StoreError> {
        let outgoing = job.outgoing;
        // What is answered came in shortly before the answer was asked for.
        let answered = outgoing.answers.as_ref().map(|_| outgoing.asked_at.plus(ConnectedPhone::WINDOW));
        let Some(owner) = outgoing.owner else {
            let open_until = answered.unwrap_or(outgoing.asked_at);
            return Ok(Some(Self { is_muted: false, open_until, fault: None }));
        };
        let link = app.links.of(owner).await?;
        let (is_muted, fault) = (link.is_muted, link.shared_fault);
        let phone = link.connected.filter(|phone| talks_in(phone, &outgoing.chat));
        Ok(phone.map(|phone| {
            let heard = phone.last_sync_at.unwrap_or(phone.since).plus(ConnectedPhone::WINDOW);
            Self { is_muted, open_until: answered.map_or(heard, |answered| answered.max(heard)), fault }
        }))
    }

    /// Whether they want to hear this: who asked for silence hears what they ask for alone.
    pub(crate) fn hears(&self, task: &OutgoingTask) -> bool {
        let asked_for = matches!(
            task,
            OutgoingTask::Post { .. } | OutgoingTask::Say { phrase: Phrase::Stopped | Phrase::Started }
        );
        asked_for || !self.is_muted
    }
}

/// Whether it is this phone's chat. Who has linked another phone since must not be answered on the old one; who is known by their id, and
/// writes from another phone, is.
fn talks_in(phone: &ConnectedPhone, chat: &Chat) -> bool {
    let is_last = phone.chat.as_ref().is_some_and(|last| last.with == chat.with);
    is_last
        || match &chat.with {
            Recipient::Phone(with) => with.canonical() == phone.phone.canonical(),
            Recipient::User(user) => Some(user) == phone.user_id.as_ref(),
        }
}
