//! Answers to what the business offered: buttons, lists, forms, and whether it may call.

use serde_json::{Value, json};

use super::Said;
use super::form;
use super::parts::{camel, lines, text};

pub(super) fn said(interactive: &Value) -> Said {
    match interactive["type"].as_str().unwrap_or("interactive") {
        "button_reply" => chosen("button", &interactive["button_reply"]),
        "list_reply" => chosen("list", &interactive["list_reply"]),
        "nfm_reply" => form::said(&interactive["nfm_reply"]),
        "call_permission_reply" => calls(&interactive["call_permission_reply"]),
        kind => Said::unknown(kind, &interactive[kind]),
    }
}

/// The button of a template.
pub(super) fn button(button: &Value) -> Said {
    let words = text(&button["text"]);
    let button = json!({"id": button["payload"], "title": words});
    Said::words(words).with("button", camel(&button))
}

fn chosen(what: &str, row: &Value) -> Said {
    let title = text(&row["title"]);
    let words = lines([title.clone(), text(&row["description"])]);
    Said { typed: title, ..Said::default() }.say(words).with(what, camel(row))
}

fn calls(reply: &Value) -> Said {
    let words = match (reply["response"].as_str(), reply["is_permanent"] == true) {
        (Some("accept"), true) => "Allowed calls, until told otherwise",
        (Some("accept"), false) => "Allowed calls for now",
        (Some("reject"), _) => "Did not allow calls",
        _ => "Answered whether calls are allowed",
    };
    Said::default().say(Some(words.to_owned())).with("callPermission", camel(reply))
}
