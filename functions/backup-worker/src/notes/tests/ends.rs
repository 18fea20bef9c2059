//! Sudden ends, at every step.

use app_testing::Death;

use super::*;

/// An edit, a conflict, a new file, a memory that changed here, and one that is new here.
async fn busy() -> Stage {
    let stage = Stage::on(Played::paged(3)).await;
    let edited = stage.memory("Edited", "1").await;
    let both = stage.memory("Both", "2").await;
    let here = stage.memory("Here", "3").await;
    stage.synced().await;
    let path = |name: &str| stage.drive.paths().into_iter().find(|path| path.contains(name)).unwrap();
    stage.drive.edit(&path("Edited"), "\n1\n", "\none <b>\n");
    stage.drive.edit(&path("Both"), "\n2\n", "\ntwo\n");
    stage.drive.by_hand("notes/New.md", "new");
    stage.say(both.id, "zwei").await;
    stage.say(here.id, "drei").await;
    stage.memory("Newest", "4").await;
    assert_eq!(edited.version, stage.now(edited.id).await.version);
    stage.job.set(DriveJobId::new(at(0)));
    stage.drive.take_calls();
    stage
}

async fn is_as_it_should_be(stage: &Stage, when: &str) {
    let both = "Both (from Google Drive, 2026-11-18): two";
    let said = [both, "Both: zwei", "Edited: one <b>", "Here: drei", "New: new", "Newest: 4"];
    assert_eq!(stage.said().await, said, "{when}");
    let mut texts: Vec<String> = stage
        .drive
        .paths()
        .iter()
        .map(|path| stage.drive.text(path).lines().last().unwrap_or_default().to_owned())
        .collect();
    texts.sort();
    assert_eq!(texts, ["4", "drei", "new", "one <b>", "zwei"], "{when}");
    // Each change was made once.
    let versions = stage.all().await.iter().map(|memory| memory.version.get()).sum::<u64>();
    assert_eq!(versions, 6 + 3, "{when}");
}

async fn run(stage: &Stage) -> Result<(), Failure> {
    stage.pull().await?;
    stage.push(NotesScope::Favorites).await.map(drop)
}

/// Ends at each call of something that is there to be called more than `least` times.
async fn ends(die_after: impl Fn(&Stage, usize, Death), revive: impl Fn(&Stage) -> bool, least: usize) {
    for death in [Death::BeforeCalling, Death::BeforeHearing] {
        for calls in 0.. {
            let stage = busy().await;
            die_after(&stage, calls, death);
            let ended = run(&stage).await;
            let has_died = revive(&stage);
            if ended.is_err() {
                run(&stage).await.unwrap();
            }
            is_as_it_should_be(&stage, &format!("{death:?} {calls}")).await;
            if !has_died {
                assert!(calls > least, "{calls}");
                break;
            }
        }
    }
}

#[tokio::test]
async fn whoever_goes_on_after_an_end_at_any_call_of_the_drive_loses_and_doubles_nothing() {
    ends(|stage, calls, death| stage.drive.die_after(calls, death), |stage| stage.drive.revive(), 8).await;
}

#[tokio::test]
async fn whoever_goes_on_after_an_end_at_any_call_of_the_bucket_loses_and_doubles_nothing() {
    ends(|stage, calls, death| stage.bucket.die_after(calls, death), |stage| stage.bucket.revive(), 6).await;
}

#[tokio::test]
async fn whoever_goes_on_after_an_end_at_any_call_of_the_table_loses_and_doubles_nothing() {
    ends(|stage, calls, death| stage.meter.die_after(calls, death), |stage| stage.meter.revive(), 6).await;
}

#[tokio::test]
async fn whoever_goes_on_when_the_time_was_over_goes_on_where_it_was() {
    for steps in 1.. {
        let stage = busy().await;
        stage.steps.set(steps);
        let mut runs = 1;
        while let Err(Failure::OutOfTime) = run(&stage).await {
            runs += 1;
            // Each invocation has at least as much time.
            stage.steps.set(steps + runs);
            assert!(runs < 20);
        }
        is_as_it_should_be(&stage, &format!("{steps}")).await;
        if runs == 1 {
            break;
        }
    }
}

#[tokio::test]
async fn a_memory_that_changes_after_a_sudden_end_makes_no_copy_of_what_we_wrote() {
    let stage = Stage::new().await;
    let memory = stage.memory("Shop", "milk").await;
    stage.drive.die_after(2, Death::BeforeHearing);
    assert!(run(&stage).await.is_err());
    assert!(stage.drive.revive());
    assert_eq!(stage.drive.paths().len(), 1);
    stage.say(memory.id, "bread").await;
    run(&stage).await.unwrap();
    assert_eq!(stage.said().await, ["Shop: bread"]);
    assert!(stage.drive.text(&stage.path()).ends_with("\nbread\n"));
    // The same where nobody takes from the drive before.
    stage.say(memory.id, "butter").await;
    stage.drive.die_after(1, Death::BeforeHearing);
    assert!(stage.push(NotesScope::Favorites).await.is_err());
    assert!(stage.drive.revive());
    stage.say(memory.id, "cheese").await;
    assert_eq!(stage.push(NotesScope::Favorites).await.unwrap().skipped_count, 0);
    assert!(stage.drive.text(&stage.path()).ends_with("\ncheese\n"));
}
