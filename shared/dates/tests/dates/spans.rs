//! What the phrases of languages mean on the day of the search.

use crate::support::{Row, check};

pub(crate) const TODAY: (&str, &str) = ("2026-11-18", "2026-11-19");
pub(crate) const YESTERDAY: (&str, &str) = ("2026-11-17", "2026-11-18");
pub(crate) const BEFORE_YESTERDAY: (&str, &str) = ("2026-11-16", "2026-11-17");
pub(crate) const NIGHT: (&str, &str) = ("2026-11-17T18:00", "2026-11-18T06:00");
pub(crate) const THIS_WEEK: (&str, &str) = ("2026-11-16", "2026-11-23");
pub(crate) const THIS_MONTH: (&str, &str) = ("2026-11-01", "2026-12-01");
pub(crate) const THIS_YEAR: (&str, &str) = ("2026-01-01", "2027-01-01");
pub(crate) const LAST_WEEK: (&str, &str) = ("2026-11-09", "2026-11-16");
pub(crate) const LAST_MONTH: (&str, &str) = ("2026-10-01", "2026-11-01");
pub(crate) const LAST_YEAR: (&str, &str) = ("2025-01-01", "2026-01-01");
pub(crate) const SEVEN_DAYS: (&str, &str) = ("2026-11-11", "2026-11-19");
pub(crate) const TWO_WEEKS: (&str, &str) = ("2026-11-04", "2026-11-19");
pub(crate) const THREE_DAYS_AGO: (&str, &str) = ("2026-11-15", "2026-11-16");
pub(crate) const TWO_MONTHS_AGO: (&str, &str) = ("2026-09-01", "2026-10-01");
pub(crate) const FRIDAY: (&str, &str) = ("2026-11-13", "2026-11-14");
pub(crate) const MONDAY: (&str, &str) = ("2026-11-16", "2026-11-17");
pub(crate) const MARCH: (&str, &str) = ("2026-03-01", "2026-04-01");
pub(crate) const MARCH_2025: (&str, &str) = ("2025-03-01", "2025-04-01");
pub(crate) const IN_2024: (&str, &str) = ("2024-01-01", "2025-01-01");
pub(crate) const SINCE_MARCH: (&str, &str) = ("2026-03-01", "2026-11-19");
pub(crate) const SINCE_2024: (&str, &str) = ("2024-01-01", "2026-11-19");
pub(crate) const BEFORE_2024: (&str, &str) = ("", "2024-01-01");
pub(crate) const AFTER_3_MARCH: (&str, &str) = ("2025-03-04", "2026-11-19");
pub(crate) const DAY: (&str, &str) = ("2025-03-14", "2025-03-15");

/// Each phrase alone, and with other words around it.
pub(crate) fn check_all(word: &str, rows: &[(&str, (&'static str, &'static str))]) {
    for (phrase, (from, to)) in rows {
        let marked: [(String, String); 3] = [
            (format!("<{phrase}>"), String::new()),
            (format!("{word} <{}>?", phrase.to_uppercase()), word.to_owned()),
            (format!("<{phrase}>, {word} 🎉"), format!("{word} 🎉")),
        ];
        for (marked, rest) in marked {
            let row: Row = (marked.leak(), rest.leak(), from, to);
            check(&[row]);
        }
    }
}
