//! A day to search on, and tables of what is found then.

use app_dates::{Named, find};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A moment, by the clocks of a zone.
pub(crate) fn at(local: &str, zone: &str) -> Zoned {
    let zone = TimeZone::get(zone).unwrap();
    local.parse::<DateTime>().unwrap().to_zoned(zone).unwrap()
}

/// A Wednesday afternoon.
pub(crate) fn now() -> Zoned {
    at("2026-11-18T15:30", "Europe/Berlin")
}

/// What is found now.
pub(crate) fn found(query: &str) -> Option<Named> {
    find(query, now())
}

/// The beginning of a day of the search, or a moment of it.
fn moment(local: &str) -> Option<Timestamp> {
    (!local.is_empty()).then(|| at(local, "Europe/Berlin").timestamp())
}

/// A query with its phrase in angle brackets, the rest, and the span from the beginning of one day, if it has one, to that of another.
pub(crate) type Row = (&'static str, &'static str, &'static str, &'static str);

/// Checks every row.
pub(crate) fn check(rows: &[Row]) {
    for &(marked, rest, from, to) in rows {
        let query = marked.replace(['<', '>'], "");
        let named = found(&query).unwrap_or_else(|| panic!("{query}: nothing was found"));
        let begin = marked.find('<').unwrap();
        let end = marked.find('>').unwrap() - 1;
        assert_eq!(&query[named.phrase.clone()], &query[begin..end], "{query}");
        assert_eq!(named.phrase, begin..end, "{query}");
        assert_eq!(named.rest, rest, "{query}");
        assert_eq!(
            (named.from, Some(named.to)),
            (moment(from), moment(to)),
            "{query}: {:?} to {}",
            named.from,
            named.to
        );
    }
}

/// Checks that nothing is found in any of these.
pub(crate) fn check_unsure(queries: &[&str]) {
    for query in queries {
        assert_eq!(found(query), None, "{query}");
    }
}
