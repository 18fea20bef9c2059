//! Budgets hold, however many calls there are at once.

use app_domain::{Budget, Cost, Interaction, Spent, StoreError, Task, UserId};
use app_store::{Interactions, Refusal};

use crate::{OPEN, Stage, at, call, day, ended, spent};

fn budget(tokens: Option<u64>, micro_dollars: Option<u64>) -> Budget {
    Budget { tokens_per_day: tokens, cost_per_day: micro_dollars.map(Cost::from_micro_dollars) }
}

fn exceeded(result: Result<(), Refusal>) -> (String, Spent, Budget) {
    match result {
        Err(Refusal::Exceeded { resets_at, used, limit }) => (resets_at.to_string(), used, limit),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_hundred_calls_at_once_never_exceed_a_budget() {
    let stage = Stage::new().await;
    let limit = budget(Some(1_000), Some(100_000));
    let reserving = (0..100).map(|_| {
        let (interactions, owner) = (stage.interactions.clone(), stage.owner);
        tokio::spawn(async move {
            interactions.reserve(&call(owner, Task::Chat, 60), spent(30, 10), &limit).await
        })
    });
    let (mut made, mut refused) = (0, 0);
    for result in reserving.collect::<Vec<_>>() {
        match result.await.unwrap() {
            Ok(()) => made += 1,
            Err(Refusal::Exceeded { used, .. }) => {
                assert!(used.tokens > 970, "there was room: {used:?}");
                refused += 1;
            }
            // Too many others kept colliding with it: nothing was reserved.
            Err(Refusal::Store(StoreError::Throttled(_))) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    let used = stage.spent().await;
    assert_eq!((used.tokens, used.cost.micro_dollars()), (made * 30, made * 10));
    assert!(used.tokens <= 1_000 && made > 0 && made + refused <= 100, "{made} made, {refused} refused");
    let (calls, _) = stage.interactions.list(stage.owner, None, 200).await.unwrap();
    assert_eq!(calls.len() as u64, made, "what was refused left nothing behind");
}

#[tokio::test]
async fn what_exceeds_a_limit_is_refused_with_what_is_left_to_know() {
    let stage = Stage::new().await;
    let limit = budget(Some(100), Some(50));
    stage.reserve(&call(stage.owner, Task::Chat, 1), spent(60, 10), limit).await.unwrap();
    let again = |reserved| {
        let call = call(stage.owner, Task::Chat, 2);
        let stage = &stage;
        async move { stage.reserve(&call, reserved, limit).await }
    };
    let (resets_at, used, of) = exceeded(again(spent(41, 10)).await);
    assert_eq!((resets_at.as_str(), used, of), ("2026-11-22T00:00:00.000Z", spent(60, 10), limit));
    exceeded(again(spent(1, 41)).await);
    exceeded(again(spent(101, 0)).await);
    exceeded(again(spent(0, 51)).await);
    exceeded(again(spent(u64::MAX, u64::MAX)).await);
    again(spent(40, 40)).await.unwrap();
    exceeded(again(spent(1, 0)).await);
    again(spent(0, 0)).await.unwrap();
    assert_eq!(stage.spent().await, spent(100, 50));
}

#[tokio::test]
async fn no_limit_is_none_and_nothing_is_nothing() {
    let stage = Stage::new().await;
    let reserve = async |tokens, micro_dollars, budget| {
        stage.reserve(&call(stage.owner, Task::Facts, 1), spent(tokens, micro_dollars), budget).await
    };
    exceeded(reserve(1, 1, budget(Some(0), None)).await);
    exceeded(reserve(1, 1, budget(None, Some(0))).await);
    reserve(1 << 40, 1 << 40, OPEN).await.unwrap();
    reserve(5, 1 << 40, budget(Some((1 << 40) + 5), None)).await.unwrap();
    exceeded(reserve(1, 0, budget(Some((1 << 40) + 5), None)).await);
}

#[tokio::test]
async fn what_is_not_used_can_be_used_by_others_and_more_than_reserved_counts() {
    let stage = Stage::new().await;
    let limit = budget(Some(100), None);
    let first = call(stage.owner, Task::Chat, 1);
    stage.reserve(&first, spent(100, 0), limit).await.unwrap();
    let second = call(stage.owner, Task::Chat, 2);
    exceeded(stage.reserve(&second, spent(70, 0), limit).await);
    assert!(stage.interactions.settle(&ended(&first, 20, 10, 0)).await.unwrap());
    stage.reserve(&second, spent(70, 0), limit).await.unwrap();
    assert!(stage.interactions.settle(&ended(&second, 80, 10, 0)).await.unwrap());
    assert_eq!(stage.spent().await, spent(120, 0), "it was used, whatever had been reserved");
    exceeded(stage.reserve(&call(stage.owner, Task::Chat, 3), spent(0, 0), limit).await);
}

#[tokio::test]
async fn what_the_built_in_model_does_takes_nothing_from_the_budget() {
    let stage = Stage::new().await;
    let limit = budget(Some(100), Some(0));
    for seconds in 1..=20 {
        let begun = call(stage.owner, Task::Chat, seconds);
        let built_in = Interaction { model: "built-in".to_owned(), ..ended(&begun, 40, 60, 0) };
        assert!(stage.interactions.log(&built_in).await.unwrap());
    }
    let today = stage.interactions.today(stage.owner, day("2026-11-21")).await.unwrap();
    assert_eq!((today.calls, today.prompt_tokens, today.completion_tokens), (20, 800, 1_200));
    let month = stage.interactions.month(stage.owner, "2026-11").await.unwrap();
    assert_eq!((&today.spent, &today.by_task[&Task::Chat].spent), (&spent(0, 0), &spent(0, 0)));
    assert_eq!(month, today);
    stage.reserve(&call(stage.owner, Task::Chat, 30), spent(100, 0), limit).await.unwrap();
    exceeded(stage.reserve(&call(stage.owner, Task::Chat, 31), spent(1, 0), limit).await);
}

#[tokio::test]
async fn every_day_and_everybody_has_a_budget_of_their_own() {
    let stage = Stage::new().await;
    let limit = budget(Some(10), None);
    let day_s = 24 * 60 * 60;
    for (owner, seconds) in [(stage.owner, day_s - 1), (stage.owner, day_s), (UserId::new(at(0)), day_s - 1)]
    {
        stage.reserve(&call(owner, Task::Chat, seconds), spent(10, 0), limit).await.unwrap();
        exceeded(stage.reserve(&call(owner, Task::Chat, seconds), spent(1, 0), limit).await);
    }
    let (resets_at, ..) =
        exceeded(stage.reserve(&call(stage.owner, Task::Chat, day_s), spent(1, 0), limit).await);
    assert_eq!(resets_at, "2026-11-23T00:00:00.000Z");
    assert_eq!(stage.interactions.today(stage.owner, day("2026-11-20")).await.unwrap().calls, 0);
}

#[tokio::test]
async fn a_call_is_reserved_once() {
    let stage = Stage::new().await;
    let call = stage.running(Task::Chat, 1, spent(10, 10)).await;
    let again = stage.reserve(&call, spent(10, 10), OPEN).await;
    assert!(matches!(again, Err(Refusal::Store(StoreError::Conflict))), "{again:?}");
    assert_eq!(stage.spent().await, spent(10, 10));
}

#[tokio::test]
async fn a_table_that_fails_lets_nothing_through() {
    let interactions = Interactions::new(app_testing::missing_table().await);
    let owner = UserId::new(at(0));
    let result = interactions.reserve(&call(owner, Task::Chat, 1), spent(1, 1), &OPEN).await;
    assert!(matches!(result, Err(Refusal::Store(_))), "{result:?}");
    let too_much =
        interactions.reserve(&call(owner, Task::Chat, 1), spent(1, 1), &budget(Some(0), None)).await;
    assert!(matches!(too_much, Err(Refusal::Store(_))), "{too_much:?}");
}
