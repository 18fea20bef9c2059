//! Branches: other answers, other questions, and how they are read.

use app_store::{BranchLimits, ConversationError};

use crate::stage::{Stage, WHOLE, at, complete, question};

#[tokio::test]
async fn another_answer_and_another_question_are_branches() {
    let stage = Stage::new().await;
    let conversation = stage.begin("first").await;
    let (answer, first) =
        (conversation.leaf.unwrap(), stage.turns(&conversation).await.unwrap().pop().unwrap());
    let next = stage.ask(&conversation, Some(answer), "next").await;
    // The same question again, another in the place of the second, another in the place of the first.
    let again = first.answered(at(2));
    stage.conversations.ask(stage.owner, conversation.id, None, &again, at(2)).await.unwrap();
    assert_eq!(stage.get(conversation.id).await.leaf, Some(again.id));
    let edited = stage.ask(&conversation, Some(answer), "edited").await;
    let anew = stage.ask(&conversation, None, "anew").await;
    let now = stage.get(conversation.id).await;
    assert_eq!((now.turns, now.leaf), (9, Some(anew.1.id)));

    let path = async |leaf| stage.path(&conversation, leaf, WHOLE).await.unwrap();
    assert_eq!(path(next.1.id).await, [first.id, answer, next.0.id, next.1.id]);
    assert_eq!(path(next.0.id).await, [first.id, answer, next.0.id], "a question is an end, too");
    assert_eq!(path(again.id).await, [first.id, again.id]);
    assert_eq!(path(edited.1.id).await, [first.id, answer, edited.0.id, edited.1.id]);
    assert_eq!(path(anew.1.id).await, [anew.0.id, anew.1.id]);
}

#[tokio::test]
async fn a_person_goes_to_turns_of_the_conversation_alone() {
    let stage = Stage::new().await;
    let (one, other) = (stage.begin("one").await, stage.begin("other").await);
    let on = stage.ask(&one, one.leaf, "on").await;
    stage.conversations.go_to(stage.owner, one.id, one.leaf.unwrap()).await.unwrap();
    assert_eq!(stage.get(one.id).await.leaf, one.leaf);
    stage.conversations.go_to(stage.owner, one.id, on.0.id).await.unwrap();
    let strange = stage.conversations.go_to(stage.owner, one.id, other.leaf.unwrap()).await;
    assert!(matches!(strange, Err(ConversationError::NoTurn)));
    assert_eq!(stage.get(one.id).await.leaf, Some(on.0.id));
    let none = stage.path(&one, other.leaf.unwrap(), WHOLE).await;
    assert!(matches!(none, Err(ConversationError::NoTurn)));
    assert!(matches!(stage.turn(&one, other.leaf.unwrap()).await, Err(ConversationError::NoTurn)));
}

#[tokio::test]
async fn the_end_of_a_branch_is_what_fits() {
    let stage = Stage::new().await;
    let conversation = stage.begin("first").await;
    let before = stage.talk(&conversation, conversation.leaf.unwrap(), 2).await;
    let leaf = stage.talk(&conversation, before, 1).await;
    for long in [before, leaf] {
        let long = stage.turn(&conversation, long).await.unwrap().settled(complete(&"x".repeat(3_000)));
        stage.conversations.settle(&long).await.unwrap();
    }
    let all = stage.path(&conversation, leaf, WHOLE).await.unwrap();
    assert_eq!(all.len(), 8);
    for (max_turns, max_bytes, turns) in
        [(3, usize::MAX, 3), (8, usize::MAX, 8), (100, 0, 1), (100, 3_000, 1), (100, 5_000, 2), (0, 9, 0)]
    {
        let limits = BranchLimits { max_turns, max_bytes };
        let path = stage.path(&conversation, leaf, limits).await.unwrap();
        assert_eq!(path, all[8 - turns..], "{limits:?}");
    }
}

#[tokio::test]
async fn a_question_that_was_answered_again_and_again_is_one_step_of_a_branch() {
    let stage = Stage::new().await;
    let conversation = stage.begin("first").await;
    let first = stage.turns(&conversation).await.unwrap().pop().unwrap();
    let mut answers = vec![conversation.leaf.unwrap()];
    for n in 0..250 {
        let again = first.answered(at(n));
        stage.conversations.ask(stage.owner, conversation.id, None, &again, at(n)).await.unwrap();
        answers.push(again.id);
    }
    let on = stage.ask(&conversation, Some(answers[3]), "on").await;
    let path = stage.path(&conversation, on.1.id, WHOLE).await.unwrap();
    assert_eq!(path, [first.id, answers[3], on.0.id, on.1.id]);
}

#[tokio::test]
async fn a_clock_that_was_ahead_leaves_what_follows_behind_it() {
    let stage = Stage::new().await;
    let conversation = stage.begin("first").await;
    let ahead = question(&conversation, conversation.leaf, "ahead", at(60));
    let answer = ahead.answered(at(60));
    let ask = async |question, answer| {
        stage.conversations.ask(stage.owner, conversation.id, Some(question), answer, at(1)).await.unwrap();
    };
    ask(&ahead, &answer).await;
    let behind = question(&conversation, Some(answer.id), "behind", at(1));
    let last = behind.answered(at(1));
    ask(&behind, &last).await;
    let path = stage.path(&conversation, last.id, WHOLE).await.unwrap();
    assert_eq!(path[2..], [ahead.id, answer.id, behind.id, last.id]);
}
