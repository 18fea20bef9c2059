//! Which file may be there when another is put.

use app_connectors::drives::{Drive, DriveErrorClass, When};
use app_testing::drives::PlayedDrive;
use bytes::Bytes;

use super::{bytes, chunk_and, put, upload};

const PATH: &str = "folder/file";

async fn conflicts(drive: &dyn Drive, content: &'static [u8], when: When) {
    let error = drive.put(PATH, Bytes::from_static(content), when.clone()).await.unwrap_err();
    assert_eq!(error.class, DriveErrorClass::Conflict, "{when:?}");
}

pub(crate) async fn an_absent_file_is_put_once_and_never_over_another(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    let first = put(drive, PATH, b"one", When::Absent).await;
    let again = put(drive, PATH, b"one", When::Absent).await;
    assert_eq!(again.id, first.id);
    conflicts(drive, b"two", When::Absent).await;
    assert_eq!(played.files()[PATH], b"one");
    assert_eq!(played.files().len(), 1);
}

pub(crate) async fn any_file_is_replaced(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let mut last = None;
    for content in [&b"one"[..], b"two", b"", b"one"] {
        let file = put(drive, PATH, content, When::Any).await;
        assert_eq!(played.files()[PATH], content);
        assert_ne!(last.replace(file.revision.clone()), Some(file.revision));
    }
    assert_eq!(played.files().len(), 1);
}

pub(crate) async fn only_the_file_of_a_revision_is_replaced(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let one = put(drive, PATH, b"one", When::Absent).await;
    let two = put(drive, PATH, b"two", When::Revision(one.revision.clone())).await;
    assert_ne!(one.revision, two.revision);
    conflicts(drive, b"three", When::Revision(one.revision.clone())).await;
    assert_eq!(played.files()[PATH], b"two");
    // Whoever did not hear of it puts the same once more.
    put(drive, PATH, b"two", When::Revision(one.revision.clone())).await;
    played.put_by_hand(PATH, b"by hand");
    conflicts(drive, b"three", When::Revision(two.revision.clone())).await;
    assert_eq!(played.files()[PATH], b"by hand");
    drive.remove(&drive.find(PATH).await.unwrap().unwrap()).await.unwrap();
    conflicts(drive, b"three", When::Revision(two.revision)).await;
    assert!(played.files().is_empty());
}

pub(crate) async fn uploads_look_at_what_is_there_too(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let (one, two) = (chunk_and(drive, 10, 1), bytes(1_000, 2));
    let first = upload(drive, PATH, &one, When::Absent).await.unwrap();
    let again = upload(drive, PATH, &one, When::Absent).await.unwrap();
    assert_eq!((again.size_bytes, again.hash), (first.size_bytes, first.hash));
    let conflict = upload(drive, PATH, &two, When::Absent).await.unwrap_err();
    assert_eq!(conflict.class, DriveErrorClass::Conflict);
    assert_eq!(played.files()[PATH], one);
    let there = drive.find(PATH).await.unwrap().unwrap();
    let second = upload(drive, PATH, &two, When::Revision(there.revision.clone())).await.unwrap();
    assert_eq!(played.files()[PATH], two);
    let conflict = upload(drive, PATH, &one, When::Revision(there.revision)).await.unwrap_err();
    assert_eq!(conflict.class, DriveErrorClass::Conflict);
    assert_eq!(drive.find(PATH).await.unwrap().unwrap().revision, second.revision);
    upload(drive, PATH, &one, When::Any).await.unwrap();
    assert_eq!(played.files()[PATH], one);
    assert_eq!(played.files().len(), 1);
}
