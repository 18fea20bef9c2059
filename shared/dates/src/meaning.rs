//! What phrases mean, and the time span that they mean on a given day.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, Zoned};

use crate::calendar::{Period, Unit};

/// What is before this was not made in a memory: a search that names it is about the past, not about when something was
/// saved.
pub(crate) const FIRST_YEAR: i16 = 2000;
/// A later year is a number.
pub(crate) const LAST_YEAR: i16 = 2099;

/// How a phrase relates to the span that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// What was made in it.
    In,
    /// In it and after it.
    Since,
    /// Only before it.
    Before,
    /// Only after it.
    After,
}

/// What kind of span a phrase names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The day that is so many days ago.
    DaysAgo(i16),
    /// The night that ends today.
    LastNight,
    /// This week, month or year.
    This,
    /// The one before.
    Last,
    /// The day, week, month or year that was so many of them ago.
    Ago,
    /// So many days, weeks, months or years up to now.
    UpToNow,
    /// The latest such weekday, which may be today.
    Weekday,
    /// The latest before today.
    LastWeekday,
    /// The one nearest to today.
    ThisWeekday,
    /// The latest such month that has begun.
    Month,
    /// What a date says: a day, a month, a quarter or a year.
    Dated,
    /// What is not sure, although a shorter phrase, or the same in another language, is.
    Unsure,
}

/// What the slots of a phrase were filled with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) number: Option<i16>,
    pub(crate) unit: Option<Unit>,
    /// From Monday, which is 0.
    pub(crate) weekday: Option<i16>,
    pub(crate) day: Option<i8>,
    pub(crate) month: Option<i8>,
    pub(crate) quarter: Option<i8>,
    pub(crate) year: Option<i16>,
}

/// A phrase as it was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) relation: Relation,
    pub(crate) meaning: Meaning,
    pub(crate) slots: Slots,
}

impl Reading {
    /// The span that it means now; none if there is no such day, or if it has not begun. What is before something has no beginning.
    pub(crate) fn span(self, now: &Zoned) -> Option<(Option<Timestamp>, Timestamp)> {
        let named = self.period(now.date())?;
        let first_day = Date::new(FIRST_YEAR, 1, 1).ok()?;
        if named.from < first_day.into() {
            return None;
        }
        let end_of_today = DateTime::from(now.date().tomorrow().ok()?);
        let (from, to) = match self.relation {
            Relation::In => (Some(named.from), named.to),
            Relation::Since => (Some(named.from), end_of_today),
            Relation::Before => (None, named.from),
            Relation::After => (Some(named.to), end_of_today),
        };
        let at =
            |local: DateTime| local.to_zoned(now.time_zone().clone()).map(|zoned| zoned.timestamp()).ok();
        let to = at(to)?;
        let Some(from) = from else {
            // Before a day to come is always.
            return (to <= now.timestamp()).then_some((None, to));
        };
        let from = at(from)?;
        // After today is never.
        (from <= now.timestamp() && from < to).then_some((Some(from), to))
    }

    fn period(self, today: Date) -> Option<Period> {
        let Slots { number, unit, weekday, .. } = self.slots;
        match self.meaning {
            Meaning::DaysAgo(days) => Period::ago(today, days, Unit::Day),
            Meaning::LastNight => Period::night_before(today),
            Meaning::This => Period::ago(today, 0, unit?),
            Meaning::Last => Period::ago(today, 1, unit?),
            Meaning::Ago => Period::ago(today, number?, unit?),
            Meaning::UpToNow => Period::up_to(today, number.unwrap_or(1), unit?),
            Meaning::Weekday => Period::ago(today, days_since(weekday?, today), Unit::Day),
            // Today is a week after the last such day.
            Meaning::LastWeekday => {
                Period::ago(today, 1 + days_since(weekday?, today.yesterday().ok()?), Unit::Day)
            }
            Meaning::ThisWeekday => {
                let days = days_since(weekday?, today);
                // Else the next one is nearer.
                (days <= 3).then(|| Period::ago(today, days, Unit::Day))?
            }
            Meaning::Month => {
                let month = self.slots.month?;
                Period::month(if month <= today.month() { today.year() } else { today.year() - 1 }, month)
            }
            Meaning::Dated => self.slots.dated(),
            Meaning::Unsure => None,
        }
    }
}

impl Slots {
    fn dated(self) -> Option<Period> {
        match (self.year?, self.quarter, self.month, self.day) {
            (year, _, Some(month), Some(day)) => Period::day(year, month, day),
            (year, _, Some(month), None) => Period::month(year, month),
            (year, Some(quarter), ..) => Period::quarter(year, quarter),
            (year, ..) => Period::year(year),
        }
    }
}

/// How long ago the latest such weekday was.
fn days_since(weekday: i16, today: Date) -> i16 {
    (i16::from(today.weekday().to_monday_zero_offset()) - weekday).rem_euclid(7)
}
