//! Whoever calls can die before and after every call. Another one comes and does it again.

use std::time::Duration;

use app_connectors::drives::{Drive, DriveFile, Next, Transferred, When, transfer};
use app_testing::Death;
use app_testing::drives::PlayedDrive;
use bytes::Bytes;

use super::{Desk, Memory, bytes, chunk_and, hash, kept, listed, put};

/// More calls than anything takes here.
const MOST_CALLS: usize = 60;

/// Does some work until it is done or whoever does it has died.
async fn until_death<T>(played: &dyn PlayedDrive, work: impl Future<Output = T>) -> Option<T> {
    let before = played.traffic().unheard;
    let death = async {
        while played.traffic().unheard == before {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        done = work => Some(done),
        () = death => None,
    }
}

/// Lets `work` die at each of its calls, and another one do it, who is alive. The drive is as it was afterwards.
async fn at_every_call(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
    content: &Bytes,
    mut work: impl AsyncFnMut(bool) -> Option<DriveFile>,
) {
    for death in [Death::BeforeCalling, Death::BeforeHearing] {
        let mut deaths = 0;
        for calls in 0..MOST_CALLS {
            played.die_after(calls, death);
            let _: Option<Option<DriveFile>> = until_death(played, work(true)).await;
            let died = played.revive();
            let file = work(false).await.unwrap();
            let at = format!("{death:?} at call {calls}");
            assert_eq!(file.hash, hash(drive, content), "{at}");
            let there = played.files();
            assert_eq!(there.keys().collect::<Vec<_>>(), ["folder/file"], "{at}");
            assert!(there["folder/file"] == *content, "{at}");
            let listed = listed(drive, "").await;
            let ids: Vec<String> = listed.into_values().map(|file| file.id).collect();
            assert_eq!(ids.as_slice(), std::slice::from_ref(&file.id), "{at}");
            drive.remove(&file).await.unwrap();
            if !died {
                break;
            }
            deaths += 1;
        }
        assert!((1..MOST_CALLS - 2).contains(&deaths), "{deaths} deaths");
    }
}

pub(crate) async fn whoever_dies_while_putting_leaves_one_right_file_in_the_end(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    for when in [When::Absent, When::Any] {
        let content = bytes(1_000, 1);
        at_every_call(drive, played, &content, async |_| {
            drive.put("folder/file", content.clone(), when.clone()).await.ok()
        })
        .await;
    }
    // The folder may be lost, too.
    put(drive, "folder/file", b"text", When::Any).await;
    played.remove_by_hand("folder");
    put(drive, "folder/file", b"text", When::Absent).await;
}

pub(crate) async fn whoever_dies_while_uploading_leaves_one_right_file_in_the_end(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    let content = chunk_and(drive, 1_000, 1);
    let source = Memory(content.clone());
    let mut desk = Desk::new(Next::GoOn);
    at_every_call(drive, played, &content, async |dies| {
        let resumed = desk.kept.as_ref().map(kept);
        let done = transfer(drive, "folder/file", &source, When::Absent, resumed, &mut desk).await;
        let Transferred::Done(file) = done.ok()? else { return None };
        // The next begins with nothing.
        if !dies {
            desk.kept = None;
        }
        Some(file)
    })
    .await;
}
