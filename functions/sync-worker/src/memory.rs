//! The memory that a message becomes.

use app_connectors::whatsapp::{Delivery, Said, beginning_of};
use app_domain::{
    CategoryId, ContactId, Content, Invalid, InvalidMemory, MediaKind, MediaSource, Memory, MemoryDraft,
    MemoryMedia, MemorySource, MemoryTitle, Metadata, PhoneNumber, Provenance, Tags, UserId, Version,
};
use serde_json::{Map, Value, json};

use crate::reply::Quoted;

/// The one type whose words are all there is to it.
const TEXT: &str = "text";
/// What stands where media were, in the past of a phone.
const PLACEHOLDER: &str = "media_placeholder";

/// Whose memory it becomes, and where it is filed.
pub(crate) struct Filing<'a> {
    pub(crate) owner: UserId,
    pub(crate) category: Option<CategoryId>,
    pub(crate) tags: Tags,
    /// The phone at the other end, unless it is hidden.
    pub(crate) phone: Option<&'a PhoneNumber>,
    pub(crate) quoted: Quoted,
    /// With whom it was talked, if it came over the owner's own number.
    pub(crate) contact: Option<OfContact<'a>>,
}

/// A contact as a memory names them.
pub(crate) struct OfContact<'a> {
    pub(crate) id: &'a ContactId,
    /// The name that is known already.
    pub(crate) name: Option<String>,
    /// Whether the owner wrote to them.
    pub(crate) is_outgoing: bool,
}

/// The memory that a message becomes: made when it was sent.
pub(crate) fn memory(delivery: &Delivery, said: &Said, filing: Filing<'_>) -> Result<Memory, InvalidMemory> {
    let known = filing.contact.as_ref().and_then(|contact| contact.name.as_deref());
    let name = delivery.contact_name.as_deref().or(known);
    let name = name.map(on_one_line).filter(|name| !name.is_empty());
    let is_outgoing = filing.contact.as_ref().is_some_and(|contact| contact.is_outgoing);
    let draft = MemoryDraft {
        title: Some(title(said, name.as_deref(), is_outgoing).map_err(of("title"))?),
        content: Some(content(delivery, said, &filing.quoted).map_err(of("content"))?),
        metadata: metadata(name, &filing).map_err(of("metadata"))?,
        category: filing.category,
        tags: filing.tags,
        provenance: Provenance { message_id: Some(delivery.wamid.clone()), ..Provenance::default() },
        ..MemoryDraft::default()
    };
    let (id, source) = (delivery.memory_id(), MemorySource::Whatsapp);
    let memory = Memory::new(id, filing.owner, source, draft, delivery.sent_at())?;
    Ok(Memory { media: media(delivery, said), ..memory })
}

/// The media that are to be fetched for it.
pub(crate) fn media(delivery: &Delivery, said: &Said) -> Option<MemoryMedia> {
    let media = said.media.clone()?;
    let source = MediaSource {
        media_id: media.media_id,
        phone_number_id: delivery.phone_number_id.clone(),
        sha256: media.sha256,
        received_at: delivery.received_at,
    };
    Some(MemoryMedia::pending(media.kind, media.content_type, media.file_name, source))
}

/// The content of a memory whose message has come once more, now with its media. What has been written there since stays.
pub(crate) fn completed(memory: &Memory, delivery: &Delivery, said: &Said) -> Option<Content> {
    let before = memory.content.as_ref().and_then(|content| content.value().as_object().cloned());
    let (Some(mut members), Ok(after)) = (before, content(delivery, said, &Quoted::default())) else {
        return memory.content.clone();
    };
    members.remove("mediaMissing");
    if memory.version == Version::FIRST {
        members.extend(after.value().as_object().cloned().unwrap_or_default());
    }
    Content::parse(members.into()).ok().or_else(|| memory.content.clone())
}

fn of(field: &'static str) -> impl FnOnce(Invalid) -> InvalidMemory {
    move |invalid| InvalidMemory { field, invalid }
}

