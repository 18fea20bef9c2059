//! Accounts to back up.

use std::error::Error;

use app_archive::{FileRecord, Record};
use app_backup::{FileBytes, Manifest, Pack, PackEntry, Packer, Passphrase, Previous, Sealer, Sum, layout};
use app_connectors::drives::BytesSource;
use app_domain::{BackupFormat, Timestamp, UserId};
use async_trait::async_trait;
use bytes::Bytes;
use serde_json::json;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A UUIDv7 of a number.
pub(crate) fn id(number: u64) -> String {
    format!("019a9b2e-4c00-7000-8000-{number:012x}")
}

pub(crate) fn owner() -> UserId {
    id(1).parse().unwrap()
}

pub(crate) fn passphrase() -> Passphrase {
    Passphrase::parse("correct horse battery").unwrap()
}

fn record(value: serde_json::Value) -> Record {
    serde_json::from_value(value).unwrap()
}

pub(crate) fn memory(number: u64, text: &str) -> Record {
    record(json!({
        "kind": "memory", "id": id(number), "title": format!("Memory {number}"), "content": text, "source": "web", "version": 1,
        "createdAt": "2026-11-22T13:05:00.000Z", "updatedAt": "2026-11-23T08:30:12.345Z",
    }))
}

/// So many memories with a text of so many bytes each, no two the same.
pub(crate) fn memories(count: u64, bytes: usize) -> Vec<Record> {
    (0..count).map(|number| memory(1000 + number, &words(number, bytes))).collect()
}

/// Words that hardly compress, the same for the same seed.
pub(crate) fn words(seed: u64, bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::with_capacity(bytes + 16);
    while text.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&format!("{state:016x} "));
    }
    text.truncate(bytes);
    text
}

pub(crate) fn file(number: u64, name: &str, size: u64) -> FileRecord {
    let value = json!({
        "kind": "file", "id": id(number), "name": name, "contentType": "text/plain", "sizeBytes": size,
        "path": format!("files/{}/{name}", id(number)), "createdAt": "2026-11-22T13:05:00.000Z", "updatedAt": "2026-11-22T13:05:00.000Z",
    });
    match record(value) {
        Record::File(file) => file,
        _ => unreachable!(),
    }
}

pub(crate) fn here(bytes: &[u8]) -> FileBytes {
    FileBytes::Here { bytes: bytes.to_vec(), is_dense: false }
}

/// A little of everything that a pack can have.
pub(crate) fn small_pack(format: BackupFormat) -> Pack {
    let mut packer = Packer::new(owner(), format);
    let records = [
        json!({"kind": "account", "id": id(1), "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace",
            "createdAt": "2026-01-01T00:00:00.000Z"}),
        json!({"kind": "settings", "externalModels": true, "redaction": false, "confirmWrites": true, "extractFacts": true}),
    ];
    for value in records {
        assert!(packer.add(record(value)).unwrap().is_none());
    }
    packer.add(memory(10, "Line one\nline \"two\" \u{2028} ]},\u{0} 日本語 \u{202e}")).unwrap();
    let bytes = Packer::takes(format, 5);
    let of = |data: &[u8]| if bytes { here(data) } else { FileBytes::Apart };
    packer.add_file(file(30, "notes.txt", 5), of(b"hello")).unwrap();
    packer.add_file(file(31, "empty.txt", 0), of(b"")).unwrap();
    packer.add_file(file(32, "large.bin", 9 << 20), FileBytes::Apart).unwrap();
    packer.finish().unwrap()
}

/// Everything in packs.
pub(crate) fn packed(records: &[Record], format: BackupFormat) -> Vec<Pack> {
    let mut packer = Packer::new(owner(), format);
    let mut packs: Vec<Pack> =
        records.iter().filter_map(|record| packer.add(record.clone()).unwrap()).collect();
    packs.extend(packer.finish());
    packs
}

/// A pack as it is on the drive, and what the manifest says of it.
pub(crate) fn stored(pack: &Pack, format: BackupFormat, sealer: &Sealer) -> (PackEntry, Vec<u8>) {
    let bytes = sealer.seal(pack.to_bytes().unwrap()).unwrap();
    let sha256 = Sum::of(&bytes);
    let entry = PackEntry {
        path: layout::pack(owner(), sha256, format, sealer.is_sealing()),
        size: bytes.len() as u64,
        sha256,
        content: pack.content,
        counts: pack.counts.clone(),
    };
    (entry, bytes)
}

/// A manifest of one pack and two files, of which two names are one.
pub(crate) fn manifest() -> Manifest {
    let (pack, _) =
        stored(&small_pack(BackupFormat::Archive), BackupFormat::Archive, &Sealer::new(None).unwrap());
    let content = Sum::of(b"a film");
    let file = |number: u64| app_backup::FileEntry {
        path: layout::file(owner(), content, "Film.MP4", false),
        size: 6,
        sha256: content,
        id: id(number).parse().unwrap(),
        content,
        content_size: 6,
    };
    Manifest {
        id: id(100).parse().unwrap(),
        account: owner(),
        at: at("2026-11-24T10:00:00.123Z"),
        previous: Some(Previous { id: id(99).parse().unwrap(), sha256: Sum::of(b"previous") }),
        format: BackupFormat::Archive,
        recipient: None,
        counts: pack.counts.clone(),
        missing_files: 0,
        unreadable: Default::default(),
        packs: vec![pack],
        files: vec![file(40), file(41)],
    }
}

/// Bytes in memory.
#[derive(Debug, Clone)]
pub(crate) struct Held(pub(crate) Vec<u8>);

#[async_trait]
impl BytesSource for Held {
    fn size_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let (from, count) = (usize::try_from(from)?, usize::try_from(count)?);
        Ok(Bytes::copy_from_slice(self.0.get(from..from + count).ok_or("beyond the end")?))
    }
}
