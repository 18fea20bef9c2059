//! Taking out of texts what names or numbers a person, before they go to a model of others; and putting it back into the answer.
//!
//! E-mail addresses, phone numbers, card numbers and bank accounts are recognised by their form, and the latter two by their check digits.
//! Names are not: they are what questions are about.

use std::collections::HashMap;

/// A number of a card has as many digits.
const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// A phone number has as many digits.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// A bank account (ISO 13616) has as many characters.
const IBAN_CHARS: std::ops::RangeInclusive<usize> = 15..=34;

/// What was taken out of the texts of one request; at first nothing is. The same text always has the same placeholder. `Debug` is not there: it would show
/// what is hidden.
#[derive(Default)]
pub(crate) struct Redaction {
    is_on: bool,
    placeholders: HashMap<String, String>,
    originals: HashMap<String, String>,
    counts: HashMap<&'static str, usize>,
}

impl Redaction {
    /// Takes out whatever it recognises, if it `is_on`.
    pub(crate) fn new(is_on: bool) -> Self {
        Self { is_on, ..Self::default() }
    }

    /// A text without what is to be hidden.
    pub(crate) fn hide(&mut self, text: &str) -> String {
        if !self.is_on {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_alphanumeric() || c == '+') {
            out.push_str(&rest[..start]);
            rest = &rest[start..];
            let (length, kind) = recognised(rest);
            match kind {
                Some(kind) => out.push_str(&self.placeholder(kind, &rest[..length])),
                None => out.push_str(&rest[..length]),
            }
            rest = &rest[length..];
        }
        out.push_str(rest);
        out
    }

    /// What a placeholder stands for, given without its brackets.
    pub(crate) fn original(&self, placeholder: &str) -> Option<&str> {
        self.originals.get(placeholder).map(String::as_str)
    }

    /// JSON with every placeholder in it replaced by what it stands for.
    pub(crate) fn restore_json(&self, json: &str) -> String {
        // What is hidden has neither quotes nor backslashes, so it can stand in a string of JSON as it is.
        let restored = |text: String, (placeholder, original): (&String, &String)| {
            text.replace(&format!("[{placeholder}]"), original)
        };
        self.originals.iter().fold(json.to_owned(), restored)
    }

    fn placeholder(&mut self, kind: &'static str, original: &str) -> String {
        if let Some(known) = self.placeholders.get(original) {
            return format!("[{known}]");
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let placeholder = format!("{kind}_{count}");
        self.placeholders.insert(original.to_owned(), placeholder.clone());
        self.originals.insert(placeholder.clone(), original.to_owned());
        format!("[{placeholder}]")
    }
}

/// What begins a text, which begins a word: how long it is, and of what kind if it is to be hidden.
fn recognised(text: &str) -> (usize, Option<&'static str>) {
    let word =
        text.find(|c: char| !(c.is_ascii_alphanumeric() || "+@._-%".contains(c))).unwrap_or(text.len());
    if let Some(length) = mail_address(&text[..word]) {
        return (length, Some("EMAIL"));
    }
    if let Some(length) = bank_account(text) {
        return (length, Some("ACCOUNT"));
    }
    if let Some((length, kind)) = number(text) {
        return (length, Some(kind));
    }
    let plain = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    (plain.max(1), None)
}

fn mail_address(word: &str) -> Option<usize> {
    let word = word.trim_end_matches(['.', '-', '_', '%', '+']);
    let (local, domain) = word.split_once('@')?;
    let (_, top) = domain.rsplit_once('.')?;
    let is_address = !local.is_empty() && top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic());
    (is_address && !domain.contains(['@', '%', '+'])).then_some(word.len())
}

/// A bank account, whose check digits make it one modulo 97. Groups may be parted by single spaces.
fn bank_account(text: &str) -> Option<usize> {
    let head = text.as_bytes().get(..4)?;
    let is_head = head[..2].iter().all(u8::is_ascii_uppercase) && head[2..].iter().all(u8::is_ascii_digit);
    if !is_head {
        return None;
    }
    let (mut chars, mut best, mut after_space) = (Vec::new(), None, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b' ' if !after_space => after_space = true,
            b'0'..=b'9' | b'A'..=b'Z' if chars.len() < *IBAN_CHARS.end() => {
                chars.push(byte);
                after_space = false;
                let ends = text.as_bytes().get(at + 1).is_none_or(|next| !next.is_ascii_alphanumeric());
                if ends && IBAN_CHARS.contains(&chars.len()) && remainder(&chars) == 1 {
                    best = Some(at + 1);
                }
            }
            _ => break,
        }
    }
    best
}

/// The number that an account makes, with its first four characters moved to the end, modulo 97.
fn remainder(chars: &[u8]) -> u32 {
    let (head, tail) = chars.split_at(4);
    tail.iter().chain(head).fold(0, |sum, &c| match char::from(c).to_digit(36) {
        Some(value) if value > 9 => (sum * 100 + value) % 97,
        Some(value) => (sum * 10 + value) % 97,
        None => sum,
    })
}

