//! A safe point: all that an export needs in order to go on in another invocation. It is one object, so that it is there as a whole or not
//! at all: a line of JSON, then the bytes of the file that no part has yet.

use std::collections::BTreeMap;

use app_archive::{ContainerState, Totals};
use app_domain::StoreError;
use app_store::SentPart;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::phase::Phase;
use crate::spools::Stretch;
use crate::tally::Looked;

/// What is known at a safe point. It does not grow with the export, but for the parts, of which there are ten thousand at most.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Checkpoint {
    /// What was done last.
    pub(crate) phase: Phase,
    pub(crate) container: ContainerState,
    pub(crate) renderer: Value,
    pub(crate) totals: Totals,
    pub(crate) looked: Looked,
    /// Which pieces each spool has.
    pub(crate) spools: BTreeMap<String, Vec<Stretch>>,
    /// Nothing before the first part.
    pub(crate) upload: Option<Upload>,
}

/// The file in parts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Upload {
    pub(crate) id: String,
    pub(crate) parts: Vec<SentPart>,
}

impl Checkpoint {
    /// As it is kept, with the bytes that no part has yet.
    pub(crate) fn written(&self, tail: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut bytes = serde_json::to_vec(self).map_err(|error| StoreError::Corrupt(Box::new(error)))?;
        bytes.push(b'\n');
        bytes.extend_from_slice(tail);
        Ok(bytes)
    }

    /// What was kept, with those bytes.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, Vec<u8>)> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (line, tail) = bytes.split_at_checked(end)?;
        Some((serde_json::from_slice(line).ok()?, tail.get(1..)?.to_vec()))
    }
}
