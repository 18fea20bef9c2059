//! What facts cost: calls, and the capacity that DynamoDB counts for them.

use app_domain::FactStatus;
use app_testing::metered_table;

use crate::{Stage, at, found, said, term};

#[tokio::test]
async fn every_operation_costs_what_the_data_model_says() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    // Makes the person's data key.
    stage.take_in("home city", "Paris", 0.9, 1).await;
    meter.take();
    let cost = async |doing: &str, calls: &[&str], reads: f64, writes: f64| {
        let cost = meter.take();
        let calls: Vec<String> = calls.iter().map(|call| (*call).to_owned()).collect();
        assert_eq!((cost.calls, cost.reads, cost.writes), (calls, reads, writes), "{doing}");
    };
    let new = [found("home city", "Lyon", 0.9, said(2)), found("likes", "tea", 0.9, said(3))];
    let report = stage.facts.merge(stage.owner, &new, at(4)).await.unwrap();
    let calls = ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"];
    cost("merge: two added, one superseded, two turns", &calls, 4.0, 14.0).await;
    stage.facts.merge(stage.owner, &new, at(5)).await.unwrap();
    cost("merge again", &["GetItem", "BatchGetItem", "GetItem"], 4.0, 0.0).await;
    stage.facts.list(stage.owner, |_| true, None, 20).await.unwrap();
    cost("list", &["Query"], 1.0, 0.0).await;
    stage.facts.active(stage.owner, 20).await.unwrap();
    cost("those that count", &["Query"], 1.0, 0.0).await;
    let tea = report.added[1];
    stage.facts.edit(stage.owner, tea, None, Some(term("coffee")), at(6)).await.unwrap();
    cost("edit", &["GetItem", "Query", "TransactWriteItems"], 2.0, 4.0).await;
    assert_eq!(stage.facts.reject(stage.owner, tea, at(7)).await.unwrap().status, FactStatus::Rejected);
    cost("reject", &["GetItem", "Query", "TransactWriteItems"], 2.0, 4.0).await;
    stage.facts.reject(stage.owner, tea, at(8)).await.unwrap();
    cost("reject again", &["GetItem", "Query"], 2.0, 0.0).await;
    stage.facts.remove(stage.owner, tea).await.unwrap();
    cost("remove", &["GetItem", "Query", "TransactWriteItems"], 2.0, 4.0).await;
    stage.facts.undo(stage.owner, report.batch.unwrap(), at(9)).await.unwrap();
    let calls = ["GetItem", "GetItem", "Query", "TransactWriteItems"];
    cost("undo: one removed, one restored", &calls, 3.0, 8.0).await;
}

/// As many as there can be, of an ordinary length.
#[tokio::test]
async fn all_facts_of_a_person_are_a_few_dozen_units() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    for portion in 0..25_i64 {
        let one = |n: i64| found("likes", &format!("what is said of number {portion} {n}"), 0.9, said(n));
        let new: Vec<_> = (0..20).map(one).collect();
        stage.facts.merge(stage.owner, &new, at(portion)).await.unwrap();
    }
    meter.take();
    assert_eq!(stage.facts.active(stage.owner, 50).await.unwrap().len(), 50);
    let cost = meter.take();
    assert_eq!(cost.calls, ["Query"]);
    assert!(cost.reads <= 130.0, "{}", cost.reads);
}
