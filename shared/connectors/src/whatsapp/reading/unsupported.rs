//! Messages that WhatsApp does not pass on, and why.

use serde_json::Value;

use super::Said;
use super::parts::{camel, joined, list, text};

/// What it is, and why its content is not here.
pub(super) fn said(unsupported: &Value, errors: &Value) -> Said {
    let kind = unsupported["type"].as_str();
    let what = what(kind).map_or_else(
        || kind.map_or("A message".to_owned(), |kind| format!("A message of the kind {kind}")),
        str::to_owned,
    );
    let why = reasons(errors).unwrap_or_else(|| NOT_PASSED_ON.to_owned());
    let said = Said { is_unsupported: true, ..Said::default() };
    said.say(Some(format!("{what}. {why}"))).with("unsupported", camel(unsupported))
}

/// What holds the place of media in a history.
pub(super) fn placeholder() -> Said {
    let words = "A photo, video, recording or document. WhatsApp does not pass it on with the history.";
    Said { is_unsupported: true, ..Said::default() }.say(Some(words.to_owned()))
}

const NOT_PASSED_ON: &str = "WhatsApp does not pass it on.";

/// Why something is not here: the first reason that is given.
pub(super) fn reasons(errors: &Value) -> Option<String> {
    let mut reasons = list(errors).filter_map(|error| {
        let details = || text(&error["error_data"]["details"]).or_else(|| text(&error["title"]));
        match error["code"].as_i64() {
            Some(131_051) => Some(NOT_PASSED_ON.to_owned()),
            Some(131_052) => Some("It is too large, or could not be fetched by WhatsApp.".to_owned()),
            Some(131_060) => Some(
                "Its content is not available: it may come from a device that WhatsApp does not support here."
                    .to_owned(),
            ),
            code => joined([details(), code.map(|code| format!("({code})"))], " "),
        }
    });
    reasons.next()
}

fn what(kind: Option<&str>) -> Option<&'static str> {
    Some(match kind? {
        "edit" => "A correction of an earlier message",
        "poll_creation" => "A poll",
        "poll_update" => "A vote in a poll",
        "gif" => "A GIF",
        "group_invite" => "An invitation to a group",
        "hsm" => "A message made from a template",
        "keep_in_chat" => "A message that was kept in the chat",
        "link_preview" => "A link with a preview",
        "list" => "A list to choose from",
        "media_placeholder" => "A photo, video, recording or document",
        "order" => "An order",
        "pin" => "A message that was pinned",
        "product" => "A product",
        "reaction" => "A reaction",
        "interactive" | "button" => "A message with buttons",
        "image" => "A photo",
        "errors" => "A message",
        _ => return None,
    })
}
