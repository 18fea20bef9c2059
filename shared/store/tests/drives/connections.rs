//! Connecting, changing, letting go.

use app_domain::{
    BackupId, BackupTotals, DriveFault, DriveProvider, DriveState, PendingDrive, SessionId, TokenHash,
};
use app_testing::Log;
use app_testing::emf::{Datum, metrics_of};
use uuid::Uuid;

use crate::stage::{DROPBOX, Stage, at, daily, origin};

fn fault() -> DriveFault {
    DriveFault { code: "needs-consent".to_owned(), message: "Connect it again.".to_owned(), at: at(9) }
}

#[tokio::test]
async fn a_drive_is_as_it_was_connected_and_other_people_have_none() {
    let stage = Stage::new().await;
    assert_eq!(stage.drives.get(stage.owner, DROPBOX).await.unwrap(), None);
    let made = stage.connected().await;
    assert_eq!(stage.drive().await, made);
    assert_eq!(stage.drives.all(stage.owner).await.unwrap(), [made]);
    let other = app_domain::UserId::new(at(1));
    assert_eq!(stage.drives.get(other, DROPBOX).await.unwrap(), None);
    assert_eq!(stage.drives.all(other).await.unwrap(), []);
    assert_eq!(stage.drives.get(stage.owner, DriveProvider::S3).await.unwrap(), None);
}

#[tokio::test]
async fn connecting_again_keeps_settings_and_history_of_the_same_account_alone() {
    let stage = Stage::new().await;
    stage.scheduled().await;
    let backup = (BackupId::new(at(3)), at(3), BackupTotals::default());
    let noted = backup.clone();
    stage.drives.change(stage.owner, DROPBOX, |drive| drive.last_backup = Some(noted.clone())).await.unwrap();
    let gone = stage.drives.disconnect(stage.owner, DROPBOX, &origin(), at(4)).await.unwrap().unwrap();
    assert_eq!((gone.state, gone.next_at), (DriveState::Disconnected, None));
    assert_eq!(stage.drives.disconnect(stage.owner, DROPBOX, &origin(), at(5)).await.unwrap(), None);

    let again = stage.connected().await;
    assert_eq!((again.state, again.settings.clone()), (DriveState::Connected, daily()));
    assert_eq!(again.last_backup, Some(backup));
    assert!(again.next_at.is_some());

    let other = stage.drives.connect(&stage.fresh("dbid:2"), &origin(), at(6)).await.unwrap();
    assert_eq!((other.last_backup, other.settings), (None, daily()));
}

#[tokio::test]
async fn a_dead_grant_is_told_and_counted_once_and_never_of_a_newer_one() {
    Log::keep();
    let stage = Stage::new().await;
    let drive = stage.scheduled().await;
    let log = Log::start();
    assert!(!stage.drives.mark_dead(stage.owner, DROPBOX, Uuid::now_v7(), &fault()).await.unwrap());
    assert!(stage.drives.mark_dead(stage.owner, DROPBOX, drive.grant, &fault()).await.unwrap());
    assert!(!stage.drives.mark_dead(stage.owner, DROPBOX, drive.grant, &fault()).await.unwrap());
    let counted: Vec<Datum> = log.lines().iter().flat_map(|line| metrics_of(line).unwrap()).collect();
    let [dead] = &counted[..] else { panic!("one number: {counted:?}") };
    assert_eq!((dead.name.as_str(), dead.value), ("drive_tokens_dead_total", 1.0));
    let drive = stage.drive().await;
    assert_eq!((drive.state, drive.next_at), (DriveState::NeedsConsent, None));
    assert_eq!(drive.fault, Some(fault()));
    let again = stage.connected().await;
    assert_eq!((again.state, again.fault), (DriveState::Connected, None));
}

#[tokio::test]
async fn changes_of_several_writers_are_all_kept() {
    let stage = Stage::new().await;
    stage.connected().await;
    let add = |n: u8| {
        stage.drives.change(stage.owner, DROPBOX, move |drive| drive.label.push(char::from(b'a' + n)))
    };
    let added = futures_util::future::join_all((0..8).map(add)).await;
    assert!(added.into_iter().all(|added| added.unwrap().is_some()));
    let mut letters: Vec<char> = stage.drive().await.label["ada@example.com".len()..].chars().collect();
    letters.sort_unstable();
    assert_eq!(letters, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
}

#[tokio::test]
async fn what_has_begun_ends_once_and_not_after_its_time() {
    let stage = Stage::new().await;
    let pending = PendingDrive {
        user_id: stage.owner,
        session_id: SessionId::new(at(0)),
        provider: DROPBOX,
        code_verifier: "v".repeat(43),
        redirect_uri: "https://app.example.com/back".to_owned(),
        expires_at: at(600),
    };
    let [one, late] = ["one", "late"].map(TokenHash::of);
    stage.pending.begin(&one, &pending).await.unwrap();
    stage.pending.begin(&late, &pending).await.unwrap();
    assert!(stage.pending.begin(&one, &pending).await.is_err());
    let (first, second) = tokio::join!(stage.pending.end(&one, at(1)), stage.pending.end(&one, at(1)));
    let mut ends = [first.unwrap(), second.unwrap()];
    ends.sort_by_key(Option::is_some);
    assert_eq!(ends, [None, Some(pending)]);
    assert_eq!(stage.pending.end(&late, at(600)).await.unwrap(), None);
}
