//! Many memories.

use std::time::Instant;

use app_domain::{DriveWork, ExportFilter, OnConflict, RestoreSpec};
use app_testing::clock::pass;
use app_testing::drives::PlayedDrive;
use serde_json::json;

use crate::stage::{PROVIDER, Stage};

#[tokio::test]
#[ignore = "takes minutes: a hundred thousand memories are made first"]
async fn a_hundred_thousand_small_memories_take_few_calls() {
    let stage = Stage::new().await;
    let began = Instant::now();
    // Fewer, for those who have less time.
    let count = std::env::var("MEMORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let memories = stage.furnish_richly(count, 500).await;
    println!("made in {:?}, {} KiB at most", began.elapsed(), most_kib());
    let mut last = stage.dropbox.traffic();
    let mut told = |what: &str, took: std::time::Duration| {
        let now = stage.dropbox.traffic();
        let (calls, bytes) = (now.calls - last.calls, now.bytes_in - last.bytes_in);
        let read = now.bytes_out - last.bytes_out;
        println!(
            "{what}: {calls} calls, {bytes} bytes sent, {read} bytes read, {took:?}, {} KiB at most",
            most_kib()
        );
        last = now;
        calls
    };
    let began = Instant::now();
    stage.pushed().await;
    let calls = told("first", began.elapsed());
    assert!(calls < 130, "{calls} calls");
    println!("{} packs", stage.paths("packs/").len());

    pass(std::time::Duration::from_secs(3600));
    stage.retitled(memories[memories.len() / 2], "Changed", 200_000).await;
    let began = Instant::now();
    stage.pushed().await;
    let calls = told("one change", began.elapsed());
    assert!(calls <= 12, "{calls} calls");

    pass(std::time::Duration::from_secs(3600));
    let began = Instant::now();
    assert_eq!(stage.pushed().await, json!({"unchanged": true}));
    let calls = told("no change", began.elapsed());
    assert!(calls <= 5, "{calls} calls");

    stage.retitled(memories[0], "Changed too", 300_000).await;
    let (backups, _) = stage.worker.backups.list(stage.owner, PROVIDER, None, 1).await.unwrap();
    let spec = RestoreSpec {
        backup: backups[0].id,
        path: backups[0].path.clone(),
        dry_run: true,
        filter: ExportFilter::default(),
        memories: Vec::new(),
        on_conflict: OnConflict::default(),
    };
    let began = Instant::now();
    let job = stage.asked(DriveWork::Restore(spec)).await;
    let result = stage.worked_off(&job).await.result.unwrap();
    told("a dry run", began.elapsed());
    assert_eq!(result["changed"]["counts"], json!({"memory": 1}));
    assert_eq!(result["same"]["counts"]["memory"], json!(count - 1));
    assert_eq!(result["added"]["counts"], json!({}));
}

/// The most memory that this process has held since this was asked last, with what is played in it; 0 where the system does not tell.
fn most_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most =
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
    // Only counts anew from here: where that is not possible, it goes on.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    most.unwrap_or(0)
}
