//! `POST /sync/whatsapp/connect`: the person names a phone, gets a code, and proves the phone by sending the code from it.

use app_connectors::whatsapp::code_hash;
use app_domain::{ConnectedPhone, LinkCode, PendingPhone, PhoneNumber, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, FieldErrors, Now, Parse, SyncWhatsapp, ValidJson,
};
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::BusinessNumber;

/// The phone to connect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectWhatsappRequest {
    /// With its country code.
    #[schema(example = "+49 155 50002222")]
    phone_number: String,
}

impl Parse for ConnectWhatsappRequest {
    type Parsed = PhoneNumber;

    fn parse(self) -> Result<PhoneNumber, FieldErrors> {
        PhoneNumber::parse(&self.phone_number).map_err(|invalid| FieldErrors::one("phoneNumber", &invalid))
    }
}

/// How far connecting has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhatsappConnection {
    /// `connected`: messages from the phone become memories. `pending`: the code is still to be sent.
    #[schema(example = "pending")]
    status: &'static str,
    /// The phone, in E.164 form.
    #[schema(example = "+4915550002222")]
    phone_number: String,
    /// When it was connected.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<Timestamp>,
    /// What to send from the phone. It is shown this once.
    #[schema(example = "MEMO-1A2B3C4D")]
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_code: Option<String>,
    /// When the code stops working.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    /// Where to send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    business_number: Option<String>,
    /// What to do next, in words for the person.
    instructions: String,
}

/// Connect WhatsApp.
///
/// Answers with a code. Once it is sent from the phone, messages of that phone become memories of the caller's alone,
/// whoever had it before. Until then nothing changes.
#[utoipa::path(
    post, operation_id = "connectWhatsapp", path = "/sync/whatsapp/connect", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    request_body = ConnectWhatsappRequest,
    responses((status = 200, description = "Connected, or a code to send.", body = WhatsappConnection), ApiErrors, CallerErrors, BodyErrors),
)]
pub(crate) async fn connect(
    State(links): State<WhatsappLinks>,
    State(BusinessNumber(business_number)): State<BusinessNumber>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
    ValidJson(phone): ValidJson<ConnectWhatsappRequest>,
) -> Result<Json<WhatsappConnection>, ApiError> {
    let connected = links.of(caller.user_id).await?.connected;
    if let Some(connected) = connected.filter(|connected| connected.phone == phone) {
        return Ok(Json(WhatsappConnection::connected(&connected, business_number)));
    }
    let code = new_code()?;
    let pending = PendingPhone { phone, expires_at: now.plus(LinkCode::LIFETIME) };
    links.offer(caller.user_id, &pending, &code_hash(&code)).await?;
    Ok(Json(WhatsappConnection::pending(&pending, &code, business_number)))
}

fn new_code() -> Result<LinkCode, ApiError> {
    let mut random = [0; 5];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| ApiError::internal("no random numbers"))?;
    Ok(LinkCode::from_random(random))
}

impl WhatsappConnection {
    fn connected(connected: &ConnectedPhone, business_number: Option<String>) -> Self {
        let to = business_number.as_deref().unwrap_or("our WhatsApp number");
        Self {
            status: "connected",
            phone_number: connected.phone.to_string(),
            connected_at: Some(connected.since),
            verification_code: None,
            expires_at: None,
            instructions: format!("This phone is connected: what you send from it to {to} becomes a memory."),
            business_number,
        }
    }

    fn pending(pending: &PendingPhone, code: &LinkCode, business_number: Option<String>) -> Self {
        let to = business_number.as_deref().unwrap_or("our WhatsApp number");
        let minutes = LinkCode::LIFETIME.as_secs() / 60;
        Self {
            status: "pending",
            phone_number: pending.phone.to_string(),
            connected_at: None,
            verification_code: Some(code.shown()),
            expires_at: Some(pending.expires_at),
            instructions: format!(
                "Send {} as a WhatsApp message from {} to {to} within {minutes} minutes.",
                code.shown(),
                pending.phone
            ),
            business_number,
        }
    }
}
