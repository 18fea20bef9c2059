//! How long to wait before a request is made again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// No wait is longer, whatever was tried how often.
const MAX_PAUSE: Duration = Duration::from_secs(8);
/// What a server may ask for. Nobody waits that long, but it must not overflow anything.
const MAX_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait before attempt number `next`, the first being 1: twice as long each time, and half of it at random, so that
/// those who failed together do not come back together.
pub(super) fn pause(first: Duration, next: u32) -> Duration {
    let doublings = next.saturating_sub(2).min(16);
    let longest = first.saturating_mul(1 << doublings).min(MAX_PAUSE);
    longest.mul_f64(0.5 + 0.5 * random())
}

/// How long the server wants to be left alone, if it says so in a way that makes sense.
pub(super) fn asked(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    let seconds = match (text("retry-after-ms").and_then(number), text(RETRY_AFTER.as_str())) {
        (Some(millis), _) => millis / 1000.0,
        (None, Some(after)) => number(after).or_else(|| until(after, text(DATE.as_str())?))?,
        (None, None) => return None,
    };
    Some(Duration::from_secs_f64(seconds.min(MAX_ASKED.as_secs_f64())))
}

/// The seconds between two dates of one answer, so that no clock but the server's matters.
fn until(after: &str, now: &str) -> Option<f64> {
    let read = |text| rfc2822::parse(text).ok();
    let span = read(after)?.timestamp().as_second() - read(now)?.timestamp().as_second();
    Some(span.max(0) as f64)
}

/// From 0 to 1. The keys of the standard library's hash maps are random, which is all the randomness that is needed here.
fn random() -> f64 {
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn asked_by(headers: &[(&'static str, &'static str)]) -> Option<f64> {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        asked(&headers.collect()).map(|asked| asked.as_secs_f64())
    }

    #[test]
    fn reads_how_long_a_server_wants_to_be_left_alone() {
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        for (headers, seconds) in [
            (&[("retry-after", "3")][..], Some(3.0)),
            (&[("retry-after", " 0 ")], Some(0.0)),
            (&[("retry-after", "1.5")], Some(1.5)),
            (&[("retry-after-ms", "250"), ("retry-after", "9")], Some(0.25)),
            (&[("retry-after-ms", "soon"), ("retry-after", "9")], Some(9.0)),
            (&[date, ("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT")], Some(30.0)),
            (&[date, ("retry-after", "Wed, 21 Oct 2026 07:20:00 GMT")], Some(0.0)),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT")], None),
            (&[("retry-after", "1e300")], Some(86_400.0)),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "NaN")], None),
            (&[("retry-after", "inf")], None),
            (&[("retry-after", "")], None),
            (&[date], None),
        ] {
            assert_eq!(asked_by(headers), seconds, "{headers:?}");
        }
    }

    #[test]
    fn waits_grow_and_differ_and_end() {
        let first = Duration::from_millis(400);
        for (next, longest_ms) in [(2, 400), (3, 800), (4, 1600), (7, 8000), (u32::MAX, 8000)] {
            let pauses: Vec<_> = (0..50).map(|_| pause(first, next).as_millis()).collect();
            assert!(pauses.iter().all(|pause| (longest_ms / 2..=longest_ms).contains(pause)), "{pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
        }
    }
}
