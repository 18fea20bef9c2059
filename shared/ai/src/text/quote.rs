//! Showing somebody's words inside ours: on one line, without characters that could pass for our own voice.

use unicode_segmentation::UnicodeSegmentation;

/// The text on one line, for use between “ and ”, cut to `max_chars` user-perceived characters.
///
/// Control characters and those that steer text direction go. Line breaks become ` / ` where no punctuation stands, as
/// verses are quoted. Double quotation marks become single ones, so that nothing can end the quotation from inside.
pub(crate) fn quotable(text: &str, max_chars: usize) -> String {
    let mut line = String::new();
    for part in text.split(['\n', '\r', '\u{2028}', '\u{2029}', '\u{85}']) {
        let part = on_one_line(part);
        if part.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push_str(if line.ends_with(|c: char| c.is_alphanumeric()) { " / " } else { " " });
        }
        line.push_str(&part);
    }
    shortened(line, max_chars)
}

fn on_one_line(part: &str) -> String {
    let mut line = String::with_capacity(part.len());
    for c in part.chars() {
        match c {
            c if c.is_whitespace() => {
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            c if c.is_control() || is_deceptive(c) => {}
            '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂' => line.push('\''),
            c => line.push(c),
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// Characters that change how text is read without being seen. Joiners stay: emoji and Persian are spelled with them.
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn shortened(line: String, max_chars: usize) -> String {
    let limit = line.grapheme_indices(true).nth(max_chars).map_or(line.len(), |(at, _)| at);
    // A grapheme may be a letter under a thousand marks: bound the bytes, too.
    let limit = line.floor_char_boundary(limit.min(max_chars * 8));
    if limit == line.len() {
        return line;
    }
    let kept = line[..limit].rfind(' ').filter(|at| at * 2 > limit).unwrap_or(limit);
    format!("{}…", line[..kept].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_one_line_without_control_characters() {
        assert_eq!(quotable("  Milk\r\nEggs\t and\u{7} bread.\n\nDone ", 100), "Milk / Eggs and bread. Done");
    }

    #[test]
    fn nothing_can_end_the_quotation_from_inside() {
        assert_eq!(quotable("He said “yes” and \"no\"", 100), "He said 'yes' and 'no'");
    }

    #[test]
    fn direction_overrides_go_and_emoji_stay_whole() {
        assert_eq!(quotable("ab\u{202e}cd \u{2066}x\u{2069} 👩‍👩‍👧", 100), "abcd x 👩‍👩‍👧");
    }

    #[test]
    fn long_quotes_end_at_a_word_with_an_ellipsis() {
        assert_eq!(quotable("one two three four", 9), "one two…");
        assert!(quotable(&format!("e{}", "\u{301}".repeat(10_000)), 20).len() <= 170);
    }
}
