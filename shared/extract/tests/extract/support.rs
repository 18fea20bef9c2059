//! Files to read, and what reading them gives.

use std::io::Write;
use std::time::{Duration, Instant};

use app_extract::{ExtractError, Extracted, Limits, extract};

pub(crate) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub(crate) const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(crate) const ODT: &str = "application/vnd.oasis.opendocument.text";
pub(crate) const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
pub(crate) const EPUB: &str = "application/epub+zip";
pub(crate) const PDF: &str = "application/pdf";

/// Every file of the folder that has text, with its type.
pub(crate) const FILES: [(&str, &str); 22] = [
    ("plain.txt", "text/plain"),
    ("latin1.txt", "text/plain"),
    ("cyrillic.txt", "text/plain"),
    ("utf16.txt", "text/plain"),
    ("notes.md", "text/markdown"),
    ("table.csv", "text/csv"),
    ("table.tsv", "text/tab-separated-values"),
    ("data.json", "application/json"),
    ("subtitles.srt", "application/x-subrip"),
    ("subtitles.vtt", "text/vtt"),
    ("page.html", "text/html"),
    ("feed.xml", "application/xml"),
    ("drawing.svg", "image/svg+xml"),
    ("letter.rtf", "application/rtf"),
    ("letter.eml", "message/rfc822"),
    ("letter.docx", DOCX),
    ("talk.pptx", PPTX),
    ("table.xlsx", XLSX),
    ("letter.odt", ODT),
    ("book.epub", EPUB),
    ("pages.pdf", PDF),
    ("packed.pdf", PDF),
];

pub(crate) fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn read(content_type: &str, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    extract(content_type, bytes, Limits::default())
}

/// The text of a file of the folder, all of it.
pub(crate) fn text(content_type: &str, name: &str) -> String {
    let extracted = read(content_type, &file(name)).unwrap();
    assert!(!extracted.is_cut, "{name}");
    assert_normal(&extracted.text);
    extracted.text
}

/// Text is as it is promised, whatever it came from.
pub(crate) fn assert_normal(text: &str) {
    assert!(!text.contains(|char: char| char.is_control() && char != '\n' && char != '\t'), "{text:?}");
    assert!(!text.contains("\n\n\n") && !text.contains(" \n") && !text.contains("\t\n"), "{text:?}");
    assert_eq!(text.trim_end(), text);
}

/// An archive of one part.
pub(crate) fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    archive_of(&[(name, content)])
}

pub(crate) fn archive_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

pub(crate) fn deflated(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Reads what must be read soon, on a machine that may be slow and busy.
pub(crate) fn soon(content_type: &str, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let start = Instant::now();
    let result = read(content_type, bytes);
    assert!(start.elapsed() < Duration::from_secs(30), "{content_type}: {:?}", start.elapsed());
    if let Ok(extracted) = &result {
        assert_normal(&extracted.text);
        assert!(extracted.text.len() <= Limits::default().text_bytes);
    }
    result
}
