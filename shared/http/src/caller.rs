//! Who calls, and what they may do, as an argument of the handler.

use std::marker::PhantomData;

use app_domain::{ApiKeyId, Origin, Permission, RateClass, Role, SessionId, Tier, UserId};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use axum::http::request::Parts;

use crate::authenticator::{API_KEY_PREFIX, Proved};
use crate::service::RequestInfo;
use crate::{ApiError, Authenticator, Now, Visitor};

/// What a handler asks of its caller beyond being known.
pub trait Requires: Send + Sync {
    /// The permission, if any.
    const PERMISSION: Option<Permission>;
    /// What the request counts as.
    const CLASS: RateClass = RateClass::Api;
}

macro_rules! requirements {
    ($($(#[$doc:meta])* $name:ident => $permission:expr $(, $class:ident)?);+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Requires for $name {
            const PERMISSION: Option<Permission> = $permission;
            $(const CLASS: RateClass = RateClass::$class;)?
        }
    )+};
}

requirements! {
    /// Nothing more than being known.
    Known => None;
    /// May read their memories.
    ReadMemories => Some(Permission::ReadMemories);
    /// May create and change their memories.
    WriteMemories => Some(Permission::WriteMemories);
    /// May create and change their memories, and sends a file.
    SendFiles => Some(Permission::WriteMemories), Upload;
    /// May delete their memories.
    DeleteMemories => Some(Permission::DeleteMemories);
    /// May use Memo.
    AccessAi => Some(Permission::AccessAi), Ai;
    /// May connect WhatsApp.
    SyncWhatsapp => Some(Permission::SyncWhatsapp);
    /// May administer other people's accounts.
    ManageUsers => Some(Permission::ManageUsers);
    /// May read the metrics of the service.
    ReadMetrics => Some(Permission::ReadMetrics);
}

/// The person who calls, proved by an access token of a session that lives, or by an API key, with the permission `P`.
#[derive(Debug, Clone)]
pub struct Caller<P = Known> {
    /// Who.
    pub user_id: UserId,
    /// In which session, unless it is an API key that calls.
    pub session_id: Option<SessionId>,
    /// Which API key, unless it is a session.
    pub api_key_id: Option<ApiKeyId>,
    /// Their role.
    pub role: Role,
    /// Their tier.
    pub tier: Tier,
    /// Where from.
    pub origin: Origin,
    permitted: Vec<Permission>,
    required: PhantomData<P>,
}

impl<P: Requires> Caller<P> {
    /// Whether the caller may do this too, where what a request does depends on its body.
    ///
    /// # Errors
    /// 403 if not.
    pub fn need(&self, permission: Permission) -> Result<(), ApiError> {
        if self.permitted.contains(&permission) {
            return Ok(());
        }
        let who = if self.api_key_id.is_some() { "This API key" } else { "Your account" };
        Err(ApiError::forbidden(
            "PermissionDenied",
            format!("{who} does not have the permission {permission}."),
        ))
    }

    /// All that the caller may do in this call: the permissions of the role or, of an API key, those of them that it was given.
    pub fn permissions(&self) -> &[Permission] {
        &self.permitted
    }

    fn allow(proved: &Proved, origin: Origin) -> Result<Self, ApiError> {
        let role = proved.grant.role;
        let permitted = match &proved.key {
            Some(key) => key.permits(role),
            None => role.permissions().to_vec(),
        };
        let caller = Self {
            user_id: proved.user_id,
            session_id: proved.session_id,
            api_key_id: proved.key.as_ref().map(|key| key.id),
            role,
            tier: proved.grant.tier,
            origin,
            permitted,
            required: PhantomData,
        };
        P::PERMISSION.map_or(Ok(()), |permission| caller.need(permission)).map(|()| caller)
    }
}

impl<S, P> FromRequestParts<S> for Caller<P>
where
    S: Send + Sync,
    P: Requires,
    Authenticator: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Visitor { origin, .. } = Visitor::from_request_parts(parts, state).await?;
        let Ok(Now(now)) = Now::from_request_parts(parts, state).await;
        let authenticator = Authenticator::from_ref(state);
        let proved = match credential(parts)? {
            Credential::Token(token) => authenticator.session(token, P::CLASS, now).await?,
            Credential::ApiKey(key) => authenticator.api_key(key, P::CLASS, now).await?,
        };
        if let Some(info) = parts.extensions.get::<RequestInfo>() {
            info.note_caller(proved.user_id, proved.standing);
        }
        Self::allow(&proved, origin)
    }
}

enum Credential<'a> {
    Token(&'a str),
    ApiKey(&'a str),
}

fn credential(parts: &Parts) -> Result<Credential<'_>, ApiError> {
    let token = single(parts, AUTHORIZATION)?.and_then(bearer);
    let key = single(parts, HeaderName::from_static("x-api-key"))?;
    match (token, key.map(|key| key.to_str().unwrap_or_default())) {
        // Programs that know no other header than this one send their key in it.
        (Some(token), None) if token.starts_with(API_KEY_PREFIX) => Ok(Credential::ApiKey(token)),
        (Some(token), None) => Ok(Credential::Token(token)),
        (None, Some(key)) => Ok(Credential::ApiKey(key)),
        (None, None) => Err(ApiError::unauthenticated(
            "Unauthenticated",
            "Send an access token (Authorization: Bearer <token>) or an API key (X-Api-Key: <key>).",
        )),
        (Some(_), Some(_)) => Err(two_credentials()),
    }
}

/// Of a header that is sent twice nobody knows which is meant, and a proxy in between may have looked at the other one.
fn single(parts: &Parts, name: HeaderName) -> Result<Option<&HeaderValue>, ApiError> {
    let mut values = parts.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(two_credentials()),
        (value, None) => Ok(value),
    }
}

fn two_credentials() -> ApiError {
    ApiError::malformed("TwoCredentials", "Send one access token or one API key, not both.")
}

fn bearer(authorization: &HeaderValue) -> Option<&str> {
    let (scheme, token) = authorization.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// A person who is signed in, not one of their API keys: for what only they may do, such as changing the password.
#[derive(Debug, Clone)]
pub struct InPerson {
    /// Who.
    pub user_id: UserId,
    /// In which session.
    pub session_id: SessionId,
    /// Their role.
    pub role: Role,
    /// Where from.
    pub origin: Origin,
}

impl<S> FromRequestParts<S> for InPerson
where
    S: Send + Sync,
    Authenticator: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::<Known>::from_request_parts(parts, state).await?;
        let session_id = caller.session_id.ok_or_else(|| {
            ApiError::forbidden(
                "SessionRequired",
                "An API key may not do this. Sign in and use an access token.",
            )
        })?;
        Ok(Self { user_id: caller.user_id, session_id, role: caller.role, origin: caller.origin })
    }
}
