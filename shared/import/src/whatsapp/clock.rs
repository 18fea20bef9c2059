//! When messages were sent, of what the clock on the wall showed.

use std::collections::BTreeMap;

use app_domain::Timestamp;
use jiff::Unit;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Messages that arrive late are listed a little out of order.
const DISORDER_SECONDS: f64 = 300.0;
/// So many moments are remembered.
const MAX_MOMENTS: usize = 10_000;

/// Turns times of a chat into moments. Two messages of a chat are never at the same one as long as there is room: those of one minute, or
/// of one second where there are seconds, follow each other by a millisecond, because messages are listed by their time.
pub(super) struct Clock {
    zone: TimeZone,
    last: Option<jiff::Timestamp>,
    counts: BTreeMap<jiff::Timestamp, u16>,
}

impl Clock {
    /// A clock on a wall there.
    pub(super) fn new(zone: TimeZone) -> Self {
        Self { zone, last: None, counts: BTreeMap::new() }
    }

    /// When that was. `None` at the ends of time.
    pub(super) fn at(&mut self, local: DateTime, has_seconds: bool) -> Option<Timestamp> {
        let at = self.moment(local)?;
        self.last = Some(at);
        if self.counts.len() >= MAX_MOMENTS && !self.counts.contains_key(&at) {
            // Late ones are minutes late, not months.
            self.counts.pop_first();
        }
        let count = self.counts.entry(at).or_default();
        let millis = i64::from(*count).min(if has_seconds { 999 } else { 59_999 });
        *count = count.saturating_add(1);
        Timestamp::from_millis(at.as_millisecond() + millis)
    }

    /// An hour that is there twice is the second one when the chat is past the first. One that is not there is an hour later.
    fn moment(&self, local: DateTime) -> Option<jiff::Timestamp> {
        let ambiguous = self.zone.to_ambiguous_timestamp(local);
        if let (AmbiguousOffset::Fold { before, after }, Some(last)) = (ambiguous.offset(), self.last) {
            let (first, second) = (before.to_timestamp(local).ok()?, after.to_timestamp(local).ok()?);
            let is_past = first
                .until(last)
                .and_then(|span| span.total(Unit::Second))
                .is_ok_and(|gone| gone > DISORDER_SECONDS);
            return Some(if is_past { second } else { first });
        }
        ambiguous.compatible().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(times: &[&str]) -> Vec<String> {
        let mut clock = Clock::new(TimeZone::get("Europe/Berlin").unwrap());
        times.iter().map(|time| clock.at(time.parse().unwrap(), false).unwrap().to_string()).collect()
    }

    #[test]
    fn the_hour_that_is_there_twice_is_told_apart_by_what_was_before() {
        assert_eq!(
            told(&[
                "2026-10-25T02:10",
                "2026-10-25T02:50",
                "2026-10-25T02:49",
                "2026-10-25T02:10",
                "2026-10-25T02:55",
                "2026-10-25T03:01"
            ]),
            [
                "2026-10-25T00:10:00.000Z",
                "2026-10-25T00:50:00.000Z",
                "2026-10-25T00:49:00.000Z",
                "2026-10-25T01:10:00.000Z",
                "2026-10-25T01:55:00.000Z",
                "2026-10-25T02:01:00.000Z",
            ]
        );
    }

    #[test]
    fn the_hour_that_is_not_there_is_an_hour_later() {
        assert_eq!(told(&["2026-03-29T02:30"]), ["2026-03-29T01:30:00.000Z"]);
    }

    #[test]
    fn messages_of_a_minute_keep_their_order() {
        assert_eq!(
            told(&["2026-07-01T12:00"; 3])[1..],
            ["2026-07-01T10:00:00.001Z", "2026-07-01T10:00:00.002Z"]
        );
    }
}
