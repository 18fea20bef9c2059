//! What the log and the counters cost: calls, and the capacity that DynamoDB counts for them.

use app_domain::{Budget, Days, Interaction, InteractionStatus, Task, UserId};
use app_testing::metered_table;

use crate::{OPEN, Stage, at, call, day, days, ended, spent};

#[tokio::test]
async fn every_operation_costs_what_the_data_model_says() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let cost = async |doing: &str, calls: &[&str], reads: f64, writes: f64| {
        let cost = meter.take();
        let calls: Vec<String> = calls.iter().map(|call| (*call).to_owned()).collect();
        assert_eq!((cost.calls, cost.reads, cost.writes), (calls, reads, writes), "{doing}");
    };
    let begun = stage.running(Task::Chat, 1, spent(10, 10)).await;
    cost("reserve", &["TransactWriteItems"], 0.0, 4.0).await;
    stage.interactions.settle(&ended(&begun, 5, 5, 5)).await.unwrap();
    cost("settle", &["GetItem", "TransactWriteItems"], 1.0, 8.0).await;
    stage.interactions.settle(&ended(&begun, 5, 5, 5)).await.unwrap();
    cost("settle again", &["GetItem"], 1.0, 0.0).await;
    stage.interactions.log(&ended(&call(stage.owner, Task::Facts, 2), 5, 5, 0)).await.unwrap();
    cost("log", &["TransactWriteItems"], 0.0, 8.0).await;
    let none = Budget { tokens_per_day: Some(5), ..OPEN };
    stage.reserve(&call(stage.owner, Task::Chat, 3), spent(1, 1), none).await.unwrap_err();
    let refused = meter.take();
    assert_eq!(
        (refused.calls, refused.reads),
        (vec!["TransactWriteItems".to_owned(), "GetItem".to_owned()], 1.0)
    );
    stage.interactions.list(stage.owner, None, 20).await.unwrap();
    cost("list", &["Query"], 1.0, 0.0).await;
    stage.interactions.today(stage.owner, day("2026-11-21")).await.unwrap();
    cost("today", &["GetItem"], 1.0, 0.0).await;
    stage.interactions.month(stage.owner, "2026-11").await.unwrap();
    cost("month", &["GetItem"], 1.0, 0.0).await;
}

/// As much as there can be: three months in which every task was called for every day, and sixteen shards of everybody.
#[tokio::test]
async fn reports_cost_a_call_for_a_person_and_one_for_each_day_of_everybody() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let owners: Vec<UserId> = (0..64).map(|_| UserId::new(at(0))).collect();
    for number in 0..92 {
        for task in Task::ALL {
            let begun = stage.running(task, number * 24 * 60 * 60, spent(1, 1)).await;
            let call = ended(&begun, 100_000, 100_000, 100_000_000);
            let call = Interaction { status: InteractionStatus::Failed, ..call };
            assert!(stage.interactions.settle(&call).await.unwrap());
        }
    }
    for owner in &owners {
        stage.interactions.log(&ended(&call(*owner, Task::Chat, 1), 5, 5, 5)).await.unwrap();
    }
    meter.take();
    let found = stage.interactions.days(stage.owner, days("2026-11-21", "2027-02-20")).await.unwrap();
    assert_eq!(found.len(), 92);
    let of_days = meter.take();
    assert_eq!(of_days.calls, ["Query"]);
    assert!(of_days.reads <= 16.0, "{}", of_days.reads);
    let month = Days::parse(day("2026-11-21"), day("2026-12-21"), Days::MAX_OF_ALL).unwrap();
    let found = stage.interactions.everybody(month).await.unwrap();
    assert_eq!((found.len(), found[0].total.calls, found[30].total.calls), (31, 64 + 6, 6));
    let of_all = meter.take();
    assert_eq!(of_all.calls, ["Query"; 31]);
    assert!(of_all.reads <= 31.0 * 3.0, "{}", of_all.reads);
}
