//! ZIPs that were made to do harm, or broke on their way.

use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use app_domain::ImportFormat;
use app_import::{ImportError, Item, Options, Place};

use crate::ours::{in_parts, lines, records};
use crate::support::{Forged, deflated, detected, forged, given, items, memories, said, zip};

const ROWS: &[u8] = b"[{\"text\":\"one\"},{\"text\":\"two\"}]";

fn refused(bytes: &[u8]) -> String {
    let start = Instant::now();
    let refused = detected(bytes).unwrap_err().to_string();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let read = given(bytes, ImportFormat::Json, &Options::default(), Place::default()).unwrap_err();
    assert_eq!(read.to_string(), refused);
    refused
}

#[test]
fn entries_on_top_of_each_other_are_refused() {
    let one = Forged::stored("a.json", ROWS);
    let same = Forged { name: b"b.json".to_vec(), start: Some(0), ..one.clone() };
    let inside = Forged { name: b"b.json".to_vec(), start: Some(20), ..one.clone() };
    let behind = Forged { packed: 4000, size: 4000, ..one.clone() };
    for entries in [vec![one.clone(), same], vec![one.clone(), inside], vec![one, behind]] {
        assert!(refused(&forged(&entries)).contains("on top of each other"));
    }
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let one = Forged::stored("a.json", ROWS);
    assert!(refused(&forged(&[one.clone(), one])).contains("the same name"));
}

#[test]
fn names_lead_nowhere() {
    let names = [
        "../../etc/passwd.json",
        "/etc/a.json",
        "C:\\a.json",
        "a/../../b.json",
        "nul\0byte.json",
        "\u{202e}nosj.json",
    ];
    let entries: Vec<Forged> = names.iter().map(|name| Forged::stored(name, ROWS)).collect();
    let bytes = forged(&entries);
    assert_eq!(memories(&items(&bytes, ImportFormat::Json)).len(), 12);
    for name in names {
        let mut content = Vec::new();
        let mut source = Cursor::new(&bytes);
        app_import::attachment(&mut source, name).unwrap().unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content, ROWS);
    }
}

#[test]
fn names_in_old_charsets_and_broken_ones_are_names() {
    let entries = [
        Forged { name: b"\x81ber.json".to_vec(), ..Forged::stored("", ROWS) },
        Forged { name: b"\xff\xfe\xfd.json".to_vec(), flags: 1 << 11, ..Forged::stored("", ROWS) },
    ];
    let bytes = forged(&entries);
    assert_eq!(memories(&items(&bytes, ImportFormat::Json)).len(), 4);
    let mut source = Cursor::new(&bytes);
    assert!(app_import::attachment(&mut source, "über.json").unwrap().is_some());
}

