//! What stands before a message: a date, whose order may not be known yet, and a time of day.

use super::halves::{self, Half};

/// The most characters before a message, in whatever language.
const MAX_CHARS: usize = 96;

/// How a phone writes what stands before a message. It is the same throughout an export, so what looks otherwise was pasted into a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Layout {
    /// `[date, time] ` as iOS has it, and not `date, time - `.
    pub is_bracketed: bool,
    /// Between the numbers of the date.
    pub sign: char,
    /// Whether times have seconds.
    pub has_seconds: bool,
}

/// A date and a time, as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    /// The numbers of the date, in the order in which they stand.
    pub date: [Number; 3],
    /// The hour of 24.
    pub hour: u8,
    /// The minute.
    pub minute: u8,
    /// The second; 0 if none is written.
    pub second: u8,
    /// How it is written.
    pub layout: Layout,
    /// Whether it names a half of the day in words that are not known.
    pub is_vague: bool,
}

/// A number of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    /// What it is.
    pub value: u16,
    /// With how many digits.
    pub digits: u8,
}

/// A line that begins a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Head<'a> {
    /// When.
    pub stamp: Stamp,
    /// Who, and what.
    pub rest: &'a str,
}

/// Whether a character only says in which direction others are written, or nothing at all.
pub(super) fn is_mark(char: char) -> bool {
    matches!(char, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{200b}')
}

/// What a line begins with, if it begins a message. Looks at its first characters only.
pub(super) fn head(line: &str) -> Option<Head<'_>> {
    let line = line.trim_start_matches(is_mark);
    if let Some(inside) = line.strip_prefix('[') {
        let end = inside.char_indices().take(MAX_CHARS).find(|(_, char)| *char == ']')?.0;
        let stamp = stamp(&inside[..end], true)?;
        let rest = &inside[end + 1..];
        return Some(Head { stamp, rest: rest.strip_prefix(' ').unwrap_or(rest) });
    }
    digit(line.chars().next()?)?;
    let mut before = ' ';
    for (at, char) in line.char_indices().take(MAX_CHARS) {
        let rest = &line[at + char.len_utf8()..];
        let ends = match char {
            '-' | '–' => before.is_whitespace() && rest.chars().next().is_none_or(char::is_whitespace),
            // What iOS wrote until 2018, and what Korean phones write.
            ':' | ',' => rest.starts_with(' '),
            _ => false,
        };
        before = char;
        let found = ends.then(|| stamp(&line[..at], false)).flatten();
        let found = found.filter(|stamp| match char {
            ':' => stamp.layout.has_seconds,
            ',' => stamp.layout.sign == '년',
            _ => true,
        });
        if let Some(stamp) = found {
            let rest = rest.trim_start_matches(is_mark);
            let rest = rest.strip_prefix([' ', '\u{a0}', '\u{202f}']).unwrap_or(rest);
            return Some(Head { stamp, rest });
        }
    }
    None
}

/// A date and a time, and nothing else.
fn stamp(text: &str, is_bracketed: bool) -> Option<Stamp> {
    let pieces = Pieces::of(text)?;
    let (numbers, signs) = (pieces.numbers.as_slice(), pieces.signs.as_slice());
    let is_time_first = date_sign(signs.first()?).is_none() || date_sign(signs.get(1)?).is_none();
    let has_seconds = numbers.len() == 6;
    // Where the date and the time begin.
    let (date, time) = match (is_time_first, has_seconds) {
        (false, _) => (0, 3),
        (true, false) => (2, 0),
        (true, true) => (3, 0),
    };
    let sign = date_sign(signs.get(date)?)?;
    date_sign(signs.get(date + 1)?)?;
    let times = numbers.get(time..time + numbers.len() - 3)?;
    if !signs.get(time..time + times.len() - 1)?.iter().all(|sign| is_time_sign(sign)) {
        return None;
    }
    let between = halves::half(signs.get(if is_time_first { times.len() - 1 } else { 2 })?)?;
    let behind = halves::half(signs.last()?)?;
    let half = match (between, behind) {
        (Half::Untold | Half::Unknown, told @ (Half::Before | Half::After)) | (told, _) => told,
    };
    let half = if half == Half::Untold { behind } else { half };
    let part = |at: usize| times.get(at).and_then(|number| u8::try_from(number.value).ok());
    let (hour, minute, second) = (part(0)?, part(1)?, if has_seconds { part(2)? } else { 0 });
    if hour > 24 || minute > 59 || second > 60 || times[1..].iter().any(|number| number.digits != 2) {
        return None;
    }
    Some(Stamp {
        date: [numbers[date], numbers[date + 1], numbers[date + 2]],
        hour: halves::hour(hour, half) % 24,
        minute,
        second: second.min(59),
        layout: Layout { is_bracketed, sign, has_seconds },
        is_vague: half == Half::Unknown && hour <= 12,
    })
}

