//! The log of calls: each ends once.

use std::slice::from_ref;

use app_domain::{Interaction, InteractionFailure, InteractionStatus, Task, UserId};

use crate::{Stage, at, call, ended, spent};

#[tokio::test]
async fn what_has_ended_does_not_end_again() {
    let stage = Stage::new().await;
    let begun = stage.running(Task::Chat, 1, spent(100, 10)).await;
    let done = ended(&begun, 20, 10, 3);
    let failed = Interaction { status: InteractionStatus::Failed, ..ended(&begun, 90, 0, 9) };
    let (one, two) = tokio::join!(stage.interactions.settle(&done), stage.interactions.settle(&failed));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one != two, "exactly one of them ends it");
    let (first, used) = if one { (&done, spent(30, 3)) } else { (&failed, spent(90, 9)) };
    for again in [&done, &failed] {
        assert!(!stage.interactions.settle(again).await.unwrap());
    }
    assert_eq!(stage.spent().await, used);
    assert_eq!(stage.interactions.month(stage.owner, "2026-11").await.unwrap().spent, used);
    let (calls, _) = stage.interactions.list(stage.owner, None, 10).await.unwrap();
    assert_eq!(calls, from_ref(first));
}

/// Gone by its `ttl`, or never there: the store cannot tell, and must not make it anew.
#[tokio::test]
async fn what_is_forgotten_does_not_end() {
    let stage = Stage::new().await;
    let forgotten = ended(&call(stage.owner, Task::Chat, 1), 20, 10, 3);
    assert!(!stage.interactions.settle(&forgotten).await.unwrap());
    assert_eq!(stage.spent().await, spent(0, 0));
    assert!(stage.interactions.list(stage.owner, None, 10).await.unwrap().0.is_empty());
    let of_another = stage.running(Task::Chat, 1, spent(100, 10)).await;
    let stolen = Interaction { owner: UserId::new(at(0)), ..ended(&of_another, 1, 1, 1) };
    assert!(!stage.interactions.settle(&stolen).await.unwrap(), "somebody else's");
}

#[tokio::test]
async fn what_runs_on_has_not_ended() {
    let stage = Stage::new().await;
    let begun = stage.running(Task::Chat, 1, spent(100, 10)).await;
    assert!(!stage.interactions.settle(&begun).await.unwrap());
    assert_eq!(stage.spent().await, spent(100, 10));
    assert!(stage.interactions.settle(&ended(&begun, 1, 1, 1)).await.unwrap());
}

#[tokio::test]
async fn what_needs_no_budget_is_noted_once() {
    let stage = Stage::new().await;
    let built_in =
        Interaction { model: "built-in".to_owned(), ..ended(&call(stage.owner, Task::Chat, 1), 20, 10, 0) };
    let (one, two) = tokio::join!(stage.interactions.log(&built_in), stage.interactions.log(&built_in));
    assert!(one.unwrap() != two.unwrap());
    assert!(!stage.interactions.settle(&built_in).await.unwrap());
    let today = stage.interactions.today(stage.owner, built_in.day()).await.unwrap();
    assert_eq!((today.calls, today.prompt_tokens, today.completion_tokens), (1, 20, 10));
}

#[tokio::test]
async fn a_list_has_the_newest_first_and_all_there_is_to_a_call() {
    let stage = Stage::new().await;
    let mut made = Vec::new();
    for (place, status) in [InteractionStatus::Failed, InteractionStatus::Cancelled, InteractionStatus::Done]
        .into_iter()
        .enumerate()
    {
        let begun = stage.running(Task::Transcribe, place as i64, spent(10, 1)).await;
        let failure = (status == InteractionStatus::Failed).then_some(InteractionFailure::Throttled);
        let call = Interaction { status, failure, ..ended(&begun, 1, 2, 3) };
        assert!(stage.interactions.settle(&call).await.unwrap());
        made.insert(0, call);
    }
    let running = Interaction { conversation: None, ..call(stage.owner, Task::Summarize, 9) };
    stage.reserve(&running, spent(1, 1), crate::OPEN).await.unwrap();
    made.insert(0, running);
    let (all, more) = stage.interactions.list(stage.owner, None, 4).await.unwrap();
    assert_eq!((&all[..], more), (&made[..], false));
    let (first, more) = stage.interactions.list(stage.owner, None, 3).await.unwrap();
    assert_eq!((&first[..], more), (&made[..3], true));
    let (rest, more) = stage.interactions.list(stage.owner, Some(made[2].id), 3).await.unwrap();
    assert_eq!((&rest[..], more), (&made[3..], false));
    assert!(stage.interactions.list(UserId::new(at(0)), None, 4).await.unwrap().0.is_empty());
}
