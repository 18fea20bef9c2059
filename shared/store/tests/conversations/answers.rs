//! How answers end, and what is decided on what they propose.

use app_domain::{ActionState, AnswerFailure, AnswerState, TurnAnswer, TurnId};
use app_store::ConversationError;
use futures_util::future::join_all;

use crate::stage::{Stage, action, at, complete, proposing};

#[tokio::test]
async fn an_answer_ends_once() {
    let stage = Stage::new().await;
    let (conversation, settled) = stage.answered(complete("On Friday.")).await;
    let read = async || stage.turn(&conversation, settled.id).await.unwrap();
    assert_eq!(read().await, settled);
    assert!(stage.conversations.settle(&settled).await.unwrap(), "the same again");
    for other in [
        complete("On Monday."),
        TurnAnswer { state: AnswerState::Interrupted, ..complete("On Friday.") },
        TurnAnswer::default(),
    ] {
        assert!(!stage.conversations.settle(&settled.clone().settled(other)).await.unwrap());
        assert_eq!(read().await, settled);
    }
    let before = stage.get(conversation.id).await;
    assert_eq!((before.turns, before.leaf), (2, Some(settled.id)));
}

#[tokio::test]
async fn a_question_has_no_end_and_a_stranger_none_either() {
    let stage = Stage::new().await;
    let (conversation, settled) = stage.answered(complete("x")).await;
    let question = stage.turn(&conversation, settled.parent.unwrap()).await.unwrap();
    assert!(!stage.conversations.settle(&question).await.unwrap());
    assert!(!stage.conversations.settle(&question.clone().settled(complete("x"))).await.unwrap());
    let nobody = app_domain::Turn { id: TurnId::new(at(1)), ..settled };
    assert!(!stage.conversations.settle(&nobody).await.unwrap());
    assert_eq!(stage.turn(&conversation, question.id).await.unwrap(), question);
    assert_eq!(stage.turns(&conversation).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_too_long_is_kept_as_far_as_it_goes_and_settled_once() {
    let stage = Stage::new().await;
    let (conversation, settled) = stage.answered(proposing(&"é\n".repeat(400_000), 40)).await;
    assert!(stage.conversations.settle(&settled).await.unwrap(), "the same again");
    let read = stage.turn(&conversation, settled.id).await.unwrap();
    let answer = read.answer().unwrap();
    assert_eq!((answer.text.len(), answer.actions.len()), (64 * 1024 - 1, 16));
    assert!(settled.answer().unwrap().text.starts_with(&answer.text));
}

#[tokio::test]
async fn the_largest_answer_there_can_be_is_stored() {
    let stage = Stage::new().await;
    let value = serde_json::json!("\"".repeat(8_000));
    let mut huge = proposing(&"\"\\".repeat(40_000), 16);
    for action in &mut huge.actions {
        action.arguments = value.clone();
    }
    let (conversation, settled) = stage.answered(huge).await;
    let read = stage.turn(&conversation, settled.id).await.unwrap();
    assert_eq!(read, settled.bounded());
}

#[tokio::test]
async fn an_answer_that_nobody_settles_is_seen_as_interrupted_and_can_still_end() {
    let stage = Stage::new().await;
    let conversation = stage.begin("question").await;
    let (owner, id, leaf) = (stage.owner, conversation.id, conversation.leaf.unwrap());
    let later = at(15 * 60 + 1);
    let seen = stage.conversations.turn(owner, id, leaf, later).await.unwrap();
    let listed = stage.conversations.turns(owner, id, None, 10, later).await.unwrap().0;
    let path = stage.conversations.path(owner, id, leaf, crate::stage::WHOLE, later).await.unwrap();
    for turn in [&seen, &listed[0], &path[1]] {
        let answer = turn.answer().unwrap();
        assert_eq!(answer.state, AnswerState::Interrupted);
        assert_eq!(answer.failure, Some(AnswerFailure::Interrupted));
    }
    let pending = stage.turn(&conversation, leaf).await.unwrap();
    assert_eq!(pending.answer().unwrap().state, AnswerState::Pending);
    assert!(stage.conversations.settle(&pending.settled(complete("late"))).await.unwrap());
    let seen = stage.conversations.turn(owner, id, leaf, later).await.unwrap();
    assert_eq!(seen.answer().unwrap().text, "late");
}

#[tokio::test]
async fn of_two_who_approve_one_succeeds() {
    let stage = Stage::new().await;
    let (conversation, settled) = stage.answered(proposing("x", 1)).await;
    let approve = async |_: usize| {
        let done = action("0", ActionState::Done);
        let all = &stage.conversations;
        all.act(stage.owner, conversation.id, settled.id, "0", ActionState::Proposed, &done).await
    };
    let outcomes = join_all((0..8).map(approve)).await;
    let decided = |outcome: &Result<_, _>| matches!(outcome, Err(ConversationError::AlreadyDecided));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| decided(outcome)).count(), 7, "{outcomes:?}");
    let read = stage.turn(&conversation, settled.id).await.unwrap();
    assert_eq!(read.answer().unwrap().actions, [action("0", ActionState::Done)]);
    assert!(!stage.conversations.settle(&settled).await.unwrap(), "it says something else by now");
}

#[tokio::test]
async fn several_actions_are_decided_at_once() {
    let stage = Stage::new().await;
    let (conversation, settled) = stage.answered(proposing("x", 10)).await;
    let decide = async |n: usize| {
        let (id, state) =
            (n.to_string(), if n.is_multiple_of(2) { ActionState::Done } else { ActionState::Declined });
        let all = &stage.conversations;
        let to = action("whatever", state);
        all.act(stage.owner, conversation.id, settled.id, &id, ActionState::Proposed, &to).await.unwrap();
        action(&id, state)
    };
    let expected = join_all((0..10).map(decide)).await;
    let read = stage.turn(&conversation, settled.id).await.unwrap();
    assert_eq!(read.answer().unwrap().actions, expected);
}

#[tokio::test]
async fn what_is_not_proposed_is_not_decided() {
    let stage = Stage::new().await;
    let (conversation, settled) = stage.answered(proposing("x", 1)).await;
    let pending = stage.ask(&conversation, Some(settled.id), "and?").await;
    let act = async |turn, id: &str| {
        let done = action(id, ActionState::Done);
        let all = &stage.conversations;
        all.act(stage.owner, conversation.id, turn, id, ActionState::Proposed, &done).await
    };
    assert!(matches!(act(settled.id, "1").await, Err(ConversationError::NoAction)));
    assert!(matches!(act(pending.0.id, "0").await, Err(ConversationError::NoAction)));
    assert!(matches!(act(pending.1.id, "0").await, Err(ConversationError::NoAction)));
    assert!(matches!(act(TurnId::new(at(0)), "0").await, Err(ConversationError::NoTurn)));
    stage.conversations.delete(stage.owner, conversation.id, at(2)).await.unwrap();
    assert!(matches!(act(settled.id, "0").await, Err(ConversationError::Missing)));
}
