//! Conversations and what was said in them, as they come in.

use app_domain::{
    AnswerState, Conversation, ConversationTitle, RunningSummary, Said, Turn, TurnAnswer, TurnId, TurnText,
};
use app_store::{BranchLimits, ConversationError, Precedence, Restored, Unmade};

use crate::stage::{Stage, at, owner};

pub(crate) const WHOLE: BranchLimits = BranchLimits { max_turns: 10_000, max_bytes: usize::MAX };

pub(crate) fn conversation() -> Conversation {
    Conversation::new(owner(), ConversationTitle::parse("Lisbon").unwrap(), None, at(0))
}

/// Questions and answers by turns, each following the one before it.
pub(crate) fn chain(of: &Conversation, count: usize) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    for n in 0..count {
        let (now, last) = (at(n as i64), turns.last());
        let turn = match last.filter(|last| last.is_question()) {
            Some(question) => {
                let answer = TurnAnswer {
                    state: AnswerState::Complete,
                    text: format!("answer {n}"),
                    ..TurnAnswer::default()
                };
                question.answered(now).settled(answer)
            }
            None => {
                let text = TurnText::parse(&format!("question {n}")).unwrap();
                Turn::question(of.id, of.owner, last.map(|last| last.id), text, now)
            }
        };
        turns.push(turn);
    }
    turns
}

#[tokio::test]
async fn a_conversation_comes_in_as_it_was() {
    let stage = Stage::new().await;
    let turns = chain(&conversation(), 250);
    let summary = Some(RunningSummary { text: "They talked.".to_owned(), up_to: turns[3].id });
    // It goes on from an older turn than the last.
    let given = Conversation {
        leaf: Some(turns[199].id),
        turns: 250,
        summary,
        updated_at: at(70),
        id: turns[0].conversation,
        ..conversation()
    };
    assert_eq!(stage.conversations.restore(&given, Precedence::Newer).await.unwrap(), Restored::Made);
    let outcomes = stage.conversations.restore_turns(stage.owner, given.id, &turns).await.unwrap();
    assert_eq!(outcomes, vec![Restored::Made; 250]);
    assert_eq!(stage.conversations.get(stage.owner, given.id).await.unwrap(), Some(given.clone()));
    let path = stage.conversations.path(stage.owner, given.id, turns[249].id, WHOLE, at(999)).await.unwrap();
    assert_eq!(path, turns);
    assert_eq!(stage.conversations.restore(&given, Precedence::Newer).await.unwrap(), Restored::Same);
    let again = stage.conversations.restore_turns(stage.owner, given.id, &turns).await.unwrap();
    assert_eq!(again, vec![Restored::Same; 250]);
    assert_eq!(stage.conversations.get(stage.owner, given.id).await.unwrap(), Some(given));
}

#[tokio::test]
async fn a_conversation_never_goes_on_from_a_turn_that_is_not_there() {
    let stage = Stage::new().await;
    let given = conversation();
    let turns = chain(&given, 6);
    let given = Conversation { leaf: Some(turns[5].id), turns: 6, ..given };
    stage.conversations.restore(&given, Precedence::Newer).await.unwrap();
    let leaf = async || stage.conversations.get(stage.owner, given.id).await.unwrap().unwrap().leaf;
    assert_eq!(leaf().await, None);
    stage.conversations.restore_turns(stage.owner, given.id, &turns[..4]).await.unwrap();
    assert_eq!(leaf().await, Some(turns[3].id));
    stage.conversations.restore_turns(stage.owner, given.id, &turns).await.unwrap();
    assert_eq!(stage.conversations.get(stage.owner, given.id).await.unwrap(), Some(given.clone()));
}

#[tokio::test]
async fn turns_that_follow_nothing_begin_branches_and_answers_without_questions_are_refused() {
    let stage = Stage::new().await;
    let given = conversation();
    let turns = chain(&given, 4);
    stage.conversations.restore(&given, Precedence::Newer).await.unwrap();
    // The first answer is missing: what follows it begins a branch. So is its question: it is refused.
    let outcomes = stage.conversations.restore_turns(stage.owner, given.id, &turns[1..]).await.unwrap();
    assert!(matches!(outcomes[..], [Restored::Refused(_), Restored::Made, Restored::Made]), "{outcomes:?}");
    let there = stage.conversations.turn(stage.owner, given.id, turns[2].id, at(9)).await.unwrap();
    assert_eq!(there.parent, None);
    // Ids go up with what follows, or it would go round in a circle.
    let circle = Turn { parent: Some(TurnId::following(Some(turns[3].id), at(99))), ..turns[0].clone() };
    stage.conversations.restore_turns(stage.owner, given.id, &[circle]).await.unwrap();
    let there = stage.conversations.get(stage.owner, given.id).await.unwrap().unwrap();
    assert_eq!(there.turns, 3);
}

