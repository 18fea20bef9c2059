//! `POST /sync/whatsapp/connect`: the person names a phone, gets a code, and proves the phone by sending the code from it. Or names a business
//! number of their own, with an access token that proves it.

use std::fmt;

use app_connectors::whatsapp::code_hash;
use app_domain::{Chore, ConnectedPhone, Invalid, LinkCode, OwnNumber, PendingPhone, PhoneNumber, Timestamp};
use app_http::{
    ApiError, ApiErrors, BodyErrors, Caller, CallerErrors, ErrorBody, FieldErrors, Now, Parse, SyncWhatsapp,
    ValidJson,
};
use app_runtime::Queue;
use app_store::WhatsappLinks;
use axum::Json;
use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::own_numbers::WantedNumber;
use crate::webhook_url::WebhookUrl;
use crate::{BusinessNumber, OwnNumbers};

/// More digits than any id of Meta's has.
const MAX_ID_DIGITS: usize = 32;
/// Longer than any access token.
const MAX_TOKEN_BYTES: usize = 2048;

/// What to connect: a phone, by its number alone, or a business number of one's own, by all that Meta wants for it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectWhatsappRequest {
    /// With its country code.
    #[schema(example = "+49 155 50002222")]
    phone_number: String,
    /// The WhatsApp Business Account that the number belongs to, by Meta's id.
    #[schema(example = "900100200300500")]
    business_account_id: Option<String>,
    /// An access token for that account, made for our app, with `whatsapp_business_messaging` and `whatsapp_business_management`. It is kept
    /// encrypted and never shown again.
    access_token: Option<String>,
    /// Meta's id of the number, if the account has more than one that looks the same.
    phone_number_id: Option<String>,
}

/// What to connect.
#[derive(Debug)]
pub(crate) enum Wanted {
    Phone(PhoneNumber),
    Number(WantedNumber),
}

impl Parse for ConnectWhatsappRequest {
    type Parsed = Wanted;

    fn parse(self) -> Result<Wanted, FieldErrors> {
        let mut errors = FieldErrors::default();
        let phone = errors.check("phoneNumber", PhoneNumber::parse(&self.phone_number));
        if self.business_account_id.is_none() && self.access_token.is_none() && self.phone_number_id.is_none()
        {
            return phone.map(Wanted::Phone).ok_or(errors);
        }
        let required = || Err(Invalid::new("is required for a number of your own"));
        let account = self.business_account_id.as_deref().map_or_else(required, meta_id);
        let account = errors.check("businessAccountId", account);
        let token = self.access_token.as_deref().map_or_else(required, access_token);
        let token = errors.check("accessToken", token);
        let id = errors.check_optional("phoneNumberId", self.phone_number_id.as_deref().map(meta_id));
        let (Some(phone), Some(business_account_id), Some(token), Some(phone_number_id)) =
            (phone, account, token, id)
        else {
            return Err(errors);
        };
        let token = SecretString::from(token);
        Ok(Wanted::Number(WantedNumber { phone, business_account_id, phone_number_id, token }))
    }
}

/// An id of Meta's, which becomes a part of addresses.
fn meta_id(text: &str) -> Result<String, Invalid> {
    let is_id = (1..=MAX_ID_DIGITS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    is_id.then(|| text.to_owned()).ok_or_else(|| Invalid::new("must be an id of Meta's: digits alone"))
}

fn access_token(text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    let is_token = (1..=MAX_TOKEN_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    is_token.then(|| text.to_owned()).ok_or_else(|| Invalid::new("must be an access token of Meta's"))
}

/// Not the token.
impl fmt::Debug for ConnectWhatsappRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectWhatsappRequest(…)")
    }
}

/// How far connecting has come.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WhatsappConnection {
    /// `connected`: messages become memories. `pending`: the code is still to be sent. What fails is answered with an error.
    #[schema(example = "pending")]
    status: &'static str,
    /// The phone, in E.164 form; an own number as Meta shows it.
    #[schema(example = "+4915550002222")]
    phone_number: String,
    /// Where Meta sends what people write. Our app tells it so; nothing is left to be set up.
    #[schema(example = "https://abcde12345.execute-api.eu-central-1.amazonaws.com/api/whatsapp/webhook")]
    webhook_url: String,
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
    /// When the access token of the own number ends, if it does.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    token_expires_at: Option<Timestamp>,
    /// Where to send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    business_number: Option<String>,
    /// What to do next, in words for the person.
    instructions: String,
}

