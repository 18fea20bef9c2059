//! Archives as other programs read them.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::process::Command;

use app_archive::{Container, ContainerState, Manifest, Record, Shape, Spool, verify};
use app_domain::ExportFormat;
use serde_json::json;
use zip::ZipArchive;

use crate::people::at;
use crate::written::{Export, Safe};

/// A path for a test's own file.
pub(crate) fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()))
}

/// What a program says. It must succeed.
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// The archive of these entries.
fn archive(container: &mut Container) -> Vec<u8> {
    container.close();
    for (spool, piece) in container.spooled() {
        if spool == Spool::Directory {
            container.directory(&piece);
        }
    }
    container.end();
    container.take()
}

#[test]
fn an_archive_is_read_by_the_zip_crate() {
    let export = Export::of(ExportFormat::Zip).with_files();
    let mut archive = ZipArchive::new(Cursor::new(export.write(Safe::Settles(3)))).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let path = export.files[0].0.clone();
    let rest = ["README.txt", "schema/record.schema.json", "SHA256SUMS", "manifest.json"];
    assert_eq!(names, [vec!["records-00001.jsonl", &path], rest.to_vec()].concat());
    let mut text = String::new();
    archive.by_name("records-00001.jsonl").unwrap().read_to_string(&mut text).unwrap();
    let records: Vec<Record> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(records, export.records);
    let mut bytes = Vec::new();
    archive.by_name(&path).unwrap().read_to_end(&mut bytes).unwrap();
    assert!(bytes == export.files[0].1);
    let manifest: Manifest = serde_json::from_reader(archive.by_name("manifest.json").unwrap()).unwrap();
    assert_eq!((manifest.header.head, manifest.checksums.entries), (export.head, 4));
}

#[test]
fn python_and_sha256sum_verify_an_archive() {
    for format in [ExportFormat::Zip, ExportFormat::Jsonl] {
        let path = scratch(&format!("python-{}.zip", format.as_str()));
        std::fs::write(&path, Export::of(format).with_files().write(Safe::Settles(2))).unwrap();
        let path = path.to_str().unwrap();
        assert!(run("python3", &["-m", "zipfile", "-t", path]).contains("Done testing"));
        let folder = format!("{path}.d");
        run("python3", &["-m", "zipfile", "-e", path, &folder]);
        let said = run("sh", &["-c", "cd \"$0\" && sha256sum --strict -c SHA256SUMS", &folder]);
        assert!(said.lines().all(|line| line.ends_with(": OK")) && said.lines().count() >= 3, "{said}");
        std::fs::remove_dir_all(folder).unwrap();
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn times_are_those_of_the_entries() {
    let mut container = Container::new(Shape::Archive);
    for millis in [-1, 0, 315_532_800_000, 1_795_000_001_000, 4_354_819_199_000, 5_000_000_000_000] {
        container.open(&millis.to_string(), app_domain::Timestamp::from_millis(millis).unwrap());
    }
    let path = scratch("times.zip");
    std::fs::write(&path, archive(&mut container)).unwrap();
    let script = "import sys, zipfile
for entry in zipfile.ZipFile(sys.argv[1]).infolist(): print(*entry.date_time)";
    let said = run("python3", &["-c", script, path.to_str().unwrap()]);
    let expected =
        "1980 1 1 0 0 0\n1980 1 1 0 0 0\n1980 1 1 0 0 0\n2026 11 18 11 6 40\n2107 12 31 23 59 58\n";
    assert_eq!(said, format!("{expected}1980 1 1 0 0 0\n"));
}

#[test]
fn more_entries_than_two_bytes_count_are_read() {
    const MANY: usize = 70_000;
    let mut container = Container::new(Shape::Archive);
    for number in 0..MANY {
        container.open(&format!("{number}"), at(0));
        container.write(b"x");
    }
    let path = scratch("many.zip");
    let bytes = archive(&mut container);
    std::fs::write(&path, &bytes).unwrap();
    let archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), MANY);
    let said = run("python3", &["-m", "zipfile", "-t", path.to_str().unwrap()]);
    assert!(said.contains("Done testing"));
}

/// What a container would be that has written so many bytes before.
fn after(bytes: u64) -> Container {
    let mut state = serde_json::to_value(Container::new(Shape::Archive).settle()).unwrap();
    state["written"] = json!(bytes);
    Container::resume(serde_json::from_value::<ContainerState>(state).unwrap())
}

#[test]
fn an_entry_behind_four_gibibytes_is_found() {
    const BEFORE: u64 = 5 << 30;
    let mut container = after(BEFORE);
    container.open("behind", at(0));
    container.write(b"it is here");
    let path = scratch("far.zip");
    let mut file = File::create(&path).unwrap();
    file.seek(SeekFrom::Start(BEFORE)).unwrap();
    file.write_all(&archive(&mut container)).unwrap();
    let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name("behind").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "it is here");
    assert!(run("python3", &["-m", "zipfile", "-t", path.to_str().unwrap()]).contains("Done testing"));
    std::fs::remove_file(path).unwrap();
}

#[test]
fn an_entry_of_more_than_four_gibibytes_has_its_size() {
    const SIZE: u64 = (4 << 30) + 5;
    let mut container = Container::new(Shape::Archive);
    container.open("large", at(0));
    let mut state = serde_json::to_value(container.settle()).unwrap();
    let head = container.take();
    // As if so many bytes had been written and taken.
    state["written"] = json!(head.len() as u64 + SIZE);
    state["entry"]["bytes"] = json!(SIZE);
    state["entry"]["compressed"] = json!(SIZE);
    let mut container = Container::resume(serde_json::from_value(state).unwrap());
    let path = scratch("large.zip");
    let mut file = File::create(&path).unwrap();
    file.write_all(&head).unwrap();
    file.seek(SeekFrom::Current(i64::try_from(SIZE).unwrap())).unwrap();
    file.write_all(&archive(&mut container)).unwrap();
    let mut archive = ZipArchive::new(File::open(&path).unwrap()).unwrap();
    let entry = archive.by_index_raw(0).unwrap();
    assert_eq!((entry.size(), entry.compressed_size()), (SIZE, SIZE + 2));
    let script = "import sys, zipfile
print(zipfile.ZipFile(sys.argv[1]).infolist()[0].file_size)";
    assert_eq!(run("python3", &["-c", script, path.to_str().unwrap()]).trim(), SIZE.to_string());
    std::fs::remove_file(path).unwrap();
}

#[test]
fn names_stay_on_their_line() {
    let mut container = Container::new(Shape::Archive);
    container.open("a\nb\\c\r.txt", at(0));
    container.open(&"ü".repeat(40_000), at(0));
    container.close();
    let sums = container.spooled().into_iter().find(|(spool, _)| *spool == Spool::Sums).unwrap().1;
    let sums = String::from_utf8(sums).unwrap();
    assert_eq!(sums.lines().count(), 2);
    assert!(sums.lines().next().unwrap().ends_with("  a_b_c_.txt"));
    assert!(verify(Cursor::new(archive(&mut container))).is_err());
}
