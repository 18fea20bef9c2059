//! Dates as people and programs write them, in tables and at the top of notes.

use app_domain::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;
use serde_json::{Number, Value};

use crate::moment::moment;

/// Dates whose month is a word.
const WORDED: [&str; 6] = ["%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d. %B %Y"];
/// Times without a colon.
const PLAIN: [&str; 4] = ["%Y-%m-%d %H.%M", "%Y-%m-%d %H%M", "%Y-%m-%dT%H%M", "%Y-%m-%dT%H%M%S"];
/// Words in dates that say nothing new.
const WORDS: [&str; 4] = ["at", "of", "um", "on"];
/// Spreadsheets count days from the end of 1899. Such a count is a date from 1954 on; what is smaller is a number.
const SHEET_DAYS: std::ops::Range<f64> = 20_000.0..80_000.0;
/// Days before 1970 by that count.
const SHEET_EPOCH: f64 = 25_569.0;
/// A date is no longer.
const MOST_BYTES: usize = 80;

/// How dates are read.
#[derive(Debug, Clone)]
pub(crate) struct Dates {
    /// The time zone of those that name none.
    pub(crate) timezone: TimeZone,
    /// Whether the day stands before the month, where both can be meant.
    pub(crate) is_day_first: bool,
}

impl Dates {
    /// When that is. `None`, if it is no date that can be read.
    pub(crate) fn value(&self, value: &Value) -> Option<Timestamp> {
        match value {
            Value::String(text) => self.text(text),
            Value::Number(number) => {
                self.digits(&number.to_string()).or_else(|| self.number(number.as_f64()?))
            }
            Value::Array(one) if one.len() == 1 => {
                one.first().filter(|one| !one.is_array()).and_then(|one| self.value(one))
            }
            other => moment(other, &self.timezone),
        }
    }

    /// The day that the name of a note begins with, as those of daily notes do.
    pub(crate) fn of_name(&self, name: &str) -> Option<Timestamp> {
        let date =
            name.get(..10).filter(|_| name[10..].chars().next().is_none_or(|next| !next.is_ascii_digit()))?;
        self.here(date.parse::<Date>().ok()?.to_datetime(Time::midnight()))
    }

    fn text(&self, text: &str) -> Option<Timestamp> {
        let text = text.trim().trim_matches(['[', ']', '"', '\'', '<', '>']).trim();
        if text.len() > MOST_BYTES || !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        if let Some(at) = self.digits(text) {
            return Some(at);
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Timestamp::from(at));
        }
        if let Ok(number) = text.parse::<f64>() {
            return self.number(number);
        }
        if let Ok(zoned) = rfc2822::parse(text) {
            return Some(Timestamp::from(zoned.timestamp()));
        }
        let text = plain(text);
        if let Some(local) = PLAIN.iter().find_map(|form| DateTime::strptime(form, &text).ok()) {
            return self.here(local);
        }
        let (date, time) = split(&text);
        let date = self.date(date)?;
        let (time, zone) = clock(time)?;
        let at = zone.as_ref().unwrap_or(&self.timezone).to_ambiguous_zoned(date.to_datetime(time));
        Some(Timestamp::from(at.compatible().ok()?.timestamp()))
    }

    /// The digits of a date, and of a time behind it: `20261121`, `202611211403`.
    fn digits(&self, text: &str) -> Option<Timestamp> {
        if !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let local = match text.len() {
            8 => Date::strptime("%Y%m%d", text).ok().map(|date| date.to_datetime(Time::midnight())),
            12 => DateTime::strptime("%Y%m%d%H%M", text).ok(),
            14 => DateTime::strptime("%Y%m%d%H%M%S", text).ok(),
            _ => None,
        };
        // Others count since 1970.
        self.here(local.filter(|local| (1900..=2200).contains(&local.year()))?)
    }

    fn here(&self, local: DateTime) -> Option<Timestamp> {
        self.timezone.to_ambiguous_timestamp(local).compatible().ok().map(Timestamp::from)
    }

    fn number(&self, number: f64) -> Option<Timestamp> {
        if !SHEET_DAYS.contains(&number) {
            return moment(&Value::Number(Number::from_f64(number)?), &self.timezone);
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is a day of this time")]
        let seconds = ((number - SHEET_EPOCH) * 86_400.0).round() as i64;
        self.here(TimeZone::UTC.to_datetime(jiff::Timestamp::from_second(seconds).ok()?))
    }

    fn date(&self, text: &str) -> Option<Date> {
        if let Ok(date) = text.parse::<Date>() {
            return Some(date);
        }
        if let Some((parts, mark)) = parts(text) {
            return self.numeric(parts, mark);
        }
        WORDED.iter().find_map(|form| strtime::parse(form, text).and_then(|parsed| parsed.to_date()).ok())
    }

    fn numeric(&self, parts: [i16; 3], mark: char) -> Option<Date> {
        let small = |number: i16| i8::try_from(number).ok();
        if parts[0] > 31 {
            return Date::new(parts[0], small(parts[1])?, small(parts[2])?).ok();
        }
        let year = match parts[2] {
            year @ 0..=69 => 2000 + year,
            year @ 70..=99 => 1900 + year,
            year => year,
        };
        let is_day_first = mark == '.' || self.is_day_first;
        let orders = if is_day_first { [(0, 1), (1, 0)] } else { [(1, 0), (0, 1)] };
        let date =
            |(day, month): (usize, usize)| Date::new(year, small(parts[month])?, small(parts[day])?).ok();
        orders.into_iter().find_map(date)
    }
}

