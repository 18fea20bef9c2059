//! What messages cost: calls, and the capacity that DynamoDB counts for them.

use app_domain::{
    Attachments, Content, Memory, MemoryDraft, MemoryId, MemorySource, Message, MessageFilter, MessagePatch,
    SortOrder,
};
use app_testing::metered_table;
use serde_json::json;

use crate::stage::{Stage, at, request, text};

/// DynamoDB counts whole items, whatever of them is read, checked or changed.
#[tokio::test]
async fn whatever_is_done_below_a_memory_costs_its_size() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table).await;
    let content = Content::parse(json!({"text": "x".repeat(9_000)})).unwrap();
    let draft = MemoryDraft { content: Some(content), ..MemoryDraft::default() };
    let memory = Memory::new(MemoryId::new(at(0)), stage.owner, MemorySource::Web, draft, at(0)).unwrap();
    stage.memories.create(&memory).await.unwrap();
    meter.take();
    let message = Message { memory: memory.id, ..stage.draft(1, "a few words", None) };
    stage.messages.create(&message).await.unwrap();
    let cost = meter.take();
    assert_eq!(
        (cost.reads, cost.writes),
        (3.0, 24.0),
        "three times 4 KB; ten times 1 KB, the message and its change"
    );
    let patch = MessagePatch { content: Some(text("changed")), ..MessagePatch::default() };
    stage.messages.patch(stage.owner, memory.id, message.id, None, &patch, at(2)).await.unwrap();
    let cost = meter.take();
    assert_eq!((cost.reads, cost.writes), (4.0, 24.0), "the same and the message");
}

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
    cost("send", &["GetItem", "TransactWriteItems"], 1.0, 6.0).await;
    stage.send(61, "another reply", Some(parent)).await;
    cost("reply", &["GetItem", "TransactWriteItems"], 1.0, 10.0).await;
    let files = [stage.file().await, stage.file().await];
    let attachments = Attachments::parse(&files).unwrap();
    let with_files = Message { attachments, ..stage.draft(62, "two maps", None) };
    meter.take();
    stage.messages.create(&with_files).await.unwrap();
    cost("send with two files", &["GetItem", "TransactWriteItems"], 1.0, 18.0).await;
    stage.delete(with_files.id).await.unwrap();
    let calls = ["GetItem", "GetItem", "BatchGetItem", "Query", "TransactWriteItems"];
    cost("delete one with two files", &calls, 5.0, 10.0).await;
    stage.get(sent).await.unwrap();
    cost("read", &["GetItem", "GetItem"], 2.0, 0.0).await;
    let patch = MessagePatch { content: Some(text("changed")), ..MessagePatch::default() };
    stage.messages.patch(stage.owner, stage.memory, sent, None, &patch, at(70)).await.unwrap();
    cost("change", &["GetItem", "GetItem", "TransactWriteItems"], 2.0, 6.0).await;
    stage.messages.patch(stage.owner, stage.memory, sent, None, &patch, at(71)).await.unwrap();
    cost("change nothing", &["GetItem", "GetItem"], 2.0, 0.0).await;
    stage.delete(sent).await.unwrap();
    cost("delete a new one", &["GetItem", "GetItem", "Query", "TransactWriteItems"], 3.0, 6.0).await;
    stage.delete(ids[5]).await.unwrap();
    cost("delete an old one", &["GetItem", "GetItem", "TransactWriteItems"], 2.0, 6.0).await;
    stage.delete(reply).await.unwrap();
    let calls = ["GetItem", "GetItem", "GetItem", "Query", "TransactWriteItems"];
    cost("delete a reply", &calls, 4.0, 10.0).await;
    stage.delete(parent).await.unwrap();
    cost("delete one with replies", &["GetItem", "GetItem", "TransactWriteItems"], 2.0, 6.0).await;

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
