//! Cells that no program takes for a formula.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a line break, also behind spaces or in full-width form, gets a `'` before it, which
//! spreadsheets read as "this is text". One that begins so behind quotes of its own gets one more, so that whoever reads the table can take
//! exactly one away and has what was written.

use std::borrow::Cow;

/// The cell as it is written.
pub(super) fn defused(cell: &str) -> Cow<'_, str> {
    // Some readers end a cell there.
    let cell =
        if cell.contains('\0') { Cow::Owned(cell.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(cell) };
    if is_dangerous(&cell) { Cow::Owned(format!("'{cell}")) } else { cell }
}

/// Whether it is a formula somewhere, or would be once a `'` before it is taken away.
fn is_dangerous(cell: &str) -> bool {
    let inner = cell.trim_start_matches('\'');
    if inner.starts_with(['\t', '\r', '\n']) {
        return true;
    }
    let first = inner.chars().find(|c| !is_invisible(*c));
    first.is_some_and(|c| {
        matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '﹢' | '﹣' | '﹦' | '﹫' | '−')
    })
}

/// What stands before the first thing that is seen.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}
