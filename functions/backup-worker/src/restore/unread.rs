//! What of a backup could not be read: named as far as that is of use, and counted.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::reasons;
use crate::sync::Outcome;

/// How many are named.
const NAMED: usize = 20;

/// What could not be read, in words for the owner.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Unreads {
    count: u64,
    named: Vec<String>,
}

impl Unreads {
    pub(crate) fn add(&mut self, unread: String) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(unread);
        }
    }

    /// The first of them.
    pub(crate) fn named(&self) -> &[String] {
        &self.named
    }

    /// What came of a job of which all else is done.
    pub(crate) fn outcome(&self, result: Value) -> Outcome {
        let outcome = Outcome::of(result);
        match self.count {
            0 => outcome,
            count => outcome.but(reasons::unread_parts(count)),
        }
    }
}
