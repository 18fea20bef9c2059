//! Pictures, films, recordings, documents and stickers.

use app_domain::MediaKind;
use serde_json::{Value, json};

use super::parts::{id, lines, text};
use super::{MediaReference, Said};

pub(super) fn said(kind: &str, content: &Value) -> Said {
    let is_animated = content["animated"] == true;
    let (media_kind, name) = match kind {
        "image" => (MediaKind::Image, "Photo"),
        "video" => (MediaKind::Video, "Video"),
        "sticker" if is_animated => (MediaKind::Sticker, "Animated sticker"),
        "sticker" => (MediaKind::Sticker, "Sticker"),
        "audio" if content["voice"] == true => (MediaKind::Voice, "Voice message"),
        "audio" => (MediaKind::Audio, "Audio recording"),
        _ => (MediaKind::Document, "Document"),
    };
    let (caption, file_name) = (text(&content["caption"]), text(&content["filename"]));
    let content_type = text(&content["mime_type"]);
    let media = id(&content["id"]).map(|media_id| MediaReference {
        kind: media_kind,
        media_id,
        content_type: content_type.clone(),
        sha256: id(&content["sha256"]),
        file_name: file_name.clone(),
    });
    let known = [
        ("caption", json!(caption)),
        ("fileName", json!(file_name)),
        ("contentType", json!(content_type)),
        ("isVoice", content["voice"].clone()),
        ("isAnimated", content["animated"].clone()),
    ];
    let known = known.into_iter().filter(|(_, value)| !value.is_null());
    // What they are is known from the media themselves; only where there are none, words have to say it.
    let instead = media.is_none().then(|| name.to_owned());
    Said { media, ..Said::default() }
        .say(lines([caption.clone(), file_name.clone()]).or(instead))
        .with("media", known.map(|(name, value)| (name.to_owned(), value)).collect::<Value>())
}