/// Whether a date shows by itself that the day stands before the month, or behind it. `None`, if it does not.
pub(crate) fn shows_day_first(text: &str) -> Option<bool> {
    let ([first, second, _], mark) = parts(split(text.trim()).0)?;
    match (mark, first, second) {
        ('/' | '-', 13..=31, 1..=12) => Some(true),
        ('/' | '-', 1..=12, 13..=31) => Some(false),
        _ => None,
    }
}

/// Whether a date can be read in two ways.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    parts(split(text.trim()).0).is_some_and(|([first, second, _], mark)| {
        mark != '.' && first <= 12 && second <= 12 && first != second
    })
}

/// The three numbers of a date, and what is between them.
fn parts(text: &str) -> Option<([i16; 3], char)> {
    let mark =
        text.chars().find(|char| !char.is_ascii_digit()).filter(|char| matches!(char, '.' | '/' | '-'))?;
    let mut numbers =
        text.split(mark).map(|part| part.trim().parse::<i16>().ok().filter(|number| *number >= 0));
    let parts = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some((parts, mark))
}

/// The date and the time of day.
fn split(text: &str) -> (&str, &str) {
    let Some(colon) = text.find(':') else { return (text, "") };
    let hour = text[..colon].trim_end_matches(|char: char| char.is_ascii_digit());
    (hour.trim_end_matches([' ', ',', 'T']), &text[hour.len()..])
}

/// A time of day with the zone that it names. No text is midnight.
fn clock(text: &str) -> Option<(Time, Option<TimeZone>)> {
    if text.is_empty() {
        return Some((Time::midnight(), None));
    }
    let end = text
        .find(|char: char| !char.is_ascii_digit() && !matches!(char, ':' | '.' | ','))
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let digits = digits.replace(',', ".");
    let time: Time = digits.parse().or_else(|_| format!("0{digits}").parse()).ok()?;
    let rest: String =
        rest.chars().filter(|char| !char.is_whitespace()).map(|char| char.to_ascii_lowercase()).collect();
    let rest = rest.replace("a.m.", "am").replace("p.m.", "pm");
    let (half, zone) = match rest.get(..2) {
        Some(half @ ("am" | "pm")) => (Some(half), &rest[2..]),
        _ => (None, rest.as_str()),
    };
    let hour = match (half, time.hour()) {
        (None, hour) => hour,
        (Some(_), hour) if !(1..=12).contains(&hour) => return None,
        (Some("am"), 12) => 0,
        (Some("pm"), hour) if hour < 12 => hour + 12,
        (Some(_), hour) => hour,
    };
    let time = time.with().hour(hour).build().ok()?;
    Some((time, named_zone(zone)?))
}

/// The zone that stands behind a time: none, or one that can be read.
fn named_zone(text: &str) -> Option<Option<TimeZone>> {
    let text = text.trim_start_matches("gmt").trim_start_matches("utc");
    match text {
        "" => Some(None),
        "z" => Some(Some(TimeZone::UTC)),
        _ => {
            let parsed = strtime::parse("%z", text).or_else(|_| strtime::parse("%:z", text)).ok()?;
            Some(Some(parsed.offset()?.to_time_zone()))
        }
    }
}

/// Without commas, weekdays, `st` of `1st`, and names of zones in brackets.
fn plain(text: &str) -> String {
    let text = text.split_once('(').map_or(text, |(before, _)| before);
    let words = text.split(|char: char| char == ',' || char.is_whitespace()).filter(|word| !word.is_empty());
    let words = words.filter(|word| !is_weekday(word) && !WORDS.contains(&word.to_lowercase().as_str()));
    let words = words.map(|word| {
        let number = ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
        if number.bytes().all(|byte| byte.is_ascii_digit()) { number } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn is_weekday(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    days.iter().any(|day| word.starts_with(day))
}

#[cfg(test)]
mod tests;
