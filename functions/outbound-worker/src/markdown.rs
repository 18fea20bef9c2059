//! Markdown, as models write it, in WhatsApp's markup: `*bold*`, `_italic_`, `~struck~`, code, lists and quotes. Headings are bold,
//! links show their address.

/// A text in WhatsApp's markup.
pub(crate) fn whatsapp(markdown: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut is_code = false;
    for line in markdown.trim().lines() {
        let text = line.trim_start();
        if text.starts_with("```") {
            is_code = !is_code;
            lines.push("```".to_owned());
        } else if is_code {
            lines.push(line.to_owned());
        } else {
            let line = rendered(line);
            // No more than one empty line after another.
            if !line.is_empty() || lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(line);
            }
        }
    }
    lines.join("\n").trim_end().to_owned()
}

fn rendered(line: &str) -> String {
    let text = line.trim();
    let indent = &line[..line.len() - line.trim_start().len()];
    if let Some(title) = heading(text) {
        let title = inline(title).replace('*', "");
        return if title.is_empty() { title } else { format!("*{title}*") };
    }
    if is_rule(text) {
        return String::new();
    }
    match ["* ", "+ ", "- "].iter().find_map(|bullet| text.strip_prefix(bullet)) {
        Some(item) => format!("{indent}- {}", inline(item)),
        None if text.is_empty() => String::new(),
        None => format!("{indent}{}", inline(text)),
    }
}

fn heading(text: &str) -> Option<&str> {
    let title = text.trim_start_matches('#');
    let level = text.len() - title.len();
    let title = title.strip_prefix(' ')?.trim_end_matches('#').trim();
    (1..=6).contains(&level).then_some(title)
}

fn is_rule(text: &str) -> bool {
    let mark = text.bytes().next().filter(|b| b"-*_".contains(b));
    let mut marks = text.bytes().filter(|b| *b != b' ');
    mark.is_some_and(|mark| marks.all(|b| b == mark)) && text.len() >= 3
}

/// The marks that stand on both sides of words, the longer ones first, and what they become.
const PAIRS: [(&str, &str, &str); 6] = [
    ("***", "*_", "_*"),
    ("**", "*", "*"),
    ("__", "*", "*"),
    ("~~", "~", "~"),
    ("*", "_", "_"),
    ("_", "_", "_"),
];

fn inline(text: &str) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        if let Some(code) = after.split_once('`').filter(|_| first == '`').map(|(code, _)| code) {
            said.push_str(&rest[..code.len() + 2]);
            rest = &after[code.len() + 1..];
            continue;
        }
        let escaped = after.chars().next().filter(|c| first == '\\' && c.is_ascii_punctuation());
        if let Some(escaped) = escaped {
            said.push(escaped);
            rest = &after[1..];
            continue;
        }
        if let Some((link, behind)) = link(rest) {
            said.push_str(&link);
            rest = behind;
            continue;
        }
        let is_in_word = said.ends_with(char::is_alphanumeric);
        if let Some((words, behind)) = emphasised(rest).filter(|_| !is_in_word) {
            said.push_str(&words);
            rest = behind;
            continue;
        }
        said.push(first);
        rest = after;
    }
    said
}

/// Emphasised words at the beginning of a text, and what is behind them.
fn emphasised(text: &str) -> Option<(String, &str)> {
    PAIRS.iter().find_map(|(mark, opening, closing)| {
        let inner = text.strip_prefix(mark)?;
        let mut places = inner.char_indices().map(|(at, _)| at).filter(|at| inner[*at..].starts_with(mark));
        let end = places.find(|at| {
            let (words, behind) = (&inner[..*at], &inner[at + mark.len()..]);
            let is_tight = !words.is_empty() && words == words.trim();
            // Of marks in a row, the last are meant.
            let is_last = !behind.starts_with(&mark[..1]) && (mark.len() > 1 || !words.ends_with(mark));
            is_tight && is_last && !behind.starts_with(char::is_alphanumeric)
        })?;
        let words = inline(&inner[..end]);
        Some((format!("{opening}{words}{closing}"), &inner[end + mark.len()..]))
    })
}

/// A link or a picture at the beginning of a text, as its words and its address, and what is behind it.
fn link(text: &str) -> Option<(String, &str)> {
    let (words, behind) = text.strip_prefix('!').unwrap_or(text).strip_prefix('[')?.split_once("](")?;
    if words.contains(['[', ']']) {
        return None;
    }
    let (address, behind) = behind.split_once(')')?;
    let address = address.split_whitespace().next().unwrap_or_default();
    let words = inline(words);
    Some(match () {
        () if address.is_empty() => (words, behind),
        () if words.is_empty() || words == address => (address.to_owned(), behind),
        () => (format!("{words} ({address})"), behind),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emphasis_is_whatsapps() {
        for (markdown, said) in [
            ("**bold** and __bold__", "*bold* and *bold*"),
            ("*italic* and _italic_", "_italic_ and _italic_"),
            ("***both***, **bold *and italic***", "*_both_*, *bold _and italic_*"),
            ("*italic **and bold** too*", "_italic *and bold* too_"),
            ("~~gone~~", "~gone~"),
            ("`**code**` stays", "`**code**` stays"),
            ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
            (r"\*no\* stars", "*no* stars"),
            ("**open and `open", "**open and `open"),
        ] {
            assert_eq!(whatsapp(markdown), said, "{markdown}");
        }
    }

    #[test]
    fn blocks_are_what_whatsapp_has() {
        let markdown = "# Your **trips** #\n\n\n\n* Porto\n  + by train\n- Rome\n\n---\n1. One\n> quoted *words*\n\n```rust\n**let** x;\n```\n";
        let said = "*Your trips*\n\n- Porto\n  - by train\n- Rome\n\n1. One\n> quoted _words_\n\n```\n**let** x;\n```";
        assert_eq!(whatsapp(markdown), said);
        assert_eq!(whatsapp("#tag is no heading"), "#tag is no heading");
    }

    #[test]
    fn links_show_where_they_lead() {
        for (markdown, said) in [
            ("See [the plan](https://a.example/x).", "See the plan (https://a.example/x)."),
            ("[https://a.example](https://a.example)", "https://a.example"),
            (r#"![a map](https://a.example/m.png "Map")"#, "a map (https://a.example/m.png)"),
            ("On Friday [1][2], see [3].", "On Friday [1][2], see [3]."),
        ] {
            assert_eq!(whatsapp(markdown), said, "{markdown}");
        }
    }
}
