//! What Memo does for an answer, or proposes to do.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::content::depth;

/// The use of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TurnAction {
    /// Its id, different from that of every other of its answer.
    pub id: String,
    /// Which tool.
    pub tool: String,
    /// What the tool is told.
    pub arguments: Value,
    /// What has become of it.
    pub state: ActionState,
    /// What the tool said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Value>,
}

/// What has become of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ActionState {
    /// The person has not decided yet.
    Proposed,
    /// It was done.
    Done,
    /// The person does not want it.
    Declined,
    /// It could not be done.
    Failed,
}

impl TurnAction {
    /// The longest arguments, and the longest outcome, as JSON: 16 KiB.
    pub const MAX_VALUE_BYTES: usize = 16 * 1024;
    /// What is written must be readable again, inside a turn too; JSON readers give up at about 128 levels.
    const MAX_DEPTH: usize = 100;
}

/// The same actions with as much of their arguments and outcomes as there is room for, as JSON, and an id each. Arguments go before
/// outcomes: what comes out of one action must not take another away.
pub(crate) fn fit(mut actions: Vec<TurnAction>, mut room: usize) -> Vec<TurnAction> {
    tell_apart(&mut actions);
    // The brackets, the name, and a comma for each.
    room = room.saturating_sub(64);
    for action in &actions {
        let bare = TurnAction { arguments: Value::Null, outcome: Some(Value::Null), ..action.clone() };
        room = room.saturating_sub(serde_json::to_vec(&bare).map_or(0, |written| written.len()) + 1);
    }
    let mut takes = |value: &Value| {
        let bytes = value.to_string().len();
        let fits =
            depth(value) <= TurnAction::MAX_DEPTH && bytes <= TurnAction::MAX_VALUE_BYTES && bytes <= room;
        room -= if fits { bytes } else { 0 };
        fits
    };
    for action in actions.iter_mut().filter(|action| !action.arguments.is_null()) {
        if takes(&action.arguments) {
            continue;
        }
        action.arguments = Value::Null;
        if action.state == ActionState::Proposed {
            action.state = ActionState::Failed;
        }
    }
    for action in &mut actions {
        // Null is read as nothing.
        action.outcome = action.outcome.take().filter(|outcome| !outcome.is_null() && takes(outcome));
    }
    actions
}

/// Some models give all of their calls the same id.
fn tell_apart(actions: &mut [TurnAction]) {
    let mut seen = BTreeSet::new();
    for action in actions {
        let own: String = action.id.chars().take(96).collect();
        let mut number = 2;
        while !seen.insert(action.id.clone()) {
            action.id = format!("{own}-{number}");
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn action(id: &str, arguments: Value) -> TurnAction {
        let tool = "createMemory".to_owned();
        TurnAction { id: id.to_owned(), tool, arguments, state: ActionState::Proposed, outcome: None }
    }

    #[test]
    fn an_action_that_does_not_fit_cannot_be_approved() {
        let large = json!("x".repeat(TurnAction::MAX_VALUE_BYTES));
        let just = json!("x".repeat(TurnAction::MAX_VALUE_BYTES - 2));
        let mut deep = json!(0);
        for _ in 0..101 {
            deep = json!([deep]);
        }
        let done = TurnAction { state: ActionState::Done, ..action("d", large.clone()) };
        let kept = fit(vec![action("a", large), action("b", just.clone()), action("c", deep), done], 100_000);
        let states: Vec<ActionState> = kept.iter().map(|action| action.state).collect();
        assert_eq!(
            states,
            [ActionState::Failed, ActionState::Proposed, ActionState::Failed, ActionState::Done]
        );
        let arguments: Vec<&Value> = kept.iter().map(|action| &action.arguments).collect();
        assert_eq!(arguments, [&Value::Null, &just, &Value::Null, &Value::Null]);
    }

    #[test]
    fn an_outcome_does_not_take_the_arguments_of_another_away() {
        let value = json!("x".repeat(10_000));
        let done = TurnAction {
            state: ActionState::Done,
            outcome: Some(value.clone()),
            ..action("a", value.clone())
        };
        let kept = fit(vec![done, action("b", value.clone())], 25_000);
        assert_eq!((&kept[0].outcome, &kept[1].arguments), (&None, &value));
        assert_eq!(kept[1].state, ActionState::Proposed);
    }

    #[test]
    fn actions_have_ids_of_their_own() {
        let long = "é".repeat(100);
        let ids = ["", "", "-2", &long, &long];
        let kept = fit(ids.map(|id| action(id, json!({}))).to_vec(), 100_000);
        let unique: BTreeSet<&str> = kept.iter().map(|action| action.id.as_str()).collect();
        assert_eq!(unique.len(), 5, "{unique:?}");
        assert!(unique.iter().all(|id| id.chars().count() <= 100));
        assert_eq!(fit(kept.clone(), 100_000), kept);
    }
}