/// Numbers, and what stands behind each of them.
struct Pieces {
    numbers: Vec<Number>,
    signs: Vec<String>,
}

impl Pieces {
    fn of(text: &str) -> Option<Self> {
        let (mut numbers, mut signs) = (Vec::<Number>::with_capacity(6), Vec::<String>::with_capacity(6));
        let mut is_in_number = false;
        for char in text.chars().filter(|char| !is_mark(*char)) {
            match (digit(char), is_in_number) {
                (Some(digit), true) => {
                    let number = numbers.last_mut().filter(|number| number.digits < 4)?;
                    *number = Number { value: number.value * 10 + digit, digits: number.digits + 1 };
                }
                (Some(digit), false) => {
                    if numbers.len() == 6 {
                        return None;
                    }
                    numbers.push(Number { value: digit, digits: 1 });
                    signs.push(String::new());
                    is_in_number = true;
                }
                // Nothing but a date begins with a number.
                (None, _) => {
                    is_in_number = false;
                    match signs.last_mut() {
                        Some(sign) => sign.push(if char.is_whitespace() { ' ' } else { char }),
                        None if char.is_whitespace() => {}
                        None => return None,
                    }
                }
            }
        }
        (numbers.len() >= 5).then_some(Self { numbers, signs })
    }
}

/// What a digit of any script is worth.
fn digit(char: char) -> Option<u16> {
    if char.is_ascii() {
        return char.to_digit(10).and_then(|digit| u16::try_from(digit).ok());
    }
    const ZEROS: [char; 18] = [
        '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}',
        '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}', '\u{ff10}',
    ];
    let zero = ZEROS
        .into_iter()
        .find(|zero| (0..10).contains(&(i64::from(u32::from(char)) - i64::from(u32::from(*zero)))))?;
    u16::try_from(u32::from(char) - u32::from(zero)).ok()
}

/// The sign between two numbers of a date.
fn date_sign(text: &str) -> Option<char> {
    let mut chars = text.chars().filter(|char| *char != ' ');
    let sign = chars.next().filter(|sign| "/.-–年月년월".contains(*sign))?;
    chars.next().is_none().then_some(match sign {
        '月' => '年',
        '월' => '년',
        sign => sign,
    })
}

