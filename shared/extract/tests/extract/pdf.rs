//! What PDF files give.

use crate::support::{PDF, file, read, text};

const PAGES: &str = "Two pages\nWorld of words apart\nCafé € office (par) far\nKölfi\nup2\nIn a form\nsaid\nA note\n\nSecond page\nnext line\nafter";

#[test]
fn pages_give_lines_and_words() {
    assert_eq!(text(PDF, "pages.pdf"), PAGES);
}

#[test]
fn objects_may_be_packed() {
    assert_eq!(text(PDF, "packed.pdf"), PAGES);
}

/// Tables of objects are wrong in many files.
#[test]
fn a_file_without_its_end_gives_its_pages() {
    let bytes = file("pages.pdf");
    let end = bytes.windows(4).rposition(|bytes| bytes == b"xref").unwrap() - 10;
    let extracted =
        read(PDF, &bytes[..bytes[..end].windows(5).rposition(|bytes| bytes == b"xref\n").unwrap()]).unwrap();
    assert_eq!(extracted.text, PAGES);
}

#[test]
fn of_two_objects_with_one_number_the_last_holds() {
    let change = b"10 0 obj << /Length 29 >> stream\nBT /F1 9 Tf (Changed) Tj ET   \nendstream endobj";
    let extracted = read(PDF, &[file("pages.pdf").as_slice(), change].concat()).unwrap();
    assert!(extracted.text.ends_with("A note\n\nChanged"), "{}", extracted.text);
}

#[test]
fn circles_end() {
    let extracted = read(PDF, &file("circles.pdf")).unwrap();
    assert_eq!(extracted.text, "");
}
