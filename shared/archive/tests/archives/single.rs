//! Exports that are one text: anybody can read and verify them with what every system has.

use std::io::Cursor;

use app_archive::{Footer, Head, Header, Kind, Record, verify};
use app_domain::ExportFormat;
use serde_json::{Value, json};

use crate::tampered::{every_cut_is_found, every_flip_is_found};
use crate::unzipped::{run, scratch};
use crate::written::{Export, Safe};

fn text(export: &Export) -> String {
    String::from_utf8(export.write(Safe::Never)).unwrap()
}

#[test]
fn json_is_one_document_whose_records_are_on_lines() {
    let export = Export::of(ExportFormat::Json);
    let text = text(&export);
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let records: Vec<Record> = serde_json::from_value(document["records"].take()).unwrap();
    assert_eq!(records, export.records);
    assert_eq!(text.lines().count(), export.records.len() + 2);
    assert_eq!(document["manifest"]["counts"]["savedSearch"], 1);
    let header: Header = serde_json::from_value(document).unwrap();
    assert!(header.is_ours() && header.head == export.head);
    assert!(text.starts_with(r#"{"format":"memory-app-export","version":2,"exportedAt":"20"#));
}

#[test]
fn jsonl_has_a_header_a_record_on_each_line_and_a_manifest() {
    let export = Export::of(ExportFormat::Jsonl);
    let text = text(&export);
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (first, last) = (&lines[0], &lines[lines.len() - 1]);
    assert_eq!((&first["kind"], &last["kind"]), (&json!("header"), &json!("manifest")));
    let head: Head = serde_json::from_value(first.clone()).unwrap();
    let footer: Footer = serde_json::from_value(last.clone()).unwrap();
    assert_eq!(head, export.head);
    assert_eq!(footer.counts.into_keys().collect::<Vec<_>>(), Kind::ALL);
    assert_eq!(lines.len(), export.records.len() + 2);
}

#[test]
fn a_shell_verifies_a_text() {
    for format in [ExportFormat::Json, ExportFormat::Jsonl] {
        let text = text(&Export::of(format));
        let path = scratch(&format!("shell.{}", format.as_str()));
        std::fs::write(&path, &text).unwrap();
        let sums = run("sh", &["-c", "head -n -1 \"$0\" | sha256sum | cut -c -64", path.to_str().unwrap()]);
        let last = text.lines().last().unwrap();
        assert!(last.contains(sums.trim()), "{sums} {last}");
    }
}

#[test]
fn nothing_at_all_can_be_exported() {
    for format in [ExportFormat::Json, ExportFormat::Jsonl] {
        let export = Export { records: Vec::new(), ..Export::of(format) };
        let bytes = export.write(Safe::Never);
        let verified = verify(Cursor::new(&bytes)).unwrap();
        assert!(verified.counts.is_empty() && verified.head.as_ref() == Some(&export.head));
        if format == ExportFormat::Json {
            let document: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(document["records"], json!([]));
        }
    }
}

#[test]
fn every_change_of_a_text_is_found() {
    for format in [ExportFormat::Json, ExportFormat::Jsonl] {
        let bytes = Export::of(format).write(Safe::Never);
        let verified = verify(Cursor::new(&bytes)).unwrap();
        assert_eq!(verified.counts.len(), Kind::ALL.len());
        every_flip_is_found(&bytes);
        every_cut_is_found(&bytes, bytes.len() - 1);
    }
}

#[test]
fn a_record_that_was_counted_and_taken_out_is_missed() {
    let text = text(&Export::of(ExportFormat::Jsonl));
    let lines: Vec<&str> = text.lines().collect();
    let without = [&lines[..3], &lines[4..]].concat().join("\n") + "\n";
    assert!(verify(Cursor::new(without)).is_err());
    // Even by somebody who computes the checksum again.
    let body = [&lines[..3], &lines[4..lines.len() - 1]].concat().join("\n") + "\n";
    let path = scratch("again");
    std::fs::write(&path, &body).unwrap();
    let sha256 = run("sha256sum", &[path.to_str().unwrap()])[..64].to_owned();
    let mut last: Value = serde_json::from_str(lines[lines.len() - 1]).unwrap();
    last["sha256"] = json!(sha256);
    let error = verify(Cursor::new(format!("{body}{last}\n"))).unwrap_err();
    assert_eq!(error.to_string(), "there should be 1 records of kind category, and there are 0");
}
