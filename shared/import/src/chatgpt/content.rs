//! What a message of ChatGPT says: text out of each type of content.

use std::collections::HashMap;

use serde_json::Value;

use crate::loose::Loose;
use crate::prose::{fenced, paragraphs, quoted, shown};

/// What a message says.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// Its text.
    pub(crate) text: String,
    /// Pointers to the pictures and recordings in it.
    pub(crate) pointers: Vec<String>,
}

impl Content {
    /// Of the content of a message.
    pub(crate) fn of(content: &Value) -> Self {
        let text = |name: &str| content.text(name).unwrap_or_default();
        let mut pointers = Vec::new();
        let said = match text("content_type") {
            "code" => fenced(text("language"), text("text")),
            "execution_output" => fenced("", text("text")),
            "system_error" => paragraphs([text("name").to_owned(), text("text").to_owned()]),
            "tether_quote" => paragraphs([source(content), quoted(text("text"))]),
            "tether_browsing_display" => paragraphs([text("summary").to_owned(), text("result").to_owned()]),
            "thoughts" => paragraphs(content.list("thoughts").iter().map(thought)),
            "reasoning_recap" => text("content").to_owned(),
            "user_editable_context" => members(content, &["user_profile", "user_instructions"]),
            "model_editable_context" => {
                members(content, &["model_set_context", "repository", "repo_summary", "structured_context"])
            }
            _ => parts(content, &mut pointers),
        };
        // A fence with nothing in it is nothing.
        let is_empty = said.trim_matches(['`', '\n', ' ']).is_empty();
        let text = if is_empty && pointers.is_empty() { otherwise(content) } else { said };
        Self { text, pointers }
    }
}

/// Texts and pictures in their order.
fn parts(content: &Value, pointers: &mut Vec<String>) -> String {
    let part = |part: &Value| -> String {
        if part.is_object() {
            let before = pointers.len();
            point(part, pointers);
            match part.text("text") {
                Some(text) => text.to_owned(),
                None if pointers.len() > before || is_blank(part) => String::new(),
                None => shown(part),
            }
        } else {
            shown(part)
        }
    };
    match content.member("parts") {
        Value::Array(parts) => paragraphs(parts.iter().map(part)),
        Value::String(text) => text.clone(),
        _ => content.as_str().unwrap_or_default().to_owned(),
    }
}

/// Whether a part has a type and nothing else, such as a transcription in which nothing was heard.
fn is_blank(part: &Value) -> bool {
    let is_said = |(name, value): (&String, &Value)| match value {
        Value::String(text) => name != "content_type" && name != "direction" && !text.trim().is_empty(),
        Value::Object(_) | Value::Array(_) => true,
        _ => false,
    };
    !part.as_object().is_some_and(|members| members.iter().any(is_said))
}

/// The pointers in a part: its own, or those of the recording, the video and the pictures that it is made of.
fn point(part: &Value, pointers: &mut Vec<String>) {
    pointers.extend(part.text("asset_pointer").map(str::to_owned));
    let frames = part.list("frames_asset_pointers").iter();
    for inner in ["audio_asset_pointer", "video_container_asset_pointer"]
        .map(|name| part.member(name))
        .into_iter()
        .chain(frames)
    {
        pointers.extend(inner.as_str().or_else(|| inner.text("asset_pointer")).map(str::to_owned));
    }
}

fn thought(thought: &Value) -> String {
    let heading =
        thought.text("summary").map(|summary| format!("**{}**", summary.trim())).unwrap_or_default();
    let text = thought.as_str().or_else(|| thought.text("content")).unwrap_or_default();
    paragraphs([heading, text.to_owned()])
}

fn source(content: &Value) -> String {
    let title = content.text("title").or_else(|| content.text("domain"));
    [title, content.text("url")].into_iter().flatten().collect::<Vec<_>>().join(": ")
}

fn members(content: &Value, names: &[&str]) -> String {
    paragraphs(names.iter().map(|name| shown(content.member(name))))
}

/// What there is in content of a type that is not known, or that is not made as its type is.
fn otherwise(content: &Value) -> String {
    let said = members(content, &["text", "result", "content", "summary"]);
    let is_known = content.is_string() || content.get("parts").is_some() || content.get("text").is_some();
    match content {
        Value::Object(object) if said.is_empty() && !is_known && object.len() > 1 && !is_blank(content) => {
            shown(content)
        }
        _ => said,
    }
}

