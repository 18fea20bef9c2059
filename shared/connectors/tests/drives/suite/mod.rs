//! The promises of the port. Each is a function that takes a drive and whoever plays its provider; [`port`] makes tests of all of them.

pub(crate) mod changes;
pub(crate) mod connected;
pub(crate) mod control;
pub(crate) mod deaths;
pub(crate) mod faults;
pub(crate) mod files;
pub(crate) mod uploads;
pub(crate) mod vendors;
pub(crate) mod when;

use std::collections::BTreeMap;
use std::error::Error;

use app_connectors::drives::{
    BytesSource, Checkpoint, Digest, Drive, DriveError, DriveErrorClass, DriveFile, DriveUpload, Next,
    Transferred, When, transfer,
};
use app_testing::noise;
use async_trait::async_trait;
use bytes::Bytes;

pub(crate) use connected::connected;

/// The promises as tests, against what `$stage` sets up for each of them: `async fn stage() -> (impl Drive, impl PlayedDrive)`, where nothing is in
/// the folder, and the drive's bearer gets new tokens with a refresh token.
macro_rules! port {
    ($stage:path) => {
        crate::suite::of_every_drive! { crate::suite::port! { $stage;
            faults: a_chunk_that_is_interrupted_is_gone_on_with, an_upload_that_is_gone_is_begun_anew,
                    a_token_that_expires_is_replaced_in_the_middle, who_withdraws_has_to_connect_again,
                    a_full_drive_says_so_and_keeps_nothing, a_short_wait_is_waited_and_a_long_one_is_told,
                    failures_in_passing_are_not_seen, a_storm_is_survived, what_arrives_otherwise_is_removed,
                    a_hash_that_comes_late_is_waited_for;
            changes: a_cursor_that_is_too_old_is_told;
            deaths: whoever_dies_while_putting_leaves_one_right_file_in_the_end,
                    whoever_dies_while_uploading_leaves_one_right_file_in_the_end;
            control: other_processes_see_and_change_it;
        } }
    };
    ($stage:path; $($group:ident: $($promise:ident),+;)+) => {
        $($(
            #[tokio::test]
            async fn $promise() {
                let (drive, played) = $stage().await;
                crate::suite::$group::$promise(&drive, &played).await;
            }
        )+)+
    };
}
pub(crate) use port;

/// Adds the promises for which nothing has to fail to those that a macro is called with.
macro_rules! of_every_drive {
    ($($make:ident)::+! { $($given:tt)* }) => {
        $($make)::+! { $($given)*
            files: what_is_put_is_found_and_read_by_ranges, names_of_any_script_are_kept, what_is_not_there_is_not_found,
                   a_list_has_all_files_of_nested_folders_and_no_others, what_is_removed_is_gone_and_can_be_removed_again;
            when: an_absent_file_is_put_once_and_never_over_another, any_file_is_replaced,
                  only_the_file_of_a_revision_is_replaced, uploads_look_at_what_is_there_too;
            uploads: files_of_every_size_arrive_whole, nothing_is_seen_of_a_file_before_its_last_chunk,
                     an_upload_goes_on_in_another_process, an_upload_goes_on_by_what_the_provider_has,
                     two_uploads_at_once_do_not_mix, a_transfer_is_as_good_as_its_chunks;
            changes: changes_lead_to_what_is_there, changes_by_hand_are_seen;
        }
    };
}
pub(crate) use of_every_drive;

/// Bytes of which no two pieces are alike, others for each seed.
pub(crate) fn bytes(count: usize, seed: u64) -> Bytes {
    noise(count, seed).into()
}

/// As many bytes as a drive takes at a time, and some more.
pub(crate) fn chunk_and(drive: &dyn Drive, more: usize, seed: u64) -> Bytes {
    bytes(usize::try_from(drive.chunk_bytes()).unwrap() + more, seed)
}

/// The hash of some bytes, as the provider gives it.
pub(crate) fn hash(drive: &dyn Drive, bytes: &[u8]) -> Option<String> {
    Some(Digest::of(drive.digest(), bytes))
}

pub(crate) async fn put(drive: &dyn Drive, path: &str, bytes: &[u8], when: When) -> DriveFile {
    drive.put(path, Bytes::copy_from_slice(bytes), when).await.unwrap()
}

