//! `GET /sync/whatsapp/contacts`.

use app_domain::ContactId;
use app_http::{
    ApiError, ApiErrors, ByCursor, Caller, CallerErrors, CursorPagination, CursorQuery, SyncWhatsapp,
};
use app_store::WhatsappContacts;
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::body::ContactBody;

/// A page of contacts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ContactPage {
    /// In no order that means anything, but always the same.
    contacts: Vec<ContactBody>,
    /// Where the page ends.
    pagination: CursorPagination,
}

/// List who writes to the own number.
#[utoipa::path(
    get, operation_id = "listWhatsappContacts", path = "/sync/whatsapp/contacts", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    params(CursorQuery),
    responses((status = 200, description = "A page of them.", body = ContactPage), ApiErrors, CallerErrors),
)]
pub(crate) async fn list(
    State(contacts): State<WhatsappContacts>,
    caller: Caller<SyncWhatsapp>,
    page: ByCursor<ContactId>,
) -> Result<Json<ContactPage>, ApiError> {
    let found = contacts.page(caller.user_id, page.after.as_ref(), page.to_read()).await?;
    let (contacts, pagination) = page.paged(found, |contact| contact.id.clone(), ContactBody::from);
    Ok(Json(ContactPage { contacts, pagination }))
}
