//! One conversation: beginning, asking on, renaming, its summary, and the list that it is on.

use app_domain::{
    Conversation, ConversationId, ConversationTitle, MemoryId, RunningSummary, StoreError, TurnId, UserId,
};
use app_store::ConversationError;

use crate::stage::{Stage, at, question};

#[tokio::test]
async fn a_conversation_is_read_as_it_was_begun() {
    let stage = Stage::new().await;
    let title = ConversationTitle::parse("Dentist").unwrap();
    let conversation = Conversation::new(stage.owner, title, Some(MemoryId::new(at(0))), at(0));
    let asked = question(&conversation, None, "When?", at(0));
    let answer = asked.answered(at(0));
    let begun = stage.conversations.begin(&conversation, &asked, &answer).await.unwrap();
    assert_eq!((begun.leaf, begun.turns), (Some(answer.id), 2));
    assert_eq!(stage.get(conversation.id).await, begun);
    assert_eq!(stage.turn(&begun, asked.id).await.unwrap(), asked);
    assert_eq!(stage.turns(&begun).await.unwrap(), [answer.clone(), asked.clone()]);

    let again = stage.conversations.begin(&conversation, &asked, &answer).await;
    assert!(matches!(again, Err(ConversationError::Store(StoreError::Conflict))), "{again:?}");
    assert_eq!(stage.get(conversation.id).await, begun);
}

