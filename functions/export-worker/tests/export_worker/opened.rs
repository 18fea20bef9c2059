//! What a file holds.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use app_archive::verify;
use app_domain::ExportFormat;
use serde_json::Value;
use zip::ZipArchive;

/// The records of a file in `json`, `jsonl` or `zip`, after it was verified.
pub(crate) fn records(format: ExportFormat, file: &[u8]) -> Vec<Value> {
    verify(Cursor::new(file)).unwrap();
    match format {
        ExportFormat::Json => {
            serde_json::from_slice::<Value>(file).unwrap()["records"].as_array().unwrap().clone()
        }
        ExportFormat::Zip => {
            let parts = entries(file).into_iter().filter(|(name, _)| name.starts_with("records-"));
            parts.flat_map(|(_, part)| lines(&part)).collect()
        }
        _ => {
            let mut lines = lines(file);
            lines.retain(|line| !matches!(line["kind"].as_str(), Some("header" | "manifest")));
            lines
        }
    }
}

/// The entries of an archive, by their names.
pub(crate) fn entries(file: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let count = archive.len();
    let read = |number: usize| {
        let mut entry = archive.by_index(number).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let name = entry.name().unwrap().into_owned();
        (name, bytes)
    };
    (0..count).map(read).collect()
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

/// The kinds of records, in their order, each run of one kind once.
pub(crate) fn runs(records: &[Value]) -> Vec<(&str, usize)> {
    let mut runs: Vec<(&str, usize)> = Vec::new();
    for record in records {
        let kind = record["kind"].as_str().unwrap();
        match runs.last_mut() {
            Some((last, count)) if *last == kind => *count += 1,
            _ => runs.push((kind, 1)),
        }
    }
    runs
}

/// A member of all records of a kind.
pub(crate) fn each<'a>(records: &'a [Value], kind: &str, member: &str) -> Vec<&'a str> {
    let of = records.iter().filter(|record| record["kind"] == kind);
    of.map(|record| record[member].as_str().unwrap_or_default()).collect()
}