/// All of a file.
pub(crate) async fn whole(drive: &dyn Drive, file: &DriveFile) -> Vec<u8> {
    let (mut bytes, step) = (Vec::new(), 5 << 20);
    while (bytes.len() as u64) < file.size_bytes {
        let more = drive.read(file, bytes.len() as u64, step).await.unwrap();
        assert!(!more.is_empty(), "a file that ends early");
        bytes.extend_from_slice(&more);
    }
    bytes
}

/// What is in a folder and below it, by path. No path occurs twice.
pub(crate) async fn listed(drive: &dyn Drive, folder: &str) -> BTreeMap<String, DriveFile> {
    let (mut files, mut page) = (BTreeMap::new(), None);
    loop {
        let answer = drive.list(folder, page.as_deref()).await.unwrap();
        for file in answer.files {
            let twice = files.insert(file.path.clone(), file);
            assert!(twice.is_none(), "{twice:?} is listed twice");
        }
        page = answer.next;
        if page.is_none() {
            return files;
        }
    }
}

/// The same upload, as another process reads it.
pub(crate) fn kept(upload: &DriveUpload) -> DriveUpload {
    serde_json::from_str(&serde_json::to_string(upload).unwrap()).unwrap()
}

/// The next chunk of what is sent.
pub(crate) fn next(drive: &dyn Drive, upload: &DriveUpload, bytes: &Bytes) -> Bytes {
    let from = usize::try_from(upload.offset).unwrap();
    let count = usize::try_from(drive.chunk_bytes()).unwrap();
    bytes.slice(from..bytes.len().min(from + count))
}

/// Sends the rest of an upload. Failures in passing are met by asking the provider.
pub(crate) async fn finish(
    drive: &dyn Drive,
    upload: &mut DriveUpload,
    bytes: &Bytes,
) -> Result<DriveFile, DriveError> {
    for _ in 0..40 {
        let chunk = next(drive, upload, bytes);
        match drive.send(upload, chunk).await {
            Ok(None) => {}
            Ok(Some(file)) => return Ok(file),
            Err(error) if error.class == DriveErrorClass::Transient => {
                if let Some(file) = drive.resume(upload).await? {
                    return Ok(file);
                }
                let missed = upload.missed();
                let range = usize::try_from(missed.start).unwrap()..usize::try_from(missed.end).unwrap();
                upload.catch_up(&bytes[range]);
            }
            Err(error) => return Err(error),
        }
    }
    panic!("an upload that does not end");
}

/// Sends a file by chunks.
pub(crate) async fn upload(
    drive: &dyn Drive,
    path: &str,
    bytes: &Bytes,
    when: When,
) -> Result<DriveFile, DriveError> {
    let mut upload = drive.begin(path, bytes.len() as u64, when).await?;
    finish(drive, &mut upload, bytes).await
}

/// Bytes in memory to be transferred.
pub(crate) struct Memory(pub(crate) Bytes);

#[async_trait]
impl BytesSource for Memory {
    fn size_bytes(&self) -> u64 {
        self.0.len() as u64
    }

    async fn read(&self, from: u64, count: u64) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
        let from = usize::try_from(from)?;
        Ok(self.0.slice(from..from + usize::try_from(count)?))
    }
}

/// Where it is kept how far an upload is, and what is done then.
pub(crate) struct Desk {
    pub(crate) kept: Option<DriveUpload>,
    pub(crate) next: Next,
}

impl Desk {
    pub(crate) fn new(next: Next) -> Self {
        Self { kept: None, next }
    }
}

#[async_trait]
impl Checkpoint for Desk {
    async fn saved(&mut self, upload: &DriveUpload) -> Result<Next, Box<dyn Error + Send + Sync>> {
        self.kept = Some(kept(upload));
        Ok(self.next)
    }
}

/// Transfers a file without ever stopping.
pub(crate) async fn transferred(drive: &dyn Drive, path: &str, bytes: &Bytes, when: When) -> DriveFile {
    let source = Memory(bytes.clone());
    match transfer(drive, path, &source, when, None, &mut Desk::new(Next::GoOn)).await.unwrap() {
        Transferred::Done(file) => file,
        Transferred::Stopped(_) => panic!("nobody stopped it"),
    }
}
