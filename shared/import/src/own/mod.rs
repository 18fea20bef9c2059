//! Archives of our own: `json`, `jsonl`, a ZIP with either, a ZIP with `records-*.jsonl`, and the JSON document of earlier versions.
//! Records are given as they are: whoever makes entities of them checks them. That an archive is as it was written (checksums, counts)
//! is checked too, and said: what can be read of one that was changed is still its owner's.

mod layout;
mod parts;
mod seal;
mod single;
mod tally;

use std::ops::ControlFlow;

use app_archive::{FORMAT, VERSION};
use serde_json::{Map, Value};

use crate::archive::Archive;
use crate::{ImportError, Options, Out};

use layout::Layout;

/// Checks of the archive as a whole are given behind its parts.
const CHECKS: u32 = crate::LAST - 1;

pub(crate) fn recognises(archive: &mut Archive<'_>) -> bool {
    layout::of(archive).is_some()
}

pub(crate) fn read(
    archive: &mut Archive<'_>,
    _: &Options,
    out: &mut Out<'_>,
) -> Result<ControlFlow<()>, ImportError> {
    match layout::of(archive) {
        Some(Layout::Single { entry, form, root }) => single::read(archive, entry, form, &root, out),
        Some(Layout::Parts { parts, root }) => parts::read(archive, &parts, &root, out),
        None => {
            archive.check()?;
            Err(ImportError::Unknown(
                "it is no export of this product, or its records are not in it".to_owned(),
            ))
        }
    }
}

/// Whether a header or a manifest is of our format.
fn is_ours(header: &Map<String, Value>) -> bool {
    header.get("format").and_then(Value::as_str) == Some(FORMAT)
}

/// The version that a header or a manifest names.
///
/// # Errors
/// If it is one that is not known here yet.
fn version(header: &Map<String, Value>) -> Result<u64, ImportError> {
    match header.get("version").and_then(Value::as_u64) {
        Some(version) if version > u64::from(VERSION) => Err(ImportError::Newer(version)),
        version => Ok(version.unwrap_or_default()),
    }
}