#[tokio::test]
async fn what_follows_nothing_is_not_said() {
    let stage = Stage::new().await;
    let (one, other) = (stage.begin("one").await, stage.begin("other").await);
    let before = stage.get(one.id).await;
    let first = stage.turns(&one).await.unwrap().pop().unwrap();
    let next = question(&one, one.leaf, "next", at(1));
    let strange = question(&one, other.leaf, "next", at(1));
    let nobody = question(&one, Some(TurnId::new(at(0))), "next", at(1));
    let elsewhere = question(&other, other.leaf, "next", at(1));
    let ask =
        async |question, answer| stage.conversations.ask(stage.owner, one.id, question, answer, at(1)).await;
    for refused in [
        ask(Some(&strange), &strange.answered(at(1))).await,
        ask(Some(&nobody), &nobody.answered(at(1))).await,
        ask(Some(&elsewhere), &elsewhere.answered(at(1))).await,
        // Two questions, an answer to another question, an answer to an answer, one to nothing.
        ask(Some(&next), &next).await,
        ask(Some(&next), &first.answered(at(1))).await,
        ask(None, &stage.turn(&one, one.leaf.unwrap()).await.unwrap().answered(at(1))).await,
        ask(None, &app_domain::Turn { parent: None, ..first.answered(at(1)) }).await,
        // Older than what it follows.
        ask(None, &app_domain::Turn { id: TurnId::new(at(-60)), ..first.answered(at(1)) }).await,
    ] {
        assert!(matches!(refused, Err(ConversationError::NoParent)), "{refused:?}");
    }
    assert_eq!(stage.get(one.id).await, before);
    assert_eq!(stage.turns(&one).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_turn_that_is_there_is_not_said_again() {
    let stage = Stage::new().await;
    let conversation = stage.begin("one").await;
    let (asked, answer) = stage.ask(&conversation, conversation.leaf, "two").await;
    let again = stage.conversations.ask(stage.owner, conversation.id, Some(&asked), &answer, at(2)).await;
    assert!(matches!(again, Err(ConversationError::Store(StoreError::Conflict))), "{again:?}");
    assert_eq!(stage.get(conversation.id).await.turns, 4);
}

#[tokio::test]
async fn whose_it_is_not_sees_nothing_and_changes_nothing() {
    let stage = Stage::new().await;
    let conversation = stage.begin("one").await;
    let (stranger, id, leaf) = (UserId::new(at(0)), conversation.id, conversation.leaf.unwrap());
    let all = &stage.conversations;
    let title = ConversationTitle::parse("mine").unwrap();
    assert_eq!(all.get(stranger, id).await.unwrap(), None);
    assert!(all.list(stranger, None, 10).await.unwrap().0.is_empty());
    let mine = Conversation { owner: stranger, ..conversation.clone() };
    let asked = question(&mine, Some(leaf), "and?", at(1));
    let summary = RunningSummary { text: "x".to_owned(), up_to: leaf };
    assert!(!all.note_summary(stranger, id, &summary, None).await.unwrap());
    let fork = mine.forked(leaf, at(1));
    let settled = app_domain::Turn { owner: stranger, ..stage.turn(&conversation, leaf).await.unwrap() };
    assert!(!all.settle(&settled.settled(crate::stage::complete("x"))).await.unwrap());
    let failures = [
        all.turn(stranger, id, leaf, at(1)).await.map(drop),
        all.turns(stranger, id, None, 10, at(1)).await.map(drop),
        all.path(stranger, id, leaf, crate::stage::WHOLE, at(1)).await.map(drop),
        all.ask(stranger, id, Some(&asked), &asked.answered(at(1)), at(1)).await,
        all.rename(stranger, id, &title, at(1)).await.map(drop),
        all.go_to(stranger, id, leaf).await,
        all.fork(stranger, id, leaf, fork).await.map(drop),
        all.delete(stranger, id, at(1)).await.map(drop),
    ];
    for failure in failures {
        assert!(matches!(failure, Err(ConversationError::Missing)), "{failure:?}");
    }
    assert_eq!(stage.get(id).await, conversation);
    let pending = stage.turn(&conversation, leaf).await.unwrap();
    assert_eq!(pending.answer().unwrap().state, app_domain::AnswerState::Pending);
    assert!(stage.due(at(1)).await.items.is_empty());
}

#[tokio::test]
async fn a_summary_takes_the_place_of_the_one_that_it_was_made_from() {
    let stage = Stage::new().await;
    let conversation = stage.begin("one").await;
    let (first, second) =
        (conversation.leaf.unwrap(), stage.ask(&conversation, conversation.leaf, "two").await);
    let note = async |text: &str, up_to, before| {
        let summary = RunningSummary { text: text.to_owned(), up_to };
        stage.conversations.note_summary(stage.owner, conversation.id, &summary, before).await.unwrap()
    };
    assert!(!note("too early", first, Some(first)).await);
    assert!(note("short", first, None).await);
    assert!(!note("at the same time", first, None).await);
    assert!(note(&"shorter ".repeat(1_000), second.1.id, Some(first)).await);
    assert!(!note("late", second.1.id, Some(first)).await);
    let summary = stage.get(conversation.id).await.summary.unwrap();
    assert_eq!((summary.text.as_str(), summary.up_to), (&*"shorter ".repeat(500), second.1.id));
    let title = ConversationTitle::parse("renamed").unwrap();
    let renamed = stage.conversations.rename(stage.owner, conversation.id, &title, at(5)).await.unwrap();
    assert_eq!((renamed.title, renamed.summary), (title, Some(summary)));
}

#[tokio::test]
async fn conversations_are_listed_by_their_last_change() {
    let stage = Stage::new().await;
    let mut all = Vec::new();
    for n in 0..5 {
        all.push(stage.begin(&format!("conversation {n}")).await);
    }
    stage.ask(&all[1], all[1].leaf, "on").await;
    let title = ConversationTitle::parse("renamed").unwrap();
    stage.conversations.rename(stage.owner, all[3].id, &title, at(9)).await.unwrap();
    stage.conversations.go_to(stage.owner, all[0].id, all[0].leaf.unwrap()).await.unwrap();
    let expected: Vec<ConversationId> = [3, 1, 4, 2, 0].map(|n: usize| all[n].id).to_vec();
    for limit in [1, 2, 5, 50] {
        let (mut listed, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = stage.conversations.list(stage.owner, after.as_ref(), limit).await.unwrap();
            assert!(!page.is_empty() && page.len() <= limit as usize);
            for conversation in &page {
                assert_eq!(*conversation, stage.get(conversation.id).await);
            }
            listed.extend(page.into_iter().map(|conversation| conversation.id));
            let Some(place) = next else { break };
            after = Some(place.to_string().parse().unwrap());
        }
        assert_eq!(listed, expected, "{limit} at a time");
    }
}
