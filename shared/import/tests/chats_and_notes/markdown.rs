//! Notes: vaults, and single ones.

use std::fs;
use std::path::Path;

use app_domain::ImportFormat;
use app_import::{Item, NewMemory, Options, Place};

use crate::reading::{berlin, detected, fixtures, given, items, shown, zip};

fn memories(items: &[Item]) -> Vec<&NewMemory> {
    items
        .iter()
        .filter_map(|item| if let Item::Memory(memory) = item { Some(memory.as_ref()) } else { None })
        .collect()
}

fn note(text: &str) -> NewMemory {
    let (format, items) = detected(text.as_bytes(), &berlin());
    assert_eq!(format, ImportFormat::Markdown);
    memories(&items)[0].clone()
}

/// The files of a folder, by their paths in it, sorted.
fn files(top: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(top).unwrap().to_string_lossy().into_owned();
                files.push((name, fs::read(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn vault() -> Vec<u8> {
    let files = files(&fixtures("markdown"));
    zip(&files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

#[test]
fn a_vault_becomes_memories() {
    let (format, items) = detected(&vault(), &berlin());
    assert_eq!(format, ImportFormat::Markdown);
    insta::assert_snapshot!("vault", shown(&items));
}

#[test]
fn a_vault_is_the_same_in_a_folder_of_its_own() {
    let files = files(&fixtures("markdown"));
    let inside: Vec<_> = files.iter().map(|(name, bytes)| (format!("My vault/{name}"), bytes)).collect();
    let inside =
        zip(&inside.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>());
    let keys = |archive: &[u8]| {
        let items = detected(archive, &berlin()).1;
        memories(&items)
            .iter()
            .map(|memory| (memory.key.clone(), memory.category.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&inside), keys(&vault()));
}

#[test]
fn a_single_note_is_a_memory() {
    let memory = note(
        "---\ntitle: Lisbon\ncreated: 2026-11-21 14:03\ntags: trip, food\nrating: 5\n---\n\n# Heading\n\nText #summer\n",
    );
    assert_eq!(memory.title.as_deref(), Some("Lisbon"));
    assert_eq!(memory.tags, ["trip", "food", "summer"]);
    assert_eq!(memory.created_at.unwrap().to_string(), "2026-11-21T13:03:00.000Z");
    assert_eq!(memory.text.as_deref(), Some("# Heading\n\nText #summer\n"));
    assert_eq!(serde_json::Value::Object(memory.metadata).to_string(), r#"{"rating":5}"#);
    assert_eq!(note("Just words.").text.as_deref(), Some("Just words."));
}

#[test]
fn front_matter_that_cannot_be_read_is_text() {
    let text = "---\ntitle: [broken\n---\n# Heading\n";
    let memory = note(text);
    assert_eq!((memory.title.as_deref(), memory.text.as_deref()), (Some("Heading"), Some(text)));
}

#[test]
fn a_large_note_stays_whole() {
    let text = format!("# Long\n{}", "word ".repeat(1_000_000));
    assert_eq!(note(&text).text, Some(text));
}

#[test]
fn other_charsets_are_read() {
    let latin: Vec<u8> =
        "# Grüße aus Österreich\n".chars().map(|char| u8::try_from(u32::from(char)).unwrap()).collect();
    let items = detected(&latin, &berlin()).1;
    assert_eq!(memories(&items)[0].title.as_deref(), Some("Grüße aus Österreich"));
}

#[test]
fn nothing_outside_of_a_vault_is_found() {
    let archive = zip(&[
        ("a/note.md", b"![[../../secret.png]] ![x](../../../etc/passwd.png) ![y](/etc/shadow.png) ![z](file:///etc/hosts.png) ![](..%2f..%2fsecret.png)"),
        ("../secret.png", b"1"),
        ("b/other.md", b"[in](../a/../pic.png)"),
        ("pic.png", b"2"),
    ]);
    let (_, items) = detected(&archive, &Options::default());
    insta::assert_snapshot!("outside", shown(&items));
}

#[test]
fn a_vault_can_be_gone_on_with_anywhere() {
    let archive = vault();
    let all = given(&archive, ImportFormat::Markdown, &berlin(), Place::default()).unwrap();
    for (at, one) in all.iter().enumerate() {
        let rest = given(&archive, ImportFormat::Markdown, &berlin(), one.next).unwrap();
        assert_eq!(rest, all[at + 1..], "after {at}");
    }
}

#[test]
fn what_is_no_text_is_named() {
    let archive = zip(&[("a.md", b"# A"), ("b.md", b"\x00\x01\x02\x00\xff\xfe\x00binary\x00")]);
    let items = items(&archive, ImportFormat::Markdown, &berlin());
    assert!(matches!(&items[1], Item::Trouble(trouble) if trouble.key == "b.md"), "{}", shown(&items));
}
