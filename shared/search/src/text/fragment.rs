//! A stretch of a text around what matches, cut where sentences or words end, and safe to show.

use std::collections::HashSet;
use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::highlight::Limits;
use super::marks::Mark;

/// A user-perceived character may be a letter under a thousand marks: bytes are bounded, too.
const MAX_BYTES_PER_CHAR: usize = 16;
/// Marks beyond these are not looked at when the best stretches are chosen.
const MAX_STARTS: usize = 2_000;

/// A stretch of a text with the words that match, on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// What it says. Line breaks have become spaces; characters that steer the direction of text are left out.
    pub text: String,
    /// Where the matching words are in it, in bytes.
    pub marks: Vec<Range<usize>>,
    /// Whether the text says more before it.
    pub is_cut_before: bool,
    /// Whether the text says more behind it.
    pub is_cut_after: bool,
}

impl Fragment {
    /// How a text begins: at most so many user-perceived characters of it, with nothing marked.
    pub fn beginning(text: &str, chars: usize) -> Self {
        let end = text.grapheme_indices(true).nth(chars).map_or(text.len(), |(at, _)| at);
        let end = text.floor_char_boundary(end.min(chars.saturating_mul(MAX_BYTES_PER_CHAR)));
        // Not in the middle of a word, if there is a space to end at.
        let end = if end < text.len() { text[..end].rfind(char::is_whitespace).unwrap_or(end) } else { end };
        cut(text, 0..end, &[])
    }

    /// As HTML, for use inside an element: text escaped, matching words in `<mark>`, `…` where the text is cut.
    pub fn html(&self) -> String {
        let mut html = String::with_capacity(self.text.len() + 16 * self.marks.len());
        if self.is_cut_before {
            html.push('…');
        }
        let mut at = 0;
        for mark in &self.marks {
            escape(self.text.get(at..mark.start).unwrap_or_default(), &mut html);
            html.push_str("<mark>");
            escape(self.text.get(mark.clone()).unwrap_or_default(), &mut html);
            html.push_str("</mark>");
            at = mark.end;
        }
        escape(self.text.get(at..).unwrap_or_default(), &mut html);
        if self.is_cut_after {
            html.push('…');
        }
        html
    }
}

/// Appends text so that it means itself in HTML, inside an element and inside a quoted attribute.
fn escape(text: &str, into: &mut String) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\'' => into.push_str("&#39;"),
            c => into.push(c),
        }
    }
}

/// The stretches with the best matches, the best first, none touching another.
pub(super) fn best_windows(text: &str, marks: &[Mark], limits: Limits) -> Vec<Range<usize>> {
    let mut cores: Vec<(usize, Range<usize>)> = Vec::new();
    if limits.chars > 0 {
        let starts = 0..marks.len().min(MAX_STARTS);
        cores.extend(starts.map(|first| core(text, &marks[first..], limits.chars)));
    }
    // Stable: of equals the one that comes first in the text.
    cores.sort_by_key(|(worth, _)| std::cmp::Reverse(*worth));
    let mut windows: Vec<Range<usize>> = Vec::new();
    for (_, core) in cores {
        if windows.len() >= limits.fragments {
            break;
        }
        let lowest = windows.iter().map(|window| window.end).filter(|&end| end <= core.start).max();
        let highest = windows.iter().map(|window| window.start).filter(|&start| start >= core.end).min();
        let is_free = windows.iter().all(|window| core.end <= window.start || window.end <= core.start);
        if is_free {
            let room = lowest.unwrap_or(0)..highest.unwrap_or(text.len());
            windows.push(widened(text, core, room, limits.chars));
        }
    }
    windows
}

/// The stretch from the first mark to the last that still fits, and how good it is: different words count more than many.
fn core(text: &str, marks: &[Mark], chars: usize) -> (usize, Range<usize>) {
    let start = marks[0].range.start;
    let limit = forward(text, start, chars);
    let inside: Vec<&Mark> = marks.iter().take_while(|mark| mark.range.end <= limit).collect();
    let different: HashSet<usize> = inside.iter().map(|mark| mark.part).collect();
    let end = inside.last().map_or(limit, |last| last.range.end);
    (8 * different.len() + inside.len().min(7), start..end)
}