fn is_time_sign(text: &str) -> bool {
    [":", ".", "h", "H", "：", "時", "时", "点", "點", "分", "시", "분", "min"].contains(&text.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, String)> {
        let head = head(line)?;
        let [a, b, c] = head.stamp.date.map(|number| number.value);
        let Stamp { hour, minute, second, is_vague, .. } = head.stamp;
        let vague = if is_vague { "?" } else { "" };
        Some((format!("{a} {b} {c} {hour}:{minute:02}:{second:02}{vague}"), head.rest.to_owned()))
    }

    #[test]
    fn reads_what_phones_write_before_a_message() {
        let cases = [
            ("[21.11.26, 14:03:22] Bo: hi", "21 11 26 14:03:22"),
            ("\u{200e}[11/21/26, 2:03:22\u{202f}PM] Bo: hi", "11 21 26 14:03:22"),
            ("21/11/2026, 14:03 - Bo: hi", "21 11 2026 14:03:00"),
            ("21/11/2026 14:03 - Bo: hi", "21 11 2026 14:03:00"),
            ("11/21/26, 12:03 AM - Bo: hi", "11 21 26 0:03:00"),
            ("21/11/26, 2:03 p. m. - Bo: hi", "21 11 26 14:03:00"),
            ("21/11/26 2:03\u{a0}p.\u{a0}m. - Bo: hi", "21 11 26 14:03:00"),
            ("2026-11-21 14:03 - Bo: hi", "2026 11 21 14:03:00"),
            ("2026/11/21 下午2:03 - Bo: hi", "2026 11 21 14:03:00"),
            ("[2026/11/21 下午2:03:22] Bo: hi", "2026 11 21 14:03:22"),
            ("2026年11月21日 下午2:03 - Bo: hi", "2026 11 21 14:03:00"),
            ("2026. 11. 21. 오후 2:03 - Bo: hi", "2026 11 21 14:03:00"),
            ("2026년 11월 21일 오후 2:03, Bo: hi", "2026 11 21 14:03:00"),
            ("[2026. 11. 21. 오전 12:03:22] Bo: hi", "2026 11 21 0:03:22"),
            ("[٢١\u{200f}/١١\u{200f}/٢٠٢٦، ٢:٠٣:٢٢ م] Bo: hi", "21 11 2026 14:03:22"),
            ("۱۴۰۵/۸/۳۰،\u{200f} ۱۴:۰۳ - Bo: hi", "1405 8 30 14:03:00"),
            ("२१/११/२६, २:०३ म.उ. - Bo: hi", "21 11 26 14:03:00"),
            ("21/11/26, பிற்பகல் 2:03 - Bo: hi", "21 11 26 14:03:00"),
            ("21.11.2026 klo 14.03 - Bo: hi", "21 11 2026 14:03:00"),
            ("[21.11.2026 klo 14.03.22] Bo: hi", "21 11 2026 14:03:22"),
            ("21/11/26 14.03 - Bo: hi", "21 11 26 14:03:00"),
            ("21.11.26 г., 14:03 ч. - Bo: hi", "21 11 26 14:03:00"),
            ("21. 11. 2026. 14:03 - Bo: hi", "21 11 2026 14:03:00"),
            ("14:03, 21/11/2026 - Bo: hi", "21 11 2026 14:03:00"),
            ("2026-11-21 14 h 03 - Bo: hi", "2026 11 21 14:03:00"),
            ("[21/11/2026 à 14:03:22] Bo: hi", "21 11 2026 14:03:22"),
            ("21/11/16, 14:03:22: Bo: hi", "21 11 16 14:03:22"),
            ("21/11/26, 2:03 μ.μ. - Bo: hi", "21 11 26 14:03:00"),
            ("21/11/26, 2:03 zzz - Bo: hi", "21 11 26 2:03:00?"),
        ];
        for (line, stamp) in cases {
            assert_eq!(read(line), Some((stamp.to_owned(), "Bo: hi".to_owned())), "{line}");
        }
    }

    #[test]
    fn takes_what_people_write_for_what_it_is() {
        for line in [
            "",
            "hi",
            "[",
            "[]",
            "[hi] there",
            "21/11/2026 - no time",
            "14:03 - no date",
            "[14:03] Bo: hi",
            "21/11/2026, 14:3 - Bo: hi",
            "21/11/2026, 25:03 - Bo: hi",
            "21/11/2026, 14:63 - Bo: hi",
            "1/2/3/4/5 - Bo: hi",
            "12345/11/21, 14:03 - Bo: hi",
            "- 21/11/2026, 14:03 - Bo: hi",
            "21/11/2026, 14:03",
            "21/11/2026, 14:03-Bo: hi",
            "10.0.0.1:80 - x",
            "[1.2.3.4.5.6.7] x",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
