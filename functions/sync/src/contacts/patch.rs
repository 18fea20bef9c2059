//! `PATCH /sync/whatsapp/contacts/{id}`: JSON merge patch (RFC 7396).

use app_domain::{CategoryId, ContactId, ContactRule, Invalid, Patch};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, ItemErrors, Parse, PathId,
    SyncWhatsapp, ValidJson,
};
use app_store::{Categories, WhatsappContacts};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::OneContact;

/// What to change. A member that is absent stays; `null` files with WhatsApp's own category again.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatchContactRequest {
    /// What becomes of what they write: `save` or `ignore`.
    #[schema(example = "ignore")]
    rule: Option<String>,
    /// Where it is filed.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    category_id: Option<Option<Uuid>>,
}

/// Tells a member that is `null` from one that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A change of a contact.
#[derive(Debug)]
pub(crate) struct ContactPatch {
    rule: Option<ContactRule>,
    category: Patch<CategoryId>,
}

impl Parse for PatchContactRequest {
    type Parsed = ContactPatch;

    fn parse(self) -> Result<ContactPatch, FieldErrors> {
        let rule = self.rule.as_deref().map(ContactRule::parse).transpose();
        let category = self
            .category_id
            .map_or(Patch::Keep, |id| id.map_or(Patch::Clear, |id| Patch::Set(CategoryId::from(id))));
        match rule {
            Ok(rule) => Ok(ContactPatch { rule, category }),
            Err(invalid) => Err(FieldErrors::one("rule", &invalid)),
        }
    }
}

/// Say what becomes of what somebody writes.
///
/// It counts for what comes from now on: memories stay as they are.
#[utoipa::path(
    patch, operation_id = "patchWhatsappContact", path = "/sync/whatsapp/contacts/{id}", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    params(("id" = String, Path, description = "The contact's id.")),
    request_body = PatchContactRequest,
    responses(
        (status = 200, description = "The contact after the change.", body = OneContact),
        ApiErrors, CallerErrors, BodyErrors, ItemErrors,
    ),
)]
pub(crate) async fn patch(
    State(contacts): State<WhatsappContacts>,
    State(categories): State<Categories>,
    caller: Caller<SyncWhatsapp>,
    PathId(id): PathId<ContactId>,
    ValidJson(patch): ValidJson<PatchContactRequest>,
) -> Result<Json<OneContact>, ApiError> {
    let owner = caller.user_id;
    if let Patch::Set(category) = &patch.category
        && categories.get(owner, *category).await?.is_none()
    {
        let invalid = Invalid::new("must be the id of a category of yours");
        return Err(FieldErrors::one("categoryId", &invalid).into());
    }
    let changed = contacts.set(owner, &id, patch.rule, patch.category).await?;
    let contact = changed.ok_or_else(|| ApiError::not_found("contact"))?;
    Ok(Json(OneContact { contact: contact.into() }))
}
