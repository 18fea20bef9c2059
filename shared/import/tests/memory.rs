//! What reading takes of memory, however large the archive is. A process of its own, as the highest mark is that of a process.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use app_domain::ImportFormat;
use app_import::{Options, Place};
use zip::write::SimpleFileOptions;

/// The highest mark since the last call, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    // Begins anew.
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    kib / 1024
}

fn read(path: &PathBuf, format: ImportFormat) -> (u64, u64) {
    let mut file = File::open(path).unwrap();
    let options = Options::default();
    assert_eq!(app_import::detect(&mut file, &options).unwrap(), format);
    peak();
    let before = peak();
    let mut count = 0;
    app_import::read(&mut file, format, &options, Place::default(), &mut |_| {
        count += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    (count, peak().saturating_sub(before))
}

#[test]
fn memory_is_bounded_by_an_element_and_not_by_the_archive() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let words = "lorem ipsum dolor sit amet ".repeat(40);
    let rows = 300_000;

    let table = folder.join("large.csv");
    let mut out = BufWriter::new(File::create(&table).unwrap());
    writeln!(out, "id,title,content").unwrap();
    for row in 0..rows {
        writeln!(out, "{row},Title {row},\"{words}\"").unwrap();
    }
    drop(out);
    let (count, mib) = read(&table, ImportFormat::Csv);
    assert_eq!(count, rows);
    assert!(mib < 40, "a table: {mib} MiB");

    let json = folder.join("large.json");
    let mut out = BufWriter::new(File::create(&json).unwrap());
    write!(out, "[{{\"text\":\"first\"}}").unwrap();
    for row in 0..rows {
        write!(out, ",{{\"id\":{row},\"text\":\"{words}\"}}").unwrap();
    }
    write!(out, "]").unwrap();
    drop(out);
    let (count, mib) = read(&json, ImportFormat::Json);
    assert_eq!(count, rows + 1);
    assert!(mib < 40, "an array: {mib} MiB");

    let broken = folder.join("broken.json");
    let mut out = BufWriter::new(File::create(&broken).unwrap());
    write!(out, "[{{\"text\":\"first\"}},{{\"text\":\"").unwrap();
    for _ in 0..rows {
        write!(out, "{words}").unwrap();
    }
    drop(out);
    let (count, mib) = read(&broken, ImportFormat::Json);
    assert_eq!(count, 2);
    // An element of 32 MiB, as it grows.
    assert!(mib < 80, "a string without end: {mib} MiB");

    let many = folder.join("many.zip");
    let mut zip = zip::ZipWriter::new(BufWriter::new(File::create(&many).unwrap()));
    for number in 0..199_999 {
        zip.start_file(format!("folder/with/a/long/name/{number:012}.bin"), SimpleFileOptions::default())
            .unwrap();
    }
    zip.start_file("notes.json", SimpleFileOptions::default()).unwrap();
    zip.write_all(b"[{\"text\":\"a\"}]").unwrap();
    zip.finish().unwrap();
    let (count, mib) = read(&many, ImportFormat::Json);
    // And what is said of the others.
    assert_eq!(count, 2);
    assert!(mib < 96, "many entries: {mib} MiB");

    for path in [table, json, broken, many] {
        std::fs::remove_file(path).unwrap();
    }
}
