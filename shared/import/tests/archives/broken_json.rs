//! JSON that is broken in one place is read in all others.

use app_domain::ImportFormat;
use app_import::Options;
use proptest::prelude::*;

use crate::support::{assert_goes_on, detected, items, memories, said};

fn texts(json: &[u8]) -> Vec<String> {
    let items = items(json, ImportFormat::Json);
    memories(&items).iter().map(|memory| memory.text.clone().unwrap_or_default()).collect()
}

#[test]
fn one_broken_element_does_not_take_the_others() {
    for broken in [
        r#"{"text": "b"]"#,
        r#"{"text": "b""#,
        r#"{"text": "b}"#,
        r#"{"text": b"}"#,
        r#"{"text": {"a": [}"#,
        r#"{"text": "b",,}"#,
        r#"{"text": nul}"#,
        r"{text}",
        "}",
        "]]}",
        "{",
        "7",
        r#""b"#,
    ] {
        let json = format!(
            "[\n  {{\"text\": \"a\"}},\n  {broken},\n  {{\"text\": \"c\"}},\n  {{\"text\": \"d\"}}\n]\n"
        );
        let found = texts(json.as_bytes());
        if broken == "]]}" {
            // This is its end, by all that can be seen.
            assert_eq!(found, ["a"], "{broken}");
            continue;
        }
        assert_eq!(found.first().map(String::as_str), Some("a"), "{broken}");
        assert!(found.ends_with(&["c".to_owned(), "d".to_owned()]), "{broken}: {found:?}");
        assert!(!said(&items(json.as_bytes(), ImportFormat::Json)).is_empty(), "{broken}");
        assert_goes_on(json.as_bytes(), ImportFormat::Json, &Options::default());
    }
}

#[test]
fn brackets_without_end_end() {
    for deep in [
        "[".repeat(3_000_000),
        "{\"a\":".repeat(1_000_000),
        format!("[\"a\"{}", "}".repeat(1_000_000)),
        "[{".repeat(500_000),
    ] {
        let found = items(deep.as_bytes(), ImportFormat::Json);
        assert!(memories(&found).len() <= 1);
        assert!(!said(&found).is_empty() && found.len() < 2000);
    }
    let deep =
        format!("[{{\"text\":\"a\"}},{}{},{{\"text\":\"b\"}}]", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(texts(deep.as_bytes()), ["a", "b"]);
}

#[test]
fn an_element_that_is_too_large_is_left_out_alone() {
    let large = "x".repeat(33 * 1024 * 1024);
    for json in [
        format!("[{{\"text\":\"a\"}},{{\"text\":\"{large}\"}},{{\"text\":\"b\"}}]"),
        format!("{{\"text\":\"a\"}}\n{{\"text\":\"{large}\"}}\n{{\"text\":\"b\"}}\n"),
    ] {
        let items = items(json.as_bytes(), ImportFormat::Json);
        assert_eq!(memories(&items).len(), 2);
        assert!(said(&items)[0].contains("larger than 32 MiB"), "{:?}", said(&items));
    }
}

#[test]
fn json_comes_in_many_charsets() {
    let json = r#"[{"text":"Zürich 日本 😀"}]"#;
    let little: Vec<u8> = json.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = json.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [
        json.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", json.as_bytes()].concat(),
        [b"\xff\xfe", little.as_slice()].concat(),
        [b"\xfe\xff", big.as_slice()].concat(),
        little,
    ] {
        assert_eq!(detected(&bytes).unwrap(), ImportFormat::Json);
        assert_eq!(texts(&bytes), ["Zürich 日本 😀"]);
    }
    let latin = encoding_rs::WINDOWS_1252.encode("[{\"text\":\"Zürich, schöne Grüße, früher als nötig\"}]").0;
    assert_eq!(texts(&latin), ["Zürich, schöne Grüße, früher als nötig"]);
}

#[test]
fn bytes_that_are_no_characters_are_shown_as_such_and_said() {
    let json = [
        format!("[{{\"text\":\"{}", "schöne grüße ".repeat(20)).as_bytes(),
        b"\xff\xc3 \0\"},{\"text\":\"b\\u0000\"}]",
    ]
    .concat();
    let items = items(&json, ImportFormat::Json);
    assert_eq!(said(&items).last().unwrap(), "some characters cannot be read. They are shown as �.");
    assert_eq!(memories(&items).last().unwrap().text.as_deref(), Some("b\0"));
    assert_goes_on(&json, ImportFormat::Json, &Options::default());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever the bytes are: no panic, and the same from every place.
    #[test]
    fn anything_is_read_or_refused(text in r#"[\[\{][\[\]\{\}",:\\ \n0-9a-c]{0,60}"#) {
        if matches!(detected(text.as_bytes()), Ok(ImportFormat::Json)) {
            assert_goes_on(text.as_bytes(), ImportFormat::Json, &Options::default());
        }
    }

    #[test]
    fn every_array_gives_all_its_elements(values in proptest::collection::vec("[^\0]{1,20}", 0..20), pretty: bool) {
        let values: Vec<serde_json::Value> = values.into_iter().filter(|text| !text.trim().is_empty()).map(|text| serde_json::json!({"text": text})).collect();
        let json = if pretty { serde_json::to_vec_pretty(&values) } else { serde_json::to_vec(&values) }.unwrap();
        let expected: Vec<String> = values.iter().map(|value| value["text"].as_str().unwrap().to_owned()).collect();
        prop_assert_eq!(texts(&json), expected);
    }
}
