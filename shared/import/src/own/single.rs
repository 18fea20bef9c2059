//! Records in one file, with a header before and a manifest behind them.

use std::io::BufReader;
use std::ops::ControlFlow;

use app_archive::Record;
use serde_json::{Map, Value};

use super::layout::Form;
use super::seal::Seal;
use super::tally::{Line, Tally, line};
use super::version;
use crate::archive::Archive;
use crate::elements::elements;
use crate::lines::Lines;
use crate::text::Utf8;
use crate::{ImportError, Item, Out};

/// What is said where an archive is not as it was written.
const CHANGED: &str =
    "The archive is not as it was written: its checksum is another. What can be read of it is brought in.";
const CUT: &str =
    "The end of the archive is missing: it may have been cut off. What can be read of it is brought in.";
const MISTAKES: &str = "Some characters in the archive cannot be read. They are shown as �.";

pub(super) fn read(
    archive: &mut Archive<'_>,
    entry: usize,
    form: Form,
    root: &str,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    if !out.entry(0) {
        return Ok(ControlFlow::Continue(()));
    }
    let read = match form {
        Form::Document { member } => document(archive, entry, member, root, out),
        Form::Lines => lines(archive, entry, root, out),
    };
    match read {
        Err(error) => {
            let reason = error.of_entry()?;
            Ok(out.trouble("record", "archive", format!("It breaks off: {reason}.")))
        }
        read => read,
    }
}

fn document(
    archive: &mut Archive<'_>,
    entry: usize,
    member: &'static str,
    root: &str,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let mut elements = elements(Seal::new(archive.open(entry)?), Some(member));
    // Those of earlier versions are memories, and do not say so.
    let implied = (member == "memories").then_some("memory");
    let mut tally = Tally::default();
    let mut is_checked = false;
    while let Some(element) = elements.next() {
        if !is_checked {
            version(elements.others())?;
            is_checked = true;
        }
        let element = element?;
        let (key, json) = (format!("record {}", element.number), element.json);
        let line = match &json {
            Ok(json) => line(json, implied),
            Err(reason) => Line::Unread(None, (*reason).to_owned()),
        };
        if give(line, key, root, &mut tally, out).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    version(elements.others())?;
    if elements.has_mistakes() && out.warning(MISTAKES).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let others = elements.others().clone();
    let (_, sha256) = elements.into_inner().finish()?;
    let mut manifest = others.get("manifest").and_then(Value::as_object).cloned();
    if implied.is_some() {
        // The counts of earlier versions have names in the plural, and there are no checksums.
        let memories = others.get("counts").and_then(|counts| counts.get("memories")).cloned();
        manifest = memories
            .map(|memories| Map::from_iter([("counts".to_owned(), serde_json::json!({"memory": memories}))]));
    }
    Ok(check(manifest.as_ref(), &sha256, &tally, out))
}

fn lines(
    archive: &mut Archive<'_>,
    entry: usize,
    root: &str,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    let reader = BufReader::new(Utf8::new(Seal::new(archive.open(entry)?)));
    let mut lines = Lines::new(reader);
    let (mut tally, mut manifest) = (Tally::default(), None);
    for text in &mut lines {
        let text = text?;
        let (key, json) = (format!("line {}", text.number), text.text);
        let is_empty = json.as_ref().is_ok_and(|json| json.trim_ascii().is_empty());
        if is_empty {
            continue;
        }
        let line = match &json {
            Ok(json) => line(json, None),
            Err(reason) => Line::Unread(None, (*reason).to_owned()),
        };
        match line {
            Line::Frame(frame) if frame.contains_key("counts") => manifest = Some(frame),
            Line::Frame(frame) => {
                version(&frame)?;
            }
            line => {
                if give(line, key, root, &mut tally, out).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
    }
    let text = lines.into_inner().into_inner();
    if text.has_mistakes() && out.warning(MISTAKES).is_break() {
        return Ok(ControlFlow::Break(()));
    }
    let (_, sha256) = text.into_inner().finish()?;
    Ok(check(manifest.as_ref(), &sha256, &tally, out))
}

/// Gives what a line is.
pub(super) fn give(
    line: Line,
    key: String,
    root: &str,
    tally: &mut Tally,
    out: &mut Out<'_>,
) -> ControlFlow<()> {
    match line {
        Line::Record(mut record) => {
            tally.count(record.kind().as_str());
            if let Record::File(file) = record.as_mut() {
                // Names in the archive begin where its folder was put.
                file.path = file.path.take().map(|path| format!("{root}{path}"));
            }
            out.give(Item::Record(record))
        }
        Line::Frame(_) => ControlFlow::Continue(()),
        Line::Unread(kind, reason) => {
            if let Some(kind) = kind {
                tally.count(&kind);
            }
            out.trouble("record", key, reason)
        }
    }
}

/// Says what is not as the manifest says.
fn check(
    manifest: Option<&Map<String, Value>>,
    sha256: &str,
    tally: &Tally,
    out: &mut Out<'_>,
) -> ControlFlow<()> {
    let Some(manifest) = manifest else { return out.warning(CUT) };
    if manifest.get("sha256").and_then(Value::as_str).is_some_and(|said| said != sha256) {
        out.warning(CHANGED)?;
    }
    match manifest.get("counts").and_then(|counts| tally.warning(counts)) {
        Some(warning) => out.warning(warning),
        None => ControlFlow::Continue(()),
    }
}
