//! `DELETE /sync/whatsapp`.

use std::time::Instant;

use app_connectors::whatsapp::{sender_hash, sha256_hex};
use app_domain::{Chore, ConnectedPhone, Invalid, OwnNumber, Permission, Sender, Timestamp, UserId, Walk};
use app_http::{
    ApiError, ApiErrors, Caller, CallerErrors, FieldErrors, Now, Parse, SyncWhatsapp, ValidQuery,
};
use app_runtime::Queue;
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::OwnNumbers;

/// What becomes of the memories.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct DisconnectQuery {
    /// `keep` (the default), or `delete`: what came from WhatsApp goes to the trash, and what was kept aside is removed.
    memories: Option<String>,
}

/// What becomes of the memories, as the answer says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MemoriesAfter {
    /// They stay as they are.
    Kept,
    /// They are on their way to the trash.
    Deleting,
}

impl Parse for DisconnectQuery {
    type Parsed = MemoriesAfter;

    fn parse(self) -> Result<MemoriesAfter, FieldErrors> {
        match self.memories.as_deref() {
            None | Some("keep") => Ok(MemoriesAfter::Kept),
            Some("delete") => Ok(MemoriesAfter::Deleting),
            Some(_) => Err(FieldErrors::one("memories", &Invalid::new("must be keep or delete"))),
        }
    }
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disconnected {
    /// Always `disconnected`.
    #[schema(example = "disconnected")]
    status: &'static str,
    /// The phone that was connected.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<String>,
    /// The own business number that was connected. Its access token is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    own_number: Option<String>,
    /// What becomes of the memories: `kept`, or `deleting`.
    memories: MemoriesAfter,
}

/// Disconnect WhatsApp.
///
/// Messages of the phone and to the own number are not saved any more. With nothing connected, nothing is disconnected. To delete the
/// memories needs `delete:memories` too; they go to the trash, in the background.
#[utoipa::path(
    delete, operation_id = "disconnectWhatsapp", path = "/sync/whatsapp", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    params(DisconnectQuery),
    responses((status = 200, description = "What was done.", body = Disconnected), ApiErrors, CallerErrors),
)]
pub(crate) async fn disconnect(
    State(links): State<WhatsappLinks>,
    State(own): State<OwnNumbers>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
    ValidQuery(memories): ValidQuery<DisconnectQuery>,
) -> Result<Json<Disconnected>, ApiError> {
    let (owner, began) = (caller.user_id, Instant::now());
    if memories == MemoriesAfter::Deleting {
        caller.need(Permission::DeleteMemories)?;
    }
    let own_number = own.disconnect(owner, &caller.origin, now).await?;
    let phone = links.disconnect(owner, &caller.origin, now).await?;
    if memories == MemoriesAfter::Deleting {
        // Last, so that nothing comes in behind it, and what came in while Meta was told goes too. Whoever gets an error asks again, for all
        // of it.
        let until = now.plus(began.elapsed());
        let kept = kept_aside(owner, until, phone.as_ref(), own_number.as_ref());
        let trash = Chore::TrashWhatsapp { owner, until, walk: Walk::default() };
        for chore in [trash, kept] {
            chores.send(&chore).await.map_err(ApiError::unavailable)?;
        }
    }
    Ok(Json(Disconnected {
        status: "disconnected",
        phone_number: phone.map(|phone| phone.phone.to_string()),
        own_number: own_number.map(|own| own.display_phone_number),
        memories,
    }))
}

/// The chore that removes what was kept aside for the phone, for the person's id, and for the number of their own.
fn kept_aside(
    owner: UserId,
    until: Timestamp,
    phone: Option<&ConnectedPhone>,
    own: Option<&OwnNumber>,
) -> Chore {
    let user_id = phone.and_then(|phone| phone.user_id.clone());
    let by_id = sender_hash(&Sender { phone: None, user_id });
    let by_number = own.map(|own| sha256_hex(own.phone_number_id.as_bytes()));
    Chore::EmptyInbox {
        owner,
        until,
        phone: phone.map(|phone| phone.phone.clone()),
        hidden: by_id.into_iter().chain(by_number).collect(),
    }
}
