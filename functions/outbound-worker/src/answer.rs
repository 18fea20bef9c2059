//! What Memo answers, as it is said in a chat: sources under the text, and what it proposes in words.

use std::collections::HashMap;

use app_domain::{
    ActionState, AnswerFailure, AnswerState, MemoryId, Timestamp, TurnAction, TurnAnswer, one_line,
};

use crate::find::day;
use crate::markdown::whatsapp;

/// Memo cannot answer, and it is nobody's fault here.
pub(crate) const UNAVAILABLE: &str = "I cannot answer right now. Ask again in a moment.";

/// How many sources are named where the text names none.
const SOURCES: usize = 3;
/// The most of a title that is shown.
const TITLE: usize = 80;

/// An answer as a text. `days` are those on which memories were made.
pub(crate) fn reply(answer: &TurnAnswer, days: &HashMap<MemoryId, Timestamp>, now: Timestamp) -> String {
    if answer.state == AnswerState::Failed || answer.text.trim().is_empty() && answer.actions.is_empty() {
        return failure(answer.failure).to_owned();
    }
    let mut paragraphs = vec![whatsapp(&answer.text)];
    if answer.state == AnswerState::Interrupted {
        paragraphs.push("_The answer ended early. Ask again for the rest._".to_owned());
    }
    paragraphs.extend(actions(&answer.actions));
    paragraphs.extend(sources(answer, days, now));
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.join("\n\n")
}

/// The memories whose numbers stand in the text, or the most important.
fn sources(answer: &TurnAnswer, days: &HashMap<MemoryId, Timestamp>, now: Timestamp) -> Option<String> {
    let numbered: Vec<_> =
        answer.citations.iter().enumerate().map(|(place, cited)| (place + 1, cited)).collect();
    let is_named = |number: usize| answer.text.contains(&format!("[{number}]"));
    let are_named = numbered.iter().any(|(number, _)| is_named(*number));
    let shown = numbered.into_iter().filter(|(number, _)| match are_named {
        true => is_named(*number),
        false => *number <= SOURCES,
    });
    let lines: Vec<String> = shown
        .map(|(number, cited)| {
            let title = one_line(&cited.title, TITLE);
            let title = if title.is_empty() { "a memory" } else { &title };
            let day = days.get(&cited.memory).map(|at| format!(", {}", day(*at, now)));
            format!("[{number}] {title}{}", day.unwrap_or_default())
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What was done, and what waits for a yes.
fn actions(actions: &[TurnAction]) -> Option<String> {
    let of = |state| {
        let done = actions.iter().filter(move |action| action.state == state);
        done.map(|action| deed(&action.tool)).collect::<Vec<_>>().join(", ")
    };
    let (proposed, done, failed) =
        (of(ActionState::Proposed), of(ActionState::Done), of(ActionState::Failed));
    let mut lines = Vec::new();
    if !done.is_empty() {
        lines.push(format!("Done: {done}."));
    }
    if !failed.is_empty() {
        lines.push(format!("Not done: {failed}."));
    }
    if !proposed.is_empty() {
        lines.push(format!("I can do this for you: {proposed}. Open the app to approve it."));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn deed(tool: &str) -> &'static str {
    match tool {
        "create_memory" => "save a memory",
        "update_memory" => "change a memory",
        "set_reminder" => "set a reminder",
        _ => "something else",
    }
}

/// Why there is no answer.
fn failure(failure: Option<AnswerFailure>) -> &'static str {
    match failure {
        Some(AnswerFailure::Budget) => {
            "What I may use of models in a day is used up. Ask again tomorrow; *find* works all the same."
        }
        Some(AnswerFailure::Rejected | AnswerFailure::Refused) => "I do not answer this. Ask in another way.",
        Some(AnswerFailure::TooLong) => "This is more than I can read at once. Ask for less.",
        Some(AnswerFailure::Throttled) => "I have too much to do right now. Ask again in a while.",
        Some(AnswerFailure::Unavailable | AnswerFailure::Interrupted) | None => UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app_domain::Cited;

    fn cited(number: u128, title: &str) -> Cited {
        let memory = MemoryId::from(uuid::Uuid::from_u128(number));
        Cited { memory, title: title.to_owned(), quote: "…".to_owned() }
    }

    fn answer(text: &str) -> TurnAnswer {
        let citations = vec![cited(1, "Dentist"), cited(2, "Trip\nto Porto"), cited(3, ""), cited(4, "Cake")];
        TurnAnswer { state: AnswerState::Complete, text: text.to_owned(), citations, ..TurnAnswer::default() }
    }

    fn said(answer: &TurnAnswer) -> String {
        let at = |text: &str| text.parse().unwrap();
        let days = [(1, at("2026-11-03T10:00:00Z")), (2, at("2025-12-24T23:59:00Z"))];
        let days = days.map(|(number, at)| (MemoryId::from(uuid::Uuid::from_u128(number)), at));
        reply(answer, &HashMap::from(days), at("2026-11-22T00:00:00Z"))
    }

    #[test]
    fn sources_are_those_that_the_text_names() {
        assert_eq!(
            said(&answer("On **Friday** [2], see [1].")),
            "On *Friday* [2], see [1].\n\n[1] Dentist, 3 Nov\n[2] Trip to Porto, 24 Dec 2025"
        );
        assert_eq!(
            said(&answer("On Friday.")),
            "On Friday.\n\n[1] Dentist, 3 Nov\n[2] Trip to Porto, 24 Dec 2025\n[3] a memory"
        );
        assert_eq!(said(&TurnAnswer { citations: Vec::new(), ..answer("I do not know.") }), "I do not know.");
    }

    #[test]
    fn what_is_proposed_is_to_be_approved_in_the_app() {
        let action = |tool: &str, state| TurnAction {
            id: "1".to_owned(),
            tool: tool.to_owned(),
            arguments: serde_json::json!({}),
            state,
            outcome: None,
        };
        let actions = vec![
            action("create_memory", ActionState::Done),
            action("set_reminder", ActionState::Proposed),
            action("update_memory", ActionState::Declined),
        ];
        let answer = TurnAnswer { actions, citations: Vec::new(), ..answer("Sure.") };
        assert_eq!(
            said(&answer),
            "Sure.\n\nDone: save a memory.\nI can do this for you: set a reminder. Open the app to approve it."
        );
    }

    #[test]
    fn a_failure_is_said_in_words() {
        let failed = |failure| {
            said(&TurnAnswer { state: AnswerState::Failed, failure: Some(failure), ..TurnAnswer::default() })
        };
        assert!(failed(AnswerFailure::Budget).contains("tomorrow"));
        assert_eq!(failed(AnswerFailure::Unavailable), UNAVAILABLE);
        let cut = TurnAnswer { state: AnswerState::Interrupted, citations: Vec::new(), ..answer("On Fri") };
        assert_eq!(said(&cut), "On Fri\n\n_The answer ended early. Ask again for the rest._");
    }
}
