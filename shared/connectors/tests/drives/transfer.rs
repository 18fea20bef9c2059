//! Transfers, to a drive of which each answer is scripted.

use std::collections::VecDeque;
use std::error::Error;
use std::ops::Range;
use std::sync::Mutex;

use app_connectors::drives::{
    BytesSource, Checkpoint, Digest, DigestKind, Drive, DriveAccount, DriveChanges, DriveError,
    DriveErrorClass, DriveFile, DrivePage, DriveUpload, Next, SMALL_BYTES, TransferError, Transferred, When,
    transfer,
};
use app_domain::Timestamp;
use async_trait::async_trait;
use bytes::Bytes;

use crate::suite::{Desk, Memory, bytes, kept};

const CHUNK: u64 = 3 << 20;
const LARGE: usize = (SMALL_BYTES as usize) + 100;

/// A drive with one upload at most, which fails as it is told: `None` is a call that goes well.
#[derive(Default)]
struct Scripted {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What the next calls of `send` and of `put` come to.
    sends: VecDeque<Option<DriveErrorClass>>,
    /// Whether what fails is taken nevertheless.
    takes: bool,
    taken: Vec<u8>,
    files: Vec<Vec<u8>>,
    calls: Vec<&'static str>,
}

impl Scripted {
    fn failing(sends: &[Option<DriveErrorClass>], takes: bool) -> Self {
        let sends = sends.iter().copied().collect();
        Self { state: Mutex::new(State { sends, takes, ..State::default() }) }
    }

    fn calls(&self) -> Vec<&'static str> {
        self.state.lock().unwrap().calls.clone()
    }

    fn file(bytes: &[u8]) -> DriveFile {
        DriveFile {
            id: "1".to_owned(),
            path: "file".to_owned(),
            size_bytes: bytes.len() as u64,
            hash: Some(Digest::of(DigestKind::Sha256, bytes)),
            revision: "1".to_owned(),
            modified_at: Timestamp::from_millis(0).unwrap(),
        }
    }
}

#[async_trait]
impl Drive for Scripted {
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        unreachable!("transfers do not ask")
    }

    fn digest(&self) -> DigestKind {
        DigestKind::Sha256
    }

    fn chunk_bytes(&self) -> u64 {
        CHUNK
    }

    async fn list(&self, _: &str, _: Option<&str>) -> Result<DrivePage, DriveError> {
        unreachable!("transfers do not ask")
    }

    async fn find(&self, _: &str) -> Result<Option<DriveFile>, DriveError> {
        unreachable!("transfers do not ask")
    }

    async fn read(&self, _: &DriveFile, _: u64, _: u64) -> Result<Bytes, DriveError> {
        unreachable!("transfers do not ask")
    }

    async fn put(&self, _: &str, bytes: Bytes, _: When) -> Result<DriveFile, DriveError> {
        let mut state = self.state.lock().unwrap();
        state.calls.push("put");
        if let Some(Some(class)) = state.sends.pop_front() {
            return Err(DriveError::of(class));
        }
        state.files.push(bytes.to_vec());
        Ok(Self::file(&bytes))
    }

    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError> {
        let mut state = self.state.lock().unwrap();
        state.calls.push("begin");
        state.taken.clear();
        Ok(DriveUpload::begun(path, size_bytes, when, DigestKind::Sha256, String::new()))
    }

    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        let mut state = self.state.lock().unwrap();
        state.calls.push("send");
        let fails = state.sends.pop_front().flatten();
        if fails.is_none() || state.takes {
            assert_eq!(upload.offset, state.taken.len() as u64, "a chunk out of place");
            state.taken.extend_from_slice(&chunk);
        }
        if let Some(class) = fails {
            return Err(DriveError::of(class));
        }
        upload.digest(&chunk);
        upload.offset += chunk.len() as u64;
        if upload.offset < upload.size_bytes {
            return Ok(None);
        }
        let file = state.taken.clone();
        state.files.push(file.clone());
        Ok(Some(Self::file(&file)))
    }

    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        let mut state = self.state.lock().unwrap();
        state.calls.push("resume");
        upload.offset = state.taken.len() as u64;
        if upload.offset < upload.size_bytes {
            return Ok(None);
        }
        let file = state.taken.clone();
        state.files.push(file.clone());
        Ok(Some(Self::file(&file)))
    }

    async fn remove(&self, _: &DriveFile) -> Result<(), DriveError> {
        let mut state = self.state.lock().unwrap();
        state.calls.push("remove");
        state.files.pop();
        Ok(())
    }

    async fn changes(&self, _: Option<&str>) -> Result<DriveChanges, DriveError> {
        unreachable!("transfers do not ask")
    }
}

