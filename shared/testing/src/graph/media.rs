//! Media that were sent to a number, and their addresses.

use std::time::Duration;

use app_domain::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::FakeGraph;
use super::refusal::Refusal;
use super::rules::Token;
use super::state::State;

/// How long media are kept, and how long an address is good.
const KEPT: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const ADDRESS_GOOD: Duration = Duration::from_secs(5 * 60);

/// Media that somebody sent.
#[derive(Debug, Clone, Default)]
pub struct Media {
    /// Their id; one is made if there is none.
    pub id: Option<String>,
    /// The number that they were sent to; the shared one if nothing is said.
    pub number: Option<String>,
    /// Their type.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// What is wrong with them.
    pub fault: Option<MediaFault>,
}

/// What can be wrong with media.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaFault {
    /// The bytes that come are others than were told.
    WrongHash,
    /// They are larger than the API hands out.
    TooLarge,
    /// A page comes in their place, with success.
    Page,
    /// They have moved to another address of the same server.
    Moved,
    /// Their first address is too old from the beginning.
    ExpiredOnce,
    /// Neither their hash nor their size is told.
    Untold,
}

impl Media {
    /// Media with nothing wrong.
    pub fn new(content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { content_type: content_type.to_owned(), bytes: bytes.into(), ..Self::default() }
    }

    /// The same with something wrong.
    #[must_use]
    pub fn with(self, fault: MediaFault) -> Self {
        Self { fault: Some(fault), ..self }
    }

    /// SHA-256 of the bytes in base64, as new messages tell it.
    pub fn sha256(&self) -> String {
        STANDARD.encode(digest(&SHA256, &self.bytes))
    }

    fn sha256_hex(&self) -> String {
        digest(&SHA256, &self.bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Media that are kept.
pub(super) struct Kept {
    pub(super) media: Media,
    pub(super) number: String,
    since: Timestamp,
}

/// An address that was given away.
pub(super) struct Issued {
    pub(super) media: String,
    pub(super) until: Timestamp,
}

impl State {
    pub(super) fn put_media(&mut self, media: Media) -> String {
        let made = || (Uuid::new_v4().as_u128() % 10_u128.pow(16) + 10_u128.pow(16)).to_string();
        let id = media.id.clone().unwrap_or_else(made);
        let number = media.number.clone().unwrap_or_else(|| FakeGraph::NUMBER.to_owned());
        let since = self.now();
        self.media.insert(id.clone(), Kept { media, number, since });
        id
    }

    /// Media that a token is for and that are still there.
    pub(super) fn kept(&self, id: &str, token: &Token) -> Option<&Kept> {
        let kept = self.media.get(id).filter(|kept| self.now().since(kept.since) < KEPT)?;
        self.number(&kept.number, token).ok().map(|_| kept)
    }

    /// A new address for media, below this host.
    pub(super) fn media_url(&mut self, id: &str, host: &str) -> Option<String> {
        let now = self.now();
        let fault = &mut self.media.get_mut(id)?.media.fault;
        let is_old = fault.take_if(|fault| *fault == MediaFault::ExpiredOnce).is_some();
        let until = if is_old { now } else { now.plus(ADDRESS_GOOD) };
        let hash = Uuid::new_v4().simple().to_string();
        let expires = until.as_seconds();
        self.addresses.insert(hash.clone(), Issued { media: id.to_owned(), until });
        Some(format!(
            "http://{host}/whatsapp_business/attachments/?mid={id}&source=webhook&ext={expires}&hash={hash}"
        ))
    }

    /// What is told of media.
    pub(super) fn resolved(&mut self, id: &str, host: &str) -> Result<Value, Refusal> {
        let url = self.media_url(id, host).ok_or_else(|| Refusal::no_object(id))?;
        let media = &self.media[id].media;
        let mut told = json!({
            "messaging_product": "whatsapp", "url": url, "mime_type": media.content_type, "id": id,
            "sha256": media.sha256_hex(), "file_size": media.bytes.len().to_string(),
        });
        match media.fault {
            Some(MediaFault::TooLarge) => return Err(Refusal::of(131_052, "The file is too large.")),
            Some(MediaFault::Untold) => {
                let fields = told.as_object_mut().expect("an object");
                fields.retain(|name, _| !matches!(name.as_str(), "sha256" | "file_size"));
            }
            _ => {}
        }
        Ok(told)
    }
}
