//! Something to remember, with all that is known of it.

use std::fmt;

use app_domain::MediaKind;
use serde_json::{Map, Value};

use super::parts::{camel, lines, text};
use super::{answer, card, context, media, order, place, unsupported};

/// Something to remember. `Debug` hides what it is.
#[derive(Clone, Default, PartialEq)]
pub struct Said {
    /// The type of the message, known or not.
    pub kind: String,
    /// What it says, or what it is, in words a person can read and search. Absent if media are all there is.
    pub text: Option<String>,
    /// What the sender wrote or chose, as it is: what may be a command.
    pub typed: Option<String>,
    /// What is known of it beside its words, under the name of what it is: `location`, `contacts`, `order`, `button`, `referral`
    /// and so on, each with Meta's members in camel case.
    pub details: Map<String, Value>,
    /// The picture, recording or document that it brings.
    pub media: Option<MediaReference>,
    /// The message that it answers, by its `wamid`.
    pub reply_to: Option<String>,
    /// Whether somebody else said it first.
    pub is_forwarded: bool,
    /// Whether it was forwarded more than five times.
    pub is_frequently_forwarded: bool,
    /// Whether it could not be read, or WhatsApp does not say what it is.
    pub is_unsupported: bool,
}

/// Media at Meta, to be fetched. `Debug` hides all but their kind.
#[derive(Clone, PartialEq, Eq)]
pub struct MediaReference {
    /// What they are.
    pub kind: MediaKind,
    /// Meta's id of them, good for seven days.
    pub media_id: String,
    /// What they are said to be.
    pub content_type: Option<String>,
    /// Their SHA-256, in base64 or hexadecimal.
    pub sha256: Option<String>,
    /// What the sender calls them.
    pub file_name: Option<String>,
}

impl Said {
    /// Reads a message that stands for itself.
    pub(super) fn of(kind: &str, message: &Value) -> Self {
        let content = &message[kind];
        let said = match kind {
            "text" => Self::words(text(&content["body"])),
            "image" | "video" | "document" | "audio" | "sticker" => media::said(kind, content),
            "location" => place::said(content),
            "contacts" => card::said(content),
            "interactive" => answer::said(content),
            "button" => answer::button(content),
            "order" => order::said(content),
            "unsupported" => unsupported::said(content, &message["errors"]),
            "media_placeholder" => unsupported::placeholder(),
            _ => Self::unknown(kind, content),
        };
        let mut said = Self { kind: kind.to_owned(), ..said };
        said.is_unsupported |= said.text.is_none() && said.media.is_none();
        context::add(&mut said, message);
        said
    }

    /// What is all words.
    pub(super) fn words(words: Option<String>) -> Self {
        Self { typed: words.clone(), text: words, ..Self::default() }
    }

    /// What is nothing we know: the words that are most likely its own, or its name.
    pub(super) fn unknown(kind: &str, content: &Value) -> Self {
        let likely = ["title", "body", "text", "caption", "description", "name"];
        let words = lines(likely.map(|member| text(&content[member])));
        let said = Self { is_unsupported: true, ..Self::default() };
        said.with("content", camel(content)).say(
            words
                .or_else(|| text(content))
                .or_else(|| Some(format!("A message of an unknown kind ({kind})"))),
        )
    }

    /// With these words.
    pub(super) fn say(self, text: Option<String>) -> Self {
        Self { text, ..self }
    }

    /// With this known of it, unless it is nothing.
    pub(super) fn with(mut self, name: &str, detail: Value) -> Self {
        self.know(name, detail);
        self
    }

    pub(super) fn know(&mut self, name: &str, detail: Value) {
        let is_nothing = match &detail {
            Value::Null => true,
            Value::Object(members) => members.is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if !is_nothing {
            self.details.insert(name.to_owned(), detail);
        }
    }
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Said({}, {:?})", self.kind, self.media)
    }
}

impl fmt::Debug for MediaReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MediaReference({:?})", self.kind)
    }
}
