//! What a file is, by its first bytes, against what it is said to be.
//!
//! Judged is what can be judged. Pictures, sound, video and PDF have signatures, and programs show them without asking: there a file
//! must be what it is said to be, in both directions; only one kind of picture may turn out to be another, as may sounds and videos.
//! Text has no signature, but no binary is valid UTF-8 for long, and hardly one has no NUL. For everything else a signature is at most
//! a hint (half of all formats are ZIP inside), and the word of whoever sent it stands.

use app_domain::ContentType;

use crate::signatures::{
    ALWAYS_SIGNED, WRITTEN, is_kin, is_same_kind, is_signed, is_textual, is_unsaid, is_weak, registered,
};

/// What a PDF begins with.
const PDF_MARK: &[u8] = b"%PDF";

/// The type that a file has, after a look at its `beginning`, which is all of it if it `is_whole`.
///
/// # Errors
/// The reason, for its owner, if it is not what it is said to be.
pub fn settled(declared: &ContentType, beginning: &[u8], is_whole: bool) -> Result<ContentType, String> {
    let declared = &registered(declared);
    let sniffed = signature(declared, beginning);
    let is_text = is_utf8(beginning, is_whole);
    if is_textual(declared) {
        // Text may begin like anything (a letter to "BM"): if it is text, it is what it is said to be.
        let fits = is_text || (sniffed.is_none() && may_be_of_another_charset(declared, beginning));
        return if fits {
            Ok(declared.clone())
        } else {
            Err(contradiction(declared, sniffed.as_ref(), is_text))
        };
    }
    match sniffed {
        Some(sniffed) if is_kin(declared, &sniffed) => Ok(declared.clone()),
        Some(sniffed) if is_unsaid(declared) => Ok(sniffed),
        Some(sniffed) if is_same_kind(declared, &sniffed) => Ok(sniffed),
        Some(sniffed) if is_signed(declared) || (is_signed(&sniffed) && !is_weak(&sniffed)) => {
            Err(contradiction(declared, Some(&sniffed), is_text))
        }
        None if ALWAYS_SIGNED.contains(&declared.essence()) => Err(contradiction(declared, None, is_text)),
        _ => Ok(declared.clone()),
    }
}

/// The type that a file has, whatever it is said to be: that, if it fits, or else what it is by a look at its `beginning`.
pub fn identified(declared: &ContentType, beginning: &[u8], is_whole: bool) -> ContentType {
    settled(declared, beginning, is_whole).unwrap_or_else(|_| {
        let found = found(signature(declared, beginning).as_ref(), is_utf8(beginning, is_whole)).to_owned();
        ContentType::parse(&found).unwrap_or_else(|_| ContentType::unknown())
    })
}

/// What the file is by its signature, if it has one.
fn signature(declared: &ContentType, beginning: &[u8]) -> Option<ContentType> {
    let found = infer::get(beginning)?;
    let found = match beginning.windows(PDF_MARK.len()).position(|bytes| bytes == PDF_MARK) {
        // It was looked for further on too, where letters and scripts may have it as well. Readers of PDF allow for something before it.
        Some(at) if found.mime_type() == "application/pdf" && !is_blank(&beginning[..at]) => {
            infer::get(&beginning[..at]).or((declared.essence() == "application/pdf").then_some(found))?
        }
        _ => found,
    };
    ContentType::parse(found.mime_type()).ok()
}

/// Nothing but white space, perhaps behind a byte order mark.
fn is_blank(bytes: &[u8]) -> bool {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii().is_empty()
}

fn contradiction(declared: &ContentType, sniffed: Option<&ContentType>, is_text: bool) -> String {
    format!("It was said to be {declared}, but its content is {}.", found(sniffed, is_text))
}

fn found(sniffed: Option<&ContentType>, is_text: bool) -> &str {
    match sniffed {
        Some(sniffed) => sniffed.essence(),
        None if is_text => "text/plain",
        None => "application/octet-stream",
    }
}

/// Valid UTF-8 without NUL. At the end of a part, a character may be cut.
fn is_utf8(bytes: &[u8], is_whole: bool) -> bool {
    let is_valid = match std::str::from_utf8(bytes) {
        Ok(_) => true,
        // No length: it ends within a character.
        Err(error) => !is_whole && error.error_len().is_none(),
    };
    is_valid && !bytes.contains(&0)
}

