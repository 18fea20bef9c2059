//! JSON as text, of what can always be written as JSON.

use serde::Serialize;

/// On one line. For types of this crate alone.
#[expect(
    clippy::expect_used,
    reason = "JSON fails for keys that are no text, and for writers; a record has no such keys"
)]
pub(crate) fn line<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("records can be written as JSON")
}

/// To be read by people.
#[expect(clippy::expect_used, reason = "as above")]
pub(crate) fn pretty<T: Serialize>(value: &T) -> String {
    serde_json::to_string_pretty(value).expect("manifests can be written as JSON") + "\n"
}
