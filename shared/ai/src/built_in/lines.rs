//! Bringing somebody's words onto one line, and telling the messages of a conversation.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::fold::is_invisible;

/// Lines that are looked at to tell whether a text is a conversation.
const LINES_LOOKED_AT: usize = 200;
const MAX_SPEAKER_BYTES: usize = 40;
const MAX_CLOCK_BYTES: usize = 32;

/// The text on one line, without characters that hide or that turn the direction of reading. Joiners and variants stay:
/// emoji and Persian are spelled with them.
pub(super) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else if is_shown(c) {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

fn is_shown(c: char) -> bool {
    let is_joiner = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    is_joiner || !(c.is_control() || is_invisible(c))
}

/// How many words a text has, as a reader counts: ideographs one by one.
pub(super) fn counted(text: &str) -> u32 {
    u32::try_from(text.unicode_words().count()).unwrap_or(u32::MAX)
}

/// Where a message has the name of who says it, and what is said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said {
    pub(super) name: usize,
    pub(super) words: usize,
}

impl Said {
    /// Who speaks.
    pub(super) fn speaker<'a>(&self, line: &'a str) -> &'a str {
        line[self.name..self.words].trim_end().trim_end_matches(':')
    }
}

/// `Ada: …`, `[12.05.26, 10:33] Ada: …`, `12:30 - Ada Lovelace: …`.
pub(super) fn said(line: &str) -> Option<Said> {
    let is_clock = |c: char| {
        c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')' | '.' | ',' | ':' | '/' | '-' | ' ')
    };
    let clock = line.find(|c: char| !is_clock(c)).filter(|&at| at <= MAX_CLOCK_BYTES)?;
    let after = &line[clock..];
    let window = &after[..after.floor_char_boundary(MAX_SPEAKER_BYTES)];
    let name = &after[..window.find(':')?];
    let words = after[name.len() + 1..].strip_prefix(' ')?.trim_start();
    let is_name = name.starts_with(char::is_alphabetic)
        && !name.starts_with(char::is_lowercase)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '-' | '\'' | '’'))
        && counted(name) <= 4;
    (is_name && !words.is_empty()).then(|| Said { name: clock, words: line.len() - words.len() })
}

/// Whether most lines are messages, and somebody speaks more than once.
pub(super) fn is_conversation(text: &str) -> bool {
    let mut speakers: HashMap<&str, u32> = HashMap::new();
    let (mut lines, mut messages) = (0_u32, 0_u32);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()).take(LINES_LOOKED_AT) {
        lines += 1;
        if let Some(said) = said(line) {
            messages += 1;
            *speakers.entry(said.speaker(line)).or_default() += 1;
        }
    }
    messages >= 3 && messages * 2 >= lines && speakers.values().any(|&count| count >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_as_a_reader_does() {
        assert_eq!(counted("It's 3.5 km to the well-known café."), 8);
        assert_eq!(counted("车在地下"), 4);
        assert_eq!(counted("… !! 🎉"), 0);
    }

    #[test]
    fn hidden_characters_go_and_emoji_stay() {
        assert_eq!(one_line(" a\u{202e}b\tc\r\nd\u{7} 👩‍👧 "), "ab c d 👩‍👧");
    }

    #[test]
    fn a_message_has_a_speaker_and_a_label_is_no_conversation() {
        for line in ["[12.05.26, 10:33] Ada L.: Hello", "12:30 - Ada L.: Hello", "Ada L.: Hello"] {
            let found = said(line).map(|said| (said.speaker(line), &line[said.words..]));
            assert_eq!(found, Some(("Ada L.", "Hello")), "{line}");
        }
        assert!(said("see http://a.example").is_none() && said("At nine: go").is_some());
        assert!(is_conversation("Ada: Hi\nTom: Hello\nAda: On our way"));
        assert!(!is_conversation("Network: Birdhouse\nPassword: maple\nFloor: second"));
    }
}
