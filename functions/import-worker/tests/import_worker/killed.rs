//! Workers that die between any two calls, of the table and of either bucket, before a call or before its answer: whoever comes next brings it
//! to the same end. And two at once.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use app_domain::{ImportCounts, ImportJob, ImportSpec, ImportStatus};
use app_testing::Death;

use crate::archives::{chat, own, records, zip};
use crate::stage::Stage;

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Called {
    Table,
    Archives,
    Files,
}

pub(crate) const CALLED: [Called; 3] = [Called::Table, Called::Archives, Called::Files];
pub(crate) const DEATHS: [Death; 2] = [Death::BeforeCalling, Death::BeforeHearing];

impl Called {
    fn die_after(self, stage: &Stage, calls: usize, death: Death) {
        match self {
            Self::Table => stage.meter.die_after(calls, death),
            Self::Archives => stage.archives.die_after(calls, death),
            Self::Files => stage.s3.die_after(calls, death),
        }
    }

    fn revive(self, stage: &Stage) -> bool {
        match self {
            Self::Table => stage.meter.revive(),
            Self::Archives => stage.archives.revive(),
            Self::Files => stage.s3.revive(),
        }
    }
}

/// What is there at the end.
pub(crate) type End = (ImportStatus, ImportCounts, Vec<String>);

pub(crate) async fn end(stage: &Stage, job: &ImportJob) -> End {
    let job = stage.job(job).await;
    let everything = stage.everything(&job).await;
    (job.status, job.counts, everything.into_iter().filter(|key| !key.contains("DUE#")).collect())
}

/// Lets a job's worker die after so many calls, and another go on. `None` if it came to its end before.
pub(crate) async fn killed(
    stage: &Stage,
    job: &ImportJob,
    called: Called,
    calls: usize,
    death: Death,
) -> Option<End> {
    called.die_after(stage, calls, death);
    stage.deliver(job, 1).await;
    let has_died = called.revive(stage);
    stage.finish(job).await;
    has_died.then_some(())?;
    Some(end(stage, job).await)
}

/// At every call, in steps of `step`.
async fn at_every_step(archive: &[u8], spec: &ImportSpec, step: usize) {
    let stage = Stage::new().await;
    let job = stage.queued(archive, spec.clone()).await;
    stage.finish(&job).await;
    let whole = end(&stage, &job).await;
    let mut deaths = 0;
    for called in CALLED {
        for death in DEATHS {
            for calls in (usize::from(death == Death::BeforeHearing)..).step_by(step) {
                let stage = Stage::new().await;
                let job = stage.queued(archive, spec.clone()).await;
                let Some(end) = killed(&stage, &job, called, calls, death).await else { break };
                assert_eq!(end, whole, "{called:?} {death:?} {calls}");
                deaths += 1;
            }
        }
    }
    assert!(deaths > 20 / step, "{deaths}");
}

#[tokio::test]
async fn a_killed_import_comes_to_the_same_end() {
    at_every_step(&own(&records()), &ImportSpec::default(), 1).await;
}

#[tokio::test]
async fn a_killed_import_of_several_batches_comes_to_the_same_end() {
    at_every_step(&chat(450), &ImportSpec::default(), 3).await;
}

#[tokio::test]
async fn a_killed_preview_comes_to_the_same_end() {
    at_every_step(&own(&records()), &ImportSpec { preview: true, ..ImportSpec::default() }, 1).await;
}

#[tokio::test]
async fn a_killed_undoing_comes_to_the_same_end() {
    let archive = own(&records());
    let mut whole: Option<End> = None;
    for called in CALLED {
        for death in DEATHS {
            for calls in usize::from(death == Death::BeforeHearing).. {
                let stage = Stage::new().await;
                let job = stage.import(&archive).await;
                let undoing = stage.imports.turn(&job, ImportStatus::Undoing, crate::stage::at(0)).await;
                let Some(end) = killed(&stage, &undoing.unwrap().unwrap(), called, calls, death).await else {
                    break;
                };
                assert_eq!(
                    (end.0, end.1.imported),
                    (ImportStatus::Undone, 0),
                    "{called:?} {death:?} {calls}"
                );
                assert!(stage.all_memories().await.is_empty() && stage.s3.keys().is_empty());
                // Of a conversation whose removal was begun the turns are due to a chore.
                let end = (end.0, end.1, end.2.into_iter().filter(|key| !key.contains("#TALK#")).collect());
                let whole = whole.get_or_insert_with(|| end.clone());
                assert_eq!(&end, whole, "{called:?} {death:?} {calls}");
            }
        }
    }
}

