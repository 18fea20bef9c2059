//! Files that were changed, cut, or are no files at all: nothing panics, and what text there is, is as it should be.

use proptest::prelude::*;

use crate::support::{DOCX, FILES, ODT, PDF, XLSX, archive, file, soon};

#[test]
fn files_may_be_cut_anywhere() {
    for (name, content_type) in FILES {
        let bytes = file(name);
        for length in 0..bytes.len() {
            let _ = soon(content_type, &bytes[..length]);
        }
    }
}

#[test]
fn files_may_have_any_bit_turned() {
    for (name, content_type) in FILES {
        let mut bytes = file(name);
        for at in 0..bytes.len() {
            let bit = 1 << (at % 8);
            bytes[at] ^= bit;
            let _ = soon(content_type, &bytes);
            bytes[at] ^= bit;
        }
    }
}

#[test]
fn files_may_be_called_anything() {
    for (name, _) in FILES {
        let bytes = file(name);
        for (_, content_type) in FILES {
            let _ = soon(content_type, &bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn bytes_may_be_any(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for (_, content_type) in FILES {
            let _ = soon(content_type, &bytes);
        }
    }

    /// Words of a format in any order get further than bytes do.
    #[test]
    fn words_may_be_in_any_order(words in proptest::collection::vec(0..WORDS.len(), 0..60)) {
        let text = words.into_iter().map(|word| WORDS[word]).collect::<Vec<_>>().join(" ");
        for (_, content_type) in FILES {
            let _ = soon(content_type, text.as_bytes());
        }
        let page = format!("1 0 obj <</Type /Page /Contents 2 0 R /Resources <</Font <</F 3 0 R>>>>>> endobj 3 0 obj \
            <</Type /Font>> endobj 2 0 obj <<>> stream\n{text} endstream endobj");
        let _ = soon(PDF, page.as_bytes());
        let rich = format!("{{\\rtf1 {text}");
        let _ = soon("application/rtf", rich.as_bytes());
        for (content_type, name) in [(DOCX, "word/document.xml"), (XLSX, "xl/worksheets/sheet1.xml"), (ODT, "content.xml")] {
            let _ = soon(content_type, &archive(name, text.as_bytes()));
        }
    }
}

const WORDS: [&str; 64] = [
    "1 0 obj",
    "endobj",
    "stream\n",
    "endstream",
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    "/Type",
    "/Page",
    "/Pages",
    "/Kids",
    "/Contents",
    "2 0 R",
    "3 0 R",
    "/Length 99999999999",
    "-1",
    "1e9",
    "0.0000001",
    "/F 12 Tf",
    "Tj",
    "TJ",
    "Td",
    "Tm",
    "BT",
    "ET",
    "q",
    "Q",
    "cm",
    "BI",
    "ID",
    "EI",
    "Do",
    "BDC",
    "EMC",
    "<",
    ">",
    "<a",
    "</a>",
    "<a/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "&amp;",
    "&#x10ffff;",
    "&",
    "<row>",
    "<c t='s'>",
    "<v>",
    "{",
    "}",
    "\\u-1",
    "\\'e",
    "\\uc9",
    "\\bin9",
    "\"",
    "\\ud800",
    ":",
    ",",
    "<script>",
    "é",
];