/// What came, and from whom: of media without a word it is all there is to read.
fn title(said: &Said, name: Option<&str>, is_outgoing: bool) -> Result<MemoryTitle, Invalid> {
    let what = match said.media.as_ref().map(|media| media.kind) {
        None => "message",
        Some(MediaKind::Image) => "photo",
        Some(MediaKind::Video) => "video",
        Some(MediaKind::Audio) => "recording",
        Some(MediaKind::Voice) => "voice message",
        Some(MediaKind::Document) => "document",
        Some(MediaKind::Sticker) => "sticker",
    };
    let way = if is_outgoing { "to" } else { "from" };
    match name {
        Some(name) => MemoryTitle::parse(&format!("WhatsApp {what} {way} {name}")),
        None => MemoryTitle::parse(&format!("WhatsApp {what}")),
    }
}

/// A name as it can stand in a title; names come as their owners type them.
fn on_one_line(name: &str) -> String {
    let words = name.split(|c: char| c.is_control() || c.is_whitespace()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn metadata(name: Option<String>, filing: &Filing<'_>) -> Result<Metadata, Invalid> {
    let mut members = Map::new();
    members.insert("source".to_owned(), json!("whatsapp"));
    members.extend(filing.phone.map(|phone| ("phoneNumber".to_owned(), json!(phone.to_string()))));
    members.extend(name.map(|name| ("contact".to_owned(), json!(name))));
    if let Some(contact) = &filing.contact {
        members.insert("contactId".to_owned(), json!(contact.id));
        members.insert("direction".to_owned(), json!(if contact.is_outgoing { "out" } else { "in" }));
    }
    Metadata::parse(members)
}

/// What the message says, and, unless that is all, the message as it came. Of what is too large for a memory, the message is
/// left out first, with a mark, and the words are cut last.
fn content(delivery: &Delivery, said: &Said, quoted: &Quoted) -> Result<Content, Invalid> {
    let members = members(delivery, said, quoted);
    let omitted = with(members.clone(), "messageOmitted", json!(true));
    let whole = match delivery.message_json() {
        Some(message) if !delivery.is_cut => match said.text {
            Some(_) if said.kind == TEXT => members,
            _ => with(members, "message", message),
        },
        _ => omitted.clone(),
    };
    let text = said.text.as_deref().unwrap_or_default();
    let mut cut = with(omitted.clone(), "text", json!(beginning_of(text)));
    cut.remove("details");
    let parse = |members| Content::parse(Value::Object(members));
    parse(whole).or_else(|_| parse(omitted)).or_else(|_| parse(cut))
}

fn members(delivery: &Delivery, said: &Said, quoted: &Quoted) -> Map<String, Value> {
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    // An empty text, where there are no words, keeps searches from reading the ids in the message as words.
    set("text", json!(said.text.as_deref().unwrap_or_default()));
    set("type", json!(said.kind));
    set("whatsappId", json!(delivery.wamid));
    if let Some(timestamp) = &delivery.timestamp {
        set("timestamp", json!(timestamp));
    }
    if !said.details.is_empty() {
        set("details", json!(said.details));
    }
    if said.is_forwarded || said.is_frequently_forwarded {
        set("forwarded", json!(true));
    }
    if said.is_frequently_forwarded {
        set("frequentlyForwarded", json!(true));
    }
    if let Some(wamid) = &said.reply_to {
        let mut reply = json!({"whatsappId": wamid});
        if let Some(memory) = quoted.memory {
            reply["memoryId"] = json!(memory);
        }
        set("replyTo", reply);
    }
    if delivery.kind == PLACEHOLDER {
        set("mediaMissing", json!(true));
    } else if said.is_unsupported || (said.text.is_none() && said.media.is_none()) {
        set("unsupported", json!(true));
    }
    members
}

fn with(mut members: Map<String, Value>, name: &str, value: Value) -> Map<String, Value> {
    members.insert(name.to_owned(), value);
    members
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
