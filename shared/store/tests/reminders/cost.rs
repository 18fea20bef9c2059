//! What reminders cost: calls, and the capacity that DynamoDB counts for them.

use app_domain::ReminderState;
use app_testing::metered_table;

use crate::stage::{Stage, at, due, text, time};

#[tokio::test]
async fn every_operation_costs_what_the_data_model_says() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let memory = stage.memory().await;
    stage.set(60).await;
    meter.take();
    let cost = |doing: &str, calls: &[&str], reads: f64, writes: f64| {
        let cost = meter.take();
        let calls: Vec<String> = calls.iter().map(|call| (*call).to_owned()).collect();
        assert_eq!((cost.calls, cost.reads, cost.writes), (calls, reads, writes), "{doing}");
    };
    let reminder = stage.set(90).await;
    cost("set", &["TransactWriteItems"], 0.0, 7.0);
    let about = stage.draft(120, "About a trip", Some(memory));
    stage.reminders.create(&about).await.unwrap();
    cost("set one about a memory", &["TransactWriteItems"], 0.0, 9.0);
    stage.get(reminder.id).await.unwrap();
    cost("read", &["GetItem"], 1.0, 0.0);
    stage.reminders.memory_of(&about).await.unwrap();
    cost("look for its memory", &["GetItem"], 1.0, 0.0);
    let words = text("Write to Ada");
    stage.reminders.change(stage.owner, reminder.id, None, Some(&words)).await.unwrap();
    cost("reword", &["GetItem", "TransactWriteItems"], 1.0, 3.0);
    stage.reminders.change(stage.owner, reminder.id, Some(time(91)), None).await.unwrap();
    cost("move", &["GetItem", "TransactWriteItems"], 1.0, 8.0);
    stage.reminders.change(stage.owner, reminder.id, None, None).await.unwrap();
    cost("change nothing", &["GetItem"], 1.0, 0.0);
    let moved = stage.get(reminder.id).await.unwrap();
    meter.take();
    stage.due_by(1000).await;
    cost("look for what is due", &["Query"], 1.0, 0.0);
    stage.reminders.sent(due(&moved), at(91)).await.unwrap();
    cost("note that it was sent", &["TransactWriteItems"], 0.0, 8.0);
    stage.reminders.delete(stage.owner, moved.id).await.unwrap();
    cost("delete one that was sent", &["GetItem", "TransactWriteItems"], 1.0, 3.0);
    stage.reminders.delete(stage.owner, about.id).await.unwrap();
    cost("delete one that waits", &["GetItem", "TransactWriteItems"], 1.0, 7.0);

    for n in 0..100 {
        stage.set(60 + n).await;
    }
    meter.take();
    for _ in 0..2 {
        stage.reminders.list(stage.owner, Some(ReminderState::Waiting), None, 10).await.unwrap();
        cost("list ten of a hundred", &["Query"], 1.0, 0.0);
    }
}