#[tokio::test]
async fn what_was_still_being_answered_is_interrupted() {
    let stage = Stage::new().await;
    let given = conversation();
    let question = chain(&given, 1).remove(0);
    let pending = question.answered(at(1));
    stage.conversations.restore(&given, Precedence::Newer).await.unwrap();
    stage.conversations.restore_turns(stage.owner, given.id, &[question, pending.clone()]).await.unwrap();
    let there = stage.conversations.turn(stage.owner, given.id, pending.id, at(2)).await.unwrap();
    let Said::Answer(answer) = there.said else { unreachable!() };
    assert_eq!(answer.state, AnswerState::Interrupted);
}

#[tokio::test]
async fn the_newer_copy_of_a_conversation_stays() {
    let stage = Stage::new().await;
    let given = conversation();
    stage.conversations.restore(&given, Precedence::Newer).await.unwrap();
    let title = ConversationTitle::parse("Porto").unwrap();
    let newer = Conversation { title: title.clone(), updated_at: at(50), ..given.clone() };
    assert_eq!(stage.conversations.restore(&newer, Precedence::Newer).await.unwrap(), Restored::Updated);
    assert_eq!(stage.conversations.restore(&given, Precedence::Newer).await.unwrap(), Restored::Newer);
    assert_eq!(stage.conversations.get(stage.owner, given.id).await.unwrap().unwrap().title, title);
}

#[tokio::test]
async fn a_conversation_goes_for_good_with_all_that_was_said() {
    let stage = Stage::new().await;
    let given = conversation();
    let turns = chain(&given, 700);
    stage.conversations.restore(&given, Precedence::Newer).await.unwrap();
    stage.conversations.restore_turns(stage.owner, given.id, &turns).await.unwrap();
    let unmake = |then| stage.conversations.unmake(stage.owner, given.id, then, at(9));
    assert_eq!(unmake(at(1)).await.unwrap(), Unmade::Changed);
    assert_eq!(unmake(given.updated_at).await.unwrap(), Unmade::Gone);
    assert_eq!(unmake(given.updated_at).await.unwrap(), Unmade::Missing);
    let outcome = stage.conversations.restore_turns(stage.owner, given.id, &turns).await;
    assert!(matches!(outcome, Err(ConversationError::Missing)));
    // What a chore has not removed yet does not come back with it.
    stage.conversations.restore(&given, Precedence::Newer).await.unwrap();
    stage.conversations.restore_turns(stage.owner, given.id, &turns[..2]).await.unwrap();
    let (there, _) = stage.conversations.turns(stage.owner, given.id, None, 9, at(9)).await.unwrap();
    assert_eq!(there.len(), 2);
}

#[tokio::test]
async fn long_answers_come_in_too() {
    let stage = Stage::new().await;
    let given = conversation();
    let mut turns = chain(&given, 60);
    for turn in turns.iter_mut().filter(|turn| !turn.is_question()) {
        let answer = TurnAnswer {
            state: AnswerState::Complete,
            text: "x".repeat(TurnAnswer::MAX_TEXT_BYTES),
            ..TurnAnswer::default()
        };
        let cited = (0..32).map(|_| app_domain::Cited {
            memory: app_domain::MemoryId::new(at(0)),
            title: "日".repeat(255),
            quote: "日".repeat(500),
        });
        *turn = turn.clone().settled(TurnAnswer { citations: cited.collect(), ..answer });
    }
    stage.conversations.restore(&given, Precedence::Newer).await.unwrap();
    let outcomes = stage.conversations.restore_turns(stage.owner, given.id, &turns).await.unwrap();
    assert_eq!(outcomes, vec![Restored::Made; 60]);
}
