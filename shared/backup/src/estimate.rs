//! How long a backup is likely to take.

use std::time::Duration;

/// What a backup takes besides: lists, the manifest, the wait in the queue.
const BEGINNING: Duration = Duration::from_secs(5);
/// So many records are read and packed in a second.
const ITEMS_A_SECOND: f64 = 1_500.0;
/// So many bytes go to a drive in a second.
const BYTES_A_SECOND: f64 = 3e6;
/// No run is so short that the next could be told by it alone.
const TELLING_ITEMS: u64 = 1_000;

/// A run that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastRun {
    /// Memories and conversations that were dealt with.
    pub items: u64,
    /// Bytes that were sent.
    pub bytes: u64,
    /// How long it took.
    pub took: Duration,
}

/// How long it is likely to take to go through so many items and to send so many bytes; by the last run of the same account, if that tells.
pub fn estimate(items: u64, bytes: u64, last: Option<LastRun>) -> Duration {
    let usual = |items: u64, bytes: u64| {
        BEGINNING.as_secs_f64() + items as f64 / ITEMS_A_SECOND + bytes as f64 / BYTES_A_SECOND
    };
    let expected = usual(items, bytes);
    let telling = last.filter(|last| last.items >= TELLING_ITEMS || last.bytes >= TELLING_ITEMS * 1000);
    // A drive that was slow once may be slow again, but not without end.
    let factor = telling
        .map_or(1.0, |last| (last.took.as_secs_f64() / usual(last.items, last.bytes)).clamp(0.2, 20.0));
    Duration::from_secs_f64((expected * factor).clamp(1.0, 7.0 * 24.0 * 3600.0))
}
