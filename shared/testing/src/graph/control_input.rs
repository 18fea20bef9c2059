//! What the control is told, in JSON.

use std::time::Duration;

use app_domain::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{FakeGraph, Fault, Media, MediaFault, Token};

pub(super) fn media(body: &Value) -> Option<Media> {
    let text = |name: &str| body[name].as_str().map(str::to_owned);
    let fault = match body.get("fault").and_then(Value::as_str) {
        None => None,
        Some("wrongHash") => Some(MediaFault::WrongHash),
        Some("tooLarge") => Some(MediaFault::TooLarge),
        Some("page") => Some(MediaFault::Page),
        Some("moved") => Some(MediaFault::Moved),
        Some("expiredOnce") => Some(MediaFault::ExpiredOnce),
        Some("untold") => Some(MediaFault::Untold),
        Some(_) => return None,
    };
    let bytes = STANDARD.decode(body["base64"].as_str()?).ok()?;
    Some(Media { id: text("id"), number: text("number"), content_type: text("contentType")?, bytes, fault })
}

pub(super) fn fault(body: &Value) -> Option<Fault> {
    let span = body["ms"].as_u64().map(Duration::from_millis);
    Some(match body["fault"].as_str()? {
        "code" => Fault::Code(body["code"].as_i64()?),
        "page" => {
            Fault::Page(u16::try_from(body["status"].as_u64()?).ok().filter(|s| (200..600).contains(s))?)
        }
        "redirect" => Fault::Redirect(body["to"].as_str()?.to_owned()),
        "cutBefore" => Fault::CutBefore,
        "cutAfter" => Fault::CutAfter,
        "truncated" => Fault::Truncated,
        "late" => Fault::Late(span?),
        "silence" => Fault::Silence,
        _ => return None,
    })
}

pub(super) fn token(body: &Value) -> Option<Token> {
    let mut token =
        Token::new(body["token"].as_str()?, body["account"].as_str().unwrap_or(FakeGraph::ACCOUNT));
    token.is_valid = body["isValid"].as_bool().unwrap_or(true);
    token.expires_at = body.get("expiresAt").and_then(timestamp);
    Some(token)
}

pub(super) fn timestamp(text: &Value) -> Option<Timestamp> {
    serde_json::from_value(text.clone()).ok()
}
