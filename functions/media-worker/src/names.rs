//! What files of media are called, here and by people.

use app_domain::{ContentType, FileId, FileName, Invalid, MediaKind, Memory, MemoryId, MemoryMedia};
use aws_lc_rs::digest::{SHA256, digest};
use uuid::Builder;

/// The id of the file of a memory's media: always the same, and of the memory's time.
pub(crate) fn file_id(memory: MemoryId) -> FileId {
    let memory = memory.as_uuid();
    let millis = (memory.as_u128() >> 80) as u64;
    let hash = digest(&SHA256, format!("media of {memory}").as_bytes());
    let mut unique = [0; 10];
    unique.copy_from_slice(&hash.as_ref()[..10]);
    Builder::from_unix_timestamp_millis(millis, &unique).into_uuid().into()
}

/// What the sender calls it, if that is a name, or else what it is and when it was sent.
pub(crate) fn file_name(memory: &Memory, media: &MemoryMedia, is: &ContentType) -> Result<FileName, Invalid> {
    let said = media.file_name.as_deref().unwrap_or_default();
    FileName::parse(said).or_else(|_| FileName::parse(&legible(said))).or_else(|_| {
        let (kind, day) = (kind(media.kind), memory.created_at.day());
        FileName::parse(&format!("{kind}-{day}.{}", extension(is)))
    })
}

/// A name without what no name may have.
fn legible(name: &str) -> String {
    let is_plain = |c: &char| FileName::parse(&format!("a{c}a")).is_ok();
    let plain: Vec<char> = name.trim().chars().filter(is_plain).collect();
    // The end says what it is.
    plain[plain.len().saturating_sub(255)..].iter().collect()
}

fn kind(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Video => "video",
        MediaKind::Audio => "audio",
        MediaKind::Voice => "voice",
        MediaKind::Document => "document",
        MediaKind::Sticker => "sticker",
    }
}

/// The extension of what WhatsApp sends.
fn extension(is: &ContentType) -> &'static str {
    match is.essence() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "video/mp4" => "mp4",
        "video/3gpp" => "3gp",
        "audio/ogg" | "audio/opus" => "ogg",
        "audio/mpeg" => "mp3",
        "audio/mp4" | "audio/m4a" | "audio/x-m4a" => "m4a",
        "audio/aac" => "aac",
        "audio/amr" => "amr",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_domain::Timestamp;

    #[test]
    fn an_id_is_of_the_memory_and_its_time() {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let (memory, other) = (MemoryId::new(now), MemoryId::new(now));
        let id = file_id(memory);
        assert_eq!(id, file_id(memory));
        assert_ne!(id, file_id(other));
        assert_eq!((id.as_uuid().as_u128() >> 80) as i64, now.as_millis());
        assert_eq!(id.as_uuid().get_version_num(), 7);
    }

    #[test]
    fn a_name_loses_what_no_name_may_have() {
        assert_eq!(legible(" photo\u{202e}gpj.exe\n"), "photogpj.exe");
        let long = format!("{}.pdf", "é".repeat(300));
        assert!(legible(&long).ends_with(".pdf") && FileName::parse(&legible(&long)).is_ok());
        assert_eq!(legible("\u{0}"), "");
    }
}
