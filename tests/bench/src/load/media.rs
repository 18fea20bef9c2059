//! The media that are sent: small files of each kind, which the fake Graph keeps.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;
use serde_json::{Value, json};

/// One file at Meta.
#[derive(Debug, Clone)]
pub(crate) struct Media {
    /// Which type of message it is for.
    pub(crate) kind: &'static str,
    id: String,
    content_type: &'static str,
    sha256: Vec<u8>,
}

/// What is sent: the type of message, what the file is, and how it begins.
pub(crate) const FILES: [(&str, &str, &[u8]); 6] = [
    ("image", "image/jpeg", &[0xff, 0xd8, 0xff, 0xe0, 0, 16, b'J', b'F', b'I', b'F', 0, 1]),
    ("audio", "audio/mpeg", b"ID3\x04\0\0\0\0\0\0"),
    ("voice", "audio/ogg; codecs=opus", b"OggS\0\x02\0\0\0\0\0\0\0\0"),
    ("document", "application/pdf", b"%PDF-1.7\n"),
    ("video", "video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0"),
    ("sticker", "image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
];

impl Media {
    /// A file that Meta keeps under this id.
    pub(crate) fn new(kind: &'static str, id: String, content_type: &'static str, sha256: Vec<u8>) -> Self {
        Self { kind, id, content_type, sha256 }
    }

    /// How a message names it.
    pub(crate) fn reference(&self) -> Value {
        json!({"id": self.id, "mime_type": self.content_type, "sha256": BASE64.encode(&self.sha256)})
    }

    /// Whether this is its checksum, as files show it: of the whole, or of a whole that came as one part.
    pub(crate) fn has_checksum(&self, checksum: &str) -> bool {
        let of_part = BASE64.encode(digest(&SHA256, &self.sha256).as_ref());
        checksum == BASE64.encode(&self.sha256) || checksum == format!("{of_part}-1")
    }
}

/// A file of its kind: the beginning, and filling.
pub(crate) fn bytes(beginning: &[u8], filling: usize) -> Vec<u8> {
    let filling = (0..filling).map(|n| (n % 251) as u8);
    beginning.iter().copied().chain(filling).collect()
}