/// Bytes that note where they are read.
struct Noted(Bytes, Mutex<Vec<Range<u64>>>);

#[async_trait]
impl BytesSource for Noted {
    fn size_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        self.1.lock().unwrap().push(from..from + count);
        Memory(self.0.clone()).read(from, count).await
    }
}

async fn sent(
    drive: &Scripted,
    size: usize,
    resumed: Option<DriveUpload>,
) -> Result<Transferred, TransferError> {
    let source = Memory(bytes(size, 1));
    transfer(drive, "file", &source, When::Absent, resumed, &mut Desk::new(Next::GoOn)).await
}

fn class(error: TransferError) -> DriveErrorClass {
    match error {
        TransferError::Drive(error) => error.class,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn small_files_go_in_one_call_and_larger_ones_by_chunks() {
    for (size, calls) in [(0, vec!["put"]), (4 << 20, vec!["put"]), (LARGE, vec!["begin", "send", "send"])] {
        let drive = Scripted::default();
        sent(&drive, size, None).await.unwrap();
        assert_eq!(drive.calls(), calls);
        assert!(drive.state.lock().unwrap().files == [bytes(size, 1).to_vec()]);
    }
}

#[tokio::test]
async fn a_chunk_that_fails_in_passing_is_asked_about_once() {
    let transient = Some(DriveErrorClass::Transient);
    let drive = Scripted::failing(&[None, transient], false);
    sent(&drive, LARGE, None).await.unwrap();
    assert_eq!(drive.calls(), ["begin", "send", "send", "resume", "send"]);
    let drive = Scripted::failing(&[transient], true);
    sent(&drive, LARGE, None).await.unwrap();
    assert_eq!(drive.calls(), ["begin", "send", "resume", "send"], "it was taken");
    let drive = Scripted::failing(&[transient, transient], false);
    assert_eq!(class(sent(&drive, LARGE, None).await.unwrap_err()), DriveErrorClass::Transient);
    assert_eq!(drive.calls(), ["begin", "send", "resume", "send"]);
}

#[tokio::test]
async fn an_upload_that_is_gone_or_a_file_that_is_another_is_begun_anew_once() {
    for lost in [DriveErrorClass::UploadGone, DriveErrorClass::Mismatch] {
        let drive = Scripted::failing(&[None, Some(lost)], false);
        sent(&drive, LARGE, None).await.unwrap();
        assert_eq!(drive.calls(), ["begin", "send", "send", "begin", "send", "send"]);
        let drive = Scripted::failing(&[Some(lost), None, Some(lost)], false);
        assert_eq!(class(sent(&drive, LARGE, None).await.unwrap_err()), lost);
        assert_eq!(drive.calls(), ["begin", "send", "begin", "send", "send"]);
    }
    let mismatch = Some(DriveErrorClass::Mismatch);
    let drive = Scripted::failing(&[mismatch], false);
    sent(&drive, 10, None).await.unwrap();
    let drive = Scripted::failing(&[mismatch, mismatch], false);
    assert_eq!(class(sent(&drive, 10, None).await.unwrap_err()), DriveErrorClass::Mismatch);
    assert_eq!(drive.calls(), ["put", "put"]);
}

#[tokio::test]
async fn what_lasts_is_told_at_once() {
    for lasting in [DriveErrorClass::Full, DriveErrorClass::NeedsConsent, DriveErrorClass::Throttled] {
        let drive = Scripted::failing(&[Some(lasting)], false);
        assert_eq!(class(sent(&drive, LARGE, None).await.unwrap_err()), lasting);
        assert_eq!(drive.calls(), ["begin", "send"]);
    }
}

#[tokio::test]
async fn what_the_digest_has_missed_is_read_and_not_sent() {
    let drive = Scripted::default();
    let mut desk = Desk::new(Next::Stop);
    let source = Noted(bytes(LARGE, 1), Mutex::default());
    let stopped = transfer(&drive, "file", &source, When::Absent, None, &mut desk).await.unwrap();
    let Transferred::Stopped(begun) = stopped else { panic!("it had to stop") };
    // Whoever went on died before that was saved.
    let chunk = source.read(0, CHUNK).await.unwrap();
    drive.send(&mut kept(&begun), chunk).await.unwrap();
    source.1.lock().unwrap().clear();
    let mut desk = Desk::new(Next::GoOn);
    let done = transfer(&drive, "file", &source, When::Absent, Some(begun), &mut desk).await.unwrap();
    assert!(matches!(done, Transferred::Done(_)));
    assert_eq!(*source.1.lock().unwrap(), [0..CHUNK, CHUNK..LARGE as u64]);
    assert_eq!(drive.calls(), ["begin", "send", "resume", "send"]);
}

#[tokio::test]
async fn a_file_that_was_made_of_other_bytes_is_removed() {
    let drive = Scripted::default();
    let source = Memory(bytes(LARGE, 1));
    let begun = drive.begin("file", LARGE as u64, When::Absent).await.unwrap();
    // The provider has all, and one byte is another.
    let mut taken = source.0.to_vec();
    taken[5] ^= 1;
    drive.state.lock().unwrap().taken = taken;
    let done = sent(&drive, LARGE, Some(begun)).await.unwrap();
    assert!(matches!(done, Transferred::Done(_)));
    assert_eq!(drive.calls(), ["begin", "resume", "remove", "begin", "send", "send"]);
    assert!(drive.state.lock().unwrap().files == [source.0.to_vec()]);
}

#[tokio::test]
async fn what_was_saved_of_another_file_is_not_gone_on_with() {
    let drive = Scripted::default();
    for (path, size) in [("other", LARGE), ("file", LARGE + 1)] {
        let begun = drive.begin(path, size as u64, When::Absent).await.unwrap();
        drive.state.lock().unwrap().calls.clear();
        sent(&drive, LARGE, Some(begun)).await.unwrap();
        assert_eq!(drive.calls(), ["begin", "send", "send"]);
    }
}

/// Nobody can write down how far it is, or read what is to be sent.
struct Broken;

#[async_trait]
impl Checkpoint for Broken {
    async fn saved(&mut self, _: &DriveUpload) -> Result<Next, Box<dyn Error + Send + Sync>> {
        Err("no paper".into())
    }
}

#[async_trait]
impl BytesSource for Broken {
    fn size_bytes(&self) -> u64 {
        10
    }

    async fn read(&self, _: u64, _: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        Ok(Bytes::from_static(b"short"))
    }
}

#[tokio::test]
async fn what_cannot_be_read_or_saved_is_not_the_drives_fault() {
    let drive = Scripted::default();
    let source = Memory(bytes(LARGE, 1));
    let error = transfer(&drive, "file", &source, When::Any, None, &mut Broken).await.unwrap_err();
    assert!(matches!(error, TransferError::Saving(_)));
    let error = transfer(&drive, "file", &Broken, When::Any, None, &mut Broken).await.unwrap_err();
    assert!(matches!(error, TransferError::Source(_)));
    assert_eq!(drive.calls(), ["begin"]);
}
