//! Days begin and end at the midnights of the searcher, whatever the clocks do.

use app_dates::find;
use jiff::Timestamp;

use crate::support::at;

fn span(query: &str, local: &str, zone: &str) -> (Timestamp, Timestamp) {
    let named = find(query, at(local, zone)).unwrap();
    (named.from.unwrap(), named.to)
}

fn utc(from: &str, to: &str) -> (Timestamp, Timestamp) {
    (from.parse().unwrap(), to.parse().unwrap())
}

#[test]
fn the_same_words_mean_another_day_elsewhere() {
    let moment = "2026-11-18T15:30";
    for (zone, from, to) in [
        ("UTC", "2026-11-18T00:00Z", "2026-11-19T00:00Z"),
        ("Pacific/Kiritimati", "2026-11-17T10:00Z", "2026-11-18T10:00Z"),
        ("America/Los_Angeles", "2026-11-18T08:00Z", "2026-11-19T08:00Z"),
        ("Asia/Kathmandu", "2026-11-17T18:15Z", "2026-11-18T18:15Z"),
    ] {
        assert_eq!(span("today", moment, zone), utc(from, to), "{zone}");
    }
}

#[test]
fn a_day_may_have_23_or_25_hours() {
    let spring = span("yesterday", "2026-03-30T09:00", "Europe/Berlin");
    assert_eq!(spring, utc("2026-03-28T23:00Z", "2026-03-29T22:00Z"));
    let autumn = span("yesterday", "2026-10-26T09:00", "Europe/Berlin");
    assert_eq!(autumn, utc("2026-10-24T22:00Z", "2026-10-25T23:00Z"));
}

#[test]
fn a_day_without_midnight_begins_when_it_begins() {
    // Clocks went from 00:00 to 01:00.
    let gap = span("today", "2024-09-08T12:00", "America/Santiago");
    assert_eq!(gap, utc("2024-09-08T04:00Z", "2024-09-09T03:00Z"));
    // They went from 01:00 back to 00:00: the first of both midnights counts.
    let fold = span("today", "2025-11-02T12:00", "America/Havana");
    assert_eq!(fold, utc("2025-11-02T04:00Z", "2025-11-03T05:00Z"));
}

#[test]
fn weeks_begin_on_monday_and_months_are_as_long_as_they_are() {
    let berlin = "Europe/Berlin";
    let on_sunday = span("this week", "2026-11-22T23:59", berlin);
    assert_eq!(on_sunday, utc("2026-11-15T23:00Z", "2026-11-22T23:00Z"));
    let on_monday = span("last week", "2026-11-23T00:00", berlin);
    assert_eq!(on_monday, on_sunday);
    let in_march = span("a month ago", "2024-03-31T12:00", berlin);
    assert_eq!(in_march, utc("2024-01-31T23:00Z", "2024-02-29T23:00Z"));
    let leap_day = span("past year", "2024-02-29T12:00", berlin);
    assert_eq!(leap_day, utc("2023-02-27T23:00Z", "2024-02-29T23:00Z"));
}

#[test]
fn this_weekday_is_the_nearest() {
    let on_sunday = at("2026-11-22T12:00", "Europe/Berlin");
    // The next Monday is tomorrow.
    assert_eq!(find("this monday", on_sunday.clone()), None);
    assert!(find("this friday", on_sunday).is_some());
}
