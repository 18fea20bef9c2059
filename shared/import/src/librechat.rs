//! LibreChat's export: one conversation, or several.

mod conversation;
mod flat;

use std::ops::ControlFlow;

use crate::archive::Archive;
use crate::json_files::{self, Form, Known};
use crate::out::Out;
use crate::shape::Shape;
use crate::{ImportError, Options};

/// Whether an archive is one.
pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    json_files::any(archive, &|shape| form(shape).is_some())
}

/// Gives its items.
pub(crate) fn read(
    archive: &mut Archive<'_>,
    options: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let sort = |shape: &Shape, _: &str| Some(Known::Items(form(shape)?, ()));
    json_files::read(archive, out, &sort, &mut |(), json, give| {
        conversation::conversation(json, &options.timezone, give)
    })
}

fn form(shape: &Shape) -> Option<Form> {
    let is_conversation =
        |depth| shape.has(depth, "conversationId") && shape.has_any(depth, &["messages", "messagesTree"]);
    match shape {
        _ if is_conversation(1) => Some(Form::One),
        _ if is_conversation(2) => Some(Form::Many),
        _ if shape.has(1, "conversations") && is_conversation(3) => Some(Form::Within("conversations")),
        _ => None,
    }
}