/// The text without the marks of citations that only ChatGPT can show, each replaced by what it stands for where that is known.
pub(crate) fn without_marks(text: String, references: &[Value]) -> String {
    const BEGIN: char = '\u{e200}';
    const END: char = '\u{e201}';
    if !text.contains(BEGIN) {
        return text;
    }
    let known = |reference: &Value| {
        Some((reference.text("matched_text")?.to_owned(), reference.text("alt")?.to_owned()))
    };
    let known: HashMap<String, String> = references.iter().filter_map(known).collect();
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, marked)) = rest.split_once(BEGIN) {
        shown.push_str(before);
        let Some((mark, after)) = marked.split_once(END) else {
            // A mark that does not end is a text.
            shown.push_str(marked);
            rest = "";
            break;
        };
        shown.push_str(known.get(&format!("{BEGIN}{mark}{END}")).map_or("", String::as_str));
        rest = after;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_type_of_content_is_a_text() {
        for (content, text) in [
            (json!({"content_type": "text", "parts": ["a", "", "b"]}), "a\n\nb"),
            (
                json!({"content_type": "code", "language": "python", "text": "print(1)"}),
                "```python\nprint(1)\n```",
            ),
            (json!({"content_type": "execution_output", "text": "1"}), "```\n1\n```"),
            (
                json!({"content_type": "system_error", "name": "tool_error", "text": "No."}),
                "tool_error\n\nNo.",
            ),
            (
                json!({"content_type": "tether_quote", "url": "https://example.org", "title": "Oats", "text": "a\nb"}),
                "Oats: https://example.org\n\n> a\n> b",
            ),
            (json!({"content_type": "tether_browsing_display", "result": "r", "summary": null}), "r"),
            (
                json!({"content_type": "thoughts", "thoughts": [{"summary": "Weighing", "content": "Hm."}, "So."]}),
                "**Weighing**\n\nHm.\n\nSo.",
            ),
            (json!({"content_type": "reasoning_recap", "content": "Thought for 4s"}), "Thought for 4s"),
            (
                json!({"content_type": "user_editable_context", "user_profile": "p", "user_instructions": "i"}),
                "p\n\ni",
            ),
            (json!({"content_type": "code", "text": ""}), ""),
            (json!({"content_type": "text", "parts": [""]}), ""),
            (json!({"content_type": "text", "parts": "alone"}), "alone"),
            (json!({"content_type": "new_thing", "text": "still read"}), "still read"),
            (
                json!({"content_type": "new_thing", "rows": [1]}),
                "```json\n{\n  \"content_type\": \"new_thing\",\n  \"rows\": [\n    1\n  ]\n}\n```",
            ),
            (json!("plain"), "plain"),
            (json!(null), ""),
            (json!([1]), ""),
        ] {
            assert_eq!(Content::of(&content).text, text, "{content}");
        }
    }

    #[test]
    fn voice_has_its_words_and_its_recording() {
        let content = Content::of(&json!({"content_type": "multimodal_text", "parts": [
            {"content_type": "audio_transcription", "text": "Good morning.", "direction": "in"},
            {"content_type": "real_time_user_audio_video_asset_pointer", "frames_asset_pointers": [{"asset_pointer": "sediment://file_frame"}],
             "audio_asset_pointer": {"content_type": "audio_asset_pointer", "asset_pointer": "sediment://file_voice", "format": "wav"}},
        ]}));
        assert_eq!(content.text, "Good morning.");
        assert_eq!(content.pointers, ["sediment://file_voice", "sediment://file_frame"]);
    }

    #[test]
    fn marks_of_citations_are_what_they_stand_for() {
        let references = [
            json!({"matched_text": "\u{e200}cite\u{e202}turn0search1\u{e201}", "alt": "([Oats](https://example.org))"}),
        ];
        let text = "Oats \u{e200}cite\u{e202}turn0search1\u{e201} keep\u{e200}navlist\u{e201}. \u{e200}open"
            .to_owned();
        assert_eq!(without_marks(text, &references), "Oats ([Oats](https://example.org)) keep. open");
    }
}
