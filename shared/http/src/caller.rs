//! Who calls, and what they may do, as an argument of the handler.

use std::marker::PhantomData;

use app_domain::{Permission, SessionId, UserId};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::service::RequestInfo;
use crate::{ApiError, Claims, TokenVerifier};

/// What a handler asks of its caller beyond being signed in.
pub trait Requires: Send + Sync {
    /// The permission, if any.
    const PERMISSION: Option<Permission>;
}

macro_rules! requirements {
    ($($(#[$doc:meta])* $name:ident => $permission:expr),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Requires for $name {
            const PERMISSION: Option<Permission> = $permission;
        }
    )+};
}

requirements! {
    /// Nothing more than being signed in.
    SignedIn => None,
    /// May read their memories.
    ReadMemories => Some(Permission::ReadMemories),
    /// May create and change their memories.
    WriteMemories => Some(Permission::WriteMemories),
    /// May delete their memories.
    DeleteMemories => Some(Permission::DeleteMemories),
    /// May use Memo.
    AccessAi => Some(Permission::AccessAi),
    /// May connect WhatsApp.
    SyncWhatsapp => Some(Permission::SyncWhatsapp),
}

/// The person who calls, proved by an access token that carries the permission `P`.
#[derive(Debug, Clone)]
pub struct Caller<P = SignedIn> {
    /// Who.
    pub user_id: UserId,
    /// In which session.
    pub session_id: SessionId,
    required: PhantomData<P>,
}

impl<P: Requires> Caller<P> {
    fn allow(claims: &Claims) -> Result<Self, ApiError> {
        match P::PERMISSION {
            Some(permission) if !claims.permissions.contains(&permission) => Err(ApiError::forbidden(
                "PermissionDenied",
                format!("Your account does not have the permission {permission}."),
            )),
            _ => Ok(Self {
                user_id: claims.user_id.into(),
                session_id: claims.sid.into(),
                required: PhantomData,
            }),
        }
    }
}

impl<S, P> FromRequestParts<S> for Caller<P>
where
    S: Send + Sync,
    P: Requires,
    TokenVerifier: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let token = bearer(parts).ok_or_else(|| {
            ApiError::unauthenticated(
                "Unauthenticated",
                "Send an access token: Authorization: Bearer <token>.",
            )
        })?;
        let claims = TokenVerifier::from_ref(state).verify(token).await?;
        if let Some(info) = parts.extensions.get::<RequestInfo>() {
            info.note_user(claims.user_id.into());
        }
        Self::allow(&claims)
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
