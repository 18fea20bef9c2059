//! Where addresses and phone numbers are in a text.

/// The fewest digits of a number that begins as numbers to call do, and of any other.
const MIN_CALLED: usize = 7;
const MIN_DIGITS: usize = 9;
/// The most: an E.164 number behind its international prefix.
const MAX_DIGITS: usize = 18;

/// The text with a mark in the place of each, or nothing if there are none.
pub(super) fn without_spans(text: &str, mark: &str) -> Option<String> {
    // Both kinds need one of these, so most texts are looked through once.
    if !text.contains(['@', '＠'])
        && text.chars().filter(|c| c.is_numeric()).take(MIN_CALLED).count() < MIN_CALLED
        && !text.contains("wamid.")
    {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    let mut clean = String::with_capacity(text.len());
    let (mut at, mut kept, mut found) = (0, 0, false);
    while at < characters.len() {
        let Some(end) = span(&characters, at, kept) else {
            // What is a date is no number, nor is the time of day behind it the rest of one.
            at = date(&characters, at).unwrap_or(at + 1);
            continue;
        };
        clean.extend(characters.get(kept..end.0).unwrap_or_default());
        clean.push_str(mark);
        (at, kept, found) = (end.1, end.1, true);
    }
    clean.extend(characters.get(kept..).unwrap_or_default());
    found.then_some(clean)
}

/// The bounds of an address whose `@` is here, or of a quoted name of one, a number or an id of a message that begins here.
fn span(text: &[char], at: usize, kept: usize) -> Option<(usize, usize)> {
    match text.get(at)? {
        '@' | '＠' => address(text, at, kept),
        '"' => quoted(text, at),
        'w' if starts_with(text, at, "wamid.") => {
            let length =
                text[at..].iter().take_while(|c| c.is_alphanumeric() || "._=+/-".contains(**c)).count();
            Some((at, at + length))
        }
        c if *c == '+' || *c == '＋' || *c == '(' || c.is_numeric() => {
            let end = phone(text, at)?;
            // A messenger's address is a number too.
            let is_address = matches!(text.get(end), Some('@' | '＠'));
            let address = is_address.then(|| address(text, end, at)).flatten();
            Some((at, address.map_or(end, |(_, end)| end)))
        }
        _ => None,
    }
}

fn starts_with(text: &[char], at: usize, word: &str) -> bool {
    word.chars().enumerate().all(|(place, c)| text.get(at + place) == Some(&c))
}

/// What stands before and behind an `@`, if it can be an address: of mail, or of a messenger.
fn address(text: &[char], at: usize, kept: usize) -> Option<(usize, usize)> {
    let is_local = |c: &char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(*c);
    let before = text.get(kept..at)?.iter().rev().take_while(|c| is_local(c)).count();
    Some((at - before, host(text, at)?)).filter(|_| before > 0)
}

/// An address whose name is quoted, such as `"john smith"@example.com`. There may be an `@` in the name, too.
fn quoted(text: &[char], at: usize) -> Option<(usize, usize)> {
    let length = text.get(at + 1..)?.iter().position(|c| *c == '"')?;
    let behind = at + length + 2;
    let is_address = matches!(text.get(behind), Some('@' | '＠'));
    is_address.then(|| host(text, behind)).flatten().map(|end| (at, end))
}

/// Where the host behind an `@` ends.
fn host(text: &[char], at: usize) -> Option<usize> {
    let behind = text.get(at + 1..)?;
    if behind.first() == Some(&'[') {
        let length = behind.iter().take(64).position(|c| *c == ']')?;
        return Some(at + 2 + length);
    }
    let length = behind.iter().take_while(|c| c.is_alphanumeric() || ".-。．".contains(**c)).count();
    let domain = behind.get(..length)?;
    let last = domain.iter().rposition(|c| c.is_alphanumeric())?;
    // Hosts without a dot exist in companies.
    Some(at + 2 + last)
}

/// Where the number that begins here ends.
fn phone(text: &[char], start: usize) -> Option<usize> {
    let before = start.checked_sub(1).and_then(|before| text.get(before));
    if before.is_some_and(|c| c.is_alphanumeric()) {
        return None;
    }
    let (mut digits, mut separators, mut end, mut groups) = (0, 0, start, vec![0_usize]);
    let mut marks = Vec::new();
    for (place, c) in text.iter().enumerate().skip(start) {
        if c.is_numeric() {
            if date(text, place).is_some_and(|_| separators > 0) {
                break;
            }
            digits += 1;
            if separators > 0 {
                groups.push(0);
            }
            if let Some(group) = groups.last_mut() {
                *group += 1;
            }
            (separators, end) = (0, place + 1);
            if digits > MAX_DIGITS {
                return None;
            }
        } else if separates(*c) && separators < 3 && (place == start || *c != '+' && *c != '＋') {
            separators += 1;
            marks.push(*c);
        } else {
            break;
        }
    }
    // A word goes on behind it, as in ids and hashes.
    if text.get(end).is_some_and(|c| c.is_alphabetic() && !c.is_whitespace())
        && separators == 0
        && marks.is_empty()
    {
        return None;
    }
    let first = text.get(start)?;
    let leads = matches!(first, '+' | '＋' | '0' | '(' | '０');
    if !leads && date(text, start).is_some() {
        return None;
    }
    let thousands = groups.len() > 1
        && groups.iter().skip(1).all(|group| *group == 3)
        && !leads
        && marks.iter().all(|c| matches!(c, '.' | ' ' | '\u{a0}' | '\u{202f}'));
    // As in 555-0123.
    let is_local = groups == [3, 4] && marks.iter().all(|c| matches!(c, '-' | '.' | '‑' | '–'));
    let fits = digits >= MIN_DIGITS || (digits >= MIN_CALLED && (leads || is_local));
    (fits && !(thousands && digits < 10)).then_some(end)
}

/// What stands between the digits of a number.
fn separates(c: char) -> bool {
    matches!(c, '+' | '＋' | '-' | '.' | '(' | ')' | '/' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
        || matches!(c, '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{ad}' | '\u{feff}' | '（' | '）')
}

/// Where the date that begins here ends: `2026-11-22`, `22.11.2026` or `11/22/2026`.
fn date(text: &[char], start: usize) -> Option<usize> {
    let before = start.checked_sub(1).and_then(|before| text.get(before));
    if before.is_some_and(|c| c.is_alphanumeric() || *c == '+') {
        return None;
    }
    let mut at = start;
    let mut parts = Vec::with_capacity(3);
    let mut mark = None;
    for part in 0..3 {
        let length = text.get(at..)?.iter().take(5).take_while(|c| c.is_ascii_digit()).count();
        let number: String = text.get(at..at + length)?.iter().collect();
        parts.push((length, number.parse::<u32>().ok()?));
        at += length;
        if part < 2 {
            let here = *text.get(at).filter(|c| matches!(c, '-' | '.' | '/'))?;
            if *mark.get_or_insert(here) != here {
                return None;
            }
            at += 1;
        }
    }
    let is_year = |(length, number): (usize, u32)| length == 4 && (1900..2200).contains(&number);
    let is_part = |(length, number): (usize, u32)| (1..=2).contains(&length) && (1..=31).contains(&number);
    let &[first, second, third] = parts.as_slice() else { return None };
    let is_date =
        is_part(second) && ((is_year(first) && is_part(third)) || (is_part(first) && is_year(third)));
    let ends = text.get(at).is_none_or(|c| !c.is_numeric());
    (is_date && ends).then_some(at)
}
