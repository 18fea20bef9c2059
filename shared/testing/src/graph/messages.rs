//! `POST /{number}/messages`: messages, and marks that some were read.

use std::sync::Arc;

use app_domain::{BusinessUserId, PhoneNumber};
use axum::body::Bytes;
use axum::extract::{Path, State as Extract};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value, json};

use super::calls::GraphCall;
use super::fault::Answer;
use super::fields::Fields;
use super::refusal::Refusal;
use super::rules::Token;
use super::state::{ReadMark, Sent, Site, State};
use super::{access, content};

const MARK: &[&str] = &["messaging_product", "status", "message_id", "typing_indicator"];
const MESSAGE: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "text",
    "template",
    "reaction",
    "context",
    "biz_opaque_callback_data",
];
const MAX_KEY_CHARS: usize = 512;

pub(super) async fn answer(
    Extract(site): Extract<Arc<Site>>,
    Path((version, number)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let parsed: Result<Value, _> = serde_json::from_slice(&body);
    let is_mark = parsed.as_ref().is_ok_and(|body| body.get("status").is_some());
    let may = |state: &State| {
        access::of_version(&version)?;
        let token = state.token(&headers, Token::MESSAGING)?;
        state.number(&number, token)?;
        let kind = headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/json") {
            return Err(Refusal::invalid(format!("The content type {kind} is not supported.")));
        }
        let body = parsed.as_ref().map_err(|_| Refusal::invalid("The body is no JSON."))?;
        if body.get("messaging_product").is_none() {
            return Err(Refusal::invalid("The parameter messaging_product is required."));
        }
        Ok(body)
    };
    if is_mark {
        let check = |state: &State| mark(state, &number, may(state)?);
        let act = |state: &mut State, mark| {
            state.reads.push(mark);
            Ok(Answer::json(&json!({ "success": true })))
        };
        return site.answer(GraphCall::MarkRead, check, act).await;
    }
    let check = |state: &State| message(state, &number, may(state)?);
    site.answer(GraphCall::Send, check, accepted).await
}

fn mark(state: &State, number: &str, body: &Value) -> Result<ReadMark, Refusal> {
    let fields = Fields::of("", body, MARK)?;
    fields.exactly("messaging_product", "whatsapp")?;
    fields.exactly("status", "read")?;
    let is_typing = fields.has("typing_indicator");
    if is_typing {
        Fields::of("typing_indicator", fields.value("typing_indicator")?, &["type"])?
            .exactly("type", "text")?;
    }
    let wamid = fields.wamid("message_id")?.to_owned();
    Ok(ReadMark { from: number.to_owned(), wamid, is_typing, at: state.now() })
}

/// A message in which all is as it must be.
fn message(state: &State, number: &str, body: &Value) -> Result<Sent, Refusal> {
    let fields = Fields::of("", body, MESSAGE)?;
    fields.exactly("messaging_product", "whatsapp")?;
    if fields.has("recipient_type") {
        fields.exactly("recipient_type", "individual")?;
    }
    let to = recipient(&fields)?;
    if state.rules.numbers.iter().any(|own| own.id == number && format!("+{}", own.digits()) == to) {
        return Err(Refusal::of(131_021, "Sender and recipient are the same."));
    }
    let kind = if fields.has("type") { fields.text("type", 50)? } else { "text" };
    if !["text", "template", "reaction"].contains(&kind) {
        return Err(Refusal::of(131_051, format!("Unsupported message type {kind}")));
    }
    if let Some(other) =
        ["text", "template", "reaction"].iter().find(|&&name| name != kind && fields.has(name))
    {
        return Err(Refusal::invalid(format!("Unexpected key \"{other}\" in a message of type {kind}.")));
    }
    let text = content::read(kind, fields.value(kind)?, &state.rules)?;
    let context = match fields.has("context") {
        true if kind == "reaction" => return Err(Refusal::value("context", "a reaction has none")),
        true => Some(Fields::of("context", fields.value("context")?, &["message_id"])?.wamid("message_id")?),
        false => None,
    };
    Ok(Sent {
        number: 0,
        wamid: String::new(),
        from: number.to_owned(),
        to,
        kind: kind.to_owned(),
        text,
        context: context.map(str::to_owned),
        key: fields.optional_text("biz_opaque_callback_data", MAX_KEY_CHARS)?.map(str::to_owned),
        at: state.now(),
        body: body.clone(),
    })
}

/// A phone with its plus, or the id of somebody who hides it.
fn recipient(fields: &Fields<'_>) -> Result<String, Refusal> {
    if fields.has("to") && fields.has("recipient") {
        return Err(Refusal::invalid("Both to and recipient are given."));
    }
    if fields.has("recipient") {
        let id = fields.text("recipient", 200)?;
        let is_id = BusinessUserId::parse(id).is_some();
        return if is_id { Ok(id.to_owned()) } else { Err(Refusal::value("recipient", "it is no user id")) };
    }
    let phone = fields.text("to", 100)?;
    let Some(digits) = phone.strip_prefix('+') else {
        return Err(Refusal::value("to", "without a plus, the country of the business is put before it"));
    };
    let is_phone = PhoneNumber::from_digits(digits).is_some();
    if is_phone { Ok(phone.to_owned()) } else { Err(Refusal::value("to", format!("{phone} is no phone"))) }
}

/// Takes a message in, unless it is not the time for it.
fn accepted(state: &mut State, message: Sent) -> Result<Answer, Refusal> {
    let (from, to) = (message.from.clone(), message.to.clone());
    if message.kind != "template" && !state.is_window_open(&from, &to) {
        let details = "More than 24 hours have passed since the customer last replied to this number.";
        return Err(Refusal::of(131_047, details));
    }
    state.count(&from, &to)?;
    let contact = match to.strip_prefix('+') {
        Some(digits) => json!({ "input": to, "wa_id": digits }),
        None => json!({ "input": to, "user_id": to }),
    };
    let mut accepted = json!({ "id": "" });
    if message.kind == "template" {
        accepted["message_status"] = json!("accepted");
    }
    accepted["id"] = json!(state.accept(message));
    let answer = json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted] });
    Ok(Answer::json(&answer))
}
