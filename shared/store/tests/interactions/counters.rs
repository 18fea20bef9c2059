//! What calls came to: of one person by day and month, and of everybody.

use std::collections::BTreeMap;

use app_domain::{
    Days, Interaction, InteractionFailure, InteractionStatus, Task, TaskTotal, UsageTotal, UserId,
};

use crate::{OPEN, Stage, at, call, day, days, ended, spent};

/// What there is to be counted in three calls of one day.
async fn three_calls(stage: &Stage) -> UsageTotal {
    let (one, two) = (
        stage.running(Task::Chat, 10, spent(500, 50)).await,
        stage.running(Task::Facts, 20, spent(100, 10)).await,
    );
    assert!(stage.interactions.settle(&ended(&one, 100, 30, 17)).await.unwrap());
    let failed = Interaction {
        status: InteractionStatus::Failed,
        failure: Some(InteractionFailure::TimedOut),
        ..ended(&two, 40, 0, 4)
    };
    assert!(stage.interactions.settle(&failed).await.unwrap());
    let refused = Interaction { status: InteractionStatus::Refused, ..call(stage.owner, Task::Chat, 30) };
    assert!(stage.interactions.log(&refused).await.unwrap());
    let task = |calls, spent| TaskTotal { calls, spent };
    UsageTotal {
        calls: 3,
        failed: 1,
        refused: 1,
        prompt_tokens: 140,
        completion_tokens: 30,
        spent: spent(170, 21),
        by_task: BTreeMap::from([
            (Task::Chat, task(2, spent(130, 17))),
            (Task::Facts, task(1, spent(40, 4))),
        ]),
    }
}

#[tokio::test]
async fn what_ended_is_counted_by_day_by_month_and_for_everybody() {
    let stage = Stage::new().await;
    let total = three_calls(&stage).await;
    let interactions = &stage.interactions;
    assert_eq!(interactions.today(stage.owner, day("2026-11-21")).await.unwrap(), total);
    assert_eq!(interactions.month(stage.owner, "2026-11").await.unwrap(), total);
    assert_eq!(interactions.month(stage.owner, "2026-12").await.unwrap(), UsageTotal::default());
    let everybody = interactions.everybody(days("2026-11-20", "2026-11-21")).await.unwrap();
    let by_day: Vec<_> = everybody.iter().map(|usage| (usage.day.to_string(), usage.total.clone())).collect();
    let nothing = UsageTotal::default();
    assert_eq!(by_day, [("2026-11-20".to_owned(), nothing.clone()), ("2026-11-21".to_owned(), total)]);
    assert_eq!(interactions.today(UserId::new(at(0)), day("2026-11-21")).await.unwrap(), nothing);
}

#[tokio::test]
async fn what_runs_counts_against_the_budget_alone() {
    let stage = Stage::new().await;
    stage.running(Task::Suggest, 1, spent(500, 50)).await;
    let today = stage.interactions.today(stage.owner, day("2026-11-21")).await.unwrap();
    let task = TaskTotal { calls: 1, spent: spent(500, 50) };
    assert_eq!((today.calls, today.spent, today.prompt_tokens), (1, spent(500, 50), 0));
    assert_eq!(today.by_task, BTreeMap::from([(Task::Suggest, task)]));
    assert_eq!(stage.interactions.month(stage.owner, "2026-11").await.unwrap(), UsageTotal::default());
    let everybody = stage.interactions.everybody(days("2026-11-21", "2026-11-21")).await.unwrap();
    assert_eq!(everybody[0].total, UsageTotal::default());
}

#[tokio::test]
async fn a_call_over_midnight_counts_to_the_day_on_which_it_began() {
    let stage = Stage::new().await;
    let last_of_november = 10 * 24 * 60 * 60 - 1;
    let begun = stage.running(Task::Chat, last_of_november, spent(100, 10)).await;
    // Whoever settles it may have put it together anew, on the next day.
    let later = Interaction { created_at: at(last_of_november + 60), ..ended(&begun, 10, 5, 2) };
    assert!(stage.interactions.settle(&later).await.unwrap());
    let list = stage.interactions.days(stage.owner, days("2026-11-29", "2026-12-02")).await.unwrap();
    let found: Vec<_> = list.iter().map(|usage| (usage.day.to_string(), usage.total.spent)).collect();
    assert_eq!(found, [("2026-11-30".to_owned(), spent(15, 2))]);
    assert_eq!(stage.interactions.month(stage.owner, "2026-11").await.unwrap().calls, 1);
    assert_eq!(stage.interactions.month(stage.owner, "2026-12").await.unwrap().calls, 0);
}

#[tokio::test]
async fn days_are_those_asked_for_in_order() {
    let stage = Stage::new().await;
    for number in [40, 0, 2, 1, 95] {
        let call = Interaction {
            model: "built-in".to_owned(),
            ..ended(&call(stage.owner, Task::Chat, number * 24 * 60 * 60), 1, 1, 0)
        };
        assert!(stage.interactions.log(&call).await.unwrap());
    }
    let of = async |from: &str, to: &str| {
        let found = stage.interactions.days(stage.owner, days(from, to)).await.unwrap();
        found.iter().map(|usage| usage.day.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of("2026-11-22", "2026-12-31").await, ["2026-11-22", "2026-11-23", "2026-12-31"]);
    assert_eq!(of("2026-11-21", "2026-11-21").await, ["2026-11-21"]);
    assert_eq!(of("2026-11-01", "2026-11-20").await, [""; 0]);
}

#[tokio::test]
async fn everybody_is_counted_once_whoever_they_are() {
    let stage = Stage::new().await;
    let settling = (0..40).map(|_| {
        let interactions = stage.interactions.clone();
        tokio::spawn(async move {
            let begun = call(UserId::new(at(0)), Task::Chat, 5);
            interactions.reserve(&begun, spent(50, 5), &OPEN).await.unwrap();
            interactions.settle(&ended(&begun, 3, 4, 2)).await.unwrap()
        })
    });
    for settled in settling.collect::<Vec<_>>() {
        assert!(settled.await.unwrap());
    }
    let today = day("2026-11-21");
    let today = Days::parse(today, today, Days::MAX_OF_ALL).unwrap();
    let everybody = stage.interactions.everybody(today).await.unwrap();
    assert_eq!((everybody[0].total.calls, everybody[0].total.spent), (40, spent(280, 80)));
}
