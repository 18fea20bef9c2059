//! Who wrote: the names before messages, which may have colons in them, and of which some are no names.

use std::collections::BTreeMap;

use super::body;
use super::stamp::is_mark;

/// The longest name.
const MAX_CHARS: usize = 120;
/// More names are not remembered. Groups have up to 1,024 people at a time.
const MAX_NAMES: usize = 4096;
/// So often a name with a colon must be followed by the same.
const OFTEN: u64 = 3;

/// What is known of a name.
#[derive(Debug, Default)]
struct Seen {
    messages: u64,
    notices: u64,
    /// What is between the first and the second colon, if that was the same every time.
    second: Option<String>,
}

/// The names of a chat.
#[derive(Debug, Default)]
pub(super) struct Authors {
    seen: BTreeMap<String, Seen>,
}

impl Authors {
    /// What stands behind the time of the next message.
    pub(super) fn note(&mut self, rest: &str) {
        let Some((name, said)) = split(rest) else { return };
        let is_notice = body::is_notice(said);
        let second = split(said).map(|(second, _)| second.to_owned());
        let has_room = self.seen.len() < MAX_NAMES;
        match self.seen.get_mut(name) {
            Some(seen) => {
                seen.messages += u64::from(!is_notice);
                seen.notices += u64::from(is_notice);
                if seen.second != second {
                    seen.second = None;
                }
            }
            None if has_room => {
                let (messages, notices) = (u64::from(!is_notice), u64::from(is_notice));
                self.seen.insert(name.to_owned(), Seen { messages, notices, second });
            }
            None => {}
        }
    }

    /// Those of another part of the chat.
    pub(super) fn add(&mut self, others: Self) {
        for (name, other) in others.seen {
            let seen = self.seen.entry(name).or_default();
            seen.messages += other.messages;
            seen.notices += other.notices;
            seen.second = other.second;
        }
    }

    /// Who wrote, and what. `None` if it is WhatsApp itself.
    pub(super) fn of<'a>(&self, rest: &'a str) -> Option<(&'a str, &'a str)> {
        let (name, said) = split(rest)?;
        let seen = self.seen.get(name);
        let times = seen.map_or(1, |seen| seen.messages + seen.notices);
        // `Bo changed the subject to “Plans: today”` is said once.
        if times < 2 && name.contains(['“', '”', '„', '«', '»', '"', '「', '」']) {
            return None;
        }
        if let Some(second) = seen.and_then(Seen::second)
            && let Some((found, said_then)) = split(said)
            && found == second
        {
            let end = said.len() - said_then.len();
            let whole = rest.len() - said.len() + said[..end].trim_end_matches([' ', ':']).len();
            let whole = &rest[..whole];
            let start = whole.find(name).unwrap_or(0);
            return Some((&whole[start..], said_then));
        }
        Some((name, said))
    }

    /// Everybody who wrote something, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let writers = self
            .seen
            .iter()
            .filter(|(name, seen)| seen.messages > 0 && self.of(&format!("{name}: ")).is_some());
        let names = writers.map(|(name, seen)| match seen.second() {
            Some(second) => format!("{name}: {second}"),
            None => name.clone(),
        });
        names.collect()
    }
}

impl Seen {
    fn second(&self) -> Option<&str> {
        self.second.as_deref().filter(|_| self.messages >= OFTEN)
    }
}

/// What is before the first colon, if it may be a name, and what is behind it.
pub(super) fn split(rest: &str) -> Option<(&str, &str)> {
    let end =
        rest.char_indices().take(MAX_CHARS + 8).filter(|(_, char)| *char == ':').map(|(at, _)| at).find(
            |at| rest[at + 1..].chars().next().is_none_or(|next| next.is_whitespace() || is_mark(next)),
        )?;
    let name = rest[..end].trim_matches(|char: char| char.is_whitespace() || is_mark(char));
    // Those who are in nobody's address book.
    let name = name
        .strip_prefix('~')
        .map_or(name, |name| name.trim_start_matches(|char: char| char.is_whitespace() || is_mark(char)));
    let said = &rest[end + 1..];
    let said = said.strip_prefix([' ', '\u{a0}', '\u{202f}']).unwrap_or(said);
    (!name.is_empty()).then_some((name, said))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn authors(lines: &[&str]) -> Authors {
        let mut authors = Authors::default();
        lines.iter().for_each(|line| authors.note(line));
        authors
    }

    #[test]
    fn a_name_may_have_a_colon() {
        let authors =
            authors(&["Dr: Bo: hi", "Al: see: this", "Dr: Bo: well", "Dr: Bo: https://x", "Al: ok"]);
        assert_eq!(authors.of("Dr: Bo: and: so on"), Some(("Dr: Bo", "and: so on")));
        assert_eq!(authors.of("Al: see: this"), Some(("Al", "see: this")));
        assert_eq!(authors.names(), ["Al", "Dr: Bo"]);
    }

    #[test]
    fn what_nobody_said_has_no_author() {
        let authors = authors(&["Bo: hi", "Bo changed the subject to “Plans: today”", "Al added Bo"]);
        assert_eq!(authors.of("Bo changed the subject to “Plans: today”"), None);
        assert_eq!(authors.of("Al added Bo"), None);
        assert_eq!(authors.of("see https://x"), None);
        assert_eq!(authors.names(), ["Bo"]);
    }

    #[test]
    fn names_are_without_marks() {
        assert_eq!(split("\u{200e}~\u{202f}Bo: hi"), Some(("Bo", "hi")));
        assert_eq!(split("\u{202a}+49 170 1234567\u{202c}: hi"), Some(("+49 170 1234567", "hi")));
        assert_eq!(split("Bo:"), Some(("Bo", "")));
        assert_eq!(split("Bo:hi"), None);
        assert_eq!(split(": hi"), None);
    }
}
