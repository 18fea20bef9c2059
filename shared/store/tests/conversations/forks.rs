//! Copies of conversations.

use app_domain::{
    ActionState, AnswerState, Conversation, ForkOrigin, RunningSummary, Said, StoreError, Timestamp, TurnId,
};
use app_store::{ConversationError, Conversations, DueKind};
use app_testing::{metered_table, vault};

use crate::stage::{Stage, WHOLE, action, at, complete, proposing};

async fn fork(
    stage: &Stage,
    source: &Conversation,
    turn: TurnId,
    now: Timestamp,
) -> Result<Conversation, ConversationError> {
    stage.conversations.fork(stage.owner, source.id, turn, source.forked(turn, now)).await
}

#[tokio::test]
async fn a_copy_has_the_branch_up_to_a_turn_and_goes_on_alone() {
    let stage = Stage::new().await;
    let (source, settled) = stage.answered(complete("On Friday.")).await;
    let (asked, answer) = stage.ask(&source, Some(settled.id), "And where?").await;
    let other_branch = stage.ask(&source, Some(settled.id), "And when?").await;
    stage.conversations.settle(&answer.clone().settled(complete("There."))).await.unwrap();
    let source = stage.get(source.id).await;

    let copy = fork(&stage, &source, answer.id, at(5)).await.unwrap();
    assert_eq!(stage.get(copy.id).await, copy);
    assert_eq!((copy.turns, copy.leaf, copy.created_at), (4, Some(answer.id), at(5)));
    assert_eq!(copy.forked_from, Some(ForkOrigin { conversation: source.id, turn: answer.id }));
    let said =
        |turns: Vec<app_domain::Turn>| -> Vec<Said> { turns.into_iter().map(|turn| turn.said).collect() };
    let mut expected = stage.turns(&source).await.unwrap();
    expected.retain(|turn| ![other_branch.0.id, other_branch.1.id].contains(&turn.id));
    let copied = stage.turns(&copy).await.unwrap();
    assert!(copied.iter().all(|turn| turn.conversation == copy.id));
    assert_eq!(said(copied), said(expected));

    // The one goes on without the other.
    stage.ask(&copy, copy.leaf, "in the copy").await;
    stage.conversations.delete(stage.owner, source.id, at(6)).await.unwrap();
    assert_eq!(stage.path(&copy, answer.id, WHOLE).await.unwrap().len(), 4);
    assert_eq!(stage.turns(&copy).await.unwrap().len(), 6);
    // Up to a question, which is to be answered otherwise.
    let half = fork(&stage, &copy, asked.id, at(7)).await.unwrap();
    assert_eq!((half.turns, half.leaf), (3, Some(asked.id)));
    let again = stage.turn(&half, asked.id).await.unwrap().answered(at(8));
    stage.conversations.ask(stage.owner, half.id, None, &again, at(8)).await.unwrap();
}

#[tokio::test]
async fn what_is_proposed_is_decided_in_one_place_alone() {
    let stage = Stage::new().await;
    let (source, settled) = stage.answered(proposing("x", 2)).await;
    let done = action("0", ActionState::Done);
    let act = async |conversation: &Conversation, id: &str| {
        let (owner, from) = (stage.owner, ActionState::Proposed);
        stage.conversations.act(owner, conversation.id, settled.id, id, from, &done).await
    };
    act(&source, "0").await.unwrap();
    let pending = stage.ask(&source, Some(settled.id), "and?").await.1;
    let copy = fork(&stage, &source, pending.id, at(2)).await.unwrap();
    let read = stage.turn(&copy, settled.id).await.unwrap();
    let states: Vec<_> = read.answer().unwrap().actions.iter().map(|action| action.state).collect();
    assert_eq!(states, [ActionState::Done, ActionState::Declined]);
    assert!(matches!(act(&copy, "1").await, Err(ConversationError::AlreadyDecided)));
    act(&source, "1").await.unwrap();

    let copied = stage.turn(&copy, pending.id).await.unwrap();
    assert_eq!(copied.answer().unwrap().state, AnswerState::Interrupted);
    assert!(stage.conversations.settle(&pending.clone().settled(complete("late"))).await.unwrap());
    assert_eq!(stage.turn(&copy, pending.id).await.unwrap(), copied);
}

#[tokio::test]
async fn a_summary_goes_along_if_all_of_it_does() {
    let stage = Stage::new().await;
    let (source, first) = stage.answered(complete("x")).await;
    let second = stage.ask(&source, Some(first.id), "on").await.1;
    let summary = RunningSummary { text: "short".to_owned(), up_to: second.id };
    assert!(stage.conversations.note_summary(stage.owner, source.id, &summary, None).await.unwrap());
    let source = stage.get(source.id).await;
    assert_eq!(fork(&stage, &source, first.id, at(2)).await.unwrap().summary, None);
    let copy = fork(&stage, &source, second.id, at(2)).await.unwrap();
    assert_eq!(stage.get(copy.id).await.summary, Some(summary));
}