#[test]
fn a_bomb_costs_nothing() {
    let zeros = deflated(&vec![b' '; 64 * 1024 * 1024]);
    let packed = u32::try_from(zeros.len()).unwrap();
    let bomb =
        Forged { content: zeros, method: 8, size: 64 * 1024 * 1024, packed, ..Forged::stored("a.json", b"") };
    let bytes = forged(&[bomb.clone(), Forged::stored("b.json", ROWS)]);
    let all = items(&bytes, ImportFormat::Json);
    assert_eq!(memories(&all).len(), 2);
    let mut source = Cursor::new(&bytes);
    let error = app_import::attachment(&mut source, "a.json").err().unwrap();
    assert!(error.to_string().contains("far too large"), "{error}");

    // It says that it is small: more than that is never read.
    let liar = Forged { size: 100, ..bomb.clone() };
    let mut content = Vec::new();
    let bytes = forged(&[liar]);
    let mut source = Cursor::new(&bytes);
    let error = app_import::attachment(&mut source, "a.json")
        .unwrap()
        .unwrap()
        .read_to_end(&mut content)
        .unwrap_err();
    assert_eq!(content.len(), 100);
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[test]
fn more_than_can_be_kept_is_refused_whoever_claims_it() {
    let huge = |name: &str| Forged {
        method: 0,
        size: u32::MAX - 1,
        packed: u32::MAX - 1,
        ..Forged::stored(name, ROWS)
    };
    assert!(refused(&forged(&[huge("a")])).contains("on top"));
    let many = |count: u32| -> Vec<Forged> {
        (0..count).map(|number| Forged { packed: 32, ..huge(&number.to_string()) }).collect()
    };
    assert!(refused(&forged(&many(17))).contains("64 GiB"));
    // Whoever stores 50 GB can have them back.
    assert!(!detected(&forged(&many(13))).unwrap_err().to_string().contains("GiB"));
}

#[test]
fn too_many_entries_are_refused_and_as_many_as_may_be_are_read() {
    let archive = |count: usize| {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for number in 0..count {
            zip.start_file(format!("{number}.bin"), zip::write::SimpleFileOptions::default()).unwrap();
        }
        zip.start_file("notes.json", zip::write::SimpleFileOptions::default()).unwrap();
        io::Write::write_all(&mut zip, ROWS).unwrap();
        zip.finish().unwrap().into_inner()
    };
    assert!(refused(&archive(200_000)).contains("200000 are the most"));
    assert_eq!(memories(&items(&archive(199_999), ImportFormat::Json)).len(), 2);
}

#[test]
fn what_is_encrypted_is_named() {
    let secret = Forged { flags: 1, ..Forged::stored("secret.json", ROWS) };
    let bytes = forged(&[secret.clone(), Forged::stored("a.json", ROWS)]);
    let all = items(&bytes, ImportFormat::Json);
    assert_eq!(memories(&all).len(), 2);
    assert!(said(&all)[0].starts_with("file secret.json: It is encrypted"), "{:?}", said(&all));
    assert!(matches!(detected(&forged(&[secret])), Err(ImportError::Encrypted)));
}

#[test]
fn archives_in_archives_and_links_are_not_followed_and_that_is_said() {
    let inner = zip(&[("a.json", ROWS)]);
    let link = Forged { attributes: 0o120_777 << 16, ..Forged::stored("link.json", b"/etc/passwd") };
    let bytes = forged(&[Forged::stored("inner.zip", &inner), link, Forged::stored("a.json", ROWS)]);
    let all = items(&bytes, ImportFormat::Json);
    assert_eq!(memories(&all).len(), 2);
    let said = said(&all);
    assert_eq!(
        said,
        [
            "Archives inside of the archive are not opened: “inner.zip”. Bring them in by themselves. 1 links to other files are left out."
        ]
    );
}

#[test]
fn a_damaged_entry_does_not_take_the_others() {
    let wrong = Forged { crc: 1, ..Forged::stored("a.json", ROWS) };
    let mut packed = deflated(&ROWS.repeat(50));
    let middle = packed.len() / 2;
    packed[middle] ^= 0xff;
    let size = u32::try_from(ROWS.len() * 50).unwrap();
    let broken = Forged {
        method: 8,
        size,
        packed: u32::try_from(packed.len()).unwrap(),
        content: packed,
        ..Forged::stored("b.json", b"")
    };
    let elsewhere = Forged { start: Some(7), ..Forged::stored("c.json", b"") };
    let other = Forged { method: 99, ..Forged::stored("d.json", ROWS) };
    let bytes = forged(&[wrong, broken, elsewhere, other, Forged::stored("e.json", ROWS)]);
    let Err(ImportError::Refused(reason)) = detected(&bytes) else { panic!("one lies in another") };
    assert!(reason.contains("on top"));

    let wrong = Forged { crc: 1, ..Forged::stored("a.json", ROWS) };
    let bytes = forged(&[wrong, Forged::stored("e.json", ROWS)]);
    let all = items(&bytes, ImportFormat::Json);
    assert_eq!(memories(&all).len(), 4);
    assert_eq!(
        said(&all),
        ["memory a.json: It breaks off: its content is damaged: the checksum is another."]
    );
}

#[test]
fn a_zip_that_is_cut_anywhere_is_damaged_and_no_panic() {
    let bytes = in_parts(&records(2), &[2, 3], "");
    for end in 4..bytes.len() {
        let error = detected(&bytes[..end]).unwrap_err();
        assert!(matches!(error, ImportError::Damaged(_)), "at {end}: {error}");
    }
}

#[test]
fn a_zip_in_which_any_byte_is_another_is_read_or_refused() {
    let bytes =
        zip(&[("records-00001.jsonl", &lines(&records(1))), ("manifest.json", b"{}"), ("a.json", ROWS)]);
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x5a;
        for format in [ImportFormat::MemoryApp, ImportFormat::Json] {
            let read = given(&changed, format, &Options::default(), Place::default());
            if let Err(error) = read {
                assert!(!matches!(error, ImportError::Io(_)), "at {place}: {error:?}");
            }
        }
    }
}

/// Fails from a place on, and works again later.
struct Failing {
    inner: Cursor<Vec<u8>>,
    from: u64,
}

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.inner.position() + buffer.len() as u64;
        if end > self.from && self.inner.position() < self.from + 1 {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no answer"));
        }
        self.inner.read(buffer)
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

#[test]
fn a_source_that_fails_is_not_taken_for_a_damaged_archive() {
    let bytes = in_parts(&records(20), &[20, 21], "");
    for from in (0..bytes.len() as u64).step_by(13) {
        let mut source = Failing { inner: Cursor::new(bytes.clone()), from };
        let options = Options::default();
        let detected = app_import::detect(&mut source, &options);
        assert!(
            matches!(detected, Err(ImportError::Io(_)) | Ok(ImportFormat::MemoryApp)),
            "{from}: {detected:?}"
        );
        let mut has_trouble = false;
        let read = app_import::read(
            &mut source,
            ImportFormat::MemoryApp,
            &options,
            Place::default(),
            &mut |given| {
                has_trouble |= matches!(given.item, Item::Trouble(_));
                std::ops::ControlFlow::Continue(())
            },
        );
        assert!(!has_trouble, "{from}");
        assert!(matches!(read, Err(ImportError::Io(_)) | Ok(())), "{from}: {read:?}");
    }
}
