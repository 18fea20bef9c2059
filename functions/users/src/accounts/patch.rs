//! `PATCH /admin/users/{id}`.

use app_domain::{AuditEntry, AuditEvent, Invalid, Role, StoreError, Tier, Timestamp, UserId};
use app_http::{
    ApiError, ApiErrors, Authenticator, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, ItemErrors,
    ManageUsers, Now, Parse, PathId, ValidJson,
};
use app_store::{Account, Directory};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::body::OneAccount;

/// How often a change is applied anew because another writer came first.
const TRIES: usize = 5;

/// What to change of an account. A member that is absent stays; at least one must be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PatchAccountRequest {
    /// `user`, `premium` or `admin`: decides what the account may do.
    #[schema(example = "premium")]
    role: Option<String>,
    /// `free` or `premium`: decides how much.
    #[schema(example = "premium")]
    tier: Option<String>,
    /// Whether the account may sign in. Deactivating it ends its sessions.
    is_active: Option<bool>,
}

/// A parsed [`PatchAccountRequest`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct AccountChange {
    role: Option<Role>,
    tier: Option<Tier>,
    is_active: Option<bool>,
}

impl Parse for PatchAccountRequest {
    type Parsed = AccountChange;

    fn parse(self) -> Result<AccountChange, FieldErrors> {
        let mut errors = FieldErrors::default();
        let role = |text: &str| text.parse().map_err(|_| Invalid::new("must be user, premium or admin"));
        let tier = |text: &str| text.parse().map_err(|_| Invalid::new("must be free or premium"));
        let role = errors.check_optional("role", self.role.as_deref().map(role));
        let tier = errors.check_optional("tier", self.tier.as_deref().map(tier));
        let (Some(role), Some(tier)) = (role, tier) else { return Err(errors) };
        if role.is_none() && tier.is_none() && self.is_active.is_none() {
            let nothing = Invalid::new("must be given, or else tier or isActive");
            return Err(FieldErrors::one("role", &nothing));
        }
        Ok(AccountChange { role, tier, is_active: self.is_active })
    }
}

impl AccountChange {
    fn applied_to(self, account: &Account, now: Timestamp) -> Account {
        Account {
            role: self.role.unwrap_or(account.role),
            tier: self.tier.unwrap_or(account.tier),
            is_active: self.is_active.unwrap_or(account.is_active),
            updated_at: now,
            ..account.clone()
        }
    }
}

/// Change the role, the tier or the activity of an account.
///
/// What the person may do changes within 10 seconds: so long each function believes what it read of a caller. Deactivating an
/// account ends its sessions for good, also if it is activated again. An administrator cannot change their own account.
#[utoipa::path(
    patch, operation_id = "patchAccount", path = "/admin/users/{id}", tag = "admin", security(("bearer" = ["manage:users"]), ("apiKey" = ["manage:users"])),
    params(("id" = Uuid, Path, description = "The account's id.")),
    request_body = PatchAccountRequest,
    responses(
        (status = 200, description = "The account after the change.", body = OneAccount),
        (status = 409, description = "It is the caller's own account, or others kept changing it.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn patch(
    State(directory): State<Directory>,
    State(authenticator): State<Authenticator>,
    caller: Caller<ManageUsers>,
    PathId(id): PathId<UserId>,
    Now(now): Now,
    ValidJson(change): ValidJson<PatchAccountRequest>,
) -> Result<Json<OneAccount>, ApiError> {
    if id == caller.user_id {
        let message = "An administrator cannot change their own role, tier or activity.";
        return Err(ApiError::conflict("OwnAccount", message));
    }
    for _ in 0..TRIES {
        let before = directory.get(id).await?.ok_or_else(|| ApiError::not_found("account"))?;
        let after = change.applied_to(&before, now);
        let audit = audit(&before, &after, &caller);
        if audit.is_empty() {
            return Ok(Json(before.into()));
        }
        match directory.change(&before, &after, &audit).await {
            Ok(()) => {
                authenticator.forget();
                return Ok(Json(after.into()));
            }
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// An entry for each thing that changes.
fn audit(before: &Account, after: &Account, caller: &Caller<ManageUsers>) -> Vec<AuditEntry> {
    let entry = |event| {
        let entry = AuditEntry::new(before.id, event, caller.origin.clone(), after.updated_at);
        AuditEntry { session_id: caller.session_id, ..entry }.by(caller.user_id)
    };
    let mut entries = Vec::new();
    if before.role != after.role {
        let detail = format!("{} → {}", before.role.as_str(), after.role.as_str());
        entries.push(entry(AuditEvent::RoleChanged).about(detail));
    }
    if before.tier != after.tier {
        let detail = format!("{} → {}", before.tier.as_str(), after.tier.as_str());
        entries.push(entry(AuditEvent::TierChanged).about(detail));
    }
    if before.is_active != after.is_active {
        let event = if after.is_active { AuditEvent::Reactivated } else { AuditEvent::Deactivated };
        entries.push(entry(event));
    }
    entries
}
