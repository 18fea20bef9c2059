//! The names a language has for what fills the slots of patterns, and filling them.

use crate::calendar::Unit;
use crate::digits;
use crate::meaning::{FIRST_YEAR, LAST_YEAR, Slots};
use crate::table::Table;
use crate::words::{Word, words};

/// What may follow the digits of a day of the month, in one language or the other: 1st, 1er, 1º, 1ste.
const ORDINALS: &[&str] = &["", "st", "nd", "rd", "th", "er", "o", "e", "de", "ste"];

/// What a capitalised step of a pattern stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// How many, in digits or as a word.
    Number,
    /// A week, month or year.
    Unit,
    /// One or several days, weeks, months or years.
    Units,
    /// A day of the week.
    Weekday,
    /// A day of a month.
    Day,
    /// A month.
    Month,
    /// A month, perhaps in short.
    ShortMonth,
    /// A year in four digits.
    Year,
    /// A quarter of a year.
    Quarter,
    /// A whole date in digits.
    Date,
}

impl Slot {
    /// The slot that this step of a pattern is, if it is one.
    pub(crate) fn parse(step: &str) -> Option<Self> {
        Some(match step {
            "N" => Self::Number,
            "UNIT" => Self::Unit,
            "UNITS" => Self::Units,
            "WEEKDAY" => Self::Weekday,
            "DAY" => Self::Day,
            "MONTH" => Self::Month,
            "MON" => Self::ShortMonth,
            "YEAR" => Self::Year,
            "QUARTER" => Self::Quarter,
            "DATE" => Self::Date,
            _ => return None,
        })
    }
}

/// The spellings of one thing, each as the words and signs that it consists of.
#[derive(Debug)]
pub(crate) struct Spellings(Vec<Vec<String>>);

impl Spellings {
    /// Reads spellings with `|` between them.
    pub(crate) fn parse(list: &str) -> Self {
        let spelling = |spelling| words(spelling).into_iter().map(|word| word.text).collect();
        Self(list.split('|').map(spelling).filter(|spelling: &Vec<String>| !spelling.is_empty()).collect())
    }

    /// How many words each spelling takes up that these words begin with.
    pub(crate) fn lengths<'a>(&'a self, words: &'a [Word]) -> impl Iterator<Item = usize> + 'a {
        self.0.iter().filter_map(|spelling| length(spelling, words))
    }
}

/// How many words a spelling takes up, if these words begin with it. Its hyphens may be missing.
fn length(spelling: &[String], words: &[Word]) -> Option<usize> {
    let mut at = 0;
    for part in spelling {
        if words.get(at).is_some_and(|word| word.text == *part) {
            at += 1;
        } else if part != "-" {
            return None;
        }
    }
    Some(at)
}

/// How many words the longest name takes up that these words begin with, and its number.
fn named(names: &[Spellings], words: &[Word]) -> Option<(usize, usize)> {
    let lengths = |(at, name): (usize, &Spellings)| name.lengths(words).max().map(|length| (length, at));
    names.iter().enumerate().filter_map(lengths).max_by_key(|(length, _)| *length)
}

/// The names of a language, in the order of its table.
#[derive(Debug)]
pub(crate) struct Names {
    numbers: Vec<Spellings>,
    unit: Vec<Spellings>,
    units: Vec<Spellings>,
    weekdays: Vec<Spellings>,
    months: Vec<Spellings>,
    short_months: Vec<Spellings>,
}

impl Names {
    /// Those of this table.
    pub(crate) fn new(table: &Table) -> Self {
        let all = |lists: &[&str]| lists.iter().map(|list| Spellings::parse(list)).collect();
        let either = |(one, several): &(&str, &str)| Spellings::parse(&format!("{one}|{several}"));
        Self {
            numbers: all(&table.numbers),
            unit: all(&table.units.map(|(one, _)| one)),
            units: table.units.iter().map(either).collect(),
            weekdays: all(&table.weekdays),
            months: all(&table.months),
            short_months: all(&table.short_months),
        }
    }

    /// How many of these words fill a slot, and all slots then.
    pub(crate) fn fill(&self, slot: Slot, words: &[Word], slots: Slots) -> Option<(usize, Slots)> {
        let first = words.first()?;
        match slot {
            Slot::Number => {
                let in_digits = first.number().map(|number| (1, number));
                let (length, number) = in_digits.or_else(|| {
                    let (length, at) = named(&self.numbers, words)?;
                    Some((length, i16::try_from(at).ok()? + 1))
                })?;
                (number > 0).then_some((length, Slots { number: Some(number), ..slots }))
            }
            Slot::Unit | Slot::Units => {
                let names = if slot == Slot::Unit { &self.unit } else { &self.units };
                let (length, at) = named(names, words)?;
                let unit = Unit::ALL.get(at).copied()?;
                // "This day" and "the last day" are said of other days.
                let fits = slot == Slot::Units || unit != Unit::Day;
                fits.then_some((length, Slots { unit: Some(unit), ..slots }))
            }
            Slot::Weekday => {
                let (length, at) = named(&self.weekdays, words)?;
                Some((length, Slots { weekday: i16::try_from(at).ok(), ..slots }))
            }
            Slot::Month => {
                let (length, at) = named(&self.months, words)?;
                Some((length, Slots { month: i8::try_from(at + 1).ok(), ..slots }))
            }
            Slot::ShortMonth => self.fill(Slot::Month, words, slots).or_else(|| {
                let (length, at) = named(&self.short_months, words)?;
                let length = length + usize::from(is_dot(words.get(length)));
                Some((length, Slots { month: i8::try_from(at + 1).ok(), ..slots }))
            }),
            Slot::Day => {
                let length = 1 + usize::from(is_dot(words.get(1)));
                Some((length, Slots { day: Some(day_of_month(&first.text)?), ..slots }))
            }
            Slot::Year => {
                let is_year = |year: &i16| (FIRST_YEAR..=LAST_YEAR).contains(year);
                Some((1, Slots { year: Some(first.number().filter(is_year)?), ..slots }))
            }
            Slot::Quarter => {
                let quarter = first.text.strip_prefix('q')?.parse().ok()?;
                (1..=4).contains(&quarter).then_some((1, Slots { quarter: Some(quarter), ..slots }))
            }
            Slot::Date => digits::date(words),
        }
    }
}

fn is_dot(word: Option<&Word>) -> bool {
    word.is_some_and(|word| word.text == "." && word.touches)
}

fn day_of_month(text: &str) -> Option<i8> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (day, ordinal) = text.split_at(digits);
    let day = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    ORDINALS.contains(&ordinal).then_some(day)
}
