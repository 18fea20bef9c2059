//! What other services export is brought in as it is meant, and whatever else is in their files does no harm.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop right there")]

mod exports;
mod hostile;
mod keys;
mod load;
mod places;
mod shown;

use std::io::{Cursor, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use app_domain::ImportFormat;
use app_import::{Given, Item, Options, Place};

/// A fixture's path.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// The bytes of a file.
fn file(name: &str) -> Vec<u8> {
    std::fs::read(fixture(name)).unwrap()
}

/// A ZIP of these entries.
fn zip_of<N: AsRef<str>, B: AsRef<[u8]>>(entries: &[(N, B)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(name.as_ref(), zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes.as_ref()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A ZIP of a folder.
fn zipped(folder: &str) -> Vec<u8> {
    fn walk(path: &Path, root: &Path, entries: &mut Vec<(String, Vec<u8>)>) {
        let mut within: Vec<_> =
            std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
        within.sort();
        for path in within {
            if path.is_dir() {
                walk(&path, root, entries);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                entries.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    let root = fixture(folder);
    let mut entries = Vec::new();
    walk(&root, &root, &mut entries);
    zip_of(&entries)
}

/// What is given from a place on.
fn given_from(bytes: &[u8], format: ImportFormat, from: Place) -> Vec<Given> {
    let mut given = Vec::new();
    app_import::read(&mut Cursor::new(bytes.to_vec()), format, &Options::default(), from, &mut |next| {
        given.push(next);
        ControlFlow::Continue(())
    })
    .unwrap();
    given
}

/// All items.
fn items(bytes: &[u8], format: ImportFormat) -> Vec<Item> {
    given_from(bytes, format, Place::default()).into_iter().map(|given| given.item).collect()
}

/// What bytes are taken for.
fn detected(bytes: &[u8]) -> Option<ImportFormat> {
    app_import::detect(&mut Cursor::new(bytes.to_vec()), &Options::default()).ok()
}
