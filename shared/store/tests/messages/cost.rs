//! What messages cost: calls, and the capacity that DynamoDB counts for them.

use app_domain::{MessageFilter, MessagePatch, SortOrder};
use app_testing::metered_table;

use crate::stage::{Stage, at, request, text};

#[tokio::test]
async fn every_operation_costs_what_the_data_model_says() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table).await;
    let mut ids = Vec::new();
    for n in 0..30 {
        ids.push(stage.send(n, "a few words", None).await);
    }
    let parent = ids[0];
    let reply = stage.send(50, "reply", Some(parent)).await;
    meter.take();

    let cost = async |doing: &str, calls: &[&str], reads: f64, writes: f64| {
        let cost = meter.take();
        assert_eq!(
            (cost.calls, cost.reads, cost.writes),
            (calls.iter().map(|call| (*call).to_owned()).collect(), reads, writes),
            "{doing}"
        );
    };
    let sent = stage.send(60, "another", None).await;
    cost("send", &["GetItem", "TransactWriteItems"], 1.0, 4.0).await;
    stage.send(61, "another reply", Some(parent)).await;
    cost("reply", &["GetItem", "TransactWriteItems"], 1.0, 8.0).await;
    stage.get(sent).await.unwrap();
    cost("read", &["GetItem", "GetItem"], 2.0, 0.0).await;
    let patch = MessagePatch { content: Some(text("changed")), ..MessagePatch::default() };
    stage.messages.patch(stage.owner, stage.memory, sent, None, &patch, at(70)).await.unwrap();
    cost("change", &["GetItem", "GetItem", "TransactWriteItems"], 2.0, 4.0).await;
    stage.delete(sent).await.unwrap();
    cost("delete a new one", &["GetItem", "GetItem", "Query", "TransactWriteItems"], 3.0, 4.0).await;
    stage.delete(ids[5]).await.unwrap();
    cost("delete an old one", &["GetItem", "GetItem", "TransactWriteItems"], 2.0, 4.0).await;
    stage.delete(reply).await.unwrap();
    let calls = ["GetItem", "GetItem", "GetItem", "Query", "TransactWriteItems"];
    cost("delete a reply", &calls, 4.0, 8.0).await;
    stage.delete(parent).await.unwrap();
    cost("delete one with replies", &["GetItem", "GetItem", "TransactWriteItems"], 2.0, 4.0).await;

    stage.page(MessageFilter::default(), SortOrder::Descending, &request(1, 20, None)).await;
    cost("list", &["GetItem", "Query"], 4.0, 0.0).await;
    let new = MessageFilter { after: Some(at(25)), ..MessageFilter::default() };
    stage.page(new, SortOrder::Ascending, &request(1, 20, None)).await;
    cost("list what is new", &["GetItem", "Query"], 2.0, 0.0).await;
    stage.page(new, SortOrder::Ascending, &request(1, 3, None)).await;
    cost("list and count what is new", &["GetItem", "Query", "Query"], 3.0, 0.0).await;
    stage.page(MessageFilter::default(), SortOrder::Descending, &request(2, 10, None)).await;
    cost("list the second page", &["GetItem", "Query", "Query"], 5.0, 0.0).await;
    let thread = MessageFilter { parent: Some(parent), ..MessageFilter::default() };
    stage.page(thread, SortOrder::Descending, &request(1, 20, None)).await;
    cost("list a thread", &["GetItem", "GetItem", "Query", "BatchGetItem"], 4.0, 0.0).await;
    let wanted = [(stage.memory, stage.summary().await.recent)];
    meter.take();
    stage.messages.latest(stage.owner, &wanted).await.unwrap();
    cost("the latest of a memory", &["BatchGetItem"], 5.0, 0.0).await;
}
