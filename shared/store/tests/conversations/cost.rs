//! What conversations cost: calls, and the capacity that DynamoDB counts for them.

use app_domain::{ActionState, ConversationTitle, RunningSummary, Turn};
use app_store::BranchLimits;
use app_testing::{Meter, metered_table};

use crate::stage::{Stage, WHOLE, action, at, complete, proposing, question};

fn check(meter: &Meter, doing: &str, calls: &[&str], reads: f64, writes: f64) {
    let cost = meter.take();
    let calls: Vec<String> = calls.iter().map(|call| (*call).to_owned()).collect();
    assert_eq!((cost.calls, cost.reads, cost.writes), (calls, reads, writes), "{doing}");
}

#[tokio::test]
async fn every_operation_costs_what_the_data_model_says() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let (owner, all) = (stage.owner, &stage.conversations);
    let first = stage.begin("the person's first, for whom a key is made").await;
    meter.take();
    let conversation = stage.begin("first").await;
    check(&meter, "begin", &["TransactWriteItems"], 0.0, 7.0);
    let (id, leaf) = (conversation.id, conversation.leaf.unwrap());
    let (_, pending) = stage.ask(&conversation, Some(leaf), "on").await;
    check(&meter, "ask", &["TransactWriteItems"], 0.0, 10.0);
    let again = Turn { id: app_domain::TurnId::new(at(2)), ..pending.clone() };
    all.ask(owner, id, None, &again, at(2)).await.unwrap();
    check(&meter, "answer again", &["TransactWriteItems"], 0.0, 8.0);
    let settled = pending.settled(proposing("x", 1));
    all.settle(&settled).await.unwrap();
    check(&meter, "settle", &["TransactWriteItems"], 0.0, 4.0);
    let long = again.settled(complete(&"x".repeat(4_000)));
    all.settle(&long).await.unwrap();
    check(&meter, "settle with 4 KB", &["TransactWriteItems"], 0.0, 12.0);
    all.settle(&settled).await.unwrap();
    check(&meter, "settle again", &["TransactWriteItems", "GetItem", "GetItem"], 2.0, 0.0);
    let done = action("0", ActionState::Done);
    all.act(owner, id, settled.id, "0", ActionState::Proposed, &done).await.unwrap();
    check(&meter, "decide", &["GetItem", "GetItem", "TransactWriteItems"], 2.0, 4.0);
    stage.get(id).await;
    check(&meter, "read", &["GetItem"], 1.0, 0.0);
    stage.turn(&conversation, leaf).await.unwrap();
    check(&meter, "read a turn", &["GetItem", "GetItem"], 2.0, 0.0);
    let title = ConversationTitle::parse("renamed").unwrap();
    all.rename(owner, id, &title, at(3)).await.unwrap();
    check(&meter, "rename", &["UpdateItem"], 0.0, 3.0);
    all.go_to(owner, id, leaf).await.unwrap();
    check(&meter, "go to a turn", &["TransactWriteItems"], 0.0, 5.0);
    let summary = RunningSummary { text: "short".to_owned(), up_to: leaf };
    all.note_summary(owner, id, &summary, None).await.unwrap();
    check(&meter, "note a summary", &["UpdateItem"], 0.0, 2.0);
    all.list(owner, None, 20).await.unwrap();
    check(&meter, "list", &["Query"], 1.0, 0.0);
    all.turns(owner, id, None, 20, at(3)).await.unwrap();
    check(&meter, "list turns", &["GetItem", "Query"], 3.0, 0.0);
    stage.path(&conversation, settled.id, WHOLE).await.unwrap();
    check(&meter, "read a branch", &["GetItem", "Query"], 2.0, 0.0);
    all.fork(owner, id, settled.id, stage.get(id).await.forked(settled.id, at(4))).await.unwrap();
    meter.take();
    all.delete(owner, id, at(5)).await.unwrap();
    let calls = ["TransactWriteItems", "Query", "BatchWriteItem", "DeleteItem"];
    check(&meter, "delete", &calls, 2.0, 15.0);
    all.fork(owner, first.id, first.leaf.unwrap(), first.forked(first.leaf.unwrap(), at(6))).await.unwrap();
    let calls = ["GetItem", "Query", "GetItem", "TransactWriteItems", "BatchWriteItem", "TransactWriteItems"];
    check(&meter, "copy two turns", &calls, 3.0, 9.0);
}

/// What is read of a branch does not depend on how long the conversation is, nor on how its branches lie.
#[tokio::test]
async fn the_end_of_a_branch_costs_what_is_wanted_of_it() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let conversation = stage.begin("first").await;
    let first = stage.turns(&conversation).await.unwrap().pop().unwrap();
    let mut ends = [conversation.leaf.unwrap(); 3];
    // Three branches that people go on with by turns, then a long one.
    for _ in 0..60 {
        for end in &mut ends {
            *end = stage.ask(&conversation, Some(*end), "on").await.1.id;
        }
    }
    let long = stage.talk(&conversation, first.id, 300).await;
    let limits = BranchLimits { max_turns: 40, max_bytes: usize::MAX };
    meter.take();
    stage.path(&conversation, long, limits).await.unwrap();
    let cost = meter.take();
    assert_eq!(cost.calls, ["GetItem", "Query"]);
    assert!(cost.reads <= 6.0, "{cost:?}");
    for end in ends {
        let path = stage.path(&conversation, end, limits).await.unwrap();
        let cost = meter.take();
        assert_eq!(path.len(), 40);
        assert!(cost.reads <= 1.0 + 24.0 && cost.of("Query") <= 12, "{cost:?}");
    }
    // One that goes on from an old turn passes the others over.
    let next = question(&conversation, Some(ends[0]), "late", at(2));
    let answer = next.answered(at(2));
    stage.conversations.ask(stage.owner, conversation.id, Some(&next), &answer, at(2)).await.unwrap();
    meter.take();
    stage.path(&conversation, answer.id, limits).await.unwrap();
    let cost = meter.take();
    assert!(cost.reads <= 1.0 + 24.0 && cost.of("Query") <= 12, "{cost:?}");
}
