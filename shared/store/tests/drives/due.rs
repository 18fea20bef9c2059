//! Drives whose time has come.

use app_domain::{DriveJob, DriveJobId};
use app_store::DueDrive;

use crate::stage::{DROPBOX, PUSH, Stage, at, origin};

async fn due(stage: &Stage, by: i64) -> Vec<DueDrive> {
    let mut drives = Vec::new();
    for day in [at(0).day(), at(86_400).day(), at(2 * 86_400).day()] {
        drives.extend(stage.drives.due(&day, at(by), None, 100).await.unwrap().items);
    }
    drives
}

#[tokio::test]
async fn a_drive_is_due_from_its_time_on_until_somebody_takes_it() {
    let stage = Stage::new().await;
    let drive = stage.scheduled().await;
    let time = drive.next_at.unwrap();
    let seconds = (time.as_millis() - at(0).as_millis()) / 1000;
    assert_eq!(due(&stage, seconds - 1).await, []);
    let noted = DueDrive { owner: stage.owner, provider: DROPBOX, at: time };
    assert_eq!(due(&stage, seconds + 1).await, [noted]);

    let next = drive.settings.next_after(time, stage.owner);
    let job = DriveJob::request(stage.owner, DROPBOX, PUSH, time);
    assert!(stage.drives.take_due(noted, next, Some(&job)).await.unwrap());
    assert!(!stage.drives.take_due(noted, next, Some(&job)).await.unwrap());
    assert_eq!(stage.drive().await.next_at, next);
    assert_eq!(due(&stage, seconds + 1).await, []);
    assert!(stage.jobs.get(stage.owner, job.id).await.unwrap().is_some());
}

#[tokio::test]
async fn of_many_who_take_it_one_makes_a_job() {
    let stage = Stage::new().await;
    let drive = stage.scheduled().await;
    let noted = DueDrive { owner: stage.owner, provider: DROPBOX, at: drive.next_at.unwrap() };
    let take = |n: i64| {
        let (stage, drive) = (&stage, &drive);
        async move {
            let next = drive.settings.next_after(noted.at, stage.owner);
            let job = DriveJob::with_id(DriveJobId::new(at(n)), stage.owner, DROPBOX, PUSH, at(n));
            stage.drives.take_due(noted, next, Some(&job)).await.unwrap()
        }
    };
    let taken = futures_util::future::join_all((0..6).map(take)).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    assert_eq!(stage.jobs.list(stage.owner, None, 9).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn who_is_let_go_or_set_otherwise_is_not_due_any_more() {
    let stage = Stage::new().await;
    let drive = stage.scheduled().await;
    let noted = DueDrive { owner: stage.owner, provider: DROPBOX, at: drive.next_at.unwrap() };
    stage.drives.change(stage.owner, DROPBOX, |drive| drive.next_at = Some(at(100))).await.unwrap();
    assert_eq!(due(&stage, 200_000).await, [DueDrive { at: at(100), ..noted }]);
    assert!(!stage.drives.take_due(noted, None, None).await.unwrap());
    stage.drives.disconnect(stage.owner, DROPBOX, &origin(), at(5)).await.unwrap();
    assert_eq!(due(&stage, 200_000).await, []);
}

#[tokio::test]
async fn many_that_are_due_come_in_pages() {
    let table = app_testing::table().await;
    let mut expected = Vec::new();
    for n in 0..7 {
        let mut stage = Stage::on(table.clone());
        stage.owner = app_domain::UserId::new(at(n));
        stage.connected().await;
        stage.drives.change(stage.owner, DROPBOX, |drive| drive.next_at = Some(at(n))).await.unwrap();
        expected.push(DueDrive { owner: stage.owner, provider: DROPBOX, at: at(n) });
    }
    let stage = Stage::on(table);
    let (mut seen, mut drives) = (None, Vec::new());
    loop {
        let page = stage.drives.due(&at(0).day(), at(100), seen.as_deref(), 3).await.unwrap();
        drives.extend(page.items);
        seen = page.next;
        if seen.is_none() {
            break;
        }
    }
    assert_eq!(drives, expected);
}
