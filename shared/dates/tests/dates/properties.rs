//! What holds for any text and any day.

use app_dates::find;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use proptest::prelude::*;

use crate::support::now;

/// Parts that phrases are made of, and what stands around them.
const PARTS: &[&str] = &[
    "last",
    "week",
    "the",
    "in",
    "march",
    "2025",
    "14",
    "14.",
    ".",
    ",",
    "-",
    "\"",
    "“",
    "”",
    "(",
    ")",
    "’",
    "il y a",
    "hier",
    "avant-",
    "yesterday",
    "mañana",
    "ayer",
    "a\u{301}o",
    "l'",
    "année",
    "dernière",
    "since",
    "before",
    "ago",
    "2",
    "two",
    "days",
    "on",
    "monday",
    "q3",
    "2025-03-14",
    "14/03/2025",
    "🎉",
    "停车场",
    "dentist",
    "\u{200b}",
    "\n",
    "ß",
    "İ",
    "٣",
];

fn query() -> impl Strategy<Value = String> {
    let parts = prop::collection::vec((prop::sample::select(PARTS), prop::bool::weighted(0.8)), 0..12);
    parts.prop_map(|parts| {
        parts.iter().map(|(part, is_apart)| format!("{part}{}", if *is_apart { " " } else { "" })).collect()
    })
}

fn moment() -> impl Strategy<Value = Zoned> {
    let zones = prop::sample::select(
        &["UTC", "Europe/Berlin", "America/Havana", "Pacific/Apia", "Asia/Kathmandu"][..],
    );
    let seconds = prop_oneof![
        8 => 946_684_800_i64..4_102_444_800,
        1 => Timestamp::MIN.as_second()..Timestamp::MAX.as_second(),
        1 => Just(Timestamp::MIN.as_second()),
        1 => Just(Timestamp::MAX.as_second()),
    ];
    (seconds, zones).prop_map(|(second, zone)| {
        Timestamp::from_second(second).unwrap().to_zoned(TimeZone::get(zone).unwrap())
    })
}

fn check(query: &str, now: Zoned) {
    let Some(named) = find(query, now.clone()) else {
        return;
    };
    let phrase = &query[named.phrase.clone()];
    assert!(!phrase.is_empty() && phrase.trim() == phrase, "{phrase:?}");
    let from = named.from.unwrap_or(Timestamp::MIN);
    assert!(from < named.to && from <= now.timestamp());
    // What is left is the query around the phrase, letter by letter.
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let around = format!("{}{}", &query[..named.phrase.start], &query[named.phrase.end..]);
    assert_eq!(letters(&named.rest), letters(&around));
    assert!(!named.rest.contains("  ") && named.rest.trim() == named.rest);
    // Alone it means the same, if it needs no other words to be sure.
    if let Some(alone) = find(phrase, now) {
        assert_eq!((alone.from, alone.to, alone.rest.as_str()), (named.from, named.to, ""));
    }
}

proptest! {
    #[test]
    fn phrase_and_rest_are_the_query(query in query(), now in moment()) {
        check(&query, now);
    }

    #[test]
    fn any_text_is_a_query(query in any::<String>(), now in moment()) {
        check(&query, now);
    }
}

#[test]
fn long_queries_cost_little() {
    for part in PARTS {
        for bytes in [900, 1024, 10 * 1024] {
            let query = format!("{part} ").repeat(bytes / (part.len() + 1));
            check(&query, now());
        }
    }
}
