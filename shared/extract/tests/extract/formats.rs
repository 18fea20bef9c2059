//! What a small file of each format gives.

use app_extract::{ExtractError, Limits, extract, supports};

use crate::support::{DOCX, EPUB, FILES, ODS, ODT, PPTX, XLSX, archive, file, read, text};

#[test]
fn text_is_read_in_its_charset() {
    assert_eq!(text("text/plain", "plain.txt"), "Grüße aus Köln\n\nZweite Zeile");
    assert_eq!(text("text/plain", "latin1.txt"), "Die Straße war schön, die Bäume grün.");
    assert_eq!(text("text/plain", "cyrillic.txt"), "Москва — столица России, крупнейший город страны.");
    assert_eq!(text("text/plain", "utf16.txt"), "UTF-16 text: naïve café");
    assert_eq!(
        text("text/markdown", "notes.md"),
        "# Heading\n\nSome *text* with a [link](https://example.com)."
    );
    let declared = extract("text/plain; charset=koi8-r", b"\xed\xef", Limits::default()).unwrap();
    assert_eq!(declared.text, "МО");
}

#[test]
fn rows_of_tables_are_lines() {
    assert_eq!(
        text("text/csv", "table.csv"),
        "Name\tOrt\tBetrag\nMüller; Anna\tKöln\t1.234,50\ntwo lines\tsay \"hi\""
    );
    assert_eq!(text("text/tab-separated-values", "table.tsv"), "a\tb\nc d\te");
}

#[test]
fn json_gives_its_keys_and_values() {
    assert_eq!(
        text("application/json", "data.json"),
        "name: Ada \"L.\" é😀\ntags:\none\ntwo\nage: 36.5\nok:\nnone:"
    );
}

#[test]
fn subtitles_are_without_their_times() {
    assert_eq!(text("application/x-subrip", "subtitles.srt"), "Hello there\n2001 was & is");
    assert_eq!(text("text/vtt", "subtitles.vtt"), "Hello you\nBye");
}

#[test]
fn pages_are_without_tags_scripts_and_styles() {
    let text = text("text/html", "page.html");
    assert_eq!(
        text,
        "The Café & Bar\nWhat we serve\n\nWelcome\n\nOne bold word, 3 < 4 € €\nnext line\n\nfirst\nsecond\nA picture of > a dog\n\
         a\tb\n  keep\n  this"
    );
}

#[test]
fn xml_gives_its_text_and_expands_nothing() {
    assert_eq!(text("application/xml", "feed.xml"), "Zoë\nSão & Paulo é\nraw <b>");
    assert_eq!(text("image/svg+xml", "drawing.svg"), "Plan\nOne two");
}

#[test]
fn rich_text_gives_its_words() {
    assert_eq!(
        text("application/rtf", "letter.rtf"),
        "Café bold € and 😀 smile\nSecond\tcell\n{x}Москваlink"
    );
}

#[test]
fn letters_give_people_subject_text_and_names_of_attachments() {
    assert_eq!(
        text("message/rfc822", "letter.eml"),
        "Grüße\nJörg joerg@example.com\nAnn ann@example.com\n\nSchönen Tag!\n\nphoto.png"
    );
}

#[test]
fn documents_give_paragraphs() {
    assert_eq!(text(DOCX, "letter.docx"), "Dear Zoë & Bob\na\tb\nc\ncell\nonce\n\nA footnote\n\nHead");
    assert_eq!(text(ODT, "letter.odt"), "Title\nOne  two\tthree\nfour Zoë");
}

#[test]
fn slides_are_in_the_order_of_their_numbers() {
    assert_eq!(text(PPTX, "talk.pptx"), "Slide 1\n\nSlide 2\n\nSlide 10\n\nSay hello");
}

#[test]
fn sheets_give_rows() {
    assert_eq!(text(XLSX, "table.xlsx"), "Ausgaben & mehr\n\nName\tMüller\n12.5\tin line\tresult");
    assert_eq!(text(ODS, "table.ods"), "a b\tc\nd");
}

#[test]
fn chapters_are_in_the_order_of_reading_and_each_once() {
    assert_eq!(
        text(EPUB, "book.epub"),
        "A Book\nAn Author\n\nt\n\nFirst\n\nWords of First.\n\nt\n\nSecond\n\nWords of Second."
    );
}

#[test]
fn what_is_encrypted_is_said_to_be() {
    assert_eq!(read(ODT, &file("secret.odt")), Err(ExtractError::Encrypted));
    assert_eq!(read("application/pdf", &file("secret.pdf")), Err(ExtractError::Encrypted));
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let package = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0".as_slice(), &name].concat();
    assert_eq!(read(DOCX, &package), Err(ExtractError::Encrypted));
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 WordDocument";
    assert_eq!(read(DOCX, old), Err(ExtractError::Broken("it is an old Office file")));
}

#[test]
fn what_has_no_text_is_not_supported() {
    for content_type in ["image/png", "application/zip", "video/mp4", "application/octet-stream", ""] {
        assert!(!supports(content_type));
        assert_eq!(read(content_type, b"text"), Err(ExtractError::Unsupported));
    }
    assert!(FILES.iter().all(|(_, content_type)| supports(content_type)));
}

#[test]
fn text_that_is_too_long_is_cut_behind_a_word() {
    let limits = Limits { text_bytes: 20, ..Limits::default() };
    let extracted = extract("text/plain", b"one two three four five six", limits).unwrap();
    assert_eq!((extracted.text.as_str(), extracted.is_cut), ("one two three four", true));
}

#[test]
fn a_part_that_is_broken_gives_what_is_before() {
    let document = archive("word/document.xml", b"<d><p><t>before</t></p><p><t>in <");
    let extracted = read(DOCX, &document).unwrap();
    assert_eq!((extracted.text.as_str(), extracted.is_cut), ("before\nin", true));
}
