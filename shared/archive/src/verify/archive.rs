//! Checks an archive: its entries lie one behind the other with nothing between them, in the order of the directory and of `SHA256SUMS`, so
//! all three are read at once and none is held.

use std::cell::RefCell;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read, Seek};

use super::directory::{Listed, Place, Window};
use super::entry::{Data, check};
use super::lines::{Found, Lines};
use super::{Verified, VerifyError, wrong};
use crate::manifest::{MANIFEST, Manifest, SUMS};
use crate::{Counts, Kind};

/// The most entries: three times as many as a person has things. Of each a number is kept, so that no two are of one name.
const MOST_ENTRIES: u64 = 1_000_000;
/// The largest manifest, and the longest line of `SHA256SUMS`.
const LARGEST: u64 = 1 << 20;

/// What was found on the way.
#[derive(Default)]
struct Seen {
    sums_sha256: Option<String>,
    /// Lines of `SHA256SUMS`.
    lines: u64,
    manifest: Vec<u8>,
    /// Where records say that bytes are, and where none have been yet.
    paths: Names,
    bytes: u64,
    found: Found,
    /// Whether there are records that were counted.
    is_counted: bool,
}

pub(super) fn verify<S: Read + Seek>(source: S) -> Result<Verified, VerifyError> {
    let source = RefCell::new(source);
    let place = Place::find(&source)?;
    if place.entries > MOST_ENTRIES {
        return Err(wrong(format!("it has more than {MOST_ENTRIES} entries")));
    }
    let mut sums = sums(&source, place)?;
    let mut directory = Window::new(&source, place.from, place.end);
    let mut data = Window::new(&source, 0, place.from);
    let mut names = Names::default();
    let (mut seen, mut at) = (Seen::default(), 0);
    for number in 1..=place.entries {
        let listed = Listed::read(&mut directory)?;
        if listed.offset != at {
            return Err(wrong(format!("{} does not begin where the entry before it ends", listed.path)));
        }
        names.add(&listed.path)?;
        let expected = match listed.path.as_str() {
            SUMS | MANIFEST => None,
            path => Some(expected(&mut sums, path, &source, place)?),
        };
        let checked = seen.entry(&mut data, &listed)?;
        at += checked.length;
        if let Some(expected) = expected.filter(|expected| *expected != checked.sha256) {
            let path = &listed.path;
            return Err(wrong(format!("{path} was changed: its SHA-256 should be {expected}")));
        }
        seen.lines += u64::from(!matches!(listed.path.as_str(), SUMS | MANIFEST));
        match listed.path.as_str() {
            SUMS if number + 1 != place.entries => {
                return Err(wrong("SHA256SUMS is not the last but one entry"));
            }
            MANIFEST if number != place.entries => return Err(wrong("manifest.json is not the last entry")),
            SUMS => seen.sums_sha256 = Some(checked.sha256),
            _ => {}
        }
    }
    if at != place.from || !directory.fill_buf()?.is_empty() {
        return Err(wrong("there is something between its entries and its directory, or behind that"));
    }
    if let Some((_, path)) = next_line(&mut sums)? {
        return Err(missing(&path));
    }
    seen.verified(place.entries)
}

impl Seen {
    /// Reads an entry and what its format lets be counted.
    fn entry(
        &mut self,
        data: &mut impl BufRead,
        listed: &Listed,
    ) -> Result<super::entry::Checked, VerifyError> {
        let path = listed.path.as_str();
        self.bytes += listed.bytes;
        if path == MANIFEST {
            if listed.bytes > LARGEST {
                return Err(wrong("manifest.json is larger than any that is written"));
            }
            let manifest = &mut self.manifest;
            return check(data, listed, &mut |piece| {
                manifest.extend_from_slice(piece);
                Ok(())
            });
        }
        let lines = match path {
            "export.json" | "export.jsonl" | "export.txt" => Some(Lines::entry(false)),
            path if path.starts_with("records-") => Some(Lines::entry(true)),
            _ => None,
        };
        if self.is_counted && path.starts_with("files/") && !self.paths.remove(path) {
            return Err(wrong(format!("{path} is named by no record before it")));
        }
        let Some(mut lines) = lines else { return check(data, listed, &mut |_| Ok(())) };
        let in_it = |error| match error {
            VerifyError::Wrong(words) => wrong(format!("in {path}: {words}")),
            error => error,
        };
        let paths = &mut self.paths;
        let checked = check(data, listed, &mut |piece| {
            lines.push(piece).map_err(in_it)?;
            paths.expect(lines.take_paths())
        })?;
        let mut found = lines.end().map_err(in_it)?;
        self.is_counted |= path != "export.txt";
        self.paths.expect(std::mem::take(&mut found.paths))?;
        for (kind, count) in found.counts {
            *self.found.counts.entry(kind).or_default() += count;
        }
        Ok(checked)
    }

