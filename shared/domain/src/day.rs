//! Calendar days in UTC, by which use is counted.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::{Invalid, Timestamp};

/// A calendar day in UTC, such as `2026-11-21`. Its text sorts as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// The day of a time.
    pub fn of(at: Timestamp) -> Self {
        Self(at.to_utc().date())
    }

    /// When it begins.
    pub fn begins_at(self) -> Timestamp {
        self.0.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |begin| Timestamp::from(begin.timestamp()))
    }

    /// When it is over: when the next one begins.
    pub fn ends_at(self) -> Timestamp {
        self.0.tomorrow().map_or(Timestamp::MAX, |next| Self(next).begins_at())
    }

    /// The day so many days before it.
    #[must_use]
    pub fn before(self, days: usize) -> Self {
        let days = i64::try_from(days).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(jiff::Span::new().days(days)))
    }

    /// Its calendar month, such as `2026-11`.
    pub fn month(self) -> String {
        self.begins_at().month()
    }
}

/// As in ISO 8601, with four digits for the year.
impl FromStr for Day {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let day = text.parse::<Date>().map(Self).ok();
        // Other ways to write a day are no keys of it.
        day.filter(|day| day.to_string() == text)
            .ok_or_else(|| Invalid::new("must be a day such as 2026-11-21"))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Days from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    from: Day,
    to: Day,
}

impl Days {
    /// The most days of a person that are read at once: three months.
    pub const MAX_OF_PERSON: usize = 92;
    /// The most days of everybody that are read at once: a month.
    pub const MAX_OF_ALL: usize = 31;

    /// # Errors
    /// If the last comes before the first, or there are more than `max`.
    pub fn parse(from: Day, to: Day, max: usize) -> Result<Self, Invalid> {
        if to < from {
            return Err(Invalid::new("must end on the day it begins or after it"));
        }
        let days = Self { from, to };
        // One more than may be is enough to see that they are too many, however far the last lies ahead.
        if days.each().take(max.saturating_add(1)).count() > max {
            return Err(Invalid::new(format!("must be at most {max} days")));
        }
        Ok(days)
    }

    /// The first.
    pub fn first(self) -> Day {
        self.from
    }

    /// The last.
    pub fn last(self) -> Day {
        self.to
    }

    /// Each of them, in order.
    pub fn each(self) -> impl Iterator<Item = Day> {
        let next = |day: &Day| day.0.tomorrow().ok().map(Day);
        std::iter::successors(Some(self.from), next).take_while(move |day| *day <= self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_of_utc_and_ends_with_the_next() {
        let last: Timestamp = "2028-02-28T23:59:59.999Z".parse().unwrap();
        assert_eq!(Day::of(last).to_string(), "2028-02-28");
        assert_eq!(Day::of(last).ends_at().to_string(), "2028-02-29T00:00:00.000Z");
        assert_eq!(day("2026-12-31").ends_at(), day("2027-01-01").begins_at());
        assert_eq!(
            (day("2026-12-31").month().as_str(), day("9999-12-31").month().as_str()),
            ("2026-12", "9999-12")
        );
        assert_eq!(day("9999-12-31").ends_at(), Timestamp::MAX);
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        for bad in
            ["", "2026-11", "20261121", "2026-11-31", "2026-1-1", "+002026-11-21", "2026-11-21T00:00:00Z"]
        {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
    }

    #[test]
    fn days_are_few_and_in_order() {
        let days = |from, to, max| Days::parse(day(from), day(to), max);
        let over_new_year: Vec<String> =
            days("2026-12-30", "2027-01-01", 3).unwrap().each().map(|day| day.to_string()).collect();
        assert_eq!(over_new_year, ["2026-12-30", "2026-12-31", "2027-01-01"]);
        assert_eq!(days("2026-12-30", "2026-12-30", 1).unwrap().each().count(), 1);
        assert!(days("2026-12-30", "2027-01-01", 2).is_err());
        assert!(days("2026-12-30", "2026-12-29", 92).is_err());
        assert!(days("2026-01-01", "9999-12-31", 92).is_err());
        assert_eq!(days("9999-12-30", "9999-12-31", 92).unwrap().each().count(), 2);
    }
}
