//! What rows and objects are called, so that the same ones are known when they come again.

use std::collections::HashMap;

use aws_lc_rs::digest::{Context, SHA256};
use serde_json::Value;

use crate::fields::Target;

/// The SHA-256 of everything in a row.
pub(crate) fn hash(values: &[(String, Option<Target>, Value)]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for (name, _, value) in values {
        let value = value.to_string();
        context.update(format!("{}:{}:", name.len(), value.len()).as_bytes());
        context.update(name.as_bytes());
        context.update(value.as_bytes());
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

/// So many ids are remembered, to find those that come twice.
const REMEMBERED: usize = 500_000;

/// What rows are called: by their id, if they have one, else by what is in them. The same row is called the same however often it comes;
/// another row with an id that was there gets a name of its own.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    /// The rows that ids belong to, both by the beginning of their SHA-256.
    seen: HashMap<u64, u64>,
}

impl Keys {
    /// What a row of an id, if it has one, and of a SHA-256 is called.
    pub(crate) fn of(&mut self, id: Option<String>, hash: [u8; 32]) -> String {
        let [a, b, c, d, e, f, g, h, ..] = hash;
        let row = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let Some(id) = id else {
            return format!("row/{}", hex(&hash[..16]));
        };
        let mut context = Context::new(&SHA256);
        context.update(id.as_bytes());
        let digest = context.finish();
        let mut short = [0; 8];
        short.copy_from_slice(&digest.as_ref()[..8]);
        let short = u64::from_be_bytes(short);
        // An id that is no id, but long, is not kept as one.
        let key =
            if id.len() <= 200 { format!("id/{id}") } else { format!("id-sha256/{}", hex(digest.as_ref())) };
        let is_full = self.seen.len() >= REMEMBERED;
        let first = match self.seen.get(&short) {
            Some(first) => *first,
            None if is_full => row,
            None => *self.seen.entry(short).or_insert(row),
        };
        if first == row { key } else { format!("{key}#{row:016x}") }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
