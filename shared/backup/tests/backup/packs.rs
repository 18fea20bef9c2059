use std::collections::HashSet;
use std::io::Cursor;
use std::sync::LazyLock;

use app_archive::{Record, verify};
use app_backup::{Fault, FileBytes, Opener, Pack, PackEntry, Packer, Sealer, Sum, check_pack};
use app_domain::BackupFormat;
use proptest::prelude::*;

use crate::samples::{file, here, memories, memory, owner, packed, small_pack, stored, words};

const FORMATS: [BackupFormat; 3] = [BackupFormat::Archive, BackupFormat::Json, BackupFormat::Txt];

fn plain() -> Sealer {
    Sealer::new(None).unwrap()
}

fn contents(packs: &[Pack]) -> Vec<Sum> {
    packs.iter().map(|pack| pack.content).collect()
}

/// Ten thousand records, and what their packs have in them.
static MANY: LazyLock<(Vec<Record>, Vec<Sum>)> = LazyLock::new(|| {
    let records = memories(10_000, 2_000);
    let packs = contents(&packed(&records, BackupFormat::Archive));
    (records, packs)
});

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn one_change_among_ten_thousand_records_sends_three_packs_at_most(
        place in 0_usize..10_000, change in 0..3, length in 0_usize..6_000, seed in any::<u64>(),
    ) {
        let (records, before) = &*MANY;
        let mut records = records.clone();
        match change {
            0 => records[place] = memory(1000 + place as u64, &words(seed, length)),
            1 => records.insert(place, memory(900_000, &words(seed, length))),
            _ => drop(records.remove(place)),
        }
        let known: HashSet<&Sum> = before.iter().collect();
        let after = contents(&packed(&records, BackupFormat::Archive));
        let new = after.iter().filter(|content| !known.contains(content)).count();
        prop_assert!(before.len() > 10);
        prop_assert!((1..=3).contains(&new) || (change == 2 && new == 0), "{new} of {}", after.len());
    }
}

#[test]
fn the_same_records_are_the_same_bytes() {
    for format in FORMATS {
        let (one, other) = (small_pack(format), small_pack(format));
        assert_eq!(one.content, other.content);
        assert!(one.to_bytes().unwrap() == other.to_bytes().unwrap());
    }
}

#[test]
fn a_pack_is_an_export_that_verifies_by_itself() {
    for format in FORMATS {
        let verified = verify(Cursor::new(small_pack(format).to_bytes().unwrap())).unwrap();
        let entries = if format == BackupFormat::Archive { 5 } else { 0 };
        assert_eq!(verified.entries, entries, "{format:?}");
        if format.is_restorable() {
            assert_eq!(verified.counts.values().sum::<u64>(), 6);
        }
    }
}

#[test]
fn an_import_takes_a_pack_for_an_archive_of_our_own() {
    for format in [BackupFormat::Archive, BackupFormat::Json] {
        let mut source = Cursor::new(small_pack(format).to_bytes().unwrap());
        let found = app_import::detect(&mut source, &app_import::Options::default()).unwrap();
        assert_eq!(found, app_domain::ImportFormat::MemoryApp);
    }
}

#[test]
fn what_was_packed_comes_back() {
    for format in [BackupFormat::Archive, BackupFormat::Json] {
        let (entry, bytes) = stored(&small_pack(format), format, &plain());
        let opened = Opener::default().pack(&entry, format, bytes).unwrap();
        assert_eq!(opened.records.len(), 6);
        assert_eq!(opened.records[2], memory(10, "Line one\nline \"two\" \u{2028} ]},\u{0} 日本語 \u{202e}"));
        let files: Vec<&[u8]> = opened.files.iter().map(|file| file.bytes.as_slice()).collect();
        let paths = opened
            .records
            .iter()
            .filter(|record| matches!(record, Record::File(file) if file.path.is_some()));
        match format {
            BackupFormat::Archive => {
                assert_eq!(files, [b"hello".as_slice(), b""]);
                assert_eq!(paths.count(), 2);
            }
            _ => assert!(files.is_empty() && paths.count() == 0),
        }
    }
}

#[test]
fn a_file_that_comes_twice_is_there_once() {
    let mut packer = Packer::new(owner(), BackupFormat::Archive);
    for _ in 0..2 {
        packer.add_file(file(30, "notes.txt", 5), here(b"hello")).unwrap();
    }
    let pack = packer.finish().unwrap();
    let (entry, bytes) = stored(&pack, BackupFormat::Archive, &plain());
    assert_eq!(check_pack(&entry, BackupFormat::Archive, bytes.clone(), &Opener::default()), Ok(()));
    assert_eq!(Opener::default().pack(&entry, BackupFormat::Archive, bytes).unwrap().files.len(), 1);
}

