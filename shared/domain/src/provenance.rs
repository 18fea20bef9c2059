//! Where memories come from.

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, Invalid};

/// How a memory came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemorySource {
    /// Through the API, by a person who is signed in.
    Web,
    /// Through the API, by an API key.
    Api,
    /// As a WhatsApp message.
    Whatsapp,
    /// From an archive of another service.
    Import,
}

impl MemorySource {
    /// Each of them.
    pub const ALL: [Self; 4] = [Self::Web, Self::Api, Self::Whatsapp, Self::Import];

    /// Its name, as clients write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
            Self::Whatsapp => "whatsapp",
            Self::Import => "import",
        }
    }

    /// # Errors
    /// If there is none of that name.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let named = Self::ALL.into_iter().find(|source| source.as_str() == text);
        named.ok_or_else(|| Invalid::new("must be web, api, whatsapp or import"))
    }
}

/// What exactly a memory was made from, beside its source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Provenance {
    /// The API key that saved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key_id: Option<ApiKeyId>,
    /// The message that it was, by its id at the messenger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What it is in the archive that it was brought in from: the service, a colon, and its name there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl Provenance {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
