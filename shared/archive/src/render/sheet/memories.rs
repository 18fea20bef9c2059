//! Memories, their versions and the messages under them.

use serde_json::Value;

use super::{Names, Sheet, View, called};
use crate::{MediaRecord, MemoryFields, MemoryRecord, MessageRecord, VersionRecord};

/// Where chats keep who wrote a message.
const AUTHORS: [&str; 3] = ["author", "sender", "senderName"];

pub(super) fn memory(memory: &MemoryRecord, view: &View, names: &Names) -> Sheet {
    let mut sheet = fields(&memory.fields, view, names);
    sheet.row(view.words.id, memory.id.to_string());
    sheet
}

pub(super) fn version(version: &VersionRecord, view: &View, names: &Names) -> Sheet {
    let mut sheet = fields(&version.fields, view, names);
    sheet.at = Some(version.fields.updated_at);
    sheet
}

fn fields(fields: &MemoryFields, view: &View, names: &Names) -> Sheet {
    let words = view.words;
    let title = fields.title.as_deref().filter(|title| !title.trim().is_empty());
    let mut sheet = Sheet::titled(title.unwrap_or(words.untitled), fields.created_at);
    sheet.maybe(words.category, fields.category_id.map(|id| names.category(id)));
    sheet.rows_of(words.tags, fields.tags.iter().cloned());
    sheet.maybe(words.favorite, fields.is_favorite.then_some(words.yes));
    sheet.maybe(words.archived, fields.is_archived.then_some(words.yes));
    sheet.row(words.source, fields.source.as_str());
    sheet.row(words.privacy, fields.privacy_level.as_str());
    sheet.maybe(
        words.changed,
        (fields.updated_at != fields.created_at).then(|| view.times.full(fields.updated_at)),
    );
    sheet.row(words.version, fields.version.to_string());
    let provenance = &fields.provenance;
    sheet.maybe(words.origin, provenance.origin.clone());
    sheet.maybe(words.message_id, provenance.message_id.clone());
    sheet.maybe(words.api_key, provenance.api_key_id.map(|id| id.to_string()));
    sheet.maybe(words.media, fields.media.as_ref().map(media));
    sheet.metadata(words.metadata, &fields.metadata);
    sheet.prose(fields.description.as_deref());
    if let Some(content) = &fields.content {
        sheet.content(content);
    }
    sheet
}

fn media(media: &MediaRecord) -> String {
    let parts = [
        Some(called(&media.kind)),
        Some(called(&media.state)),
        media.file_name.clone(),
        media.content_type.clone(),
        media.reason.clone(),
        media.transcript.as_ref().map(called),
        media.file_id.map(|id| id.to_string()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

pub(super) fn message(message: &MessageRecord, view: &View, names: &Names) -> Sheet {
    let words = view.words;
    let author = AUTHORS.iter().find_map(|name| message.metadata.get(*name).and_then(Value::as_str));
    let own = if message.is_ai_generated { words.memo } else { words.you };
    let author = author.map(str::trim).filter(|author| !author.is_empty());
    let mut sheet = Sheet::titled(author.unwrap_or(own), message.created_at);
    sheet.maybe(words.reply_to, message.parent_id.map(|id| id.to_string()));
    sheet.maybe(
        words.kind,
        (message.message_type != Default::default()).then(|| called(&message.message_type)),
    );
    sheet.named(words.attachments, message.attachments.iter().map(|id| names.file(*id)));
    sheet.maybe(words.edited, message.edited_at.map(|at| view.times.full(at)));
    let is_plain = message.status == Default::default();
    sheet.maybe(words.status, (!is_plain).then(|| called(&message.status)));
    sheet.maybe(
        words.delivery,
        message.delivery.as_ref().map(|delivery| {
            let reason = delivery.reason.as_deref().map(|reason| format!(" · {reason}")).unwrap_or_default();
            format!("{} · {}{reason}", called(&delivery.state), view.times.full(delivery.at))
        }),
    );
    sheet.metadata(words.metadata, &message.metadata);
    match &message.content {
        Some(said) => sheet.prose(Some(said)),
        None => sheet.row(words.deleted, words.yes),
    }
    sheet
}
