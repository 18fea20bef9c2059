//! Text in Markdown: words that are nothing but words, and Markdown that ends where it ends.

use super::markup::plain_markdown;

/// Words on one line in which nothing is markup, a link or a tag.
pub(super) fn inline(said: &str) -> String {
    let said = one_line(said);
    let mut text = String::with_capacity(said.len() + 16);
    let mut before = ' ';
    let mut characters = said.chars().peekable();
    while let Some(c) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        let is_markup = match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '^' | '$' => true,
            '&' => after.is_ascii_alphanumeric() || after == '#',
            '%' | '=' => before == c || after == c,
            // What would begin a list.
            '-' | '+' => text.is_empty(),
            '.' | ')' => after == ' ' && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
            _ => false,
        };
        if is_markup {
            text.push('\\');
        }
        text.push(c);
        before = c;
    }
    text
}

/// On one line.
fn one_line(said: &str) -> String {
    let said = said.replace(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'), " ");
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// With the line breaks of this format alone.
pub(super) fn plain_breaks(said: &str) -> String {
    let said = said.replace("\r\n", "\n").replace('\r', "\n");
    said.chars().map(|c| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

/// What somebody wrote, in which nothing but Markdown is markup, with everything closed that would swallow what comes behind it: fences of
/// code, comments, formulas.
pub(super) fn closed(said: &str) -> String {
    let (mut text, open) = plain_markdown(plain_breaks(said).trim_matches('\n'));
    if let Some(fence) = open {
        text.push('\n');
        text.push_str(&fence);
    }
    for mark in ["%%", "$$"] {
        if text.matches(mark).count() % 2 == 1 {
            text.push('\n');
            text.push_str(mark);
        }
    }
    text
}

/// A fence that nothing in the code closes.
pub(super) fn fence_for(code: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for c in code.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat((longest + 1).max(3))
}
