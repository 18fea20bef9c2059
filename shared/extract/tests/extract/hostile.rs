//! Files that were made to do harm: nothing panics, and all ends soon with an error or with text.

use std::io::Write;

use app_extract::ExtractError;

use crate::support::{DOCX, EPUB, ODT, PDF, PPTX, XLSX, archive, archive_of, deflated, soon};

/// So many bytes of one kind, deflated.
fn deflated_bomb(megabytes: usize, byte: u8) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let block = vec![byte; 1 << 20];
    for _ in 0..megabytes {
        encoder.write_all(&block).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn bombs_in_archives_end_as_text_that_is_cut_or_broken() {
    let spaces = vec![b' '; 64 << 20];
    for (content_type, name) in [(DOCX, "word/document.xml"), (XLSX, "xl/sharedStrings.xml")] {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file(name, zip::write::SimpleFileOptions::default().large_file(true)).unwrap();
        zip.write_all(b"<d><p><t>begin").unwrap();
        for _ in 0..20 {
            zip.write_all(&spaces).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        assert!(bytes.len() < 8 << 20);
        match soon(content_type, &bytes) {
            Ok(extracted) => assert!(extracted.is_cut, "{content_type}"),
            Err(error) => assert!(matches!(error, ExtractError::Broken(_)), "{content_type}"),
        }
    }
}

#[test]
fn many_parts_are_read_up_to_the_limit() {
    let slide = [b"<s><p><t>".as_slice(), &vec![b' '; 4 << 20], b"word</t></p></s>"].concat();
    let names: Vec<String> = (0..80).map(|number| format!("ppt/slides/slide{number}.xml")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), slide.as_slice())).collect();
    let extracted = soon(PPTX, &archive_of(&parts)).unwrap();
    assert!(extracted.is_cut && extracted.text.starts_with("word\n\n"));
}

#[test]
fn bombs_in_pdf_end() {
    let bomb = deflated_bomb(400, b' ');
    let page = b"1 0 obj <</Type /Page /Contents [2 0 R 2 0 R 2 0 R]>> endobj\n2 0 obj <</Filter /FlateDecode>> stream\n";
    let bytes = [page.as_slice(), &bomb, b"\nendstream endobj"].concat();
    assert!(matches!(soon(PDF, &bytes), Err(ExtractError::Broken(_))));
    // Packed twice, it is some KB.
    let page = b"1 0 obj <</Type /Page /Contents 2 0 R>> endobj\n2 0 obj <</Filter [/Fl /Fl]>> stream\n";
    let bytes = [page.as_slice(), &deflated(&bomb), b"\nendstream endobj"].concat();
    assert!(bytes.len() < 200_000);
    assert!(matches!(soon(PDF, &bytes), Err(ExtractError::Broken(_))));
    // Many objects out of little.
    let objects = [b"1 0 ".repeat(8 << 20), b" ".repeat(100)].concat();
    let head = format!("1 0 obj <</Type /ObjStm /First {} /Filter /Fl>> stream\n", objects.len());
    let bytes = [head.as_bytes(), &deflated(&objects), b"\nendstream endobj"].concat();
    assert!(matches!(soon(PDF, &bytes), Err(ExtractError::Broken(_))));
}

#[test]
fn forms_on_forms_end() {
    let mut text = "1 0 obj <</Type /Page /Contents 2 0 R /Resources 9 0 R>> endobj\n".to_owned();
    text.push_str(
        "9 0 obj <</XObject <</F2 2 0 R /F3 3 0 R /F4 4 0 R /F5 5 0 R /F6 6 0 R /F7 7 0 R>>>> endobj\n",
    );
    for form in 2..7 {
        let many = format!("/F{} Do ", form + 1).repeat(1000);
        text.push_str(&format!("{form} 0 obj <</Subtype /Form>> stream\n{many} endstream endobj\n"));
    }
    text.push_str("7 0 obj <</Subtype /Form>> stream\n/F2 Do /F7 Do endstream endobj");
    assert!(matches!(soon(PDF, text.as_bytes()), Err(ExtractError::Broken(_))));
}

#[test]
fn fonts_that_claim_to_know_everything_end() {
    let meanings = b"1 beginbfrange <00000000> <ffffffff> <0041> endbfrange ".repeat(1000);
    let font = b"1 0 obj <</Type /Page /Contents 2 0 R /Resources <</Font <</F 3 0 R>>>>>> endobj
        3 0 obj <</Subtype /Type0 /ToUnicode 4 0 R /DescendantFonts [<</W [0 99999999999 1 0 4294967295 2]>>]>> endobj
        2 0 obj <<>> stream\nBT /F 9 Tf <00000000> Tj <0041> Tj ET endstream endobj 4 0 obj <<>> stream\n";
    let bytes = [font.as_slice(), &meanings, b"\nendstream endobj"].concat();
    assert!(soon(PDF, &bytes).is_ok());
}

