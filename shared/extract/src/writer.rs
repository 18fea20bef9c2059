//! Text as it is put together: normalised on the way, and no more than is wanted.

use crate::error::{Flow, Stop};

/// Longer runs of blanks are shortened to so many.
const MAX_BLANKS: usize = 32;

/// How far back the end is moved, so that it is not within a word.
const MAX_WORD_BYTES: usize = 64;

/// Collects text. Lines end with a newline and never with blanks, there is at most one empty line in a row, and none at the beginning
/// or the end; of control characters there are newline and tab.
#[derive(Debug)]
pub(crate) struct Writer {
    text: String,
    limit_bytes: usize,
    /// What comes before the next character, if one comes.
    newlines: usize,
    blanks: String,
    is_after_return: bool,
}

impl Writer {
    pub(crate) fn new(limit_bytes: usize) -> Self {
        Self { text: String::new(), limit_bytes, newlines: 0, blanks: String::new(), is_after_return: false }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn push_str(&mut self, text: &str) -> Flow {
        text.chars().try_for_each(|char| self.push(char))
    }

    pub(crate) fn push(&mut self, char: char) -> Flow {
        let follows_return = std::mem::replace(&mut self.is_after_return, char == '\r');
        match char {
            '\n' if follows_return => Ok(()),
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                self.end_line();
                Ok(())
            }
            '\t' => {
                self.blank('\t');
                Ok(())
            }
            ' ' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                self.blank(' ');
                Ok(())
            }
            _ if is_ignorable(char) => Ok(()),
            '\u{fb00}'..='\u{fb06}' => {
                let letters = ["ff", "fi", "fl", "ffi", "ffl", "st", "st"];
                letters[char as usize - 0xfb00].chars().try_for_each(|letter| self.character(letter))
            }
            _ => self.character(char),
        }
    }

    /// What comes next is on a line of its own.
    pub(crate) fn line(&mut self) {
        if self.newlines == 0 {
            self.end_line();
        }
    }

    /// What comes next is behind an empty line.
    pub(crate) fn paragraph(&mut self) {
        while self.newlines < 2 {
            self.end_line();
        }
    }

    /// What comes next is another word.
    pub(crate) fn space(&mut self) {
        if self.newlines == 0 && self.blanks.is_empty() {
            self.blank(' ');
        }
    }

    /// What comes next is another cell of a row.
    pub(crate) fn cell(&mut self) {
        if self.newlines == 0 {
            self.blanks.truncate(self.blanks.trim_end_matches(' ').len());
            self.blank('\t');
        }
    }

    /// Whether nothing was written since the row or the cell began.
    pub(crate) fn is_at_cell(&self) -> bool {
        self.newlines > 0 || self.blanks.ends_with('\t')
    }

    fn end_line(&mut self) {
        self.blanks.clear();
        self.newlines = (self.newlines + 1).min(2);
    }

    fn blank(&mut self, blank: char) {
        if self.blanks.len() < MAX_BLANKS {
            self.blanks.push(blank);
        }
    }

    fn character(&mut self, char: char) -> Flow {
        if self.text.is_empty() {
            self.newlines = 0;
            self.blanks.clear();
        }
        if self.text.len() + self.newlines + self.blanks.len() + char.len_utf8() > self.limit_bytes {
            return Err(Stop::Full);
        }
        for _ in 0..std::mem::take(&mut self.newlines) {
            self.text.push('\n');
        }
        self.text.push_str(&self.blanks);
        self.blanks.clear();
        self.text.push(char);
        Ok(())
    }

    /// The text. If it was cut, it ends with a whole word, where words are not too long.
    pub(crate) fn finish(mut self, is_cut: bool) -> String {
        let is_within_word = is_cut && self.newlines == 0 && self.blanks.is_empty();
        let end = self.text.rfind(char::is_whitespace).filter(|end| self.text.len() - end <= MAX_WORD_BYTES);
        if let (true, Some(end)) = (is_within_word, end) {
            self.text.truncate(self.text[..end].trim_end().len());
        }
        self.text
    }
}

/// Control characters, and those that have no width and say where a word may be broken or in which direction it runs. Joiners are
/// letters to some scripts, and stay.
fn is_ignorable(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
        || matches!(char as u32 & 0xffff, 0xfffe | 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(limit_bytes: usize, text: &str) -> (Flow, String) {
        let mut writer = Writer::new(limit_bytes);
        let flow = writer.push_str(text);
        (flow, writer.finish(flow == Err(Stop::Full)))
    }

    #[test]
    fn blank_lines_and_blanks_at_ends_of_lines_are_collapsed() {
        assert_eq!(written(99, "\n \n  a \t\r\n\r\n\r\nb\u{a0}c\u{2028}d\n\n").1, "a\n\nb c\nd");
    }

    #[test]
    fn what_cannot_be_seen_is_dropped_and_ligatures_are_letters() {
        assert_eq!(
            written(99, "\u{feff}Wort\u{ad}teil\0 \u{1b}[0m o\u{fb03}ce \u{202e}x").1,
            "Wortteil [0m office x"
        );
    }

    #[test]
    fn text_is_cut_behind_a_word() {
        assert_eq!(written(9, "one two three"), (Err(Stop::Full), "one two".to_owned()));
        assert_eq!(written(7, "one two three"), (Err(Stop::Full), "one two".to_owned()));
        assert_eq!(written(13, "one two three"), (Ok(()), "one two three".to_owned()));
        assert_eq!(written(4, "ééé"), (Err(Stop::Full), "éé".to_owned()));
    }
}
