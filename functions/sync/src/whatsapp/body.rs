//! A connection as its person sees it.

use app_domain::{ConnectionFault, OwnNumber, Timestamp, WhatsappLink};
use serde::Serialize;
use utoipa::ToSchema;

/// Meta's code of an access token that has ended or is not valid.
pub(crate) const TOKEN_CODE: i64 = 190;

/// How a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Standing {
    /// Messages become memories.
    Connected,
    /// A code is still to be sent.
    Pending,
    /// The code was not sent in time.
    Expired,
    /// Messages are kept aside.
    Paused,
    /// Something is wrong: `lastError` says what.
    Error,
    /// Nothing is connected.
    Disconnected,
}

/// How a link stands at a time.
fn standing(link: &WhatsappLink, now: Timestamp) -> Standing {
    if link.connected.is_some() || link.own.is_some() {
        return if fault(link, now).is_some() {
            Standing::Error
        } else if link.paused_at.is_some() {
            Standing::Paused
        } else {
            Standing::Connected
        };
    }
    match &link.pending {
        Some(pending) if pending.expires_at > now => Standing::Pending,
        _ => Standing::Disconnected,
    }
}

/// What is wrong with a link at a time: what was noted of the own number, or else that its access token has ended meanwhile; or what was noted
/// of the number that everybody writes to.
fn fault(link: &WhatsappLink, now: Timestamp) -> Option<FaultBody> {
    let noted = link.fault.clone().map(FaultBody::from);
    let token_end = link.own.as_ref().and_then(|own| own.token_expires_at).filter(|end| *end <= now);
    let own = noted.or_else(|| token_end.map(FaultBody::token_ended));
    own.or_else(|| link.shared_fault.clone().map(FaultBody::from))
}

/// A WhatsApp connection and its health.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhatsappStatus {
    /// How it stands: `connected`, `pending`, `expired`, `paused`, `error` or `disconnected`.
    pub(crate) status: Standing,
    /// The phone whose messages become memories.
    #[schema(example = "+4915550002222")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) phone_number: Option<String>,
    /// Since when anything is connected.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) connected_at: Option<Timestamp>,
    /// When the last message came in, to either number.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_inbound: Option<Timestamp>,
    /// What is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_error: Option<FaultBody>,
    /// When the access token of the own number ends.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_expires_at: Option<Timestamp>,
    /// Whether messages are kept aside until saving goes on.
    paused: bool,
    /// Whether Memo is silent in the chat.
    muted: bool,
    /// The person's own business number.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_number: Option<OwnNumberBody>,
    /// The phone that a code was given for; a connected phone stays connected meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pending_phone_number: Option<String>,
    /// When that code stops working.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pending_until: Option<Timestamp>,
}

/// What is wrong with a connection.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FaultBody {
    /// Meta's code of it.
    #[schema(example = 190)]
    code: i64,
    /// What it is, in words.
    pub(crate) message: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// A person's own business number.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnNumberBody {
    /// As Meta shows it.
    #[schema(example = "+49 1555 0004444")]
    phone_number: String,
    /// Meta's id of it.
    phone_number_id: String,
    /// Meta's id of the business account that it belongs to.
    business_account_id: String,
    /// Since when it is connected.
    #[schema(value_type = String, format = DateTime)]
    connected_at: Timestamp,
    /// When somebody last wrote to it.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    last_inbound: Option<Timestamp>,
}

impl WhatsappStatus {
    /// Of a link at a time.
    pub(crate) fn of(link: WhatsappLink, now: Timestamp) -> Self {
        let (status, last_error) = (standing(&link, now), fault(&link, now));
        let (phone, own) = (link.connected, link.own);
        let since = [phone.as_ref().map(|phone| phone.since), own.as_ref().map(|own| own.since)];
        let heard = [
            phone.as_ref().and_then(|phone| phone.last_sync_at),
            own.as_ref().and_then(|own| own.last_inbound_at),
        ];
        let pending = link.pending.filter(|pending| pending.expires_at > now);
        Self {
            status,
            phone_number: phone.map(|phone| phone.phone.to_string()),
            connected_at: since.into_iter().flatten().min(),
            last_inbound: heard.into_iter().flatten().max(),
            last_error,
            token_expires_at: own.as_ref().and_then(|own| own.token_expires_at),
            paused: link.paused_at.is_some(),
            muted: link.is_muted,
            own_number: own.map(OwnNumberBody::from),
            pending_phone_number: pending.as_ref().map(|pending| pending.phone.to_string()),
            pending_until: pending.map(|pending| pending.expires_at),
        }
    }
}