/// What a killed import has made is all that undoing removes, wherever it was killed.
#[tokio::test]
async fn an_import_that_was_killed_and_called_off_can_be_undone() {
    let archive = own(&records());
    for called in CALLED {
        for calls in 0.. {
            let stage = Stage::new().await;
            // Some of it was there before, and stays.
            stage.import(&own(&records()[..7])).await;
            let before = stage.meter.keys().await;
            let job = stage.queued(&archive, ImportSpec::default()).await;
            called.die_after(&stage, calls, Death::BeforeHearing);
            let is_done = stage.deliver(&job, 1).await;
            called.revive(&stage);
            let there = stage.job(&job).await;
            if is_done {
                break;
            }
            if there.status != ImportStatus::Completed {
                stage.imports.turn(&there, ImportStatus::Cancelled, crate::stage::at(0)).await.unwrap();
            }
            stage.undo(&job).await;
            let left: Vec<String> = stage.meter.keys().await;
            let gone: Vec<&String> = before.iter().filter(|key| !left.contains(key)).collect();
            assert!(gone.is_empty(), "{called:?} {calls}: {gone:#?}");
            let left = left.into_iter().filter(|key| !before.contains(key));
            let left: Vec<String> = left
                .filter(|key| {
                    !["IMPORT#", "DUE#", "DATAKEY#", " FACTS", " FILES", " REMINDERS", " COUNTERS"]
                        .iter()
                        .any(|own| key.contains(own))
                })
                .collect();
            // Facts, turns and the like of a batch that was begun are known by their lines too.
            assert!(left.is_empty(), "{called:?} {calls}: {left:#?}");
        }
    }
}

/// A report of more than eight mebibytes is joined in parts, which nobody finds who dies over them.
#[tokio::test]
async fn a_killed_import_with_a_long_report_comes_to_the_same_end() {
    let contact = |n: usize| {
        let (id, time) = (format!("{n:0>300}"), crate::stage::at(0));
        format!(
            "{{\"kind\":\"contact\",\"id\":\"{id}\",\"rule\":\"save\",\"savedCount\":1,\"firstAt\":\"{time}\",\"lastAt\":\"{time}\"}}\n"
        )
    };
    let records: String = (0..21_000).map(contact).collect();
    let archive = zip(&[("records-00001.jsonl", records.as_bytes())]);
    let stage = Stage::new().await;
    let job = stage.queued(&archive, ImportSpec::default()).await;
    stage.archives.take_calls();
    stage.finish(&job).await;
    let calls = stage.archives.take_calls().len();
    let whole = stage.archives.get(&job.report_key(job.run)).unwrap();
    assert!(whole.len() > 8 << 20, "{}", whole.len());
    // With two warnings.
    assert_eq!(whole.iter().filter(|byte| **byte == b'\n').count(), 21_002);
    // The last pieces, the beginning of the upload, its parts, and its end.
    for (number, calls) in (calls - 6..calls).enumerate() {
        let stage = Stage::new().await;
        let job = stage.queued(&archive, ImportSpec::default()).await;
        stage.archives.die_after(calls, DEATHS[number % 2]);
        stage.deliver(&job, 1).await;
        assert!(stage.archives.revive(), "{calls}");
        stage.finish(&job).await;
        let done = stage.job(&job).await;
        assert_eq!((done.status, done.counts.skipped), (ImportStatus::Completed, 21_000), "{calls}");
        assert!(stage.archives.get(&done.report_key(done.run)).unwrap() == whole, "{calls}");
    }
}

/// Does something until it has waited so often, and leaves it there.
async fn interrupted(waits: usize, work: impl Future<Output = bool>) {
    let (mut work, mut left) = (pin!(work), waits);
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Pending if left > 0 => {
            left -= 1;
            Poll::Pending
        }
        _ => Poll::Ready(()),
    })
    .await;
}

#[tokio::test]
async fn two_at_once_make_everything_once_and_all_of_it_is_the_imports() {
    for waits in [0, 5, 20, 60, 150] {
        let stage = Stage::new().await;
        let job = stage.queued(&chat(450), ImportSpec::default()).await;
        interrupted(waits, stage.deliver(&job, 1)).await;
        tokio::join!(stage.deliver(&job, 1), stage.deliver(&job, 1));
        stage.finish(&job).await;
        let done = stage.job(&job).await;
        assert_eq!((done.status, done.counts.imported), (ImportStatus::Completed, 451), "{waits}");
        assert_eq!(stage.report(&done).len(), 451, "{waits}");
        assert_eq!(stage.all_memories().await[0].messages.count, 450);
        stage.undo(&done).await;
        assert!(stage.all_memories().await.is_empty(), "{waits}");
    }
}
