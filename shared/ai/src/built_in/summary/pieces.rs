//! Takes a text apart into what a summary can quote: sentences, items of lists, messages of a conversation. Code, tables
//! and headings are told apart, because they are quoted only if there is nothing else.

use std::ops::Range;

use crate::built_in::lines::{is_conversation, said};
use crate::text::sentences::sentences;

/// A line up to this length that stands alone and ends without punctuation is a heading.
const MAX_TITLE_BYTES: usize = 60;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A sentence of running text.
    Prose,
    /// An item of a list, or a message: it has a line of its own.
    Line,
    /// A heading.
    Title,
    /// A line of code or of a table.
    Aside,
}

/// A stretch of the text that can be quoted.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// Where it is.
    pub(super) range: Range<usize>,
    /// Where its words begin: behind the speaker's name.
    pub(super) words: usize,
    /// What it is.
    pub(super) kind: Kind,
    /// Whether a paragraph begins with it.
    pub(super) opens: bool,
}

/// The pieces of a text, in order: each has a letter or a digit.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut reader = Reader { text, found: Vec::new(), paragraph: None, lines: 0 };
    let is_chat = is_conversation(text);
    let mut in_code = false;
    let mut at = 0;
    for raw in text.split_inclusive(['\n', '\r', '\u{2028}', '\u{2029}']) {
        let start = at + (raw.len() - raw.trim_start().len());
        let line = raw.trim();
        let end = at + raw.len();
        at = end;
        if line.starts_with("```") || line.starts_with("~~~") {
            reader.end_paragraph();
            in_code = !in_code;
        } else if line.is_empty() {
            // The `\n` of `\r\n` ends no paragraph.
            if raw != "\n" || !text[..end - 1].ends_with('\r') {
                reader.end_paragraph();
            }
        } else if in_code || is_table_row(line) {
            reader.end_paragraph();
            reader.push(start..start + line.len(), start, Kind::Aside, false);
        } else if let Some(name) = heading(line) {
            reader.end_paragraph();
            reader.push(start + name..start + line.len(), start + name, Kind::Title, false);
        } else if let Some(said) = said(line).filter(|_| is_chat) {
            reader.end_paragraph();
            reader.push_lines(start + said.name, start + said.words..start + line.len());
        } else if let Some(item) = list_item(line) {
            reader.end_paragraph();
            reader.push_lines(start + item, start + item..start + line.len());
        } else {
            reader.extend(start..end);
        }
    }
    reader.end_paragraph();
    reader.finish()
}

struct Reader<'a> {
    text: &'a str,
    found: Vec<Piece>,
    paragraph: Option<Range<usize>>,
    lines: usize,
}

impl Reader<'_> {
    fn extend(&mut self, line: Range<usize>) {
        self.lines += 1;
        match &mut self.paragraph {
            Some(paragraph) => paragraph.end = line.end,
            None => self.paragraph = Some(line),
        }
    }

    fn end_paragraph(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        let Some(range) = self.paragraph.take() else {
            return;
        };
        let paragraph = self.text[range.clone()].trim_end();
        if lines == 1 && paragraph.len() <= MAX_TITLE_BYTES && !ends_sentence(paragraph) {
            self.push(range.start..range.start + paragraph.len(), range.start, Kind::Title, false);
            return;
        }
        for (number, sentence) in sentences(paragraph).into_iter().enumerate() {
            let start = range.start + sentence.start;
            self.push(start..range.start + sentence.end, start, Kind::Prose, number == 0);
        }
    }

    /// A line that may have several sentences. The first begins at `from`, where the speaker's name is.
    fn push_lines(&mut self, from: usize, words: Range<usize>) {
        for (number, sentence) in sentences(&self.text[words.clone()]).into_iter().enumerate() {
            let start = words.start + sentence.start;
            let quote_from = if number == 0 { from } else { start };
            self.push(quote_from..words.start + sentence.end, start, Kind::Line, false);
        }
    }

    fn push(&mut self, range: Range<usize>, words: usize, kind: Kind, opens: bool) {
        if self.text[words..range.end].contains(char::is_alphanumeric) {
            self.found.push(Piece { range, words, kind, opens });
        }
    }

    /// Without code, tables and headings, unless there is nothing else. Headings then count as lines.
    fn finish(self) -> Vec<Piece> {
        let mut found = self.found;
        let says = |piece: &Piece| matches!(piece.kind, Kind::Prose | Kind::Line);
        if !found.iter().any(says) {
            let has_titles = found.iter().any(|piece| piece.kind == Kind::Title);
            found.retain(|piece| !has_titles || piece.kind == Kind::Title);
            for piece in &mut found {
                piece.kind = Kind::Line;
            }
            // A cell or a line of code may be endless.
            let cut = |piece: Piece| {
                let start = piece.range.start;
                let parts = sentences(&self.text[piece.range]);
                parts.into_iter().map(move |part| Piece {
                    range: start + part.start..start + part.end,
                    words: start + part.start,
                    kind: Kind::Line,
                    opens: false,
                })
            };
            found = found.into_iter().flat_map(cut).collect();
            found.retain(|piece| self.text[piece.range.clone()].contains(char::is_alphanumeric));
        }
        found.retain(|piece| piece.kind != Kind::Aside);
        found
    }
}