impl FaultBody {
    fn token_ended(at: Timestamp) -> Self {
        let message = "The access token has ended. Connect the number again with a new one.".to_owned();
        Self { code: TOKEN_CODE, message, at }
    }
}

impl From<ConnectionFault> for FaultBody {
    fn from(fault: ConnectionFault) -> Self {
        Self { code: fault.code, message: fault.message, at: fault.at }
    }
}

impl From<OwnNumber> for OwnNumberBody {
    fn from(own: OwnNumber) -> Self {
        Self {
            phone_number: own.display_phone_number,
            phone_number_id: own.phone_number_id,
            business_account_id: own.business_account_id,
            connected_at: own.since,
            last_inbound: own.last_inbound_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use app_domain::{ConnectedPhone, PendingPhone, PhoneNumber};

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000 + millis).unwrap()
    }

    fn phone() -> PhoneNumber {
        PhoneNumber::parse("+4915550002222").unwrap()
    }

    #[test]
    fn a_code_that_is_too_old_waits_for_nothing() {
        let pending = Some(PendingPhone { phone: phone(), expires_at: at(0) });
        let link = WhatsappLink { pending, ..WhatsappLink::default() };
        assert_eq!(standing(&link, at(-1)), Standing::Pending);
        assert_eq!(standing(&link, at(0)), Standing::Disconnected);
        assert_eq!(WhatsappStatus::of(link, at(0)).pending_until, None);
    }

    #[test]
    fn what_is_wrong_is_said_before_what_is_wanted() {
        let connected =
            ConnectedPhone { phone: phone(), since: at(0), user_id: None, chat: None, last_sync_at: None };
        let fault = ConnectionFault { code: 190, message: "The token has ended.".to_owned(), at: at(0) };
        let paused =
            WhatsappLink { connected: Some(connected), paused_at: Some(at(0)), ..WhatsappLink::default() };
        assert_eq!(standing(&paused, at(1)), Standing::Paused);
        let wrong = WhatsappLink { fault: Some(fault), ..paused };
        assert_eq!(standing(&wrong, at(1)), Standing::Error);
        assert_eq!(standing(&WhatsappLink { connected: None, ..wrong }, at(1)), Standing::Disconnected);
    }

    #[test]
    fn what_is_wrong_with_the_shared_number_is_told_behind_what_is_wrong_with_the_own() {
        let connected =
            ConnectedPhone { phone: phone(), since: at(0), user_id: None, chat: None, last_sync_at: None };
        let fault = |code| Some(ConnectionFault { code, message: "Wrong.".to_owned(), at: at(0) });
        let shared =
            WhatsappLink { connected: Some(connected), shared_fault: fault(190), ..WhatsappLink::default() };
        let told = |link| {
            let status = WhatsappStatus::of(link, at(1));
            (status.status, status.last_error.map(|error| error.code))
        };
        assert_eq!(told(shared.clone()), (Standing::Error, Some(190)));
        assert_eq!(told(WhatsappLink { fault: fault(10), ..shared }), (Standing::Error, Some(10)));
    }

    #[test]
    fn a_token_that_has_ended_is_an_error() {
        let own = OwnNumber {
            phone_number_id: "1".to_owned(),
            business_account_id: "2".to_owned(),
            display_phone_number: "+49 1555 0004444".to_owned(),
            since: at(0),
            token_expires_at: Some(at(5)),
            last_inbound_at: None,
        };
        let link = WhatsappLink { own: Some(own), ..WhatsappLink::default() };
        assert_eq!(standing(&link, at(4)), Standing::Connected);
        let over = WhatsappStatus::of(link, at(5));
        assert_eq!(
            (over.status, over.last_error.map(|error| error.code)),
            (Standing::Error, Some(TOKEN_CODE))
        );
    }
}
