//! Makes exports of our own.

use std::collections::BTreeMap;
use std::fmt::Write;

use app_archive::{Container, Counts, Head, Output, Record, Shape, Spool, Totals, renderer};
use app_domain::{ExportFormat, ExportSpec};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;

use crate::support::zip;

pub(crate) fn id(number: usize) -> String {
    format!("019a9b2e-4c00-7000-8000-{number:012x}")
}

pub(crate) fn memory(number: usize) -> Record {
    let at = "2026-11-22T13:05:00.000Z";
    let memory = json!({
        "kind": "memory", "id": id(number), "title": format!("Memory {number} “ä\n日本”"), "content": {"text": "a\u{0}b\u{2028}"},
        "tags": ["a"], "metadata": {"deep": [[[1]]]}, "source": "web", "version": 1, "createdAt": at, "updatedAt": at, "messageCount": 1,
    });
    serde_json::from_value(memory).unwrap()
}

/// Memories, each with a message, and a file at the end.
pub(crate) fn records(memories: usize) -> Vec<Record> {
    let at = "2026-11-22T13:05:00.000Z";
    let mut records = Vec::new();
    for number in 1..=memories {
        records.push(memory(number));
        let message = json!({"kind": "message", "id": id(100_000 + number), "memoryId": id(number), "content": "Hello.", "version": 1,
            "createdAt": at, "updatedAt": at});
        records.push(serde_json::from_value(message).unwrap());
    }
    let file = json!({"kind": "file", "id": id(900_000), "name": "a.txt", "contentType": "text/plain", "sizeBytes": 5,
        "path": format!("files/{}/a.txt", id(900_000)), "createdAt": at, "updatedAt": at});
    records.push(serde_json::from_value(file).unwrap());
    records
}

fn head(format: ExportFormat) -> Head {
    let spec = serde_json::to_value(ExportSpec::of(format)).unwrap();
    serde_json::from_value(json!({"exportedAt": "2026-11-22T13:05:00.000Z", "account": id(1), "spec": spec}))
        .unwrap()
}

fn counts(records: &[Record]) -> Counts {
    let mut counts = Counts::new();
    for record in records {
        *counts.entry(record.kind()).or_default() += 1;
    }
    counts
}

/// An export as it is really written.
pub(crate) fn export(format: ExportFormat, records: &[Record]) -> Vec<u8> {
    let head = head(format);
    let shape = if head.spec.is_archive() { Shape::Archive } else { Shape::Single };
    let (mut container, mut index) = (Container::new(shape), Vec::new());
    let mut renderer = renderer(&head, None).unwrap();
    for (pass, kinds) in renderer.passes().into_iter().enumerate() {
        renderer.begin(pass, &mut Output { container: &mut container, index: &mut index });
        for record in records.iter().filter(|record| kinds.contains(&record.kind())) {
            renderer.record(record, &mut Output { container: &mut container, index: &mut index });
        }
        renderer.end(pass, &mut Output { container: &mut container, index: &mut index });
    }
    let totals = Totals { counts: counts(records), ..Totals::default() };
    renderer.finish(&totals, &mut Output { container: &mut container, index: &mut index });
    if shape == Shape::Archive {
        let at = "2026-11-22T13:05:00.000Z".parse().unwrap();
        container.open(&format!("files/{}/a.txt", id(900_000)), at);
        container.write(b"hello");
        container.close();
        let mut spools: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        let mut keep = |container: &mut Container| {
            for (spool, piece) in container.spooled() {
                spools.entry(spool.as_str()).or_default().extend(piece);
            }
            spools.clone()
        };
        let sums = keep(&mut container).remove(Spool::Sums.as_str()).unwrap();
        container.sums(&sums);
        container.manifest(&head, &totals);
        container.close();
        let directory = keep(&mut container).remove(Spool::Directory.as_str()).unwrap();
        container.directory(&directory);
        container.end();
    }
    container.settle();
    container.take()
}

pub(crate) fn lines(records: &[Record]) -> Vec<u8> {
    let lines = records.iter().map(|record| serde_json::to_string(record).unwrap() + "\n");
    lines.collect::<String>().into_bytes()
}

/// An export in parts, each of its own size. Such are made where there is more than a test should write.
pub(crate) fn in_parts(records: &[Record], sizes: &[usize], root: &str) -> Vec<u8> {
    let (mut rest, mut entries, mut sums) = (records, Vec::new(), String::new());
    for (number, size) in sizes.iter().enumerate() {
        let (part, behind) = rest.split_at((*size).min(rest.len()));
        rest = behind;
        entries.push((format!("records-{:05}.jsonl", number + 1), lines(part)));
    }
    for (name, content) in &entries {
        writeln!(sums, "{}  {name}", hex(content)).unwrap();
    }
    let head = serde_json::to_value(head(ExportFormat::Zip)).unwrap();
    let mut manifest = json!({"format": "memory-app-export", "version": 2, "counts": counts(records), "missingFiles": 0,
        "checksums": {"file": "SHA256SUMS", "sha256": hex(sums.as_bytes()), "entries": entries.len()}});
    manifest.as_object_mut().unwrap().extend(head.as_object().unwrap().clone());
    entries.push(("SHA256SUMS".to_owned(), sums.into_bytes()));
    entries.push(("manifest.json".to_owned(), serde_json::to_vec(&manifest).unwrap()));
    let named: Vec<(String, Vec<u8>)> =
        entries.into_iter().map(|(name, content)| (format!("{root}{name}"), content)).collect();
    zip(&named.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect::<Vec<_>>())
}

fn hex(bytes: &[u8]) -> String {
    digest(&SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