/// Connect WhatsApp.
///
/// Of a phone it answers with a code. Once it is sent from the phone, messages of that phone become memories of the caller's alone,
/// whoever had it before. Until then nothing changes. A business number of one's own is proved by its access token and connected at once: what
/// anybody writes to it becomes memories, by the rules of its contacts. Both can be connected at a time.
#[utoipa::path(
    post, operation_id = "connectWhatsapp", path = "/sync/whatsapp/connect", tag = "sync", security(("bearer" = ["sync:whatsapp"]), ("apiKey" = ["sync:whatsapp"])),
    request_body = ConnectWhatsappRequest,
    responses(
        (status = 200, description = "Connected, or a code to send.", body = WhatsappConnection),
        (status = 409, description = "The number is connected to another account.", body = ErrorBody),
        ApiErrors, CallerErrors, BodyErrors,
    ),
)]
pub(crate) async fn connect(
    State(links): State<WhatsappLinks>,
    State(own): State<OwnNumbers>,
    State(BusinessNumber(business_number)): State<BusinessNumber>,
    State(chores): State<Queue<Chore>>,
    caller: Caller<SyncWhatsapp>,
    Now(now): Now,
    WebhookUrl(webhook_url): WebhookUrl,
    ValidJson(wanted): ValidJson<ConnectWhatsappRequest>,
) -> Result<Json<WhatsappConnection>, ApiError> {
    let phone = match wanted {
        Wanted::Phone(phone) => phone,
        Wanted::Number(number) => {
            let own = own.connect(caller.user_id, &number, &caller.origin, now).await?;
            // Meta may have delivered what is written to it before it was anybody's.
            chores.send(&Chore::ClaimInbox { owner: caller.user_id }).await.map_err(ApiError::unavailable)?;
            return Ok(Json(WhatsappConnection::own(own, webhook_url)));
        }
    };
    let connected = links.of(caller.user_id).await?.connected;
    if let Some(connected) = connected.filter(|connected| connected.phone.canonical() == phone.canonical()) {
        return Ok(Json(WhatsappConnection::connected(&connected, business_number, webhook_url)));
    }
    let code = new_code()?;
    let pending = PendingPhone { phone, expires_at: now.plus(LinkCode::LIFETIME) };
    links.offer(caller.user_id, &pending, &code_hash(&code)).await?;
    Ok(Json(WhatsappConnection::pending(&pending, &code, business_number, webhook_url)))
}

fn new_code() -> Result<LinkCode, ApiError> {
    let mut random = [0; 5];
    aws_lc_rs::rand::fill(&mut random).map_err(|_| ApiError::internal("no random numbers"))?;
    Ok(LinkCode::from_random(random))
}

impl WhatsappConnection {
    fn own(own: OwnNumber, webhook_url: String) -> Self {
        let instructions = format!("What people write to {} becomes a memory.", own.display_phone_number);
        Self {
            status: "connected",
            phone_number: own.display_phone_number,
            webhook_url,
            connected_at: Some(own.since),
            verification_code: None,
            expires_at: None,
            token_expires_at: own.token_expires_at,
            business_number: None,
            instructions,
        }
    }

    fn connected(connected: &ConnectedPhone, business_number: Option<String>, webhook_url: String) -> Self {
        let to = business_number.as_deref().unwrap_or("our WhatsApp number");
        Self {
            status: "connected",
            phone_number: connected.phone.to_string(),
            webhook_url,
            connected_at: Some(connected.since),
            verification_code: None,
            expires_at: None,
            token_expires_at: None,
            instructions: format!("This phone is connected: what you send from it to {to} becomes a memory."),
            business_number,
        }
    }

    fn pending(
        pending: &PendingPhone,
        code: &LinkCode,
        business_number: Option<String>,
        webhook_url: String,
    ) -> Self {
        let to = business_number.as_deref().unwrap_or("our WhatsApp number");
        let minutes = LinkCode::LIFETIME.as_secs() / 60;
        Self {
            status: "pending",
            phone_number: pending.phone.to_string(),
            webhook_url,
            connected_at: None,
            verification_code: Some(code.shown()),
            expires_at: Some(pending.expires_at),
            token_expires_at: None,
            instructions: format!(
                "Send {} as a WhatsApp message from {} to {to} within {minutes} minutes.",
                code.shown(),
                pending.phone
            ),
            business_number,
        }
    }
}
