//! A memory as a note that is edited elsewhere and read again: in front what can be changed there, and below nothing but its words.

use serde_json::{Map, Value};

use super::note::{fenced, yaml};
use super::text::closed;
use crate::json_text::pretty;

/// A note of these members and of what a memory holds: its words as Markdown, anything else as JSON in a fence.
pub fn editable_note(members: &Map<String, Value>, content: Option<&Value>) -> String {
    let words = match content {
        None | Some(Value::Null) => String::new(),
        Some(content) => match content.as_str().or_else(|| content.get("text").and_then(Value::as_str)) {
            Some(said) => shown_words(said),
            None => fenced(pretty(content).trim_end()),
        },
    };
    let end = if words.is_empty() { "" } else { "\n" };
    format!("---\n{}---\n\n{words}{end}", yaml(members))
}

/// Words as such a note shows them: line by line the same, but that nothing in them is HTML or leads to what a program might run, and that
/// what they leave open is closed behind them.
pub fn shown_words(said: &str) -> String {
    closed(said)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_note_has_its_members_in_front_and_its_words_below() {
        let members = json!({"id": "x", "tags": ["a b", "#c"], "title": "To: \"Zürich\""});
        let note = |content: Value| editable_note(members.as_object().unwrap(), Some(&content));
        let front = "---\nid: x\ntags:\n- a b\n- '#c'\ntitle: 'To: \"Zürich\"'\n---\n\n";
        assert_eq!(note(json!({"text": "a <b>\n# c"})), format!("{front}a \\<b>\n# c\n"));
        assert_eq!(note(json!("words")), format!("{front}words\n"));
        assert_eq!(note(json!([1])), format!("{front}```json\n[\n  1\n]\n```\n"));
        assert_eq!(note(Value::Null), front);
    }

    #[test]
    fn words_that_are_shown_are_shown_the_same_again() {
        for said in ["a <script> [x](javascript:1)", "```\nopen", "%% a", "$$ b", "\\<b> `<c>`", "~~~~\n```"]
        {
            let shown = shown_words(said);
            assert_eq!(shown_words(&shown), shown, "{said}");
        }
    }
}
