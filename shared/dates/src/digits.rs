//! Dates that are written in digits.

use crate::meaning::{FIRST_YEAR, LAST_YEAR, Slots};
use crate::words::Word;

/// Three numbers with two equal signs between them, and nothing else.
const LENGTH: usize = 5;

/// The date that begins with the first of these words, and the number of its words.
pub(crate) fn date(words: &[Word]) -> Option<(usize, Slots)> {
    let words = words.get(..LENGTH)?;
    let [first, sign, second, other_sign, third] = words else {
        return None;
    };
    let is_one_piece = words[1..].iter().all(|word| word.touches) && sign.text == other_sign.text;
    if !is_one_piece {
        return None;
    }
    let lengths = (first.text.len(), second.text.len(), third.text.len());
    let (first, second, third) = (first.number()?, second.number()?, third.number()?);
    let (year, month, day) = match (sign.text.as_str(), lengths) {
        // Year first is never anything but year, month, day. ISO 8601 wants two digits each.
        ("-" | "/", (4, 2, 2)) => (first, second, third),
        (".", (1..=2, 1..=2, 4)) => (third, second, first),
        ("-" | "/", (1..=2, 1..=2, 4)) => {
            let (month, day) = month_and_day(first, second)?;
            (third, month, day)
        }
        _ => return None,
    };
    let slots = Slots {
        year: Some(year).filter(|year| (FIRST_YEAR..=LAST_YEAR).contains(year)),
        month: i8::try_from(month).ok(),
        day: i8::try_from(day).ok(),
        ..Slots::default()
    };
    slots.year.map(|_| (LENGTH, slots))
}

/// Some put the month first and some the day: it is only clear when one of the numbers is no month, or both are the same.
fn month_and_day(first: i16, second: i16) -> Option<(i16, i16)> {
    match (first, second) {
        (13.., 13..) => None,
        (13.., month) => Some((month, first)),
        (month, 13..) => Some((month, second)),
        _ => (first == second).then_some((first, second)),
    }
}
