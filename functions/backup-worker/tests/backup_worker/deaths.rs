//! Workers that end between any two steps: whoever comes next makes the same backup, and nothing is lost.

use std::time::Duration;

use app_domain::{DriveJob, DriveJobStatus};
use app_testing::Death;
use app_testing::clock::pass;
use app_testing::drives::PlayedDrive;
use app_testing::noise;
use serde_json::json;

use crate::stage::{PROVIDER, Stage};

const DEATHS: [Death; 2] = [Death::BeforeCalling, Death::BeforeHearing];

/// What a worker talks to.
#[derive(Debug, Clone, Copy)]
enum Line {
    Table,
    Bucket,
    Files,
    Drive,
}

impl Stage {
    fn die_after(&self, line: Line, calls: usize, death: Death) {
        match line {
            Line::Table => self.meter.die_after(calls, death),
            Line::Bucket => self.bucket.die_after(calls, death),
            Line::Files => self.files.die_after(calls, death),
            Line::Drive => self.dropbox.die_after(calls, death),
        }
    }

    fn revive(&self, line: Line) -> bool {
        match line {
            Line::Table => self.meter.revive(),
            Line::Bucket => self.bucket.revive(),
            Line::Files => self.files.revive(),
            Line::Drive => self.dropbox.revive(),
        }
    }

    /// Lets a first worker end after so many calls, and a second one go on. Whether the first came so far.
    async fn survived(&self, job: &DriveJob, line: Line, calls: usize, death: Death) -> bool {
        self.die_after(line, calls, death);
        self.delivered_or_dead(job).await;
        let died = self.revive(line);
        let done = self.worked_off(job).await;
        let words = format!("{line:?} {calls} {death:?}");
        assert_eq!((done.status, done.failure), (DriveJobStatus::Completed, None), "{words}");
        // A message that comes once more tidies up after a worker that ended when all was done.
        assert!(self.delivered(job, 2).await, "{words}");
        self.is_clean(job);
        died
    }

    /// Takes everything away, here and there, but for what the person has.
    async fn begin_anew(&self) {
        for folder in ["backups", "packs", "files", "keys", "README.txt"] {
            self.dropbox.remove_by_hand(folder);
        }
        self.bucket.keys().iter().for_each(|key| self.bucket.remove(key));
        let (known, _) = self.worker.backups.list(self.owner, PROVIDER, None, 100).await.unwrap();
        for backup in known {
            self.worker.backups.remove(self.owner, PROVIDER, backup.id).await.unwrap();
        }
        self.set(|drive| drive.last_backup = None).await;
        pass(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn a_first_backup_survives_every_death() {
    let stage = Stage::new().await;
    stage.furnish().await;
    stage.pushed().await;
    let expected = stage.opened();
    let mut deaths = 0;
    for line in [Line::Table, Line::Bucket, Line::Files, Line::Drive] {
        for death in DEATHS {
            for calls in 0.. {
                let calls = if death == Death::BeforeHearing { calls + 1 } else { calls };
                stage.begin_anew().await;
                let job = stage.asked_to_push().await;
                if !stage.survived(&job, line, calls, death).await {
                    break;
                }
                let words = format!("{line:?} {calls} {death:?}");
                assert_eq!(stage.opened(), expected, "{words}");
                assert_eq!(stage.paths("backups/").len(), 1, "{words}");
                let (known, _) = stage.worker.backups.list(stage.owner, PROVIDER, None, 9).await.unwrap();
                assert_eq!(known.len(), 1, "{words}");
                assert_eq!(stage.bucket.keys().len(), 1, "{words}: {:?}", stage.bucket.keys());
                deaths += 1;
            }
        }
    }
    println!("{deaths} deaths survived");
    assert!(deaths > 100, "{deaths}");
}

#[tokio::test]
async fn a_next_backup_that_prunes_survives_every_death_at_the_drive_and_the_bucket() {
    let stage = Stage::new().await;
    let memories = stage.furnish().await;
    stage
        .set(|drive| {
            drive.settings.retention = app_domain::Retention { daily: 0, weekly: 0, monthly: 0 };
        })
        .await;
    stage.pushed().await;
    let mut changes = 0;
    for line in [Line::Drive, Line::Bucket] {
        for death in DEATHS {
            for calls in 0.. {
                let calls = if death == Death::BeforeHearing { calls + 1 } else { calls };
                changes += 1;
                pass(Duration::from_secs(2 * 24 * 3600));
                stage.dropbox.pass(Duration::from_secs(2 * 24 * 3600));
                stage.retitled(memories[0], &format!("Title {changes}"), 1_000 + changes).await;
                let job = stage.asked_to_push().await;
                let died = stage.survived(&job, line, calls, death).await;
                let words = format!("{line:?} {calls} {death:?}");
                let records = format!("{:?}", stage.opened().records);
                assert!(records.contains(&format!("Title {changes}")), "{words}");
                assert_eq!(stage.paths("backups/").len(), 1, "{words}");
                if !died {
                    break;
                }
            }
        }
    }
    // Whatever those who died have left there is gone after the next backups.
    for change in 0..2 {
        pass(Duration::from_secs(2 * 24 * 3600));
        stage.dropbox.pass(Duration::from_secs(2 * 24 * 3600));
        stage.retitled(memories[0], &format!("Last {change}"), 90_000 + change).await;
        stage.pushed().await;
    }
    let named: Vec<String> = stage.manifest().paths().map(str::to_owned).collect();
    let left = stage.paths("packs/").into_iter().filter(|path| !named.contains(path)).count();
    assert!(left <= 1, "{left}");
}

#[tokio::test]
async fn a_large_file_goes_on_where_it_was() {
    let stage = Stage::new().await;
    let memory = stage.memory("One", "words", 1).await;
    let content = noise(40 << 20, 3);
    stage.file("film.mp4", content.clone(), Some(memory.id), 2).await;
    let job = stage.asked_to_push().await;
    // Three lists, the key, what explains the folder, the beginning of the upload, two chunks.
    stage.dropbox.die_after(10, Death::BeforeHearing);
    stage.delivered_or_dead(&job).await;
    assert!(stage.dropbox.revive());
    let before = stage.dropbox.traffic().bytes_in;
    assert_eq!(stage.worked_off(&job).await.status, DriveJobStatus::Completed);
    let sent = stage.dropbox.traffic().bytes_in - before;
    assert!(before > 16 << 20 && sent < 28 << 20, "{before} bytes, then {sent}");
    assert!(stage.opened().files.into_values().next().unwrap() == content);
    assert_eq!(stage.verified().await.1["isRight"], json!(true));
}