fn ends_sentence(line: &str) -> bool {
    line.ends_with(['.', '!', '?', '…', '。', '！', '？', '؟', '।', ',', ';', '"', '”', ')'])
}

fn is_table_row(line: &str) -> bool {
    line.starts_with('|') || line.matches('|').nth(1).is_some() || line.matches('\t').nth(1).is_some()
}

/// Where the words of a heading of Markdown begin.
fn heading(line: &str) -> Option<usize> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    ((1..=6).contains(&level) && words.starts_with(' ')).then(|| line.len() - words.trim_start().len())
}

/// Where the words of an item of a list begin: behind `-`, `*`, `•`, `1.`, `a)` and a box to tick.
fn list_item(line: &str) -> Option<usize> {
    let behind = match line.chars().next()? {
        c @ ('-' | '*' | '+' | '•' | '◦' | '▪' | '–' | '·' | '☐' | '☑' | '✓' | '✔') => {
            &line[c.len_utf8()..]
        }
        c if c.is_ascii_alphanumeric() => {
            let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
            let label = if digits == 0 { 1 } else { digits };
            let behind = line.get(label..).filter(|_| label <= 3)?;
            behind.strip_prefix(')').or_else(|| behind.strip_prefix('.').filter(|_| digits > 0))?
        }
        _ => return None,
    };
    let words = behind.trim_start();
    if words.len() == behind.len() {
        return None;
    }
    let ticked = ["[ ] ", "[x] ", "[X] "].iter().find_map(|tick| words.strip_prefix(tick));
    Some(line.len() - ticked.unwrap_or(words).trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<(Kind, &str)> {
        pieces(text).into_iter().map(|piece| (piece.kind, &text[piece.range])).collect()
    }

    #[test]
    fn lists_headings_code_and_tables_are_told_apart() {
        let text = "# The trip\n\nWe went to Rome. It rained.\n\n- Milk\n2) Eggs\n- [ ] Bread\n\n```\nlet x = 1;\n```\n| a | b |\n";
        let expected = [
            (Kind::Title, "The trip"),
            (Kind::Prose, "We went to Rome."),
            (Kind::Prose, "It rained."),
            (Kind::Line, "Milk"),
            (Kind::Line, "Eggs"),
            (Kind::Line, "Bread"),
        ];
        assert_eq!(split(text), expected);
    }

    #[test]
    fn code_alone_is_better_than_nothing() {
        assert_eq!(split("```\nlet x = 1;\n```"), [(Kind::Line, "let x = 1;")]);
    }

    #[test]
    fn messages_keep_their_speaker_and_lose_their_clock() {
        let text = "[12.05.26, 10:33] Ada: Are we on?\n[12.05.26, 10:34] Tom: Yes. At nine.\n[12.05.26, 10:35] Ada: Good";
        let expected = [
            (Kind::Line, "Ada: Are we on?"),
            (Kind::Line, "Tom: Yes."),
            (Kind::Line, "At nine."),
            (Kind::Line, "Ada: Good"),
        ];
        assert_eq!(split(text), expected);
    }

    #[test]
    fn labelled_lines_are_no_conversation() {
        assert_eq!(
            split("Network: Birdhouse of the north.\nPassword: maple"),
            [(Kind::Prose, "Network: Birdhouse of the north."), (Kind::Prose, "Password: maple"),]
        );
    }
}
