//! An audit log as clients see it.

use app_domain::{AuditEntry, AuditEvent, AuditId, Origin};
use app_http::{ByCursor, CursorPagination};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// One thing that happened to an account's security.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntryBody {
    /// Its id, a UUIDv7.
    id: Uuid,
    /// What happened.
    #[schema(value_type = String, example = "signedIn")]
    event: AuditEvent,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: String,
    /// The network that the request came from: 24 bits of an IPv4 address, 48 of an IPv6 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.0/24")]
    ip_prefix: Option<String>,
    /// What the browser or app called itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// The session in which it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<Uuid>,
    /// Whether an administrator did it.
    by_administrator: bool,
    /// Which administrator, for administrators alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Uuid>,
    /// What it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "user → premium")]
    detail: Option<String>,
}

/// A page of an audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditPage {
    /// Newest first.
    entries: Vec<AuditEntryBody>,
    /// Where the page ends.
    pagination: CursorPagination,
}

impl AuditEntryBody {
    /// With everything that was noted.
    pub(crate) fn for_administrators(entry: AuditEntry) -> Self {
        Self {
            id: entry.id.as_uuid(),
            event: entry.event,
            at: entry.at.to_string(),
            ip_prefix: entry.origin.ip_prefix,
            user_agent: entry.origin.user_agent,
            session_id: entry.session_id.map(|session| session.as_uuid()),
            by_administrator: entry.actor.is_some(),
            actor: entry.actor.map(|actor| actor.as_uuid()),
            detail: entry.detail,
        }
    }

    /// Without who the administrator was that did it, and from where: that is not about the person.
    pub(crate) fn for_its_person(mut entry: AuditEntry) -> Self {
        if entry.actor.is_some() {
            entry = AuditEntry { origin: Origin::default(), session_id: None, ..entry };
        }
        Self { actor: None, ..Self::for_administrators(entry) }
    }
}

impl AuditPage {
    /// What of the entries that were read belongs on the page.
    pub(crate) fn new(
        page: &ByCursor<AuditId>,
        entries: Vec<AuditEntry>,
        body: impl Fn(AuditEntry) -> AuditEntryBody,
    ) -> Self {
        let (entries, pagination) = page.paged(entries, |entry| entry.id, body);
        Self { entries, pagination }
    }
}
