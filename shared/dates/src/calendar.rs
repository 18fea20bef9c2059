//! Days, weeks, months, quarters and years of the calendar.

use jiff::civil::{Date, DateTime};
use jiff::{Span, ToSpan};

/// What spans are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Day,
    /// From Monday.
    Week,
    Month,
    Year,
}

impl Unit {
    /// In the order of a table.
    pub(crate) const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// So many of them. Four digits are never too many for a span.
    fn times(self, count: i16) -> Option<Span> {
        let span = Span::new();
        match self {
            Self::Day => span.try_days(count),
            Self::Week => span.try_weeks(count),
            Self::Month => span.try_months(count),
            Self::Year => span.try_years(count),
        }
        .ok()
    }

    /// The first day of the one that holds this day.
    fn first_day(self, day: Date) -> Option<Date> {
        match self {
            Self::Day => Some(day),
            Self::Week => day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok(),
            Self::Month => Some(day.first_of_month()),
            Self::Year => Some(day.first_of_year()),
        }
    }
}

/// A time span on the clocks of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) from: DateTime,
    /// No longer part of it.
    pub(crate) to: DateTime,
}

impl Period {
    /// So many units from the first day on.
    fn of(first_day: Date, count: i16, unit: Unit) -> Option<Self> {
        let to = first_day.checked_add(unit.times(count)?).ok()?;
        Some(Self { from: first_day.into(), to: to.into() })
    }

    /// The day, week, month or year that was so many of them ago.
    pub(crate) fn ago(today: Date, count: i16, unit: Unit) -> Option<Self> {
        let then = today.checked_sub(unit.times(count)?).ok()?;
        Self::of(unit.first_day(then)?, 1, unit)
    }

    /// From the day that was so many units ago to the end of today.
    pub(crate) fn up_to(today: Date, count: i16, unit: Unit) -> Option<Self> {
        let from = today.checked_sub(unit.times(count)?).ok()?;
        Some(Self { from: from.into(), to: today.tomorrow().ok()?.into() })
    }

    /// From the evening before, at six, to six in the morning.
    pub(crate) fn night_before(today: Date) -> Option<Self> {
        let evening = today.yesterday().ok()?.at(18, 0, 0, 0);
        Some(Self { from: evening, to: today.at(6, 0, 0, 0) })
    }

    /// One day, if there is such a day.
    pub(crate) fn day(year: i16, month: i8, day: i8) -> Option<Self> {
        Self::of(Date::new(year, month, day).ok()?, 1, Unit::Day)
    }

    /// One month.
    pub(crate) fn month(year: i16, month: i8) -> Option<Self> {
        Self::of(Date::new(year, month, 1).ok()?, 1, Unit::Month)
    }

    /// Three months.
    pub(crate) fn quarter(year: i16, quarter: i8) -> Option<Self> {
        Self::of(Date::new(year, 3 * quarter - 2, 1).ok()?, 3, Unit::Month)
    }

    /// One year.
    pub(crate) fn year(year: i16) -> Option<Self> {
        Self::of(Date::new(year, 1, 1).ok()?, 1, Unit::Year)
    }
}
