//! Whether the day or the month stands first, found out from a whole chat.

use jiff::civil::Date;

use super::stamp::{Number, Stamp};

/// In which order the numbers of a date stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
    YearDayMonth,
}

impl Order {
    /// Those that are likelier stand first.
    pub(super) const ALL: [Self; 4] =
        [Self::DayMonthYear, Self::MonthDayYear, Self::YearMonthDay, Self::YearDayMonth];

    /// What the numbers mean in this order; `None` if there is no such day, or it was before there were chats.
    pub(super) fn read(self, date: [Number; 3]) -> Option<Date> {
        let [first, second, third] = date;
        let (year, month, day) = match self {
            Self::DayMonthYear => (third, second, first),
            Self::MonthDayYear => (third, first, second),
            Self::YearMonthDay => (first, second, third),
            // Nobody writes it so with two digits.
            Self::YearDayMonth => (Some(first).filter(|year| year.digits == 4)?, third, second),
        };
        if month.digits > 2 || day.digits > 2 {
            return None;
        }
        let (month, day) = (u8::try_from(month.value).ok()?, u8::try_from(day.value).ok()?);
        match (year.digits, year.value) {
            (2, short) => gregorian(short + 2000, month, day),
            (4, common @ 2000..=2199) => gregorian(common, month, day),
            (4, buddhist @ 2543..=2742) => gregorian(buddhist - 543, month, day),
            (4, persian @ 1379..=1478) => of_persian(persian, month, day),
            _ => None,
        }
    }
}

/// WhatsApp began in 2009.
fn gregorian(year: u16, month: u8, day: u8) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| (2009..=2099).contains(year))?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A day of the calendar of Iran.
fn of_persian(year: u16, month: u8, day: u8) -> Option<Date> {
    use calendrical_calculations::persian;
    let year = i32::from(year);
    let days = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + u8::from(persian::is_leap_year(year)),
        _ => return None,
    };
    if !(1..=days).contains(&day) {
        return None;
    }
    let since_the_year_1 = persian::fixed_from_fast_persian(year, month, day).to_i64_date();
    let days = jiff::Span::new().try_days(since_the_year_1 - 1).ok()?;
    Date::new(1, 1, 1).ok()?.checked_add(days).ok()
}

/// What speaks against an order.
#[derive(Debug, Clone, Copy, Default)]
struct Against {
    impossible: u64,
    backwards: u64,
    last: Option<Date>,
}

/// What a chat says of the order of its dates.
#[derive(Debug, Default)]
pub(super) struct Orders {
    against: [Against; 4],
    differing: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decision {
    /// The order.
    pub order: Order,
    /// Whether another would do as well.
    pub is_guess: bool,
    /// Whether there are dates that cannot be read so.
    pub is_mixed: bool,
}

impl Orders {
    /// The next date.
    pub(super) fn note(&mut self, stamp: &Stamp) {
        let mut dates = [None; 4];
        for ((order, against), date) in Order::ALL.into_iter().zip(&mut self.against).zip(&mut dates) {
            *date = order.read(stamp.date);
            match *date {
                Some(date) => {
                    against.backwards += u64::from(against.last.is_some_and(|last| date < last));
                    against.last = Some(date);
                }
                None => against.impossible += 1,
            }
        }
        self.differing += u64::from(dates[0].is_some() && dates[1].is_some() && dates[0] != dates[1]);
    }

    /// The order that has the least against it. What is impossible counts first, then what the person says, then that time
    /// does not run backwards.
    pub(super) fn decide(&self, is_day_first: Option<bool>) -> Decision {
        let least = |of: fn(&Against) -> u64, among: &dyn Fn(&Against) -> bool| {
            self.against.iter().filter(|against| among(against)).map(of).min().unwrap_or_default()
        };
        let impossible = least(|against| against.impossible, &|_| true);
        let is_mixed = impossible > 0;
        let possible = |against: &Against| against.impossible == impossible;
        let told = match is_day_first {
            Some(true) if possible(&self.against[0]) => Some(Order::DayMonthYear),
            Some(false) if possible(&self.against[1]) => Some(Order::MonthDayYear),
            _ => None,
        };
        if let Some(order) = told {
            return Decision { order, is_guess: false, is_mixed };
        }
        let backwards = least(|against| against.backwards, &possible);
        let is_best = |against: &Against| possible(against) && against.backwards == backwards;
        let best = Order::ALL.into_iter().zip(&self.against).find(|(_, against)| is_best(against));
        let order = best.map_or(Order::DayMonthYear, |(order, _)| order);
        let is_guess = self.differing > 0 && is_best(&self.against[0]) && is_best(&self.against[1]);
        Decision { order, is_guess, is_mixed }
    }
}

#[cfg(test)]
mod tests {
    use super::super::stamp::head;
    use super::*;

    fn decided(dates: &[&str], told: Option<bool>) -> (Order, bool) {
        let mut orders = Orders::default();
        for date in dates {
            orders.note(&head(&format!("{date}, 14:03 - Bo: hi")).unwrap().stamp);
        }
        let Decision { order, is_guess, .. } = orders.decide(told);
        (order, is_guess)
    }

    #[test]
    fn a_number_over_twelve_is_no_month() {
        assert_eq!(decided(&["3/4/26", "13/4/26"], None), (Order::DayMonthYear, false));
        assert_eq!(decided(&["3/4/26", "4/13/26"], Some(true)), (Order::MonthDayYear, false));
        assert_eq!(decided(&["2026/4/13"], None), (Order::YearMonthDay, false));
        assert_eq!(decided(&["2026/13/4", "2026/1/5"], None), (Order::YearDayMonth, false));
    }

    #[test]
    fn time_does_not_run_backwards() {
        assert_eq!(decided(&["1/5/26", "2/5/26", "1/6/26"], None), (Order::DayMonthYear, false));
        assert_eq!(decided(&["5/1/26", "5/2/26", "6/1/26"], None), (Order::MonthDayYear, false));
        assert_eq!(decided(&["26-10-30", "26-11-01", "26-11-02"], None), (Order::YearMonthDay, false));
    }

    #[test]
    fn the_person_is_asked_where_both_would_do() {
        assert_eq!(decided(&["3/4/26", "3/5/26"], None), (Order::DayMonthYear, true));
        assert_eq!(decided(&["3/4/26", "3/5/26"], Some(false)), (Order::MonthDayYear, false));
        assert_eq!(decided(&["4/4/26"], None), (Order::DayMonthYear, false), "it makes no difference");
    }

    #[test]
    fn knows_other_calendars() {
        let read = |line: &str, order: Order| order.read(head(line).unwrap().stamp.date).unwrap().to_string();
        assert_eq!(read("21/11/2569, 14:03 - x", Order::DayMonthYear), "2026-11-21");
        assert_eq!(read("۱۴۰۵/۸/۳۰، ۱۴:۰۳ - x", Order::YearMonthDay), "2026-11-21");
        assert_eq!(read("۱۴۰۵/۱/۱، ۱۴:۰۳ - x", Order::YearMonthDay), "2026-03-21");
    }
}
