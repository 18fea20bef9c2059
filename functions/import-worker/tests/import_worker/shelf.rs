//! A drive that is a map: it keeps what it is given, counts what it is asked, and fails when it is told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use app_backup::OpenDrive;
use app_connectors::drives::{
    Digest, DigestKind, Drive, DriveAccount, DriveChanges, DriveError, DriveErrorClass, DriveFile, DrivePage,
    DriveUpload, When,
};
use app_domain::DriveConnection;
use async_trait::async_trait;
use bytes::Bytes;

use crate::stage::at;

/// A drive. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    files: BTreeMap<String, Bytes>,
    uploads: BTreeMap<String, Vec<u8>>,
    calls: u64,
    bytes_in: u64,
    bytes_out: u64,
    /// So many calls until it fails once.
    fails_after: Option<u64>,
    /// Of so many calls one fails.
    fails_every: Option<u64>,
}

impl Shelf {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.state().files.keys().cloned().collect()
    }

    pub(crate) fn remove_by_hand(&self, path: &str) {
        self.state().files.remove(path).unwrap();
    }

    pub(crate) fn edit_by_hand(&self, path: &str, edit: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        let file = state.files.get_mut(path).unwrap();
        let mut bytes = file.to_vec();
        edit(&mut bytes);
        *file = bytes.into();
    }

    /// Calls, bytes that came and bytes that went, since the last time.
    pub(crate) fn take_traffic(&self) -> (u64, u64, u64) {
        let mut state = self.state();
        let traffic = (state.calls, state.bytes_in, state.bytes_out);
        (state.calls, state.bytes_in, state.bytes_out) = (0, 0, 0);
        traffic
    }

    /// Wants to be left alone once, after so many calls.
    pub(crate) fn fail_after(&self, calls: Option<u64>) {
        self.state().fails_after = calls;
    }

    /// Wants to be left alone again and again.
    pub(crate) fn fail_every(&self, calls: u64) {
        self.state().fails_every = Some(calls);
    }

    fn called(&self) -> Result<MutexGuard<'_, State>, DriveError> {
        let mut state = self.state();
        state.calls += 1;
        if state.fails_every.is_some_and(|every| state.calls.is_multiple_of(every)) {
            return Err(DriveError::of(DriveErrorClass::Throttled));
        }
        match &mut state.fails_after {
            Some(0) => {
                state.fails_after = None;
                Err(DriveError::of(DriveErrorClass::Throttled))
            }
            Some(left) => {
                *left -= 1;
                Ok(state)
            }
            None => Ok(state),
        }
    }
}

fn told(path: &str, bytes: &Bytes) -> DriveFile {
    let hash = Digest::of(DigestKind::Sha256, bytes);
    DriveFile {
        id: path.to_owned(),
        path: path.to_owned(),
        size_bytes: bytes.len() as u64,
        revision: hash.clone(),
        hash: Some(hash),
        modified_at: at(0),
    }
}

fn put(state: &mut State, path: &str, bytes: Bytes, when: &When) -> Result<DriveFile, DriveError> {
    let there = state.files.get(path).map(|there| told(path, there));
    let file = told(path, &bytes);
    let may = match (when, &there) {
        (_, Some(there)) if there.hash == file.hash => true,
        (When::Any, _) | (When::Absent, None) => true,
        (When::Revision(wanted), Some(there)) => *wanted == there.revision,
        _ => false,
    };
    if !may {
        return Err(DriveError::of(DriveErrorClass::Conflict));
    }
    state.files.insert(path.to_owned(), bytes);
    Ok(file)
}

#[async_trait]
impl Drive for Shelf {
    async fn account(&self) -> Result<DriveAccount, DriveError> {
        drop(self.called()?);
        Ok(DriveAccount { id: "shelf".to_owned(), label: String::new(), used_bytes: 0, total_bytes: None })
    }

    fn digest(&self) -> DigestKind {
        DigestKind::Sha256
    }

    fn chunk_bytes(&self) -> u64 {
        1 << 20
    }

    async fn list(&self, folder: &str, _: Option<&str>) -> Result<DrivePage, DriveError> {
        let state = self.called()?;
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let files = state.files.iter().filter(|(path, _)| path.starts_with(&prefix));
        Ok(DrivePage { files: files.map(|(path, bytes)| told(path, bytes)).collect(), next: None })
    }

    async fn find(&self, path: &str) -> Result<Option<DriveFile>, DriveError> {
        Ok(self.called()?.files.get(path).map(|bytes| told(path, bytes)))
    }

    async fn read(&self, file: &DriveFile, from: u64, count: u64) -> Result<Bytes, DriveError> {
        let mut state = self.called()?;
        let bytes = state.files.get(&file.path).cloned();
        let bytes = bytes.ok_or(DriveError::of(DriveErrorClass::NotFound))?;
        let from = usize::try_from(from).unwrap().min(bytes.len());
        let end = (from + usize::try_from(count).unwrap()).min(bytes.len());
        state.bytes_out += (end - from) as u64;
        Ok(bytes.slice(from..end))
    }

    async fn put(&self, path: &str, bytes: Bytes, when: When) -> Result<DriveFile, DriveError> {
        let mut state = self.called()?;
        state.bytes_in += bytes.len() as u64;
        put(&mut state, path, bytes, &when)
    }

    async fn begin(&self, path: &str, size_bytes: u64, when: When) -> Result<DriveUpload, DriveError> {
        let mut state = self.called()?;
        let session = format!("{path} {}", state.calls);
        state.uploads.insert(session.clone(), Vec::new());
        Ok(DriveUpload::begun(path, size_bytes, when, DigestKind::Sha256, session))
    }

    async fn send(&self, upload: &mut DriveUpload, chunk: Bytes) -> Result<Option<DriveFile>, DriveError> {
        let mut state = self.called()?;
        state.bytes_in += chunk.len() as u64;
        let sent = state.uploads.get_mut(&upload.session);
        let sent = sent.ok_or(DriveError::of(DriveErrorClass::UploadGone))?;
        sent.extend_from_slice(&chunk);
        let offset = sent.len() as u64;
        upload.digest(&chunk);
        upload.offset = offset;
        if offset < upload.size_bytes {
            return Ok(None);
        }
        let bytes = state.uploads.remove(&upload.session).unwrap();
        put(&mut state, &upload.path, bytes.into(), &upload.when).map(Some)
    }

    async fn resume(&self, upload: &mut DriveUpload) -> Result<Option<DriveFile>, DriveError> {
        let state = self.called()?;
        let sent = state.uploads.get(&upload.session);
        upload.offset = sent.ok_or(DriveError::of(DriveErrorClass::UploadGone))?.len() as u64;
        Ok(None)
    }

    async fn remove(&self, file: &DriveFile) -> Result<(), DriveError> {
        self.called()?.files.remove(&file.path);
        Ok(())
    }

    async fn changes(&self, _: Option<&str>) -> Result<DriveChanges, DriveError> {
        drop(self.called()?);
        Ok(DriveChanges { changes: Vec::new(), cursor: "0".to_owned(), has_more: false })
    }
}

#[async_trait]
impl OpenDrive for Shelf {
    async fn open(&self, _: &DriveConnection) -> Result<Arc<dyn Drive>, DriveError> {
        Ok(Arc::new(self.clone()))
    }
}
