//! `GET /auth/sessions`.

use app_domain::{Session, SessionId};
use app_http::{ApiError, ApiErrors, CallerErrors, InPerson, Now};
use app_store::{Sessions, Users};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// As many as anybody looks at.
const MAX_SESSIONS: u32 = 100;

/// One sign-in that still counts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionBody {
    /// Its id.
    id: Uuid,
    /// Whether it is the one that asks.
    is_current: bool,
    /// What the browser or app called itself when signing in.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// The network that it was signed in from: 24 bits of an IPv4 address, 48 of an IPv6 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.0/24")]
    ip_prefix: Option<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: String,
    /// When it last got new tokens, which a client in use does every 15 minutes.
    #[schema(value_type = String, format = DateTime)]
    last_active_at: String,
    /// When it ends if it gets no new tokens until then.
    #[schema(value_type = String, format = DateTime)]
    expires_at: String,
}

/// The sessions that still count.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    sessions: Vec<SessionBody>,
}

impl SessionBody {
    fn new(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id.as_uuid(),
            is_current: session.id == current,
            user_agent: session.origin.user_agent,
            ip_prefix: session.origin.ip_prefix,
            created_at: session.created_at.to_string(),
            last_active_at: session.last_active_at.to_string(),
            expires_at: session.expires_at.to_string(),
        }
    }
}

/// List where the caller is signed in: the newest 100 sessions.
#[utoipa::path(
    get, operation_id = "listSessions", path = "/auth/sessions", tag = "auth", security(("bearer" = [])),
    responses((status = 200, description = "The sessions, newest first.", body = SessionList), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(sessions): State<Sessions>,
    State(users): State<Users>,
    caller: InPerson,
    Now(now): Now,
) -> Result<Json<SessionList>, ApiError> {
    let ((stored, _), user) =
        tokio::try_join!(sessions.page(caller.user_id, None, MAX_SESSIONS), users.get(caller.user_id))?;
    let user = user.ok_or_else(|| ApiError::not_found("account"))?;
    let counting = stored.into_iter().filter(|session| user.recognises(session, now));
    let sessions = counting.map(|session| SessionBody::new(session, caller.session_id)).collect();
    Ok(Json(SessionList { sessions }))
}