#[test]
fn objects_that_are_never_closed_end() {
    for part in [
        "1 0 obj (",
        "1 0 obj <",
        "1 0 obj <<",
        "1 0 obj [",
        "1 0 obj <<>> stream\n",
        "trailer (",
        "trailer <<",
        "1 0 obj /",
    ] {
        let _ = soon(PDF, part.repeat(200_000).as_bytes());
    }
}

#[test]
fn nesting_may_be_deep() {
    let deep = 200_000;
    for (content_type, open, close) in [
        ("application/json", "[", "]"),
        ("application/json", "{\"a\":", "}"),
        ("application/xml", "<a>", "</a>"),
        ("text/html", "<div>", "</div>"),
        ("application/rtf", "{", "}"),
        (PDF, "[", "]"),
        (PDF, "<</a", ">>"),
    ] {
        let start = if content_type == "application/rtf" { "{\\rtf1 " } else { "" };
        let start = if content_type == PDF { "1 0 obj " } else { start };
        let _ =
            soon(content_type, format!("{start}{}text{}", open.repeat(deep), close.repeat(deep)).as_bytes());
        let _ = soon(content_type, format!("{start}{}", open.repeat(deep)).as_bytes());
        let _ = soon(content_type, format!("{start}{}", close.repeat(deep)).as_bytes());
    }
    let xml = format!("{}text{}", "<p>".repeat(deep), "</p>".repeat(deep));
    for (content_type, name) in [(DOCX, "word/document.xml"), (ODT, "content.xml"), (EPUB, "a.xhtml")] {
        let _ = soon(content_type, &archive(name, xml.as_bytes()));
    }
    let mail = "Content-Type: message/rfc822\r\n\r\n".repeat(20_000);
    let _ = soon("message/rfc822", mail.as_bytes());
    let mail: String = (0..5_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let _ = soon("message/rfc822", mail.as_bytes());
}

#[test]
fn what_takes_others_quadratic_time_is_read_soon() {
    let many = 300_000;
    let attributes: String = (0..many).map(|number| format!(" a{number}=b")).collect();
    for (content_type, bytes) in [
        ("text/html", format!("<img{attributes} alt=x>")),
        ("application/xml", format!("<a{attributes}/>")),
        ("text/html", "<!--".repeat(many)),
        ("text/html", "<script>".repeat(many)),
        ("text/html", "<a ".repeat(many)),
        ("text/html", "<a href=\"".repeat(many)),
        ("text/html", "</script".repeat(many)),
        ("text/html", "<![CDATA[".repeat(many)),
        ("text/html", "&a".repeat(many)),
        ("application/xml", format!("<a>{}", "&".repeat(many))),
        ("application/xml", "<!DOCTYPE [".repeat(many)),
        ("application/json", "\"\\".repeat(many)),
        ("text/csv", "\"".repeat(many)),
        ("text/vtt", "<a{".repeat(many)),
        ("application/x-subrip", "{\n".repeat(many)),
        ("application/rtf", format!("{{\\rtf1{}", "\\u55357".repeat(many))),
        ("application/rtf", format!("{{\\rtf1{{\\fonttbl{}", "\\f1\\fcharset1".repeat(many))),
        ("message/rfc822", "a: b\r\n".repeat(many)),
        ("message/rfc822", format!("To: {}", "a@b.c,".repeat(many))),
        ("message/rfc822", format!("Subject: {}", "=?utf-8?q?a".repeat(many))),
    ] {
        let _ = soon(content_type, bytes.as_bytes());
    }
    let sheet = format!("<s>{}</s>", "<c t='s'><v>0</v></c>".repeat(many));
    let strings = format!("<s><si><t>{}</t></si></s>", "word ".repeat(many));
    let parts =
        [("xl/worksheets/sheet1.xml", sheet.as_bytes()), ("xl/sharedStrings.xml", strings.as_bytes())];
    assert!(soon(XLSX, &archive_of(&parts)).unwrap().is_cut);
}

#[test]
fn entities_are_not_expanded() {
    let mut xml = "<!DOCTYPE a [<!ENTITY a0 'lol'>".to_owned();
    for level in 1..30 {
        xml.push_str(&format!("<!ENTITY a{level} '&a{0};&a{0};&a{0};&a{0};'>", level - 1));
    }
    xml.push_str("]><a>before &a29; after</a>");
    assert_eq!(soon("application/xml", xml.as_bytes()).unwrap().text, "before after");
}