    /// Compares the manifest with what was found.
    fn verified(self, entries: u64) -> Result<Verified, VerifyError> {
        let manifest: Manifest = serde_json::from_slice(&self.manifest)
            .map_err(|error| wrong(format!("manifest.json is missing or no manifest: {error}")))?;
        if !manifest.header.is_ours() {
            return Err(wrong("manifest.json is of a format or a version that is not known here"));
        }
        if self.sums_sha256.as_deref() != Some(manifest.checksums.sha256.as_str()) {
            return Err(wrong("SHA256SUMS was changed: its SHA-256 is not what manifest.json says"));
        }
        if manifest.checksums.file != SUMS || manifest.checksums.entries != self.lines {
            return Err(wrong("manifest.json does not fit SHA256SUMS"));
        }
        if self.is_counted {
            same_counts(&manifest.counts, &self.found.counts)?;
            let without = self.paths.seen.len() as u64;
            if without != manifest.missing_files {
                return Err(wrong(format!(
                    "{without} files have a path and no bytes, and {} are missing as manifest.json says",
                    manifest.missing_files
                )));
            }
        }
        if !manifest.unreadable.is_sound() {
            return Err(wrong("manifest.json names other things that could not be read than it counts"));
        }
        Ok(Verified {
            head: Some(manifest.header.head),
            entries,
            bytes: self.bytes,
            counts: self.found.counts,
            missing_files: manifest.missing_files,
            unreadable: manifest.unreadable,
        })
    }
}

/// Whether as many records of each kind are there as are named.
pub(super) fn same_counts(named: &Counts, found: &Counts) -> Result<(), VerifyError> {
    let of = |counts: &Counts, kind| counts.get(kind).copied().unwrap_or_default();
    let other = Kind::ALL.iter().find(|kind| of(named, kind) != of(found, kind));
    other.map_or(Ok(()), |kind| {
        Err(wrong(format!(
            "there should be {} records of kind {kind}, and there are {}",
            of(named, kind),
            of(found, kind)
        )))
    })
}

/// Names of entries, each as a number that nobody can foresee.
#[derive(Default)]
struct Names {
    state: RandomState,
    seen: HashSet<u64>,
}

impl Names {
    fn add(&mut self, path: &str) -> Result<(), VerifyError> {
        let is_new = self.seen.insert(self.state.hash_one(path));
        is_new.then_some(()).ok_or_else(|| wrong(format!("there are two entries called {path}")))
    }

    /// Adds those that records name. No two files are in one place.
    fn expect(&mut self, paths: Vec<String>) -> Result<(), VerifyError> {
        for path in paths {
            if !self.seen.insert(self.state.hash_one(path.as_str())) {
                return Err(wrong(format!("two records name {path}")));
            }
        }
        let is_much = self.seen.len() as u64 > MOST_ENTRIES;
        if is_much { Err(wrong(format!("it names more than {MOST_ENTRIES} files"))) } else { Ok(()) }
    }

    /// Whether it was there.
    fn remove(&mut self, path: &str) -> bool {
        self.seen.remove(&self.state.hash_one(path))
    }
}

type Sums<'a, S> = BufReader<Data<BufReader<Window<'a, S>>>>;

/// Opens `SHA256SUMS`.
fn sums<S: Read + Seek>(source: &RefCell<S>, place: Place) -> Result<Sums<'_, S>, VerifyError> {
    let listed = listed(source, place, SUMS)?.ok_or_else(|| missing(SUMS))?;
    if listed.offset >= place.from {
        return Err(wrong("SHA256SUMS does not begin where the archive says"));
    }
    Ok(BufReader::new(Data::open(Window::new(source, listed.offset, place.from), &listed)?))
}

/// The checksum that an entry should have. Its line must be the next one.
fn expected<S: Read + Seek>(
    sums: &mut Sums<'_, S>,
    path: &str,
    source: &RefCell<S>,
    place: Place,
) -> Result<String, VerifyError> {
    match next_line(sums)? {
        Some((sha256, named)) if named == path => Ok(sha256),
        Some((_, named)) if listed(source, place, &named)?.is_none() => Err(missing(&named)),
        _ => Err(wrong(format!("{path} is not in SHA256SUMS, or not in its place there"))),
    }
}

/// What the directory says of an entry. It is gone through once, and once more where something is wrong.
fn listed<S: Read + Seek>(
    source: &RefCell<S>,
    place: Place,
    path: &str,
) -> Result<Option<Listed>, VerifyError> {
    let mut directory = Window::new(source, place.from, place.end);
    for _ in 0..place.entries {
        let listed = Listed::read(&mut directory)?;
        if listed.path == path {
            return Ok(Some(listed));
        }
    }
    Ok(None)
}

/// Checksum and name.
fn next_line(sums: &mut impl BufRead) -> Result<Option<(String, String)>, VerifyError> {
    let mut line = String::new();
    if sums.by_ref().take(LARGEST).read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let parts = line.strip_suffix('\n').and_then(|line| line.split_once("  "));
    let parts = parts.ok_or_else(|| wrong("SHA256SUMS has a line that is none"))?;
    Ok(Some((parts.0.to_owned(), parts.1.to_owned())))
}

fn missing(path: &str) -> VerifyError {
    wrong(format!("{path} is missing"))
}
