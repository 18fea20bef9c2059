use app_domain::ExportFormat;
use proptest::prelude::*;

use super::cell::defused;
use crate::Kind;
use crate::render::samples::{HOSTILE, account, entries, head, joined, ordinary};

/// What a reader has who takes away the quote.
fn as_written(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if defused(rest) != rest => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

fn rows(table: &str) -> Vec<Vec<String>> {
    let text = table.strip_prefix('\u{feff}').unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn no_cell_of_any_table_is_a_formula() {
    let formulas = [
        "=1+1",
        "+1",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u{a0}=1",
        "\u{feff}=1",
        "\u{200b}=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "'=1",
        "''=1",
        " '=1",
        "=HYPERLINK(\"http://evil.example\";\"x\")",
        "=cmd|' /C calc'!A0",
        "\u{1}=1",
        "%0A=1",
        "-2+3+cmd|' /C calc'!A0",
    ];
    let head = head(ExportFormat::Csv, "en");
    for said in formulas.iter().chain(&HOSTILE) {
        for (name, table) in entries(&head, &account(&|_| (*said).to_owned())) {
            for cell in rows(&table).iter().flatten() {
                let first = cell.chars().next().unwrap_or_default();
                assert!(!"=+-@\t\r\n＝＋－＠".contains(first), "{name}: {cell:?}");
                let seen = cell.trim_start_matches(|c: char| {
                    c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}')
                });
                assert!(!seen.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{name}: {cell:?}");
            }
        }
    }
}

#[test]
fn every_kind_has_a_table_whose_rows_are_as_long_as_its_head() {
    let records = ordinary();
    let found = entries(&head(ExportFormat::Csv, "en"), &records);
    assert_eq!(found.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        let rows = rows(&found[super::table(kind)]);
        assert_eq!(rows[0], super::columns(kind), "{kind}");
        assert_eq!(rows.len() - 1, records.iter().filter(|record| record.kind() == kind).count(), "{kind}");
    }
}

#[test]
fn a_table_of_nothing_has_its_head() {
    let found = entries(&head(ExportFormat::Csv, "en"), &[]);
    assert_eq!(found.len(), Kind::ALL.len());
    assert!(found["turns.csv"].ends_with("question,text,answer\r\n"));
}

#[test]
fn no_member_of_a_record_is_left_out() {
    for record in ordinary() {
        let serde_json::Value::Object(members) = serde_json::to_value(&record).unwrap() else {
            panic!("a record is an object")
        };
        for name in members.keys().filter(|name| *name != "kind") {
            assert!(super::columns(record.kind()).contains(&name.as_str()), "{}: {name}", record.kind());
        }
    }
}

proptest! {
    #[test]
    fn a_cell_is_read_back_as_it_was_written(said in "['=+@ \\-a\"\\t\\r\\n,;＝]{0,8}|\\PC{0,40}") {
        prop_assert_eq!(as_written(&defused(&said)), said);
    }

    #[test]
    fn a_table_is_read_back_as_it_was_written(said in "['=+@ \\-a\"\\t\\n,;＝]{0,8}|\\PC{0,40}") {
        let found = entries(&head(ExportFormat::Csv, "en"), &account(&|_| said.clone()));
        let rows = rows(&found["messages.csv"]);
        let place = super::columns(Kind::Message).iter().position(|name| *name == "content").unwrap();
        prop_assert_eq!(as_written(&rows[1][place]), said);
    }
}

#[test]
fn the_tables_of_a_rich_account() {
    insta::assert_snapshot!(joined(&entries(&head(ExportFormat::Csv, "en"), &ordinary())));
}
