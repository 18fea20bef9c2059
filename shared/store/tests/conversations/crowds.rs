//! Many at once in one conversation.

use std::collections::BTreeSet;

use app_domain::{ConversationTitle, RunningSummary};
use app_store::ConversationError;
use futures_util::future::join_all;

use crate::stage::{Stage, at, complete, question};

#[tokio::test]
async fn twenty_who_ask_at_once_are_all_heard() {
    let stage = Stage::new().await;
    let conversation = stage.begin("first").await;
    let title = ConversationTitle::parse("renamed").unwrap();
    let asked =
        join_all((0..20).map(async |n: usize| {
            stage.ask(&conversation, conversation.leaf, &format!("question {n}")).await
        }));
    let rename = stage.conversations.rename(stage.owner, conversation.id, &title, at(1));
    let (asked, renamed) = tokio::join!(asked, rename);
    renamed.unwrap();
    let now = stage.get(conversation.id).await;
    assert_eq!((now.turns, &now.title), (42, &title));
    assert!(asked.iter().any(|(_, answer)| now.leaf == Some(answer.id)));
    let there: BTreeSet<_> = stage.turns(&conversation).await.unwrap().iter().map(|turn| turn.id).collect();
    assert_eq!(there.len(), 42);
    assert!(
        asked.iter().all(|(question, answer)| there.contains(&question.id) && there.contains(&answer.id))
    );
}

#[tokio::test]
async fn of_many_who_settle_otherwise_one_succeeds() {
    let stage = Stage::new().await;
    let conversation = stage.begin("first").await;
    let pending = stage.turn(&conversation, conversation.leaf.unwrap()).await.unwrap();
    let settle = async |n: usize| {
        stage.conversations.settle(&pending.clone().settled(complete(&n.to_string()))).await.unwrap()
    };
    let settled = join_all((0..10).map(settle)).await;
    assert_eq!(settled.iter().filter(|settled| **settled).count(), 1);
    let winner = settled.iter().position(|settled| *settled).unwrap();
    let read = stage.turn(&conversation, pending.id).await.unwrap();
    assert_eq!(read.answer().unwrap().text, winner.to_string());
}

/// Whatever comes first, nothing of the conversation is left.
#[tokio::test]
async fn what_is_written_while_it_is_deleted_does_not_bring_it_back() {
    for round in 0..5 {
        let stage = Stage::new().await;
        let conversation = stage.begin("first").await;
        let (id, leaf) = (conversation.id, conversation.leaf.unwrap());
        let pending = stage.turn(&conversation, leaf).await.unwrap();
        let settled = pending.settled(complete(&round.to_string()));
        let summary = RunningSummary { text: "short".to_owned(), up_to: leaf };
        let ask = async |n: usize| {
            let question = question(&conversation, Some(leaf), &n.to_string(), at(1));
            let answer = question.answered(at(1));
            let asked = stage.conversations.ask(stage.owner, id, Some(&question), &answer, at(1)).await;
            assert!(matches!(asked, Ok(()) | Err(ConversationError::Missing)), "{asked:?}");
        };
        let (deleted, _, summarised, _) = tokio::join!(
            stage.conversations.delete(stage.owner, id, at(1)),
            stage.conversations.settle(&settled),
            stage.conversations.note_summary(stage.owner, id, &summary, None),
            join_all((0..6).map(ask)),
        );
        assert!(deleted.unwrap() && summarised.is_ok());
        assert!(!stage.conversations.settle(&settled).await.unwrap());
        assert_eq!(stage.conversations.get(stage.owner, id).await.unwrap(), None);
        assert!(stage.conversations.list(stage.owner, None, 10).await.unwrap().0.is_empty());
        let turns = stage.turns(&conversation).await;
        assert!(matches!(turns, Err(ConversationError::Missing)), "{turns:?}");
        // Of an id that is taken again, nothing old is seen.
        let again = question(&conversation, None, "again", at(2));
        stage.conversations.begin(&conversation, &again, &again.answered(at(2))).await.unwrap();
        assert_eq!(stage.turns(&conversation).await.unwrap().len(), 2);
    }
}
