//! Workers that end between any two steps: whoever comes next makes the same file.

use app_domain::{ExportFormat, ExportJob};
use app_testing::clock::{BEGAN, at};
use app_testing::{Death, letters, noise};
use serde_json::json;

use crate::stage::{Stage, whole};

const DEATHS: [Death; 2] = [Death::BeforeCalling, Death::BeforeHearing];

/// What a worker talks to.
#[derive(Debug, Clone, Copy)]
enum Line {
    Table,
    Exports,
    Files,
}

impl Stage {
    fn die_after(&self, line: Line, calls: usize, death: Death) {
        match line {
            Line::Table => self.meter.die_after(calls, death),
            Line::Exports => self.bucket.die_after(calls, death),
            Line::Files => self.files.die_after(calls, death),
        }
    }

    fn revive(&self, line: Line) -> bool {
        match line {
            Line::Table => self.meter.revive(),
            Line::Exports => self.bucket.revive(),
            Line::Files => self.files.revive(),
        }
    }

    /// Lets a first worker end after so many calls, and a second one go on. Whether the first came so far.
    async fn survived(&self, job: &ExportJob, line: Line, calls: usize, death: Death) -> bool {
        self.die_after(line, calls, death);
        self.delivered(job, 1).await;
        let died = self.revive(line);
        assert!(self.delivered(job, 2).await, "{line:?} {calls} {death:?}");
        // A message that comes once more tidies up after a worker that ended when all was done.
        assert!(self.delivered(job, 3).await, "{line:?} {calls} {death:?}");
        died
    }

    /// Ends a worker at every `step`th call of each line, and compares the files.
    async fn every_death(&self, format: ExportFormat, step: usize) -> usize {
        let (_, expected) = self.exported(whole(format)).await;
        let mut deaths = 0;
        for line in [Line::Table, Line::Exports, Line::Files] {
            for death in DEATHS {
                for calls in (0..).step_by(step) {
                    // The last word of a worker that is not heard is none.
                    let calls = if death == Death::BeforeHearing { calls + 1 } else { calls };
                    let job = self.asked(whole(format)).await;
                    if !self.survived(&job, line, calls, death).await {
                        break;
                    }
                    let (_, file) = self.finished(&job).await;
                    assert!(file == expected, "{format:?} {line:?} {calls} {death:?}: the files differ");
                    self.bucket.forget_uploads();
                    deaths += 1;
                }
            }
        }
        app_archive::verify(std::io::Cursor::new(expected)).unwrap();
        deaths
    }
}

#[tokio::test]
async fn a_small_export_survives_every_death_in_every_format() {
    let stage = Stage::new().await;
    stage.furnish().await;
    for format in ExportFormat::ALL {
        let step = if format == ExportFormat::Zip { 1 } else { 3 };
        let deaths = stage.every_death(format, step).await;
        assert!(deaths > 10, "{format:?}: {deaths}");
    }
}

#[tokio::test]
async fn an_export_in_parts_survives_every_death() {
    let stage = Stage::new().await;
    stage.furnish().await;
    // Two parts of files that lie as they are, and one that is compressed on the way.
    stage.file("large.mp4", "video/mp4", noise(19 << 20, 1), None, 9_000).await;
    stage.file("large.txt", "text/plain", b"words ".repeat(1 << 20), None, 9_001).await;
    let deaths = stage.every_death(ExportFormat::Zip, 1).await;
    assert!(deaths > 100, "{deaths}");
}

#[tokio::test]
async fn records_in_parts_survive_every_death() {
    let stage = Stage::new().await;
    stage.register().await;
    for number in 0..150_u32 {
        let text = letters(60_000, u64::from(number));
        let memory = stage.memory(&format!("Large {number}"), json!({"text": text}), i64::from(number)).await;
        stage.message(memory.id, "below", 1_000).await;
    }
    let deaths = stage.every_death(ExportFormat::Jsonl, 29).await;
    assert!(deaths > 10, "{deaths}");
}

#[tokio::test]
async fn an_upload_that_was_begun_is_gone_on_with_by_the_next_worker() {
    let stage = Stage::new().await;
    stage.register().await;
    stage.file("large.mp4", "video/mp4", noise(9 << 20, 1), None, 9_000).await;
    for death in DEATHS {
        let mut lost = Vec::new();
        for calls in 1.. {
            let job = stage.asked(whole(ExportFormat::Zip)).await;
            if !stage.survived(&job, Line::Exports, calls, death).await {
                break;
            }
            stage.finished(&job).await;
            if stage.bucket.unfinished_uploads() > 0 {
                lost.push(calls);
            }
            stage.bucket.forget_uploads();
        }
        // The one that nobody has heard of, or could note.
        assert!(lost.len() <= 1, "{death:?}: {lost:?}");
    }
}

#[tokio::test]
async fn a_small_file_is_put_as_the_worker_before_would_have_put_it() {
    let stage = Stage::new().await;
    stage.furnish().await;
    let (_, expected) = stage.exported(whole(ExportFormat::Jsonl)).await;
    let job = stage.asked(whole(ExportFormat::Jsonl)).await;
    stage.bucket.take_calls();
    for calls in 1.. {
        stage.bucket.die_after(calls, Death::BeforeCalling);
        assert!(!stage.delivered(&job, 1).await);
        stage.bucket.revive();
        if stage
            .bucket
            .keys()
            .iter()
            .any(|key| key.ends_with("work/checkpoint") && key.starts_with(&job.prefix()))
        {
            break;
        }
    }
    let later = stage.memories().walk_on(stage.owner, None, 1).await.unwrap().items.remove(0).read.unwrap();
    stage.memories().trash(stage.owner, later.id, None, at(BEGAN)).await.unwrap();
    assert!(stage.delivered(&job, 2).await);
    assert!(stage.finished(&job).await.1 == expected, "what an overtaken worker may still put is the same");
}
