//! Records in several entries of a ZIP, whose manifest and checksums are in others.

use std::collections::HashMap;
use std::io::{BufReader, Read};
use std::ops::ControlFlow;

use app_archive::{MANIFEST, SUMS};
use serde_json::{Map, Value};

use super::seal::Seal;
use super::single::give;
use super::tally::{Line, Tally, line};
use super::{CHECKS, is_ours, version};
use crate::archive::Archive;
use crate::lines::{Lines, MAX_BYTES};
use crate::text::Utf8;
use crate::{ImportError, Out};

/// Checksums by the names of entries.
type Sums = HashMap<String, String>;

/// What is known of an archive beside its parts.
#[derive(Default)]
struct Frame {
    /// Its manifest, if it can be read.
    manifest: Option<Map<String, Value>>,
    /// The SHA-256 of its parts, by their names.
    sums: Sums,
    /// What is wrong with it.
    warnings: Vec<String>,
}

pub(super) fn read(
    archive: &mut Archive<'_>,
    parts: &[usize],
    root: &str,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let mut frame = frame(archive, root)?;
    let mut tally = Tally::default();
    for (number, part) in (0..).zip(parts) {
        let name = archive.entries().get(*part).map(|entry| entry.name.clone()).unwrap_or_default();
        let said = frame.sums.remove(name.strip_prefix(root).unwrap_or(&name));
        // A part that was given before is read for its counts only.
        let is_wanted = out.entry(number);
        let read = part_of(archive, *part, root, said.as_deref(), &mut tally, is_wanted, out);
        let broken = match read {
            Ok(ControlFlow::Continue(())) => continue,
            Ok(ControlFlow::Break(())) => return Ok(ControlFlow::Break(())),
            Err(error) => error.of_entry()?,
        };
        if is_wanted && out.trouble("record", name, format!("It breaks off: {broken}.")).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    out.entry(CHECKS);
    Ok(check(frame, &tally, out))
}

fn part_of(
    archive: &mut Archive<'_>,
    part: usize,
    root: &str,
    said: Option<&str>,
    tally: &mut Tally,
    is_wanted: bool,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let name = archive.entries().get(part).map(|entry| entry.name.clone()).unwrap_or_default();
    let mut lines = Lines::new(BufReader::new(Utf8::new(Seal::new(archive.open(part)?))));
    for text in &mut lines {
        let text = text?;
        let line = match &text.text {
            Ok(json) if json.trim_ascii().is_empty() => continue,
            Ok(json) => line(json, None),
            Err(reason) => Line::Unread(None, (*reason).to_owned()),
        };
        if is_wanted {
            let key = format!("{name}, line {}", text.number);
            if give(line, key, root, tally, out).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            continue;
        }
        match line {
            Line::Record(record) => tally.count(record.kind().as_str()),
            Line::Unread(Some(kind), _) => tally.count(&kind),
            Line::Unread(None, _) | Line::Frame(_) => {}
        }
    }
    if !is_wanted {
        return Ok(ControlFlow::Continue(()));
    }
    let text = lines.into_inner().into_inner();
    if text.has_mistakes()
        && out.warning(format!("Some characters in “{name}” cannot be read. They are shown as �.")).is_break()
    {
        return Ok(ControlFlow::Break(()));
    }
    let (sha256, _) = text.into_inner().finish()?;
    let warning = match said {
        Some(said) if said == sha256 => return Ok(ControlFlow::Continue(())),
        Some(_) => format!("“{name}” is not as it was written: its checksum is another."),
        None => format!("“{name}” has no checksum in the archive: it may have been put there later."),
    };
    Ok(out.warning(warning))
}

/// Reads the manifest and the checksums.
fn frame(archive: &mut Archive<'_>, root: &str) -> Result<Frame, ImportError> {
    let mut frame = Frame::default();
    let Some(manifest) = small(archive, &format!("{root}{MANIFEST}"))? else {
        frame.warnings.push("The manifest of the archive is missing: nothing can be checked.".to_owned());
        return Ok(frame);
    };
    let manifest: Option<Map<String, Value>> = serde_json::from_slice(&manifest).ok();
    let Some(manifest) = manifest.filter(is_ours) else {
        frame.warnings.push("The manifest of the archive cannot be read: nothing can be checked.".to_owned());
        return Ok(frame);
    };
    version(&manifest)?;
    match sums(archive, &format!("{root}{SUMS}"))? {
        Some((sums, found)) => {
            let said = manifest.get("checksums").and_then(|sums| sums.get("sha256")).and_then(Value::as_str);
            if said.is_some_and(|said| said != found) {
                frame.warnings.push(format!("“{SUMS}” is not as it was written: its checksum is another."));
            }
            frame.sums = sums;
        }
        None => frame.warnings.push(format!("“{SUMS}” is missing or damaged: records cannot be checked.")),
    }
    frame.manifest = Some(manifest);
    Ok(frame)
}

/// The checksums of parts, and that of the list. Those of files are theirs.
fn sums(archive: &mut Archive<'_>, name: &str) -> Result<Option<(Sums, String)>, ImportError> {
    let Some(index) = archive.find(name) else { return Ok(None) };
    let read = archive.open(index).and_then(|reader| {
        let mut lines = Lines::new(BufReader::new(Seal::new(reader)));
        let mut sums = Sums::new();
        for line in &mut lines {
            let Ok(text) = line?.text else { continue };
            let Some((sum, name)) = std::str::from_utf8(&text).ok().and_then(|text| text.split_once(' '))
            else {
                continue;
            };
            let name = name.trim_start_matches([' ', '*']);
            if name.starts_with("records-") && sum.len() == 64 {
                sums.insert(name.to_owned(), sum.to_ascii_lowercase());
            }
        }
        let (sha256, _) = lines.into_inner().into_inner().finish()?;
        Ok((sums, sha256))
    });
    read.map(Some).or_else(|error| error.of_entry().map(|_| None))
}

/// An entry that is small, if it is there and can be read.
fn small(archive: &mut Archive<'_>, name: &str) -> Result<Option<Vec<u8>>, ImportError> {
    let Some(index) = archive.find(name) else { return Ok(None) };
    let mut bytes = Vec::new();
    let read = archive.open(index).and_then(|reader| {
        let read = reader.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes);
        read.map_err(ImportError::from)
    });
    match read {
        Ok(_) => Ok(Some(bytes).filter(|bytes| bytes.len() <= MAX_BYTES)),
        Err(error) => error.of_entry().map(|_| None),
    }
}

fn check(mut frame: Frame, tally: &Tally, out: &mut Out<'_>) -> ControlFlow<()> {
    let mut missing: Vec<&String> = frame.sums.keys().collect();
    missing.sort_unstable();
    for name in missing.into_iter().take(20) {
        frame.warnings.push(format!("“{name}” is missing in the archive, and the records in it with it."));
    }
    let counts = frame.manifest.as_ref().and_then(|manifest| manifest.get("counts"));
    frame.warnings.extend(counts.and_then(|counts| tally.warning(counts)));
    for warning in frame.warnings {
        out.warning(warning)?;
    }
    ControlFlow::Continue(())
}