/// A number of a card, or of a phone: that begins with a plus or a zero, or is written in groups. Other numbers may follow it.
fn number(text: &str) -> Option<(usize, &'static str)> {
    let (digits, ends) = groups(text);
    let of = |end: &&End| &digits[..end.digits];
    let card = ends.iter().rev().find(|end| CARD_DIGITS.contains(&end.digits) && passes_luhn(of(end)));
    if let Some(card) = card {
        return Some((card.length, "CARD"));
    }
    let fits = |end: &&End| PHONE_DIGITS.contains(&end.digits);
    // Of more digits than a phone has, those before another number that begins with a zero, or else as many as can be.
    let begins_anew = |end: &&End| fits(end) && digits.get(end.digits) == Some(&0);
    let phone = ends.last().filter(fits).or_else(|| ends.iter().rev().find(begins_anew));
    let phone = phone.or_else(|| ends.iter().rev().find(fits))?;
    let is_grouped = ends.iter().position(|end| end == phone) >= Some(2);
    let is_marked = text.starts_with('+') || digits.first() == Some(&0) || is_grouped;
    let is_date = text[..phone.length].contains('.') && phone.digits == 8 || is_day(text);
    (is_marked && !is_date).then_some((phone.length, "PHONE"))
}

/// Where a group of digits ends: how long the text is up to there, and how many digits it has.
#[derive(PartialEq)]
struct End {
    length: usize,
    digits: usize,
}

/// The digits that begin a text, and the ends of their groups. A group that goes on as a word is none.
fn groups(text: &str) -> (Vec<u8>, Vec<End>) {
    let (mut digits, mut ends) = (Vec::new(), Vec::<End>::new());
    let mut between = 0;
    for (at, c) in text.char_indices() {
        match c {
            '+' if at == 0 => {}
            // More than any card has are of no use.
            _ if digits.len() > *CARD_DIGITS.end() => break,
            '0'..='9' => {
                digits.push(c as u8 - b'0');
                let end = End { length: at + 1, digits: digits.len() };
                match ends.last_mut() {
                    Some(last) if between == 0 => *last = end,
                    _ => ends.push(end),
                }
                between = 0;
            }
            ' ' | '-' | '.' | '(' | ')' | '/' if between < 3 && !digits.is_empty() => between += 1,
            _ => break,
        }
    }
    let goes_on = |end: &End| text[end.length..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if ends.last().is_some_and(goes_on) {
        ends.pop();
    }
    (digits, ends)
}

/// Whether a number begins as a day does, such as `2026-11-21` or `21.11.2026`.
fn is_day(text: &str) -> bool {
    let Some(day) = text.get(..10) else { return false };
    let backwards = day.rsplit('.').collect::<Vec<_>>().join("-");
    [day, &backwards].iter().any(|day| day.parse::<jiff::civil::Date>().is_ok())
}

fn passes_luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let of = |(place, &digit): (usize, &u8)| u32::from(if place % 2 == 1 { doubled(digit) } else { digit });
    digits.iter().rev().enumerate().map(of).sum::<u32>() % 10 == 0 && digits.iter().any(|&digit| digit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_or_numbers_a_person_is_hidden() {
        let mut redaction = Redaction::new(true);
        for (text, hidden) in [
            ("Write to ada.l+x@example.org.", "Write to [EMAIL_1]."),
            ("ada.l+x@example.org or BOB@EXAMPLE.COM", "[EMAIL_1] or [EMAIL_2]"),
            ("Call +49 155 5000-2222 or (0316) 81 23 45!", "Call [PHONE_1] or ([PHONE_2]!"),
            ("card 4111 1111 1111 1111, pin 1234", "card [CARD_1], pin 1234"),
            ("IBAN DE89 3704 0044 0532 0130 00 at the bank", "IBAN [ACCOUNT_1] at the bank"),
            ("AT611904300234573201", "[ACCOUNT_2]"),
            // Whatever numbers follow.
            ("0664 1234567 12.11.2026 14:30", "[PHONE_3].2026 14:30"),
            ("0664 1234567 / 0316 5550199", "[PHONE_4] / [PHONE_5]"),
            ("+43 316 5550199 2026-11-21", "[PHONE_6] 2026-11-21"),
            ("Call +1 212 555 0199 5pm", "Call [PHONE_7] 5pm"),
            ("4111 1111 1111 1111 12/27 123", "[CARD_1] 12/27 123"),
        ] {
            assert_eq!(redaction.hide(text), hidden);
        }
        assert_eq!(redaction.original("EMAIL_1"), Some("ada.l+x@example.org"));
        assert_eq!(redaction.original("CARD_1"), Some("4111 1111 1111 1111"));
        assert_eq!(redaction.original("CARD_9"), None);
    }

    #[test]
    fn what_only_looks_like_it_stays() {
        let mut redaction = Redaction::new(true);
        for text in [
            "Room 4711, 2026-11-21 09:30, 21.11.2026, 21.11.2026 12:30-14:00",
            "heron-42, version 1.2.3, 1234567890123, a@b, @ada, x@y.",
            "4111111111111112",
            "Größe 38, 12345678 Stück, €1,299.00",
        ] {
            assert_eq!(redaction.hide(text), text);
        }
    }

    #[test]
    fn nothing_is_hidden_unless_it_is_wanted() {
        let mut redaction = Redaction::default();
        assert_eq!(redaction.hide("ada@example.org"), "ada@example.org");
    }
}
