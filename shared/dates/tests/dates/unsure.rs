//! What is not sure, and so not a time span.

use crate::support::check_unsure;

#[test]
fn words_that_are_also_names_of_times() {
    check_unsure(&[
        "may the force",
        "march on washington",
        "April",
        "mars",
        "august 14",
        "Friday night lights",
        "black friday",
        "blink 182",
        "1984",
        "2024",
        "last christmas song",
        "first and last",
        "7 days",
        "hotel hier",
        "wer war hier",
        "wer war da 2024",
        "usa today",
        "q3",
        "next",
        "",
        "🎉",
    ]);
}

#[test]
fn parts_of_something_else() {
    check_unsure(&[
        // The last week of school is not the week before this one, and nobody says when it was.
        "the last week of school",
        "last week of school",
        "the last week",
        "my last year",
        "letzte Woche der Ferien",
        "die letzte Woche",
        "la semaine dernière du camp",
        "last week's notes",
        "last year’s taxes",
        "yesterday's",
        "budget for this year",
        "until yesterday",
        "bis gestern",
        "jusqu’à hier soir",
        "last friday night",
        "march last year",
        "friday last week",
        "last week in june",
        "Montag letzter Woche",
        "in March 15",
        "on monday next week",
        "el lunes que viene",
        "last-week",
        "dentist-yesterday",
        "yesterday/today",
    ]);
}

#[test]
fn numbers_that_are_no_dates() {
    check_unsure(&[
        "version 2.3.2025",
        "v 2.3.2025",
        "2.3.2025.1",
        "127.0.0.1",
        "3/4/2025",
        "03-04-2025",
        "14/15/2025",
        "14.03/2025",
        "14.03.25",
        "2025-3-14",
        "INV-2025-03-14",
        "2025-03-14.pdf",
        "2025-03-14-2",
        "2025-02-30",
        "30.02.2025",
        "31 February 2025",
        "33 march 2025",
        "in 1984",
        "march 1984",
        "in 20245",
        "last 0 days",
        "last 12345 days",
        "9999 years ago",
        "q5 2025",
    ]);
}

#[test]
fn quoted_or_left_out() {
    check_unsure(&[
        "\"last week\"",
        "dentist \"bill of last week\"",
        "“last week” dentist",
        "„letzte Woche“",
        "«la semaine dernière»",
        "\"last week",
        "-yesterday",
        "dentist -today",
        "5\" tube \"last week\"",
    ]);
}

#[test]
fn more_than_one() {
    check_unsure(&[
        "yesterday and today",
        "last week or last month",
        "in 2023 and 2024",
        "between 2023 and 2024",
        "between march 2023 and april 2024",
        "from 2023 to 2024",
        "from 2023 on",
        "a year ago today",
        "yesterday -today",
    ]);
}

#[test]
fn the_future() {
    check_unsure(&[
        "tomorrow",
        "next week",
        "in 2030",
        "in december 2026",
        "2026-11-19",
        "before 2030",
        "after this year",
        "since 2027",
        "in 2 weeks",
        "this friday",
        "diesen Freitag",
        "heute Abend",
        "am Montag nächste Woche",
        "morgen",
        "demain",
        "mañana",
    ]);
}
