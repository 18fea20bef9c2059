//! How a browser takes a file: under which type, and whether it shows or saves it. A file is what somebody has uploaded; none may run
//! as a page or a script.

use app_domain::{ContentType, File};

/// How a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// To be saved.
    Attachment,
    /// To be shown.
    Inline,
}

/// Pictures made of points. SVG is none: it is a page with scripts.
const RASTER: [&str; 10] = [
    "image/avif",
    "image/bmp",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/jpeg",
    "image/jxl",
    "image/png",
    "image/tiff",
    "image/webp",
];

/// What else is served as what it is: nothing in it runs where it is opened from a browser.
const PLAIN: [&str; 11] = [
    "application/epub+zip",
    "application/gzip",
    "application/msword",
    "application/pdf",
    "application/rtf",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/zip",
    "text/csv",
    "text/markdown",
    "text/plain",
];

/// Families of the same kind.
const PLAIN_FAMILIES: [&str; 2] =
    ["application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."];

/// The type that a file is served as: its own if it is known to be harmless, else bytes.
pub(crate) fn served_as(content_type: &ContentType) -> String {
    let essence = content_type.essence();
    let is_plain =
        PLAIN.contains(&essence) || PLAIN_FAMILIES.iter().any(|family| essence.starts_with(family));
    if is_plain || is_shown(content_type) {
        content_type.to_string()
    } else {
        ContentType::unknown().to_string()
    }
}

/// Whether browsers show it without running it.
fn is_shown(content_type: &ContentType) -> bool {
    let essence = content_type.essence();
    // A suffix such as `+xml` says that it is something else inside.
    let is_stream = matches!(content_type.kind(), "audio" | "video") && !essence.contains('+');
    RASTER.contains(&essence) || is_stream || essence == "application/pdf"
}

/// The header that says whether a file is shown or saved, and under which name (RFC 6266).
pub(crate) fn content_disposition(file: &File, wanted: Disposition) -> String {
    let kind = match wanted {
        Disposition::Inline if is_shown(&file.content_type) => "inline",
        _ => "attachment",
    };
    let name = file.name.to_save_as();
    format!("{kind}; filename=\"{}\"; filename*=UTF-8''{}", plain(&name), encoded(&name))
}

/// The name for those who do not read the other: letters of ASCII alone, and none that a reader of quoted strings or of escapes could
/// stumble over (RFC 6266, appendix D).
fn plain(name: &str) -> String {
    let is_safe = |c: &char| (c.is_ascii_graphic() || *c == ' ') && !matches!(c, '"' | '\\' | '%');
    name.chars().map(|c| if is_safe(&c) { c } else { '_' }).collect()
}

/// The name as an extended value (RFC 8187, section 3.2.1).
fn encoded(name: &str) -> String {
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use app_domain::{FileDraft, FileId, FileName, Sha256, Timestamp, Upload, UserId};

    use super::*;

    fn header(name: &str, content_type: &str, wanted: Disposition) -> String {
        let now = Timestamp::from_millis(1_795_000_000_000).unwrap();
        let draft = FileDraft {
            name: FileName::parse(name).unwrap(),
            content_type: ContentType::parse(content_type).unwrap(),
            size_bytes: 1,
            memory: None,
        };
        let upload = Upload::Single { sha256: Sha256::parse(&"0".repeat(64)).unwrap() };
        content_disposition(&File::new(FileId::new(now), UserId::new(now), draft, upload, now), wanted)
    }

    #[test]
    fn a_name_is_given_to_old_readers_and_to_new_ones() {
        for (name, expected) in [
            ("Brief.pdf", "attachment; filename=\"Brief.pdf\"; filename*=UTF-8''Brief.pdf"),
            (
                "naïve 100% \"x\".txt",
                "attachment; filename=\"na_ve 100_ _x_.txt\"; filename*=UTF-8''na%C3%AFve%20100%25%20_x_.txt",
            ),
            ("../../.bashrc", "attachment; filename=\"___.._.bashrc\"; filename*=UTF-8''___.._.bashrc"),
            ("a;b=c'd.txt", "attachment; filename=\"a;b=c'd.txt\"; filename*=UTF-8''a%3Bb%3Dc%27d.txt"),
            ("休.txt", "attachment; filename=\"_.txt\"; filename*=UTF-8''%E4%BC%91.txt"),
        ] {
            assert_eq!(header(name, "text/plain", Disposition::Attachment), expected);
        }
    }

    #[test]
    fn only_what_cannot_run_is_shown() {
        for (content_type, kind) in [
            ("image/png", "inline"),
            ("audio/mpeg", "inline"),
            ("video/mp4", "inline"),
            ("application/pdf", "inline"),
            ("image/svg+xml", "attachment"),
            ("text/html", "attachment"),
            ("text/plain", "attachment"),
            ("video/x+xml", "attachment"),
        ] {
            let header = header("a", content_type, Disposition::Inline);
            assert!(header.starts_with(&format!("{kind};")), "{content_type}: {header}");
        }
    }

    #[test]
    fn what_could_run_is_served_as_bytes() {
        let served = |text: &str| served_as(&ContentType::parse(text).unwrap());
        for own in [
            "image/jpeg",
            "text/plain; charset=utf-8",
            "application/pdf",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ] {
            assert_eq!(served(own), own);
        }
        for active in [
            "text/html",
            "text/xml",
            "text/javascript",
            "text/css",
            "image/svg+xml",
            "application/xhtml+xml",
            "application/xml",
            "application/javascript",
            "application/x-shockwave-flash",
            "application/wasm",
            "multipart/related",
            "model/x3d+xml",
        ] {
            assert_eq!(served(active), "application/octet-stream", "{active}");
        }
    }
}
