//! Files by chunks.

use app_connectors::drives::{Drive, Next, Transferred, When, transfer};
use app_testing::drives::PlayedDrive;

use super::{Desk, Memory, bytes, chunk_and, finish, hash, kept, listed, next, transferred, upload, whole};

pub(crate) async fn files_of_every_size_arrive_whole(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let chunk = usize::try_from(drive.chunk_bytes()).unwrap();
    for size in [1, 1_000, chunk - 1, chunk, chunk + 1] {
        let (path, content) = (format!("folder/{size}"), bytes(size, size as u64));
        let file = upload(drive, &path, &content, When::Absent).await.unwrap();
        assert_eq!((file.size_bytes, file.hash.clone()), (size as u64, hash(drive, &content)));
        assert_eq!(drive.find(&path).await.unwrap(), Some(file.clone()));
        assert!(played.files()[&path] == content, "{path} is another");
        assert!(whole(drive, &file).await == content, "{path} is read as another");
        drive.remove(&file).await.unwrap();
    }
}

pub(crate) async fn nothing_is_seen_of_a_file_before_its_last_chunk(
    drive: &dyn Drive,
    played: &dyn PlayedDrive,
) {
    let content = chunk_and(drive, 1, 1);
    let mut upload = drive.begin("a/b", content.len() as u64, When::Absent).await.unwrap();
    assert!(played.files().is_empty());
    let first = next(drive, &upload, &content);
    assert_eq!(drive.send(&mut upload, first).await.unwrap(), None);
    assert_eq!(upload.offset, drive.chunk_bytes());
    assert!(played.files().is_empty() && listed(drive, "").await.is_empty());
    assert_eq!(drive.find("a/b").await.unwrap(), None);
    let last = next(drive, &upload, &content);
    let file = drive.send(&mut upload, last).await.unwrap().unwrap();
    assert_eq!((upload.offset, file.path.as_str()), (content.len() as u64, "a/b"));
}

pub(crate) async fn an_upload_goes_on_in_another_process(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let content = chunk_and(drive, 1_000, 1);
    let upload = drive.begin("a/b", content.len() as u64, When::Absent).await.unwrap();
    let mut upload = kept(&upload);
    assert_eq!(drive.resume(&mut upload).await.unwrap(), None);
    assert_eq!(upload.offset, 0);
    let first = next(drive, &upload, &content);
    drive.send(&mut upload, first).await.unwrap();
    let mut upload = kept(&upload);
    assert_eq!(drive.resume(&mut upload).await.unwrap(), None);
    assert_eq!(upload.offset, drive.chunk_bytes());
    let file = finish(drive, &mut upload, &content).await.unwrap();
    assert_eq!(file.hash, hash(drive, &content));
    assert!(played.files()["a/b"] == content);
    // Whoever did not hear that it is whole is told.
    let again = drive.resume(&mut upload).await.unwrap();
    assert_eq!(again.map(|file| file.hash), Some(file.hash));
}

/// What was saved last is older than what the provider has.
pub(crate) async fn an_upload_goes_on_by_what_the_provider_has(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let content = chunk_and(drive, 1_000, 1);
    let begun = drive.begin("a/b", content.len() as u64, When::Absent).await.unwrap();
    let mut lost = kept(&begun);
    let first = next(drive, &lost, &content);
    drive.send(&mut lost, first).await.unwrap();
    let source = Memory(content.clone());
    let resumed = Some(kept(&begun));
    let before = played.traffic().bytes_in;
    let done =
        transfer(drive, "a/b", &source, When::Absent, resumed, &mut Desk::new(Next::GoOn)).await.unwrap();
    let Transferred::Done(file) = done else { panic!("nobody stopped it") };
    assert_eq!(file.hash, hash(drive, &content));
    assert!(played.files()["a/b"] == content);
    let sent = played.traffic().bytes_in - before;
    assert!(sent < 100_000, "{sent} bytes were sent for a thousand");
    // The same, whole: nothing is sent again.
    let resumed = Some(kept(&begun));
    let done =
        transfer(drive, "a/b", &source, When::Absent, resumed, &mut Desk::new(Next::GoOn)).await.unwrap();
    assert!(matches!(done, Transferred::Done(_)));
    assert_eq!(listed(drive, "").await.len(), 1);
}

pub(crate) async fn two_uploads_at_once_do_not_mix(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let (one, two) = (chunk_and(drive, 100, 1), chunk_and(drive, 200, 2));
    let mut first = drive.begin("same/one", one.len() as u64, When::Absent).await.unwrap();
    let mut second = drive.begin("same/two", two.len() as u64, When::Absent).await.unwrap();
    let (chunk, other) = (next(drive, &first, &one), next(drive, &second, &two));
    let sent = tokio::join!(drive.send(&mut first, chunk), drive.send(&mut second, other));
    assert_eq!((sent.0.unwrap(), sent.1.unwrap()), (None, None));
    let done = tokio::join!(finish(drive, &mut second, &two), finish(drive, &mut first, &one));
    assert!(done.0.is_ok() && done.1.is_ok());
    assert!(played.files()["same/one"] == one && played.files()["same/two"] == two);
}

/// Stopped at every chance.
pub(crate) async fn a_transfer_is_as_good_as_its_chunks(drive: &dyn Drive, played: &dyn PlayedDrive) {
    let content = chunk_and(drive, 1_000, 1);
    let (source, mut resumed, mut rests) = (Memory(content.clone()), None, 0);
    loop {
        let stop = &mut Desk::new(Next::Stop);
        match transfer(drive, "a/b", &source, When::Absent, resumed, stop).await.unwrap() {
            Transferred::Stopped(upload) => resumed = Some(kept(&upload)),
            Transferred::Done(file) => {
                assert_eq!(file.hash, hash(drive, &content));
                break;
            }
        }
        rests += 1;
    }
    assert_eq!(rests, 2, "when it has begun, and after its first chunk");
    assert!(played.files()["a/b"] == content);
    for size in [0, 1, 4 << 20] {
        let content = bytes(size, 2);
        let file = transferred(drive, &format!("small/{size}"), &content, When::Absent).await;
        assert_eq!(file.hash, hash(drive, &content));
    }
}
