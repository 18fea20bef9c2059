//! Which parts of a query are words, which are quoted, and which are to be left out.

use std::ops::Range;

use super::analysis::each_word;

/// A part of a query that is read in one way.
pub(super) struct Unit {
    pub(super) range: Range<usize>,
    /// Whether it must stand so.
    pub(super) is_quoted: bool,
    /// Whether it must not.
    pub(super) is_excluded: bool,
}

/// The parts of a query, in order.
pub(super) fn units(text: &str) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut plain = 0;
    let mut at = 0;
    let mut before = None;
    while let Some(c) = text[at..].chars().next() {
        let starts = before.is_none_or(|before: char| !before.is_alphanumeric() && before != '-');
        let is_excluded = c == '-' && starts && excludes(&text[at + 1..]);
        let from = if is_excluded { at + 1 } else { at };
        let quoted = if starts { quoted(text, from) } else { None };
        let found = match quoted {
            Some((inside, end)) => Some((inside, end, true)),
            None if is_excluded => {
                let end = text[from..].find(char::is_whitespace).map_or(text.len(), |space| from + space);
                Some((from..end, end, false))
            }
            None => None,
        };
        let Some((range, end, is_quoted)) = found else {
            before = Some(c);
            at += c.len_utf8();
            continue;
        };
        units.push(Unit { range: plain..at, is_quoted: false, is_excluded: false });
        units.push(Unit { range, is_quoted, is_excluded });
        before = Some(' ');
        at = end;
        plain = end;
    }
    units.push(Unit { range: plain..text.len(), is_quoted: false, is_excluded: false });
    units
}

/// What is wanted by a query of these parts: all but what is to be left out, quotations without their marks. `None`, if that
/// is all of it, just as it stands.
pub(super) fn wanted(text: &str, units: &[Unit]) -> Option<String> {
    let has_signs = units.iter().any(|unit| unit.is_quoted || unit.is_excluded);
    has_signs.then(|| {
        let parts = units.iter().filter(|unit| !unit.is_excluded).map(|unit| &text[unit.range.clone()]);
        parts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
    })
}

/// Whether what follows a hyphen is to be left out: a word or a quotation. `-5` is a number, and `--` and `- ` are strokes.
fn excludes(after: &str) -> bool {
    after.chars().next().is_some_and(|c| c.is_alphabetic() || closing(c).is_some())
}

/// The inside of the quotation that begins here, and where it ends. Without an end, or with a word right behind it, there
/// is none: somebody is still typing, or measures in inches.
fn quoted(text: &str, from: usize) -> Option<(Range<usize>, usize)> {
    let opening = text[from..].chars().next()?;
    let closing = closing(opening)?;
    let inside = from + opening.len_utf8();
    let close = inside + text[inside..].find(closing)?;
    let end = close + text[close..].chars().next()?.len_utf8();
    if text[end..].starts_with(char::is_alphanumeric) {
        return None;
    }
    // A picture is a word as well.
    let mut holds_words = false;
    each_word(&text[inside..close], |_| holds_words = true);
    holds_words.then_some((inside..close, end))
}

/// What ends a quotation that begins with this character, if one does.
fn closing(opening: char) -> Option<&'static [char]> {
    Some(match opening {
        '"' => &['"'],
        '“' | '”' | '„' | '‟' => &['“', '”', '"'],
        '«' => &['»'],
        '»' => &['«'],
        '「' => &['」'],
        '『' => &['』'],
        _ => return None,
    })
}