/// Whether it may be text in another charset than UTF-8: the one that is named, or, where none is, UTF-16, which names itself, or one of
/// those that have no NUL.
fn may_be_of_another_charset(declared: &ContentType, bytes: &[u8]) -> bool {
    let is_utf16 = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    match declared.charset() {
        Some(charset) => !matches!(charset, "utf-8" | "us-ascii"),
        None => WRITTEN.contains(&declared.essence()) && (is_utf16 || !bytes.contains(&0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF\0";
    const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0a.txt";
    const WEBM: &[u8] = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm";
    const WAV: &[u8] = b"RIFF\x24\0\0\0WAVEfmt ";
    const HTML: &[u8] = b"<!DOCTYPE html><html><script>alert(1)</script>";
    const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0";
    const LATIN1: &[u8] = b"caf\xe9 au lait";

    fn sniffed(declared: &str, bytes: &[u8]) -> Result<String, String> {
        settled(&ContentType::parse(declared).unwrap(), bytes, true).map(|settled| settled.to_string())
    }

    #[test]
    fn what_is_what_it_is_said_to_be_is_taken() {
        for (declared, bytes, becomes) in [
            ("image/png", PNG, "image/png"),
            ("image/jpg", JPEG, "image/jpeg"),
            ("application/pdf", PDF, "application/pdf"),
            ("application/octet-stream", PNG, "image/png"),
            ("application/octet-stream", b"\x01\x02\x03".as_slice(), "application/octet-stream"),
            ("audio/webm", WEBM, "audio/webm"),
            ("audio/wav", WAV, "audio/wav"),
            ("application/vnd.oasis.opendocument.text", ZIP, "application/vnd.oasis.opendocument.text"),
            ("application/x-own-format", ZIP, "application/x-own-format"),
            ("application/x-msdownload", EXE, "application/x-msdownload"),
            ("text/html", HTML, "text/html"),
            ("text/markdown", HTML, "text/markdown"),
            ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            ("text/plain", b"BM, dear friend", "text/plain"),
            ("text/plain; charset=windows-1252", LATIN1, "text/plain; charset=windows-1252"),
            ("text/plain", LATIN1, "text/plain"),
            ("text/csv", b"\xff\xfea\0;\0b\0", "text/csv"),
            ("image/png", JPEG, "image/jpeg"),
            ("audio/mpeg", WAV, "audio/x-wav"),
            ("text/html", b"<p>A PDF begins with %PDF.", "text/html"),
            ("application/postscript", b"%!PS\xff\n%PDF", "application/postscript"),
            ("application/octet-stream", b"\x01 %PDF", "application/octet-stream"),
            ("application/octet-stream", b"\xef\xbb\xbf\n%PDF-1.7", "application/pdf"),
            ("application/pdf", b"mailed by a friend\n%PDF-1.7", "application/pdf"),
            ("application/json", b"{\"a\": \"\xc3\xa9\"}", "application/json"),
        ] {
            assert_eq!(sniffed(declared, bytes).as_deref(), Ok(becomes), "{declared}");
        }
    }

    #[test]
    fn what_is_not_what_it_is_said_to_be_is_named() {
        for (declared, bytes, is) in [
            ("image/jpeg", HTML, "text/html"),
            ("image/png", b"just words".as_slice(), "text/plain"),
            ("image/png", b"\x01\x02\xff".as_slice(), "application/octet-stream"),
            ("application/pdf", ZIP, "application/zip"),
            ("application/zip", PDF, "application/pdf"),
            ("audio/mpeg", EXE, "application/vnd.microsoft.portable-executable"),
            ("text/plain", EXE, "application/vnd.microsoft.portable-executable"),
            ("text/plain; charset=utf-8", LATIN1, "application/octet-stream"),
            ("application/json", LATIN1, "application/octet-stream"),
            ("text/html", LATIN1, "application/octet-stream"),
            ("audio/mpeg", b"<html> %PDF", "text/html"),
            ("image/svg", PNG, "image/png"),
            ("audio/mpeg", b"\0\0\0\x18ftypmp42", "video/mp4"),
            ("text/csv", b"a\0b", "application/octet-stream"),
            ("image/svg+xml", PNG, "image/png"),
        ] {
            let reason = sniffed(declared, bytes).expect_err(declared);
            assert!(reason.ends_with(&format!("its content is {is}.")), "{declared}: {reason}");
        }
    }

    #[test]
    fn what_is_not_what_it_is_said_to_be_is_identified_all_the_same() {
        for (declared, bytes, is) in [
            ("image/jpeg", PNG, "image/png"),
            ("audio/mp4", b"\0\0\0\x18ftypmp42".as_slice(), "audio/mp4"),
            ("application/pdf", HTML, "text/html"),
            ("image/png", b"just words", "text/plain"),
            ("image/png", b"\x01\x02\xff", "application/octet-stream"),
        ] {
            let declared = ContentType::parse(declared).unwrap();
            assert_eq!(identified(&declared, bytes, true).to_string(), is, "{declared}");
        }
    }

    #[test]
    fn a_character_may_be_cut_where_the_look_ends_but_not_where_the_file_ends() {
        let (text, cut) = (ContentType::parse("application/json").unwrap(), &"naïve é".as_bytes()[..8]);
        assert!(settled(&text, cut, false).is_ok());
        assert!(settled(&text, cut, true).is_err());
    }

    /// Whatever somebody sends is looked at without falling over.
    #[test]
    fn no_beginning_is_too_strange() {
        let unknown = ContentType::unknown();
        for start in [PNG, JPEG, PDF, ZIP, WEBM, WAV, HTML, EXE, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""] {
            for filler in [0_u8, 0xff, b'P'] {
                for length in (0..80).chain([200, 512, 600, 4096, 8192]) {
                    let mut bytes = start.to_vec();
                    bytes.resize(length, filler);
                    let _ = settled(&unknown, &bytes, false);
                }
            }
        }
        // A ZIP whose first names are those of an Office file, cut anywhere, with any size written in it.
        for name in ["[Content_Types].xml", "_rels/.rels", "docProps", "mimetypeapplication/epub+zip"] {
            for size in [0_u32, 1, 40, 8000, u32::MAX - 48, u32::MAX] {
                let mut bytes = b"PK\x03\x04".to_vec();
                bytes.resize(18, 0);
                bytes.extend(size.to_le_bytes());
                bytes.resize(30, 0);
                bytes.extend(name.as_bytes());
                for _ in 0..4 {
                    bytes.resize(bytes.len() + 60, 7);
                    bytes.extend(b"PK\x03\x04");
                }
                for length in 0..bytes.len() {
                    let _ = settled(&unknown, &bytes[..length], false);
                }
            }
        }
    }
}