#[test]
fn a_file_without_bytes_is_counted_and_its_pack_is_sound() {
    for format in FORMATS {
        let mut packer = Packer::new(owner(), format);
        packer.add_file(file(30, "notes.txt", 5), FileBytes::Missing).unwrap();
        let pack = packer.finish().unwrap();
        assert_eq!(pack.missing_files, 1);
        let (entry, bytes) = stored(&pack, format, &plain());
        assert_eq!(check_pack(&entry, format, bytes, &Opener::default()), Ok(()), "{format:?}");
    }
}

#[test]
fn the_bytes_of_a_file_are_part_of_what_is_in_a_pack() {
    let content = |bytes: &[u8]| {
        let mut packer = Packer::new(owner(), BackupFormat::Archive);
        packer.add_file(file(30, "notes.txt", 5), here(bytes)).unwrap();
        packer.finish().unwrap().content
    };
    assert_ne!(content(b"hello"), content(b"jello"));
}

#[test]
fn packs_are_bounded_whatever_comes() {
    // The largest records, small files all over, and nothing that would ever be chosen as an end.
    let large: Vec<Record> = memories(40, 900_000);
    for pack in packed(&large, BackupFormat::Archive) {
        assert!(pack.to_bytes().unwrap().len() < 10 << 20);
    }
    let (mut packer, mut largest) = (Packer::new(owner(), BackupFormat::Archive), 0);
    for number in 0..40 {
        let bytes = words(number, 1 << 20);
        if let Some(pack) = packer.add_file(file(number, "a.txt", 1 << 20), here(bytes.as_bytes())).unwrap() {
            largest = largest.max(pack.counts.values().sum());
        }
    }
    assert!((1..=9).contains(&largest), "{largest}");
}

#[test]
fn nothing_makes_no_pack() {
    assert!(Packer::new(owner(), BackupFormat::Archive).finish().is_none());
}

fn named(bytes: &[u8], entry: &PackEntry) -> PackEntry {
    PackEntry { size: bytes.len() as u64, sha256: Sum::of(bytes), ..entry.clone() }
}

#[test]
fn another_pack_under_its_name_is_not_taken_for_it() {
    let format = BackupFormat::Archive;
    let (entry, mut bytes) = stored(&small_pack(format), format, &plain());
    let other = packed(&memories(1, 10), format)[0].to_bytes().unwrap();
    let fault =
        |entry: &PackEntry, bytes: &[u8]| check_pack(entry, format, bytes.to_vec(), &Opener::default());
    // Whoever changes the manifest too does not change what it says of the content.
    assert!(matches!(fault(&named(&other, &entry), &other), Err(Fault::Unreadable(_))));
    assert!(matches!(fault(&named(b"PK", &entry), b"PK"), Err(Fault::Unreadable(_))));
    bytes[100] ^= 1;
    assert_eq!(fault(&entry, &bytes), Err(Fault::Changed));
    bytes.pop();
    assert!(matches!(fault(&entry, &bytes), Err(Fault::Size { .. })));
}

#[test]
fn a_pack_that_would_not_fit_into_memory_is_refused_before_it_does() {
    // 64 MiB of spaces are 64 KiB of ZIP.
    let mut container = app_archive::Container::new(app_archive::Shape::Archive);
    container.open("records-00001.jsonl", crate::samples::at("2026-11-22T13:05:00.000Z"));
    let mut bytes = Vec::new();
    for _ in 0..256 {
        container.write(&vec![b' '; 256 << 10]);
        container.settle();
        bytes.extend(container.take());
    }
    container.close();
    let directory =
        container.spooled().into_iter().find(|(spool, _)| *spool == app_archive::Spool::Directory);
    container.directory(&directory.unwrap().1);
    container.end();
    bytes.extend(container.take());
    let (entry, _) = stored(&small_pack(BackupFormat::Archive), BackupFormat::Archive, &plain());
    let error = Opener::default().pack(&named(&bytes, &entry), BackupFormat::Archive, bytes).unwrap_err();
    assert_eq!(error.to_string(), "there is more in it than in any pack");
}

#[test]
#[ignore = "takes long without optimisation"]
fn a_hundred_thousand_small_memories_are_few_packs() {
    let began = std::time::Instant::now();
    let mut packer = Packer::new(owner(), BackupFormat::Archive);
    let (mut packs, mut bytes, mut largest) = (0, 0, 0);
    let mut note = |pack: Pack| {
        let size = pack.to_bytes().unwrap().len();
        (packs, bytes, largest) = (packs + 1, bytes + size, largest.max(size));
    };
    for number in 0..100_000 {
        packer.add(memory(number, &words(number, 500))).unwrap().map(&mut note);
    }
    packer.finish().map(&mut note);
    println!("{packs} packs, {bytes} bytes, the largest {largest}, in {:?}", began.elapsed());
    assert!((20..=70).contains(&packs), "{packs}");
}
