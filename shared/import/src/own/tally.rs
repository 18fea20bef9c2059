//! What an archive says it holds, held against what was found.

use std::collections::BTreeMap;

use app_archive::Record;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::elements::{parse, reason};

/// The longest word of an archive that is said again.
const NAME_CHARS: usize = 40;

/// How many records of each kind were found.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(super) fn count(&mut self, kind: &str) {
        // Kinds that nobody knows are not as many as somebody likes.
        if self.0.len() < 100 || self.0.contains_key(kind) {
            *self.0.entry(short(kind)).or_default() += 1;
        }
    }

    /// What is wrong, for the person, where counts are not as the archive says.
    pub(super) fn warning(&self, said: &Value) -> Option<String> {
        let said = said.as_object()?;
        let kinds = said.keys().take(100).cloned().chain(self.0.keys().cloned());
        let mut kinds: Vec<String> = kinds.collect();
        kinds.sort_unstable();
        kinds.dedup();
        let wrong: Vec<String> = kinds
            .iter()
            .filter_map(|kind| {
                let said = said.get(kind).and_then(Value::as_u64).unwrap_or_default();
                let found = self.0.get(kind).copied().unwrap_or_default();
                (said != found).then(|| format!("{} of {said} {}", found, short(kind)))
            })
            .collect();
        (!wrong.is_empty())
            .then(|| format!("The archive does not hold what it says. Found were: {}.", wrong.join(", ")))
    }
}

/// What a line or an element of an archive is.
pub(super) enum Line {
    Record(Box<Record>),
    /// The header or the manifest.
    Frame(Map<String, Value>),
    /// Nothing that can be read: its kind, if it has one, and why.
    Unread(Option<String>, String),
}

#[derive(Deserialize)]
struct Kinded {
    kind: Option<String>,
}

/// What JSON is. `implied` is the kind of what names none.
pub(super) fn line(json: &[u8], implied: Option<&'static str>) -> Line {
    let kinded: Kinded = match parse(json) {
        Ok(kinded) => kinded,
        Err(reason) => return Line::Unread(None, reason),
    };
    match kinded.kind.as_deref().or(implied) {
        Some("header" | "manifest") => match serde_json::from_slice(json) {
            Ok(frame) => Line::Frame(frame),
            Err(error) => Line::Unread(None, reason(&error)),
        },
        Some(kind) => {
            let record = match kinded.kind {
                Some(_) => serde_json::from_slice(json),
                None => serde_json::from_slice(json).map(Record::Memory),
            };
            match record {
                Ok(record) => Line::Record(Box::new(record)),
                Err(_) if !is_known(kind) => {
                    let words = format!("It is of a kind that is not known here, “{}”.", short(kind));
                    Line::Unread(Some(short(kind)), words)
                }
                Err(error) => Line::Unread(Some(short(kind)), reason(&error)),
            }
        }
        None => Line::Unread(None, "It does not say of which kind it is.".to_owned()),
    }
}

fn is_known(kind: &str) -> bool {
    app_archive::Kind::ALL.iter().any(|known| known.as_str() == kind)
}

fn short(text: &str) -> String {
    text.chars().filter(|char| !char.is_control()).take(NAME_CHARS).collect()
}