#[tokio::test]
async fn a_thousand_turns_are_copied_and_no_more() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let source = stage.begin("first").await;
    let last = stage.talk(&source, source.leaf.unwrap(), 499).await;
    meter.take();
    let copy = fork(&stage, &source, last, at(5)).await.unwrap();
    let cost = meter.take();
    assert_eq!((cost.of("Query"), cost.of("BatchWriteItem"), cost.of("TransactWriteItems")), (10, 40, 2));
    assert_eq!(copy.turns, 1_000);
    let path = stage.path(&copy, last, WHOLE).await.unwrap();
    assert_eq!(path, stage.path(&source, last, WHOLE).await.unwrap());
    assert_eq!(path.len(), 1_000);
    assert!(stage.due.page(&at(5 + 2 * 86_400).day(), None, 10).await.unwrap().items.is_empty());

    let (question, longer) = stage.ask(&source, Some(last), "one more").await;
    meter.take();
    for turn in [question.id, longer.id] {
        let refused = fork(&stage, &source, turn, at(6)).await;
        assert!(matches!(refused, Err(ConversationError::TooLong)), "{refused:?}");
    }
    assert_eq!(meter.take().writes, 0.0);
}

#[tokio::test]
async fn what_is_not_there_is_not_copied() {
    let stage = Stage::new().await;
    let (source, other) = (stage.begin("one").await, stage.begin("other").await);
    let strange = fork(&stage, &source, other.leaf.unwrap(), at(1)).await;
    assert!(matches!(strange, Err(ConversationError::NoTurn)), "{strange:?}");
    // Onto another that is there.
    let onto = Conversation { id: other.id, ..source.forked(source.leaf.unwrap(), at(1)) };
    let taken = stage.conversations.fork(stage.owner, source.id, source.leaf.unwrap(), onto).await;
    assert!(matches!(taken, Err(ConversationError::Store(StoreError::Conflict))), "{taken:?}");
    assert_eq!((stage.get(other.id).await, stage.turns(&other).await.unwrap().len()), (other, 2));
    stage.conversations.delete(stage.owner, source.id, at(1)).await.unwrap();
    let gone = fork(&stage, &source, source.leaf.unwrap(), at(1)).await;
    assert!(matches!(gone, Err(ConversationError::Missing)), "{gone:?}");
}

/// A vault that knows other keys opens nothing, so a copy fails where something has to be sealed anew: at its answer.
#[tokio::test]
async fn a_copy_that_fails_is_not_seen_and_is_due_to_be_removed() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table.clone());
    let (source, settled) = stage.answered(proposing("x", 1)).await;
    let before = meter.keys().await;
    let stranger = Conversations::new(table.clone(), vault(&table));
    let copy = source.forked(settled.id, at(1));
    stranger.fork(stage.owner, source.id, settled.id, copy.clone()).await.unwrap_err();
    assert_eq!(stage.conversations.get(stage.owner, copy.id).await.unwrap(), None);
    let day = at(1 + 2 * 86_400);
    let work = stage.due(day).await.items;
    assert_eq!(work.len(), 1);
    assert_eq!((work[0].kind, work[0].id), (DueKind::Conversation, copy.id.as_uuid()));
    assert!(stage.conversations.remove_turns(stage.owner, copy.id, 100).await.unwrap());
    stage.due.done(&day.day(), work[0]).await.unwrap();
    assert_eq!(meter.keys().await, before);
}

/// Somebody has found the note of a copy that still goes on, and done what it says.
#[tokio::test]
async fn a_copy_whose_turns_were_removed_does_not_appear() {
    let (table, _) = metered_table().await;
    let stage = Stage::on(table);
    let source = stage.begin("first").await;
    let last = stage.talk(&source, source.leaf.unwrap(), 200).await;
    let day = at(1 + 2 * 86_400);
    let copy = source.forked(last, at(1));
    let sweep = async {
        loop {
            if let Some(work) = stage.due(day).await.items.first() {
                stage.due.done(&day.day(), *work).await.unwrap();
                break stage.conversations.remove_turns(stage.owner, copy.id, 1_000).await.unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_micros(200)).await;
        }
    };
    let (forked, _) = tokio::join!(
        stage.conversations.fork(stage.owner, source.id, last, copy.clone()),
        tokio::time::timeout(std::time::Duration::from_secs(10), sweep)
    );
    assert!(matches!(forked, Err(ConversationError::Store(StoreError::Conflict))), "{forked:?}");
    assert_eq!(stage.conversations.get(stage.owner, copy.id).await.unwrap(), None);
}
