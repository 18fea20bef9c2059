//! What a message says, in words a person can read and search.

mod answer;
mod card;
mod context;
mod form;
mod media;
mod order;
mod parts;
mod place;
mod said;
mod unsupported;

use std::fmt;

use app_domain::{BusinessUserId, Sender};
use serde_json::Value;

use parts::id;
pub use said::{MediaReference, Said};

use super::hash;

/// What a message means to its sender's memories. `Debug` hides what it says.
#[derive(Clone, PartialEq)]
pub enum Reading {
    /// Something to remember.
    Said(Box<Said>),
    /// A feeling about another message.
    Reaction {
        /// The message, by its `wamid`.
        to: String,
        /// The feeling; absent if it is taken back.
        emoji: Option<String>,
    },
    /// What another message says now.
    Edit {
        /// The message, by its `wamid`.
        of: String,
        /// What it says.
        said: Box<Said>,
    },
    /// Another message is taken back.
    Revoke {
        /// The message, by its `wamid`.
        of: String,
    },
    /// The sender has another phone from now on.
    NumberChanged {
        /// Who they are now.
        to: Sender,
    },
    /// The sender has another id from now on.
    UserIdChanged {
        /// The id.
        to: BusinessUserId,
    },
    /// About the chat itself: nothing to remember.
    Notice,
}

/// As much as is kept of words that are too many. However they are escaped, they fit into a memory's content.
const BEGINNING_CHARS: usize = 8000;

/// The beginning of a text that is too long, with an ellipsis; a shorter text as it is.
pub fn beginning_of(text: &str) -> String {
    match text.char_indices().nth(BEGINNING_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl Reading {
    /// Reads a message of any type (`kind`), known or not.
    pub fn of(kind: &str, message: &Value) -> Self {
        let content = &message[kind];
        match kind {
            "reaction" => id(&content["message_id"]).map_or(Self::Notice, |to| Self::Reaction {
                to,
                emoji: content["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned),
            }),
            "revoke" => id(&content["original_message_id"]).map_or(Self::Notice, |of| Self::Revoke { of }),
            "edit" => edit(content, message),
            "system" => system(content),
            "request_welcome" => Self::Notice,
            _ => Self::Said(Box::new(Said::of(kind, message))),
        }
    }
}

/// What was corrected says what it says now. Of what it corrects nothing may be known: then it stands for itself.
fn edit(content: &Value, message: &Value) -> Reading {
    let edited = &content["message"];
    let said = match edited["type"].as_str() {
        Some(kind) => Said::of(kind, edited),
        None => Said::of("edit", message),
    };
    let said = Box::new(said);
    match id(&content["original_message_id"]) {
        Some(of) => Reading::Edit { of, said },
        None => Reading::Said(said),
    }
}

fn system(content: &Value) -> Reading {
    let text = |name: &str| content[name].as_str();
    match text("type") {
        Some("user_changed_number") => {
            let to = hash::sender(text("wa_id").or(text("new_wa_id")), text("user_id"));
            if to.is_unknown() { Reading::Notice } else { Reading::NumberChanged { to } }
        }
        Some("user_changed_user_id") => match text("user_id").and_then(BusinessUserId::parse) {
            Some(to) => Reading::UserIdChanged { to },
            None => Reading::Notice,
        },
        _ => Reading::Notice,
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Said(said) => return said.fmt(f),
            Self::Reaction { .. } => "Reaction",
            Self::Edit { .. } => "Edit",
            Self::Revoke { .. } => "Revoke",
            Self::NumberChanged { .. } => "NumberChanged",
            Self::UserIdChanged { .. } => "UserIdChanged",
            Self::Notice => "Notice",
        })
    }
}
