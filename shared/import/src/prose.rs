//! Makes Markdown of what is no plain text in a chat: code, quotations, calls of tools.

use serde_json::Value;

/// A block of code, behind a fence that nothing in it ends.
pub(crate) fn fenced(language: &str, code: &str) -> String {
    fenced_in(language, code.to_owned())
}

/// The same in the text itself: there is but one copy of what is large.
fn fenced_in(language: &str, mut code: String) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let is_name = |c: char| c.is_ascii_alphanumeric() || "+-#._".contains(c);
    let language = if language != "unknown" && language.chars().all(is_name) { language } else { "" };
    code.truncate(code.trim_end_matches('\n').len());
    code.insert_str(0, &format!("{fence}{language}\n"));
    code.push('\n');
    code.push_str(&fence);
    code
}

/// A quotation.
pub(crate) fn quoted(text: &str) -> String {
    quoted_behind("", text)
}

/// What a model has thought.
pub(crate) fn thought(text: &str) -> String {
    if text.trim().is_empty() { String::new() } else { quoted_behind("**Thinking**\n\n", text) }
}

fn quoted_behind(heading: &str, text: &str) -> String {
    let text = text.trim();
    let mut quoted = String::with_capacity(heading.len() + text.len() + 2);
    quoted.push_str(heading);
    for (number, line) in text.lines().enumerate() {
        quoted.push_str(if number == 0 { "> " } else { "\n> " });
        quoted.push_str(line);
    }
    quoted
}

/// A value as a block of code; a text as it is.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => fenced_in("json", serde_json::to_string_pretty(other).unwrap_or_default()),
    }
}

/// A call of a tool.
pub(crate) fn called(tool: &str, input: &Value) -> String {
    let input = match input {
        Value::String(text) => fenced("", text),
        other => shown(other),
    };
    paragraphs([format!("**{}**", tool.replace('*', "")), input])
}

/// Those that are not empty, with empty lines between them.
pub(crate) fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    let mut all = String::new();
    for mut part in parts {
        part.truncate(part.trim_end().len());
        match (part.trim().is_empty(), all.is_empty()) {
            (true, _) => {}
            (false, true) => all = part,
            (false, false) => {
                all.push_str("\n\n");
                all.push_str(&part);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_cannot_end_its_own_fence() {
        assert_eq!(fenced("rust", "a\n````\nb\n"), "`````rust\na\n````\nb\n`````");
        assert_eq!(fenced("x\n# Heading", "a"), "```\na\n```");
    }

    #[test]
    fn every_line_of_a_quotation_is_marked() {
        assert_eq!(quoted("a\n\nb\n"), "> a\n> \n> b");
    }
}
