//! What changes on a drive.

use std::collections::BTreeMap;

use app_connectors::drives::{Drive, DriveChange, DriveErrorClass, DriveFile, When};
use app_testing::drives::{DriveFault, PlayedDrive};

use super::{bytes, listed, put};

/// More changes than there are in a test: whoever begins anew has to look at everything.
const ALL: usize = 1_000;

/// What somebody knows of a drive who only follows its changes, and begins anew when told so.
#[derive(Default)]
struct Follower {
    cursor: Option<String>,
    files: BTreeMap<String, DriveFile>,
}

impl Follower {
    /// Takes what has changed, and compares what comes of it with what is there. How many changes there were.
    async fn follow(&mut self, drive: &dyn Drive) -> usize {
        let mut count = 0;
        for _ in 0..50 {
            let changes = match drive.changes(self.cursor.as_deref()).await {
                Err(error) if error.class == DriveErrorClass::Reset && self.cursor.is_some() => {
                    (*self, count) = (Self::default(), ALL);
                    continue;
                }
                changes => changes.unwrap(),
            };
            count += changes.changes.len();
            self.cursor = Some(changes.cursor);
            changes.changes.into_iter().for_each(|change| self.take(change));
            if !changes.has_more {
                let listed = listed(drive, "").await;
                assert_eq!(self.known(), known(&listed));
                return count;
            }
        }
        panic!("changes that do not end");
    }

    fn take(&mut self, change: DriveChange) {
        match change {
            DriveChange::File(file) => {
                self.files.retain(|_, known| known.id != file.id);
                self.files.insert(file.path.clone(), file);
            }
            DriveChange::Gone { id, path } => {
                assert!(id.is_some() || path.is_some(), "who is gone?");
                let below = path.as_ref().map(|path| format!("{path}/"));
                self.files.retain(|at, known| {
                    let is_it = Some(&known.id) == id.as_ref() || Some(at) == path.as_ref();
                    !is_it && below.as_ref().is_none_or(|below| !at.starts_with(below))
                });
            }
        }
    }

    fn known(&self) -> BTreeMap<&str, (&str, u64)> {
        known(&self.files)
    }
}

/// What counts of each file: its bytes.
fn known(files: &BTreeMap<String, DriveFile>) -> BTreeMap<&str, (&str, u64)> {
    files.iter().map(|(path, file)| (path.as_str(), (file.revision.as_str(), file.size_bytes))).collect()
}

pub(crate) async fn changes_lead_to_what_is_there(drive: &dyn Drive, _: &dyn PlayedDrive) {
    let mut follower = Follower::default();
    follower.follow(drive).await;
    let one = put(drive, "one", b"one", When::Absent).await;
    put(drive, "a/b/two", b"two", When::Absent).await;
    assert!(follower.follow(drive).await >= 2);
    put(drive, "a/b/two", b"more", When::Any).await;
    drive.remove(&one).await.unwrap();
    assert!(follower.follow(drive).await >= 2);
    let quiet = follower.follow(drive).await;
    assert_eq!(quiet, 0, "nothing has changed");
    for number in 0..30_u64 {
        put(drive, &format!("many/{number}"), &bytes(10, number), When::Absent).await;
    }
    assert!(follower.follow(drive).await >= 30);
    // Whoever begins now knows as much.
    let mut other = Follower::default();
    other.follow(drive).await;
    assert_eq!(other.known(), follower.known());
    let (last, path) = (drive.find("many/3").await.unwrap().unwrap(), "a/b/two");
    drive.remove(&last).await.unwrap();
    drive.remove(&drive.find(path).await.unwrap().unwrap()).await.unwrap();
    other.follow(drive).await;
    follower.follow(drive).await;
    assert_eq!(follower.files.len(), 29);
}

pub(crate) async fn changes_by_hand_are_seen(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let mut follower = Follower::default();
    for path in ["kept", "edited", "renamed", "removed", "folder/one", "folder/two", "moved"] {
        put(drive, path, path.as_bytes(), When::Absent).await;
    }
    follower.follow(drive).await;
    played.put_by_hand("edited", b"by hand");
    played.remove_by_hand("removed");
    follower.follow(drive).await;
    assert!(!follower.files.contains_key("removed"));
    assert_eq!(follower.files["edited"].size_bytes, 7);
    assert_eq!(super::whole(drive, &follower.files["edited"]).await, b"by hand");
    played.rename_by_hand("renamed", "another name");
    played.rename_by_hand("moved", "folder/moved");
    follower.follow(drive).await;
    assert!(follower.files.contains_key("another name") && !follower.files.contains_key("renamed"));
    assert!(follower.files.contains_key("folder/moved") && !follower.files.contains_key("moved"));
    played.remove_by_hand("folder");
    follower.follow(drive).await;
    assert!(follower.files.into_keys().eq(["another name", "edited", "kept"].map(str::to_owned)));
    // What was there can be there again.
    put(drive, "folder/one", b"again", When::Absent).await;
    put(drive, "removed", b"again", When::Absent).await;
    assert_eq!(listed(drive, "").await.len(), 5);
}

pub(crate) async fn a_cursor_that_is_too_old_is_told(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let mut follower = Follower::default();
    put(drive, "one", b"one", When::Absent).await;
    follower.follow(drive).await;
    played.fail(DriveFault::Reset, 1);
    let error = drive.changes(follower.cursor.as_deref()).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Reset);
    played.forget_faults();
    put(drive, "two", b"two", When::Absent).await;
    let mut follower = Follower::default();
    follower.follow(drive).await;
    assert_eq!(follower.files.len(), 2);
    let error = drive.changes(Some("no cursor of ours")).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Reset);
}
