//! Reading what the model was asked.

use serde_json::Value;

/// Who says what: role and words.
pub(crate) fn turns(asked: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let turns = asked["messages"].as_array().unwrap().iter();
    turns.map(|turn| (text(&turn["role"]), text(&turn["content"]))).collect()
}

/// What was said, without instructions and material.
pub(crate) fn said(asked: &Value) -> Vec<String> {
    let turns = turns(asked).into_iter().skip(1);
    turns.map(|(_, text)| text.rsplit("The person says:\n").next().unwrap_or_default().to_owned()).collect()
}

/// The number under which a memory of this title is shown.
pub(crate) fn number_of(asked: &Value, title: &str) -> usize {
    let title = format!("titled “{title}”");
    let text: String = turns(asked).into_iter().map(|(_, text)| text + "\n").collect();
    let line = text.lines().find(|line| line.contains(&title)).unwrap();
    line.strip_prefix('[').and_then(|line| line.split(']').next()).unwrap().parse().unwrap()
}

/// What came of the tools that were used.
pub(crate) fn results(asked: &Value) -> Vec<String> {
    turns(asked).into_iter().filter(|(role, _)| role == "tool").map(|(_, text)| text).collect()
}

/// The names of the tools that are offered.
pub(crate) fn tools(asked: &Value) -> Vec<String> {
    let tools = asked["tools"].as_array().into_iter().flatten();
    tools.map(|tool| tool["function"]["name"].as_str().unwrap().to_owned()).collect()
}
