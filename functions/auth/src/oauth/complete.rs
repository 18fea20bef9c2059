//! `POST /auth/oauth/{provider}`.

use app_connectors::oidc::ProviderName;
use app_domain::{AuditEntry, AuditEvent, LinkedIdentity, PersonName, Timestamp, User, UserId};
use app_http::{ApiError, ApiErrors, BodyErrors, ItemErrors, Now, PathId, ValidJson, Visitor};
use app_store::{Identities, Linking, Users};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::exchange::{Proven, ProviderSignInRequest};
use crate::body::SignedIn;
use crate::{Exchanger, SignIn, SignupRole};

/// A person who has signed in through a provider.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProviderSignedIn {
    #[serde(flatten)]
    signed_in: SignedIn,
    /// Whether the account was made just now.
    is_new_user: bool,
}

/// Sign in with what Google or Apple sent back. An account that has the same e-mail address is signed in to only if the
/// address is proved on both sides; otherwise sign in with its password, prove the address, or link the provider there.
#[utoipa::path(
    post, operation_id = "completeProviderSignIn", path = "/auth/oauth/{provider}", tag = "auth",
    params(("provider" = String, Path, description = "`google` or `apple`.")),
    request_body = ProviderSignInRequest,
    responses(
        (status = 200, description = "Signed in.", body = ProviderSignedIn),
        (status = 401, description = "The provider, or a check of its answer, refuses it.", body = app_http::ErrorBody),
        (status = 409, description = "There is an account with this address that is not linked, or no address to make one with.", body = app_http::ErrorBody),
        ApiErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn complete(
    State(exchanger): State<Exchanger>,
    State(accounts): State<Accounts>,
    State(sign_in): State<SignIn>,
    visitor: Visitor,
    PathId(name): PathId<ProviderName>,
    Now(now): Now,
    ValidJson(returned): ValidJson<ProviderSignInRequest>,
) -> Result<Json<ProviderSignedIn>, ApiError> {
    let proven = exchanger.exchange(name, returned, &visitor, now).await?;
    let (user, is_new_user) = accounts.of(&exchanger, proven, &visitor, now).await?;
    let signed_in = sign_in.begin(user, false, AuditEvent::SignedIn, &visitor, now).await?;
    Ok(Json(ProviderSignedIn { signed_in, is_new_user }))
}

/// Finds or makes the account of an identity.
#[derive(Clone)]
pub struct Accounts {
    users: Users,
    identities: Identities,
    signup_role: SignupRole,
}

impl Accounts {
    /// The accounts of `users`, signed in to with `identities`.
    pub fn new(users: Users, identities: Identities, signup_role: SignupRole) -> Self {
        Self { users, identities, signup_role }
    }

    async fn of(
        &self,
        exchanger: &Exchanger,
        proven: Proven,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(User, bool), ApiError> {
        let key = LinkedIdentity::key(&proven.identity.issuer, &proven.identity.subject);
        if let Some(holder) = self.identities.holder(&key).await? {
            let user = self.users.get(holder).await?.filter(|user| user.is_active);
            let gone = || ApiError::unauthenticated("AccountGone", "This account is no longer active.");
            return Ok((user.ok_or_else(gone)?, false));
        }
        let email = proven.email.clone().ok_or_else(|| {
            let message =
                "The provider gives no e-mail address. Register with one, and link the provider then.";
            ApiError::conflict("NoEmailAddress", message)
        })?;
        match self.users.by_email(&email).await? {
            Some((user, _)) => self.join(exchanger, user, &proven, visitor, now).await,
            None => {
                let user = self.new_user(&proven, email, now);
                let linked = exchanger.linked(&proven, user.id, now).await?;
                let audit = AuditEntry::new(user.id, AuditEvent::Registered, visitor.origin.clone(), now);
                let audit = audit.about(linked.provider.clone());
                match self.identities.register(&user, &linked, &audit).await? {
                    Linking::Done => Ok((user, true)),
                    // Another request made it at the same moment: the next try signs in to it.
                    _ => Err(app_domain::StoreError::Conflict.into()),
                }
            }
        }
    }

    /// Links an identity to an account with the same address, if both sides have proved that it is the same person's.
    async fn join(
        &self,
        exchanger: &Exchanger,
        user: User,
        proven: &Proven,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(User, bool), ApiError> {
        let identity = &proven.identity;
        if !(identity.email_verified && identity.email_authoritative && user.is_verified && user.is_active) {
            let message = "There is an account with this e-mail address. Sign in to it another way, and link the provider there.";
            return Err(ApiError::conflict("AccountExists", message));
        }
        let linked = exchanger.linked(proven, user.id, now).await?;
        let audit = AuditEntry::new(user.id, AuditEvent::IdentityLinked, visitor.origin.clone(), now);
        match self.identities.link(&linked, &audit.about(linked.provider.clone())).await? {
            Linking::Done => Ok((user, false)),
            Linking::HasAnother => {
                let message =
                    "This account is linked to another account of the same provider. Sign in with that one.";
                Err(ApiError::conflict("LinkedToAnother", message))
            }
            Linking::SomebodyElses | Linking::EmailTaken => Err(app_domain::StoreError::Conflict.into()),
        }
    }

    fn new_user(&self, proven: &Proven, email: app_domain::Email, now: Timestamp) -> User {
        let SignupRole(role) = self.signup_role;
        let unknown = || PersonName::unknown();
        User {
            id: UserId::new(now),
            username: None,
            first_name: proven.names.first.clone().unwrap_or_else(unknown),
            last_name: proven.names.last.clone().unwrap_or_else(unknown),
            role,
            tier: role.tier(),
            is_verified: proven.identity.email_verified,
            is_active: true,
            has_password: false,
            sessions_from: None,
            kept_session: None,
            created_at: now,
            updated_at: now,
            email,
        }
    }
}
