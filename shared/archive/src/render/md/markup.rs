//! Markdown in which nothing is HTML and no link runs anything.
//!
//! A memory may be what somebody else has sent, and not every program that shows Markdown is careful with what is HTML in it. So every `<`
//! that would begin an element or a comment is written as the character that it is, and so is the bracket of a link whose target a program
//! might run. In code both mean nothing and stay. What is not surely code is none: a backslash too many is no harm.

/// What links may lead to, beside places without a scheme.
const SCHEMES: [&str; 7] = ["http:", "https:", "mailto:", "tel:", "geo:", "obsidian:", "ftp:"];

/// The text, and what would close the fence that it leaves open.
pub(super) fn plain_markdown(text: &str) -> (String, Option<String>) {
    let mut plain = String::with_capacity(text.len() + 16);
    let mut fence: Option<(char, usize)> = None;
    let mut rest = text;
    loop {
        let (line, next) = rest.split_once('\n').map_or((rest, None), |(line, next)| (line, Some(next)));
        let was_open = fence.is_some();
        fence = fenced(line, fence);
        match was_open || fence.is_some() {
            true => plain.push_str(line),
            false => plain_line(line, next.unwrap_or_default(), &mut plain),
        }
        let Some(next) = next else { break };
        plain.push('\n');
        rest = next;
    }
    (plain, fence.map(|(mark, length)| mark.to_string().repeat(length)))
}

/// The fence that is open behind a line (CommonMark, section 4.5).
fn fenced(line: &str, open: Option<(char, usize)>) -> Option<(char, usize)> {
    let inner = line.trim_start_matches(' ');
    let mark = inner.chars().next().filter(|c| matches!(c, '`' | '~'));
    let Some(mark) = mark.filter(|_| line.len() - inner.len() <= 3) else { return open };
    let length = inner.chars().take_while(|c| *c == mark).count();
    let rest = inner.get(length..).unwrap_or_default();
    match open {
        None => (length >= 3 && !(mark == '`' && rest.contains('`'))).then_some((mark, length)),
        Some((begun, least)) => {
            let ends = begun == mark && length >= least && rest.trim_matches([' ', '\t']).is_empty();
            (!ends).then_some((begun, least))
        }
    }
}

/// A line that is in no fence; `next` is what comes behind it.
fn plain_line(line: &str, next: &str, plain: &mut String) {
    // The cells of a table end code.
    let has_code = !line.contains('|');
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let rest = &line[at..];
        let mut length = c.len_utf8();
        match c {
            '\\' => length += rest[1..].chars().next().filter(char::is_ascii_punctuation).map_or(0, |_| 1),
            '`' => length = if has_code { code(rest) } else { ticks(rest) },
            '<' if is_markup(rest) => plain.push('\\'),
            ']' if leads_astray(&rest[1..], next) => plain.push('\\'),
            _ => {}
        }
        plain.push_str(&rest[..length]);
        at += length;
    }
}

fn ticks(rest: &str) -> usize {
    rest.bytes().take_while(|byte| *byte == b'`').count()
}

/// The length of the code that begins here, or of the backticks that begin none.
fn code(rest: &str) -> usize {
    let length = ticks(rest);
    let mut at = length;
    while let Some(found) = rest[at..].find('`') {
        let run = ticks(&rest[at + found..]);
        at += found + run;
        if run == length {
            return at;
        }
    }
    length
}

/// Whether an element, a comment or the like would begin here, and no address in brackets.
fn is_markup(rest: &str) -> bool {
    let inner = &rest[1..];
    let begins = inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
    let end = inner.find(['>', '<', '`', ' ', '\t', '"', '\'']).unwrap_or(inner.len());
    let is_address = inner[end..].starts_with('>') && has_good_scheme(&inner[..end]);
    begins && !is_address
}

/// Whether what stands behind a `]` makes a link to what a program might run.
fn leads_astray(behind: &str, next: &str) -> bool {
    let Some(target) = behind.strip_prefix('(').or_else(|| behind.strip_prefix(':')) else { return false };
    // A target may stand on the next line.
    let target = match target.trim_start() {
        "" => next.trim_start(),
        target => target,
    };
    let (target, ends): (_, &[char]) = match target.strip_prefix('<') {
        Some(target) => (target, &['>', '\n']),
        None => (target, &[')', ' ', '\t', '\n']),
    };
    let target = &target[..target.find(ends).unwrap_or(target.len())];
    // Entities and backslashes hide a scheme.
    let scheme = target.find(['/', '#', '?']).map_or(target, |end| &target[..end]);
    scheme.contains([':', '&', '\\']) && !has_good_scheme(target)
}

fn has_good_scheme(target: &str) -> bool {
    SCHEMES
        .iter()
        .any(|scheme| target.get(..scheme.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(scheme)))
}
