//! What is known of formats: which names mean the same, which have signatures, which are text.

use app_domain::ContentType;

/// Names that are in use and registered nowhere, with those that mean the same.
const UNREGISTERED: [(&str, &str); 5] = [
    ("image/jpg", "image/jpeg"),
    ("image/pjpeg", "image/jpeg"),
    ("image/x-bmp", "image/bmp"),
    ("image/x-icon", "image/vnd.microsoft.icon"),
    ("image/x-ms-bmp", "image/bmp"),
];

/// Names of one format, or of formats that share a container and thus a signature. Of these, the sender knows what is inside.
const KINS: [&[&str]; 11] = [
    &["image/heif", "image/heic", "image/heif-sequence", "image/heic-sequence", "image/avif"],
    &["image/vnd.adobe.photoshop", "image/x-photoshop", "application/x-photoshop"],
    &[
        "video/mp4",
        "audio/mp4",
        "audio/m4a",
        "audio/x-m4a",
        "video/x-m4v",
        "video/quicktime",
        "video/3gpp",
        "audio/3gpp",
        "video/3gpp2",
        "audio/3gpp2",
    ],
    &["video/webm", "audio/webm", "video/x-matroska", "audio/x-matroska", "video/matroska", "audio/matroska"],
    &["audio/ogg", "video/ogg", "application/ogg", "audio/opus", "audio/vorbis"],
    &["audio/mpeg", "audio/mp3", "audio/x-mp3", "audio/aac", "audio/x-aac", "audio/aacp"],
    &["audio/x-wav", "audio/wav", "audio/wave", "audio/vnd.wave"],
    &["audio/x-flac", "audio/flac"],
    &["audio/x-aiff", "audio/aiff"],
    &["video/x-msvideo", "video/avi", "video/vnd.avi", "video/msvideo"],
    &["video/x-ms-wmv", "video/x-ms-asf", "audio/x-ms-wma", "application/vnd.ms-asf"],
];

/// Formats whose signature is always at the beginning: what has none is something else.
pub(crate) const ALWAYS_SIGNED: [&str; 6] =
    ["image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "application/pdf"];

/// Signatures of a few bytes, which other files begin with by chance.
const WEAK: [&str; 5] = ["audio/aac", "audio/mpeg", "image/bmp", "image/vnd.microsoft.icon", "video/mpeg"];

/// Types that are text, though they are not called so.
const TEXTUAL: [&str; 8] = [
    "application/ecmascript",
    "application/javascript",
    "application/json",
    "application/sql",
    "application/toml",
    "application/x-sh",
    "application/xml",
    "application/yaml",
];

/// Text that people write and export, often in the charset of their system, which nothing tells.
pub(crate) const WRITTEN: [&str; 3] = ["text/csv", "text/markdown", "text/plain"];

pub(crate) fn is_textual(declared: &ContentType) -> bool {
    let essence = declared.essence();
    let has_text_inside =
        essence.ends_with("+xml") || essence.ends_with("+json") || essence.ends_with("+yaml");
    declared.kind() == "text" || has_text_inside || TEXTUAL.contains(&essence)
}

/// Whether nobody has said what it is.
pub(crate) fn is_unsaid(declared: &ContentType) -> bool {
    matches!(declared.essence(), "application/octet-stream" | "binary/octet-stream")
}

/// Whether files of this type have signatures, and programs that show them at once.
pub(crate) fn is_signed(content_type: &ContentType) -> bool {
    matches!(content_type.kind(), "image" | "audio" | "video") || content_type.essence() == "application/pdf"
}

/// Whether both are pictures, sound or video. What can run is never taken for the like, whatever it is called.
pub(crate) fn is_same_kind(declared: &ContentType, sniffed: &ContentType) -> bool {
    let is_still = |content_type: &ContentType| !content_type.essence().contains("svg");
    matches!(declared.kind(), "image" | "audio" | "video")
        && declared.kind() == sniffed.kind()
        && is_still(declared)
        && is_still(sniffed)
}

pub(crate) fn is_weak(sniffed: &ContentType) -> bool {
    WEAK.contains(&sniffed.essence())
}

pub(crate) fn registered(declared: &ContentType) -> ContentType {
    let name = UNREGISTERED.into_iter().find(|(name, _)| *name == declared.essence());
    name.and_then(|(_, name)| ContentType::parse(name).ok()).unwrap_or_else(|| declared.clone())
}

pub(crate) fn is_kin(declared: &ContentType, sniffed: &ContentType) -> bool {
    let (declared, sniffed) = (declared.essence(), sniffed.essence());
    declared == sniffed
        || KINS.into_iter().any(|kin| kin.contains(&declared) && kin.contains(&sniffed))
        // Cameras' raw pictures are TIFF inside.
        || (sniffed == "image/tiff" && declared.starts_with("image/x-"))
}
