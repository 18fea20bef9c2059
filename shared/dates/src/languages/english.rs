//! English.

use app_text::language::Language;

use crate::meaning::Meaning::*;
use crate::meaning::Relation::*;
use crate::table::Table;

pub(super) const TABLE: Table = Table {
    language: Language::English,
    numbers: [
        "one|a|an", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ],
    units: [("day", "days"), ("week", "weeks"), ("month", "months"), ("year", "years")],
    weekdays: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
    months: [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    short_months: ["jan", "feb", "mar", "apr", "", "jun", "jul", "aug", "sep|sept", "oct", "nov", "dec"],
    leads: &[("from|in|on|during", In), ("since", Since), ("before", Before), ("after", After)],
    spans: &[
        ("today", DaysAgo(0)),
        ("this morning", DaysAgo(0)),
        ("yesterday (morning|afternoon|evening)", DaysAgo(1)),
        ("(the) day before yesterday", DaysAgo(2)),
        ("last night", LastNight),
        ("this UNIT", This),
        ("last UNIT", Last),
        ("N UNITS ago", Ago),
        ("this WEEKDAY", ThisWeekday),
        ("last WEEKDAY", LastWeekday),
        ("(the) DAY (of) MON (,) YEAR", Dated),
        ("MON (the) DAY (,) YEAR", Dated),
        ("MON (of) YEAR", Dated),
    ],
    whole: &[
        ("(in|over|during|within|from) (the) last|past N UNITS", UpToNow),
        ("in|over|during|within|from the last UNIT", UpToNow),
        ("(in|over|during|within|from) (the) past UNIT", UpToNow),
        ("on WEEKDAY (morning|afternoon|evening)", Weekday),
        ("in MONTH", Month),
        ("in|from (the) (year) YEAR", Dated),
        ("from (the) (year) YEAR on", Unsure),
    ],
    shared: &[],
    // "Taxes for last year" may be of this year, and USA Today is a newspaper.
    doubt_before: "the my your his her our their its each every next for of until till by between than like as not version \
                   release build v usa",
    doubt_after: "morning noon afternoon evening night or to until till through next onwards",
    part_of: "of before after",
};
