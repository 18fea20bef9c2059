//! What drives cost: calls, and the capacity that DynamoDB counts for them.

use app_domain::{DriveJobStatus, DriveProgress};
use app_store::DueDrive;
use app_testing::metered_table;

use crate::stage::{DROPBOX, Stage, at};

#[tokio::test]
async fn every_operation_costs_what_the_data_model_says() {
    let (table, meter) = metered_table().await;
    let stage = Stage::on(table);
    let drive = stage.scheduled().await;
    meter.take();
    let cost = |doing: &str, calls: &[&str], reads: f64, writes: f64| {
        let cost = meter.take();
        let calls: Vec<String> = calls.iter().map(|call| (*call).to_owned()).collect();
        assert_eq!((cost.calls, cost.reads, cost.writes), (calls, reads, writes), "{doing}");
    };
    stage.drives.all(stage.owner).await.unwrap();
    cost("all drives", &["Query"], 1.0, 0.0);
    stage.drive().await;
    cost("one drive", &["GetItem"], 1.0, 0.0);
    let job = stage.job(1).await;
    cost("ask for a job", &["PutItem"], 0.0, 1.0);
    let begun = stage.begun(&job, 2).await;
    cost("begin it", &["GetItem", "GetItem", "TransactWriteItems", "GetItem"], 3.0, 4.0);
    stage.jobs.advance(&begun, DriveProgress::default(), at(3)).await.unwrap();
    cost("note how far it is", &["UpdateItem"], 0.0, 1.0);
    stage.jobs.finish(&begun, DriveJobStatus::Completed, None, None, at(4)).await.unwrap();
    cost("end it", &["UpdateItem", "UpdateItem"], 0.0, 2.0);
    stage.jobs.list(stage.owner, None, 20).await.unwrap();
    cost("list jobs", &["Query"], 1.0, 0.0);
    stage.backups.put(&stage.backup(1)).await.unwrap();
    cost("note a backup", &["PutItem"], 0.0, 1.0);
    stage.drives.due(&at(0).day(), at(200_000), None, 100).await.unwrap();
    cost("look for what is due", &["Query"], 1.0, 0.0);
    let due = DueDrive { owner: stage.owner, provider: DROPBOX, at: drive.next_at.unwrap() };
    stage.drives.take_due(due, Some(at(500_000)), None).await.unwrap();
    cost("take a drive that is due", &["TransactWriteItems"], 0.0, 6.0);
}