/// The stretch with what stands around it, as far as there is room and characters are left.
fn widened(text: &str, core: Range<usize>, room: Range<usize>, chars: usize) -> Range<usize> {
    let left = chars.saturating_sub(text[core.clone()].graphemes(true).count());
    // A little before is enough to understand, unless the sentence begins not far away.
    let far = backward(text, core.start, left * 2 / 3).max(room.start);
    let near = backward(text, core.start, left / 3).max(room.start);
    let before = &text[far..core.start];
    let start = match sentence_starts(before).first() {
        _ if far == 0 => 0,
        Some(&start) => far + start,
        None => near + after_first_space(&text[near..core.start], near == room.start && near == 0),
    };
    let left = left.saturating_sub(text[start..core.start].graphemes(true).count());
    let limit = forward(text, core.end, left).min(room.end);
    let after = &text[core.end..limit];
    let end = if limit == text.len() {
        limit
    } else {
        let whole = sentence_starts(after).last().copied().filter(|&end| end * 2 > after.len());
        // A word that begins right behind is no better cut than one that ends there.
        let spaced = after.rfind(char::is_whitespace);
        core.end + whole.or(spaced).unwrap_or_else(|| if is_unspaced(after) { after.len() } else { 0 })
    };
    start..end
}

/// Where sentences begin in a stretch, other than at its beginning: behind a line break, or behind a full stop and a space.
fn sentence_starts(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '\n' => true,
            '.' | '!' | '?' | '…' => next.is_some_and(char::is_whitespace),
            '。' | '！' | '？' | '؟' | '।' => true,
            _ => false,
        };
        if ends {
            starts.push(at + c.len_utf8());
        }
    }
    starts
}

/// Behind the first space, if there is one and the stretch does not begin with a word.
fn after_first_space(text: &str, begins_word: bool) -> usize {
    if begins_word {
        return 0;
    }
    match text.char_indices().find(|(_, c)| c.is_whitespace()) {
        Some((at, c)) => at + c.len_utf8(),
        None if is_unspaced(text) => 0,
        None => text.len(),
    }
}

/// Whether a stretch is of a script in which words follow each other without spaces, and may be cut anywhere.
fn is_unspaced(text: &str) -> bool {
    text.chars().next().is_some_and(|c| matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3000}'..='\u{9fff}' | '\u{20000}'..='\u{323af}'))
}

/// Where so many characters end, counted from `from`.
fn forward(text: &str, from: usize, chars: usize) -> usize {
    let end = text[from..].grapheme_indices(true).nth(chars).map_or(text.len(), |(at, _)| from + at);
    text.floor_char_boundary(end.min(from.saturating_add(chars.saturating_mul(MAX_BYTES_PER_CHAR))))
}

/// Where so many characters begin, counted back from `to`.
fn backward(text: &str, to: usize, chars: usize) -> usize {
    let Some(last) = chars.checked_sub(1) else {
        return to;
    };
    let start = text[..to].grapheme_indices(true).rev().nth(last).map_or(0, |(at, _)| at);
    text.ceil_char_boundary(start.max(to.saturating_sub(chars.saturating_mul(MAX_BYTES_PER_CHAR))))
}

/// Cuts a stretch out of a text, with its marks.
pub(super) fn cut(text: &str, window: Range<usize>, marks: &[Range<usize>]) -> Fragment {
    let stretch = &text[window.clone()];
    let begin = window.start + (stretch.len() - stretch.trim_start().len());
    let end = begin + stretch.trim().len();
    let mut line = String::with_capacity(end - begin);
    let mut shown: Vec<Range<usize>> = Vec::new();
    let mut left = marks.iter().peekable();
    let mut open = None;
    for (at, c) in text[begin..end].char_indices() {
        let at = begin + at;
        if left.peek().is_some_and(|mark| mark.start <= at) && open.is_none() {
            open = Some(line.len());
        }
        push(&mut line, c);
        let behind = at + c.len_utf8();
        while let Some(mark) = left.next_if(|mark| mark.end <= behind) {
            if let Some(start) = open.take().filter(|&start| start < line.len() && mark.start <= at) {
                shown.push(start..line.len());
            }
        }
    }
    if let Some(start) = open.filter(|&start| start < line.len()) {
        shown.push(start..line.len());
    }
    Fragment {
        is_cut_before: !text[..begin].trim().is_empty(),
        is_cut_after: !text[end..].trim().is_empty(),
        text: line,
        marks: shown,
    }
}

/// Appends a character to a line: white space as a space, and nothing that is not seen but changes what is.
fn push(line: &mut String, c: char) {
    match c {
        c if c.is_whitespace() || c.is_control() => {
            if !line.ends_with(' ') {
                line.push(' ');
            }
        }
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' => {}
        c => line.push(c),
    }
}
